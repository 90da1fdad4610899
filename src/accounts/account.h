/* SPDX-License-Identifier: MIT */
/* The people: names, roles, states, invitations. */
#ifndef QUARRY_ACCOUNTS_ACCOUNT_H
#define QUARRY_ACCOUNTS_ACCOUNT_H

#include <stdbool.h>

#include "accounts/audit.h"
#include "accounts/password.h"
#include "accounts/role.h"
#include "accounts/secret.h"
#include "base/arena.h"

#define ACCOUNT_NAME_MAX 32

struct account {
	int64_t id;
	char name[ACCOUNT_NAME_MAX + 1];
	unsigned roles;
	bool active;
	bool totp;		/* a second factor is asked for */
	int64_t created_s;
	char password[PASSWORD_TEXT_SIZE]; /* as stored; "": none */
};

/* One to 32 of the ASCII letters, digits, '.', '_' and '-', the first a letter or
 * digit. Names that differ in capitals alone are one name. */
bool account_name_ok(const char *name, size_t len);

/* ST_NOT_FOUND. */
NODISCARD enum status account_find(struct accounts *a, const char *name,
				   struct account *out);
NODISCARD enum status account_by_id(struct accounts *a, int64_t id,
				    struct account *out);
/* By name, in the arena. */
NODISCARD enum status account_list(struct accounts *a, struct arena *arena,
				   struct account **v, uint32_t *n);

/* Makes one; stored: of password_make, or "". invite: its secret, which must be
 * good and is then used up and whose roles, if it names some, replace `roles`; or
 * NULL. ST_DENIED: the name is taken. ST_NOT_FOUND: no such invitation. */
NODISCARD enum status account_add(struct accounts *a, const struct actor *by,
				  const char *name, const char *stored,
				  unsigned roles, const struct secret *invite,
				  int64_t *id);
/* Whether an invitation is good. ST_NOT_FOUND. */
NODISCARD enum status account_invite_ok(struct accounts *a,
					const struct secret *invite);
/* roles NULL: what a new account has. */
NODISCARD enum status account_invite(struct accounts *a, const struct actor *by,
				     const unsigned *roles, int64_t seconds,
				     struct secret *out);

/* Each changes one thing. ST_DENIED: nobody active would be left as admin. */
NODISCARD enum status account_set_roles(struct accounts *a,
					const struct actor *by, int64_t id,
					unsigned roles);
NODISCARD enum status account_set_active(struct accounts *a,
					 const struct actor *by, int64_t id,
					 bool active);
/* Ends all sessions but `keep` (0: all). */
NODISCARD enum status account_set_password(struct accounts *a,
					   const struct actor *by, int64_t id,
					   const char *stored, int64_t keep);
/* The same password with other parameters. */
NODISCARD enum status account_restore(struct accounts *a, int64_t id,
				      const char *stored);

#endif
