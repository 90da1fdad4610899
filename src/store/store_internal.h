/* SPDX-License-Identifier: MIT */
/*
 * How the table modules turn columns into values and back.
 *
 * Reading takes a status that stays bad once it is bad: a module reads a whole
 * row and looks at it once. ST_CORRUPT: a value that cannot be what this program
 * wrote (a hash that is not 32 bytes, a number out of its range).
 */
#ifndef QUARRY_STORE_STORE_INTERNAL_H
#define QUARRY_STORE_STORE_INTERNAL_H

#include "db/db.h"
#include "primitives/hash.h"
#include "store/queries.h"

/* A hash in the order of the tables, for as long as a statement needs it. */
struct store_hash {
	uint8_t b[32];
};

static inline struct store_hash store_hash(const struct hash256 *h)
{
	struct store_hash d;

	hash256_to_display(d.b, h);
	return d;
}

static inline void store_bind_hash(struct db_stmt *s, int i,
				   const struct store_hash *h)
{
	db_bind_blob(s, i, h->b, sizeof(h->b));
}

/* zero when the column is NULL. */
void store_col_hash(enum status *st, struct db_stmt *s, int i,
		    struct hash256 *out);
uint32_t store_col_u32(enum status *st, struct db_stmt *s, int i);
/* Copies a text that must fit. */
void store_col_text(enum status *st, struct db_stmt *s, int i, char *out,
		    size_t size);
/* `otherwise` when the column is NULL. */
int64_t store_col_int_or(struct db_stmt *s, int i, int64_t otherwise);
/* NULL when v equals `null`. */
void store_bind_int_or_null(struct db_stmt *s, int i, int64_t v, int64_t null);
/* The only column of the only row. */
enum status store_one_int(struct db_stmt *s, int64_t *out);
/* As db_run; ST_CORRUPT unless exactly one row changed. */
enum status store_run_one(struct db *db, struct db_stmt *s);

#endif
