/* SPDX-License-Identifier: MIT */
/* What the modules of accounts share. */
#ifndef QUARRY_ACCOUNTS_ACCOUNTS_INTERNAL_H
#define QUARRY_ACCOUNTS_ACCOUNTS_INTERNAL_H

#include "accounts/accounts.h"
#include "accounts/queries.h"
#include "db/db.h"

#define ACCOUNTS_KEY_BYTES 32

struct accounts {
	struct db *db;
	int64_t now_s;		/* of tests; 0: the clock's */
	int key_fd;		/* of the key's file: see password_slot */
	uint8_t key[ACCOUNTS_KEY_BYTES];
};

int64_t accounts_now(const struct accounts *a);
/* A key of 32 bytes for one purpose, made of the file's. */
void accounts_subkey(const struct accounts *a, uint8_t out[32],
		     const char *purpose);
/* The only column of the only row, an integer. */
NODISCARD enum status accounts_one_int(struct db_stmt *s, int64_t *out);
/* A column of roles. */
unsigned accounts_col_roles(enum status *st, struct db_stmt *s, int i);

#endif
