/* SPDX-License-Identifier: MIT */
/* What was done, by whom and to whom: rows that only ever come. */
#ifndef QUARRY_ACCOUNTS_AUDIT_H
#define QUARRY_ACCOUNTS_AUDIT_H

#include "accounts/accounts.h"
#include "base/arena.h"

/* Who does something. Texts are not NULL. */
struct actor {
	const char *name;	/* an account's, as claimed; or "operator" */
	const char *address;	/* the client's; "" at a terminal */
	const char *agent;	/* the client's program; "" */
};

struct audit_row {
	int64_t id, at_s;
	const char *account, *actor, *event, *detail, *address;
};

#define AUDIT_PAGE 100

/* Inside a transaction of the caller's. account 0: about nobody we know. Texts
 * are cut to bounds. */
NODISCARD enum status audit_add(struct accounts *a, const struct actor *by,
				int64_t account, const char *event,
				const char *detail);
/* At most AUDIT_PAGE rows with ids below `before` (INT64_MAX: the newest), newest
 * first; account 0: about anybody. In the arena. */
NODISCARD enum status audit_list(struct accounts *a, int64_t account,
				 int64_t before, struct arena *arena,
				 struct audit_row **rows, uint32_t *n);

#endif
