/* SPDX-License-Identifier: MIT */
/* See store_check.h: scans, all of them, and meant so. */
#include "store/store_check.h"

#include "store/store_internal.h"

enum status store_counts(struct db *db, struct store_counts *out)
{
	struct db_stmt *s = db_use(db, SQL_CHECK_COUNTS);
	enum status st = db_one(s);

	if (st)
		return st;
	out->n_out = (uint64_t)db_col_int(s, 0);
	out->n_spent = (uint64_t)db_col_int(s, 1);
	out->n_history = (uint64_t)db_col_int(s, 2);
	out->n_totals = (uint64_t)db_col_int(s, 3);
	out->n_lost = (uint64_t)db_col_int(s, 4);
	db_reset(s);
	return ST_OK;
}

static enum status each(struct db_stmt *s,
			bool (*fn)(void *arg, const char *row), void *arg)
{
	enum status st;
	bool row;

	for (;;) {
		st = db_step(s, &row);
		if (st != ST_OK || !row)
			return st;
		if (!fn(arg, db_col_text(s, 0))) {
			db_reset(s);
			return ST_CANCELLED;
		}
	}
}

enum status store_each_utxo(struct db *db,
			    bool (*fn)(void *arg, const char *row), void *arg)
{
	return each(db_use(db, SQL_CHECK_UTXO), fn, arg);
}

enum status store_each_total(struct db *db,
			     bool (*fn)(void *arg, const char *row), void *arg)
{
	enum status st = each(db_use(db, SQL_CHECK_TOTAL), fn, arg);

	return st == ST_OK ? each(db_use(db, SQL_CHECK_HISTORY), fn, arg) : st;
}

enum status store_each_pool(struct db *db,
			    bool (*fn)(void *arg, const char *row), void *arg)
{
	return each(db_use(db, SQL_CHECK_POOL), fn, arg);
}

enum status store_history_has(struct db *db, int64_t script, int64_t tx)
{
	struct db_stmt *s = db_use(db, SQL_CHECK_HISTORY_HAS);
	enum status st;

	db_bind_int(s, 1, script);
	db_bind_int(s, 2, tx);
	st = db_one(s);
	if (st == ST_OK)
		db_reset(s);
	return st;
}

enum status store_header_columns(struct db *db, int64_t block,
				 struct store_header_columns *out)
{
	struct db_stmt *s = db_use(db, SQL_CHECK_BLOCK_COLUMNS);
	enum status st;

	db_bind_int(s, 1, block);
	st = db_one(s);
	if (st)
		return st;
	out->time = db_col_int(s, 0);
	out->bits = db_col_int(s, 1);
	out->version = db_col_int(s, 2);
	out->nonce = db_col_int(s, 3);
	db_reset(s);
	return ST_OK;
}
