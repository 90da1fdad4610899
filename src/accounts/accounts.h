/* SPDX-License-Identifier: MIT */
/*
 * accounts.db: people, their sessions, tokens and keys, and what was done. A file
 * of its own beside the chain's, which people copy and share; 0600, and every
 * commit is on the disk before it is believed (synchronous FULL).
 *
 * Beside it lies accounts.db.key, 32 random bytes, 0600: with them second factors
 * are sealed and challenges are made, so that the database alone tells neither.
 *
 * A struct accounts belongs to one thread. Functions of this room that take one
 * begin and end their own transactions unless they say otherwise. They return
 * ST_BUSY, ST_IO, ST_FULL, ST_CORRUPT or ST_NOMEM for a failing environment, and
 * what their headers say.
 */
#ifndef QUARRY_ACCOUNTS_ACCOUNTS_H
#define QUARRY_ACCOUNTS_ACCOUNTS_H

#include "base/conf.h"
#include "base/status.h"

struct accounts;

#define ACCOUNTS_ERROR_SIZE 400
#define ACCOUNTS_PATH_SIZE 1024

/* Where the file is: accounts_db, or accounts.db in the chain database's folder.
 * False: the path is too long. */
NODISCARD bool accounts_path(char out[ACCOUNTS_PATH_SIZE],
			     const struct conf *conf);
/* Opens the file; with `create` makes it, and its key, when there is none.
 * ST_NOT_FOUND without it; ST_DENIED also when others may read it; error gets one
 * sentence on failure. */
NODISCARD enum status accounts_open(struct accounts **out, const char *path,
				    bool create, char error[ACCOUNTS_ERROR_SIZE]);
void accounts_close(struct accounts *a);
/* Brings an older file up to date. */
NODISCARD enum status accounts_migrate(const char *path, int *from, int *to,
				       char error[ACCOUNTS_ERROR_SIZE]);
/* The text of the last failure, for logs. */
const char *accounts_error(const struct accounts *a);

/* For tests: from now on it is this time, in UNIX seconds. */
void accounts_set_time(struct accounts *a, int64_t now_s);

#endif
