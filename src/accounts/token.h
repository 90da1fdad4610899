/* SPDX-License-Identifier: MIT */
/*
 * Tokens, by which programs do what an account may: "Authorization: Bearer
 * quarry_...". A token has roles of its own, and of these at any time those that
 * its account has, too.
 */
#ifndef QUARRY_ACCOUNTS_TOKEN_H
#define QUARRY_ACCOUNTS_TOKEN_H

#include "accounts/session.h"

#define TOKEN_LABEL_MAX 64
#define TOKENS_MAX 50

struct token_row {
	int64_t id, created_s, last_s, end_s;	/* 0: never */
	const char *label;
	unsigned roles;
};

/* end_s 0: it never ends. ST_TOO_BIG: the account has TOKENS_MAX. */
NODISCARD enum status token_add(struct accounts *a, const struct actor *by,
				int64_t account, const char *label,
				unsigned roles, int64_t end_s,
				struct secret *out, int64_t *id);
/* As session_find; out->roles are what the token may now. */
NODISCARD enum status token_find(struct accounts *a, const struct secret *s,
				 struct holder *out);
NODISCARD enum status token_list(struct accounts *a, int64_t account,
				 struct arena *arena, struct token_row **v,
				 uint32_t *n);
/* id 0: all. ST_NOT_FOUND: the account has no such token. */
NODISCARD enum status token_end(struct accounts *a, const struct actor *by,
				int64_t account, int64_t id);

#endif
