/* SPDX-License-Identifier: MIT */
/*
 * Entering: by name and password, or by a key that signs a challenge, each with
 * the second factor where there is one. What is refused is refused in one way:
 * nobody learns whether a name exists, is locked, or has a password.
 */
#ifndef QUARRY_ACCOUNTS_LOGIN_H
#define QUARRY_ACCOUNTS_LOGIN_H

#include "accounts/session.h"

enum login_result {
	LOGIN_GOOD,
	LOGIN_BAD,
	LOGIN_CODE_MISSING,	/* all was right but the second factor's code */
	LOGIN_WAIT,		/* wait_s seconds first */
	LOGIN_BUSY,		/* another process checks a password just now */
};

struct login {
	struct actor by;		/* name: as claimed; or a key's text */
	struct bytes password;
	const char *code;		/* NULL: none was given */
	const struct secret *replaces;	/* the client's old session, or NULL */
};

struct login_done {
	enum login_result result;
	int64_t wait_s;
	int64_t account;
	struct secret session;
};

NODISCARD enum status login_password(struct accounts *a, const struct login *l,
				     struct login_done *out);
/* Whether it is the password of an account that is signed in, with the same limits;
 * no session is made. */
NODISCARD enum status login_confirm(struct accounts *a, const struct login *l,
				    struct login_done *out);

/* By a key whose signature of the challenge the caller has verified (good) or
 * not. name: whose key it must be; NULL: anybody's. challenge: see challenge.h. */
NODISCARD enum status login_key_check(struct accounts *a, const struct login *l,
				      const char *challenge, const char *name,
				      bool good, struct login_done *out);
/* A session for somebody who has just signed up. */
NODISCARD enum status login_new(struct accounts *a, const struct login *l,
				int64_t account, struct login_done *out);

#endif
