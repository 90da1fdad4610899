/* SPDX-License-Identifier: MIT */
/* What somebody may do here: a set of six roles, as bits and as text. */
#ifndef QUARRY_ACCOUNTS_ROLE_H
#define QUARRY_ACCOUNTS_ROLE_H

#include <stdbool.h>
#include <stddef.h>

enum role {
	ROLE_READ = 1,		/* the chain, the pool, the peers */
	ROLE_BROADCAST = 2,	/* bring transactions, blocks, peers */
	ROLE_WALLET = 4,	/* have wallets */
	ROLE_MINE = 8,		/* mine, and use the laboratory */
	ROLE_SQL = 16,		/* ask in SQL */
	ROLE_ADMIN = 32,	/* everything, and who else may what */
};

#define ROLES_ALL 63u
#define ROLES_TEXT_SIZE 48

/* "read,broadcast", blanks allowed; "none" and "" are the empty set. False for
 * anything else; *out is then unspecified. */
bool roles_parse(unsigned *out, const char *text, size_t len);
/* The reverse; "" for none. Returns out. */
char *roles_text(char out[ROLES_TEXT_SIZE], unsigned roles);
/* The name of role number i, from 0; NULL past the last. Its bit is 1 << i. */
const char *role_name(unsigned i);
/* Whether a set grants all that is needed; admin grants everything. */
static inline bool roles_have(unsigned roles, unsigned needed)
{
	return (roles & ROLE_ADMIN) || (roles & needed) == needed;
}

#endif
