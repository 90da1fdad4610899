/* SPDX-License-Identifier: MIT */
/*
 * Who may call the RPC interface, and which methods: what Bitcoin Core has in
 * rpcuser, rpcpassword, rpcauth, rpcwhitelist and its cookie file.
 *
 * Names and passwords are compared in a time that does not depend on where they
 * differ. A password given by rpcauth is known here only as a salted
 * HMAC-SHA256.
 */
#ifndef QUARRY_ACCOUNTS_RPC_USERS_H
#define QUARRY_ACCOUNTS_RPC_USERS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"

#define RPC_USER_MAX 256
#define RPC_COOKIE_USER "__cookie__"
/* __cookie__:, 64 digits and a NUL. */
#define RPC_COOKIE_SIZE 80

struct rpc_users;

/* NULL without memory. */
NODISCARD struct rpc_users *rpc_users_new(void);
void rpc_users_free(struct rpc_users *u);

/* A user with this password. ST_NOMEM; ST_PARSE: a colon in the name, or longer
 * than RPC_USER_MAX. */
NODISCARD enum status rpc_users_add(struct rpc_users *u, const char *name,
				    const char *password);
/* A line as rpcauth has it, NAME:SALT$HASH: HASH are the 64 digits of the HMAC
 * with the salt's text as its key. ST_PARSE or ST_NOMEM. */
NODISCARD enum status rpc_users_add_hashed(struct rpc_users *u,
					   const char *line);
/* A line as rpcwhitelist has it, NAME:method,method: from now on the user may
 * call these alone; of several lines for one user, what is in all of them. An
 * entry @read stands for all methods of that role. ST_PARSE or ST_NOMEM. */
NODISCARD enum status rpc_users_restrict(struct rpc_users *u, const char *line);
/* Users that no line names may call nothing. */
void rpc_users_restrict_others(struct rpc_users *u, bool yes);
/* Makes a password for RPC_COOKIE_USER, adds it, and writes both to a file that
 * only its owner may read. ST_IO, ST_DENIED, ST_NOMEM. */
NODISCARD enum status rpc_users_cookie(struct rpc_users *u, const char *path);
/* Removes the file if it still holds that password. */
void rpc_users_cookie_remove(const struct rpc_users *u, const char *path);

/* Whether an Authorization header ("Basic ...") names a user and its password.
 * name gets the user's name, also when the password is wrong; "" when there is
 * none. */
bool rpc_users_check(const struct rpc_users *u, const char *header,
		     char name[RPC_USER_MAX + 1]);
/* Whether the user may call anything, and this method of this role ("read"). */
bool rpc_users_may_call(const struct rpc_users *u, const char *name);
bool rpc_users_may(const struct rpc_users *u, const char *name,
		   const char *method, const char *role);

#endif
