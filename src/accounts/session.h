/* SPDX-License-Identifier: MIT */
/*
 * Sessions of browsers. A session ends twelve hours after its last request, and
 * thirty days after it began; when its account is locked; when it is ended. Of one
 * account fifty live at a time.
 */
#ifndef QUARRY_ACCOUNTS_SESSION_H
#define QUARRY_ACCOUNTS_SESSION_H

#include "accounts/account.h"

#define SESSION_IDLE_S (12 * 3600)
#define SESSION_END_S (30 * 86400)

/* Who a session or a token speaks for. */
struct holder {
	int64_t id;		/* of the session or token */
	int64_t account;
	char name[ACCOUNT_NAME_MAX + 1];
	unsigned roles;		/* that it has now */
};

struct session_row {
	int64_t id, created_s, last_s;
	const char *agent, *address;
};

/* A new session. replaces: the client's old one, which ends; or NULL. Inside a
 * transaction of the caller's. */
NODISCARD enum status session_add(struct accounts *a, const struct actor *by,
				  int64_t account, const struct secret *replaces,
				  struct secret *out);
/* Whose it is; notes that it is used. ST_NOT_FOUND: nobody's, or it has ended. */
NODISCARD enum status session_find(struct accounts *a, const struct secret *s,
				   struct holder *out);
/* Those that live, in the arena, the last used first. */
NODISCARD enum status session_list(struct accounts *a, int64_t account,
				   struct arena *arena, struct session_row **v,
				   uint32_t *n);
/* ST_NOT_FOUND: the account has no such session. */
NODISCARD enum status session_end(struct accounts *a, const struct actor *by,
				  int64_t account, int64_t id);
/* All of the account but `keep` (0: all). */
NODISCARD enum status session_end_others(struct accounts *a,
					 const struct actor *by,
					 int64_t account, int64_t keep);
/* The same inside a transaction of the caller's, without a note. */
NODISCARD enum status session_drop_others(struct accounts *a, int64_t account,
					  int64_t keep);

#endif
