/* SPDX-License-Identifier: MIT */
#include "store/store_search.h"

#include "store/store_internal.h"

static struct db_stmt *statement(struct db *db, enum store_search where)
{
	switch (where) {
	case STORE_IN_BLOCKS:
		return db_use(db, SQL_SEARCH_BLOCKS);
	case STORE_IN_CHAIN:
		return db_use(db, SQL_SEARCH_TXS);
	case STORE_IN_POOL:
		break;
	}
	return db_use(db, SQL_SEARCH_POOL);
}

enum status store_search(struct db *db, enum store_search where,
			 const uint8_t first[32], const uint8_t last[32],
			 struct hash256 *out, int max, int *n)
{
	struct db_stmt *s = statement(db, where);
	enum status st;
	bool row;

	*n = 0;
	db_bind_blob(s, 1, first, 32);
	db_bind_blob(s, 2, last, 32);
	db_bind_int(s, 3, max);
	while ((st = db_step(s, &row)) == ST_OK && row) {
		store_col_hash(&st, s, 0, &out[(*n)++]);
		if (st) {
			db_reset(s);
			break;
		}
	}
	return st;
}

enum status store_reorgs_below(struct db *db, int64_t below,
			       struct reorg_row *out, int max, int *n)
{
	struct db_stmt *s = db_use(db, SQL_REORGS_BELOW);
	enum status st;
	bool row;

	*n = 0;
	db_bind_int(s, 1, below);
	db_bind_int(s, 2, max);
	while ((st = db_step(s, &row)) == ST_OK && row) {
		struct reorg_row *r = &out[(*n)++];

		r->id = db_col_int(s, 0);
		r->at = db_col_int(s, 1);
		r->fork_height = store_col_u32(&st, s, 2);
		r->depth = store_col_u32(&st, s, 3);
		store_col_hash(&st, s, 4, &r->old_tip.h);
		store_col_hash(&st, s, 5, &r->new_tip.h);
		if (st) {
			db_reset(s);
			break;
		}
	}
	return st;
}

enum status store_rejects_below(struct db *db, int64_t below,
				struct reject_brief *out, int max, int *n)
{
	struct db_stmt *s = db_use(db, SQL_REJECTS_BELOW);
	enum status st;
	bool row;

	*n = 0;
	db_bind_int(s, 1, below);
	db_bind_int(s, 2, max);
	while ((st = db_step(s, &row)) == ST_OK && row) {
		struct reject_brief *r = &out[(*n)++];

		r->id = db_col_int(s, 0);
		r->at = db_col_int(s, 1);
		store_col_text(&st, s, 2, r->kind, sizeof(r->kind));
		store_col_hash(&st, s, 3, &r->hash);
		store_col_text(&st, s, 4, r->reason, sizeof(r->reason));
		if (st) {
			db_reset(s);
			break;
		}
	}
	return st;
}
