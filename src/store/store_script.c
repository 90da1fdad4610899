/* SPDX-License-Identifier: MIT */
/* Scripts, their totals and their history. */
#include "store/store_script.h"

#include "store/store_internal.h"

/* Scripts in a segment of the index by address: as the column says it. */
#define SEGMENT_SHIFT 18

enum status store_script_find(struct db *db, int64_t k, struct bytes spk,
			      int64_t *id)
{
	struct db_stmt *s = db_use(db, SQL_SCRIPT_FIND);

	db_bind_int(s, 1, k);
	db_bind_blob(s, 2, spk.p, spk.len);
	return store_one_int(s, id);
}

static enum status one_row(struct db_stmt *s, struct script_row *out)
{
	enum status st = db_one_hold(s);

	if (st)
		return st;
	out->id = db_col_int(s, 0);
	out->k = db_col_int(s, 1);
	out->spk = db_col_blob(s, 2);
	out->kind = (int)db_col_int(s, 3);
	out->address = db_col_text(s, 4);
	return ST_OK;
}

enum status store_script_get(struct db *db, int64_t id, struct script_row *out)
{
	struct db_stmt *s = db_use(db, SQL_SCRIPT_GET);

	db_bind_int(s, 1, id);
	return one_row(s, out);
}

enum status store_script_by_key(struct db *db, int64_t k, int skip,
				struct script_row *out)
{
	struct db_stmt *s = db_use(db, SQL_SCRIPT_BY_KEY);

	db_bind_int(s, 1, k);
	db_bind_int(s, 2, skip);
	return one_row(s, out);
}

enum status store_script_insert(struct db *db, const struct script_row *row)
{
	struct db_stmt *s = db_use(db, SQL_SCRIPT_INSERT);
	enum status st;

	db_bind_int(s, 1, row->id);
	db_bind_int(s, 2, row->k);
	db_bind_blob(s, 3, row->spk.p, row->spk.len);
	db_bind_int(s, 4, row->kind);
	db_bind_text(s, 5, row->address[0] ? row->address : NULL);
	st = db_run(s);
	/* ids come one after the other, so each segment has its first */
	if (st != ST_OK || row->id & (((int64_t)1 << SEGMENT_SHIFT) - 1))
		return st;
	s = db_use(db, SQL_SCRIPT_SEGMENT_ADD);
	db_bind_int(s, 1, row->id >> SEGMENT_SHIFT);
	return db_run(s);
}

enum status store_script_max_id(struct db *db, int64_t *id)
{
	return store_one_int(db_use(db, SQL_SCRIPT_MAX_ID), id);
}

enum status store_script_total_get(struct db *db, int64_t script,
				   struct script_total_row *out)
{
	struct db_stmt *s = db_use(db, SQL_SCRIPT_TOTAL_GET);
	enum status st;

	db_bind_int(s, 1, script);
	st = db_one(s);
	if (st)
		return st;
	out->script = script;
	out->n_tx = db_col_int(s, 0);
	out->n_funded = db_col_int(s, 1);
	out->funded = db_col_int(s, 2);
	out->n_spent = db_col_int(s, 3);
	out->spent = db_col_int(s, 4);
	db_reset(s);
	return ST_OK;
}

enum status store_script_total_add(struct db *db,
				   const struct script_total_row *row)
{
	struct db_stmt *s = db_use(db, SQL_SCRIPT_TOTAL_ADD);
	enum status st;

	db_bind_int(s, 1, row->script);
	db_bind_int(s, 2, row->n_tx);
	db_bind_int(s, 3, row->n_funded);
	db_bind_int(s, 4, row->funded);
	db_bind_int(s, 5, row->n_spent);
	db_bind_int(s, 6, row->spent);
	st = db_run(s);
	if (st || row->n_tx >= 0)
		return st;
	s = db_use(db, SQL_SCRIPT_TOTAL_DROP);
	db_bind_int(s, 1, row->script);
	return db_run(s);
}

enum status store_history_insert(struct db *db, int64_t script, int64_t tx)
{
	struct db_stmt *s = db_use(db, SQL_HISTORY_INSERT);

	db_bind_int(s, 1, script);
	db_bind_int(s, 2, tx);
	return db_run(s);
}

enum status store_history_delete(struct db *db, int64_t script, int64_t tx)
{
	struct db_stmt *s = db_use(db, SQL_HISTORY_DELETE);

	enum status st;

	db_bind_int(s, 1, script);
	db_bind_int(s, 2, tx);
	st = db_run(s);
	return st == ST_OK && db_changes(db) == 0 ? ST_NOT_FOUND : st;
}
