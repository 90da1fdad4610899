/* SPDX-License-Identifier: MIT */
/* What the files of purse/ share. */
#ifndef QUARRY_PURSE_PURSE_INTERNAL_H
#define QUARRY_PURSE_PURSE_INTERNAL_H

#include "db/db.h"
#include "purse/purse.h"
#include "purse/queries.h"

struct purse {
	struct db *db;
};

/* A list that grows in an arena. */
struct purse_list {
	struct arena *arena;
	size_t size;	/* of an element */
	void *v;
	size_t n, room;
};
/* Room for one more, cleared; NULL without memory. */
void *purse_list_add(struct purse_list *l);

/* Copies of a column in the arena; NULL sets ST_NOMEM. */
const char *purse_text(enum status *st, struct arena *a, struct db_stmt *s, int i);
struct bytes purse_blob(enum status *st, struct arena *a, struct db_stmt *s, int i);
/* Hashes are in the order people read, as in quarry.db. */
void purse_col_hash(enum status *st, struct db_stmt *s, int i,
		    struct hash256 *out);

#endif
