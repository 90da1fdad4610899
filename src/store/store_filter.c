/* SPDX-License-Identifier: MIT */
/* Basic block filters. */
#include "store/store_filter.h"

#include "store/store_internal.h"

enum status store_filter_put(struct db *db, const struct filter_row *row)
{
	struct db_stmt *s = db_use(db, SQL_FILTER_PUT);
	struct store_hash hash = store_hash(&row->hash);
	struct store_hash header = store_hash(&row->header);

	db_bind_int(s, 1, row->block);
	store_bind_hash(s, 2, &hash);
	store_bind_hash(s, 3, &header);
	db_bind_blob(s, 4, row->filter.p, row->filter.len);
	return db_run(s);
}

enum status store_filter_get(struct db *db, int64_t block,
			     struct filter_row *out)
{
	struct db_stmt *s = db_use(db, SQL_FILTER_GET);
	enum status st;

	db_bind_int(s, 1, block);
	st = db_one_hold(s);
	if (st)
		return st;
	out->block = block;
	store_col_hash(&st, s, 0, &out->hash);
	store_col_hash(&st, s, 1, &out->header);
	out->filter = db_col_blob(s, 2);
	return st;
}

enum status store_filter_head(struct db *db, int64_t block,
			      struct filter_row *out)
{
	struct db_stmt *s = db_use(db, SQL_FILTER_HEAD);
	enum status st;

	db_bind_int(s, 1, block);
	st = db_one(s);
	if (st)
		return st;
	*out = (struct filter_row){.block = block};
	store_col_hash(&st, s, 0, &out->hash);
	store_col_hash(&st, s, 1, &out->header);
	db_reset(s);
	return st;
}

enum status store_filter_del(struct db *db, int max, int64_t *gone)
{
	struct db_stmt *s = db_use(db, SQL_FILTER_DEL);
	enum status st;

	db_bind_int(s, 1, max);
	st = db_run(s);
	*gone = st == ST_OK ? db_changes(db) : 0;
	return st;
}
