/* SPDX-License-Identifier: MIT */
/* The mempool's rows. */
#include "store/store_mempool.h"

#include "store/store_internal.h"
#include "store/store_script.h"

/* The columns that every statement for a transaction gives. */
static enum status one_row(struct db_stmt *s, struct mempool_row *out)
{
	enum status st = db_one_hold(s);

	if (st)
		return st;
	out->id = db_col_int(s, 0);
	store_col_hash(&st, s, 1, &out->txid.h);
	store_col_hash(&st, s, 2, &out->wtxid.h);
	out->raw = db_col_blob(s, 3);
	out->at = db_col_int(s, 4);
	out->height = store_col_u32(&st, s, 5);
	out->fee = db_col_int(s, 6);
	out->fee_delta = db_col_int(s, 7);
	out->weight = store_col_u32(&st, s, 8);
	out->vsize = store_col_u32(&st, s, 9);
	out->sigop_cost = store_col_u32(&st, s, 10);
	out->spends_coinbase = db_col_int(s, 11) != 0;
	out->replaceable = db_col_int(s, 12) != 0;
	out->n_anc = db_col_int(s, 13);
	out->vsize_anc = db_col_int(s, 14);
	out->fee_anc = db_col_int(s, 15);
	out->n_desc = db_col_int(s, 16);
	out->vsize_desc = db_col_int(s, 17);
	out->fee_desc = db_col_int(s, 18);
	out->was_mined = db_col_int(s, 19) != 0;
	return st;
}

static enum status by_hash(struct db *db, int sql, const struct hash256 *h,
			   struct mempool_row *out)
{
	struct db_stmt *s = db_use(db, sql);
	const struct store_hash d = store_hash(h);

	store_bind_hash(s, 1, &d);
	return one_row(s, out);
}

enum status store_mempool_by_txid(struct db *db, const struct txid *t,
				  struct mempool_row *out)
{
	return by_hash(db, SQL_MEMPOOL_BY_TXID, &t->h, out);
}

enum status store_mempool_by_wtxid(struct db *db, const struct wtxid *t,
				   struct mempool_row *out)
{
	return by_hash(db, SQL_MEMPOOL_BY_WTXID, &t->h, out);
}

enum status store_mempool_has(struct db *db, const struct wtxid *t, bool *has)
{
	struct db_stmt *s = db_use(db, SQL_MEMPOOL_HAS);
	const struct store_hash d = store_hash(&t->h);
	int64_t one;
	enum status st;

	store_bind_hash(s, 1, &d);
	st = store_one_int(s, &one);
	*has = st == ST_OK;
	return st == ST_NOT_FOUND ? ST_OK : st;
}

enum status store_mempool_by_id(struct db *db, int64_t id,
				struct mempool_row *out)
{
	struct db_stmt *s = db_use(db, SQL_MEMPOOL_BY_ID);

	db_bind_int(s, 1, id);
	return one_row(s, out);
}

enum status store_mempool_next(struct db *db, int64_t after,
			       struct mempool_row *out)
{
	struct db_stmt *s = db_use(db, SQL_MEMPOOL_NEXT);

	db_bind_int(s, 1, after);
	return one_row(s, out);
}

enum status store_mempool_oldest(struct db *db, struct mempool_row *out)
{
	return one_row(db_use(db, SQL_MEMPOOL_OLDEST), out);
}

enum status store_mempool_newest(struct db *db, int64_t *id)
{
	return store_one_int(db_use(db, SQL_MEMPOOL_NEWEST), id);
}

enum status store_untold_put(struct db *db, const struct txid *t)
{
	struct db_stmt *s = db_use(db, SQL_MEMPOOL_UNTOLD_PUT);
	const struct store_hash d = store_hash(&t->h);

	store_bind_hash(s, 1, &d);
	return db_run(s);
}

enum status store_untold_delete(struct db *db, const struct txid *t)
{
	struct db_stmt *s = db_use(db, SQL_MEMPOOL_UNTOLD_DELETE);
	const struct store_hash d = store_hash(&t->h);

	store_bind_hash(s, 1, &d);
	return db_run(s);
}

enum status store_untold_has(struct db *db, const struct txid *t, bool *has)
{
	struct db_stmt *s = db_use(db, SQL_MEMPOOL_UNTOLD_HAS);
	const struct store_hash d = store_hash(&t->h);
	int64_t one;
	enum status st;

	store_bind_hash(s, 1, &d);
	st = store_one_int(s, &one);
	*has = st == ST_OK;
	return st == ST_NOT_FOUND ? ST_OK : st;
}

enum status store_untold_next(struct db *db, struct txid *t)
{
	struct db_stmt *s = db_use(db, SQL_MEMPOOL_UNTOLD_NEXT);
	const struct store_hash d = store_hash(&t->h);
	enum status st;

	store_bind_hash(s, 1, &d);
	st = db_one(s);
	if (st)
		return st;
	store_col_hash(&st, s, 0, &t->h);
	db_reset(s);
	return st;
}

enum status store_untold_count(struct db *db, int64_t *count)
{
	return store_one_int(db_use(db, SQL_MEMPOOL_UNTOLD_COUNT), count);
}

enum status store_mempool_worst(struct db *db, struct mempool_row *out)
{
	return one_row(db_use(db, SQL_MEMPOOL_WORST), out);
}

enum status store_mempool_insert(struct db *db, struct mempool_row *row,
				 const char *source)
{
	struct db_stmt *s = db_use(db, SQL_MEMPOOL_INSERT);
	const struct store_hash t = store_hash(&row->txid.h);
	const struct store_hash w = store_hash(&row->wtxid.h);
	enum status st;

	store_bind_hash(s, 1, &t);
	store_bind_hash(s, 2, &w);
	db_bind_blob(s, 3, row->raw.p, row->raw.len);
	db_bind_int(s, 4, row->at);
	db_bind_int(s, 5, row->height);
	db_bind_int(s, 6, row->fee);
	db_bind_int(s, 7, row->fee_delta);
	db_bind_int(s, 8, row->weight);
	db_bind_int(s, 9, row->vsize);
	db_bind_int(s, 10, row->sigop_cost);
	db_bind_int(s, 11, row->spends_coinbase);
	db_bind_int(s, 12, row->replaceable);
	db_bind_int(s, 13, row->n_anc);
	db_bind_int(s, 14, row->vsize_anc);
	db_bind_int(s, 15, row->fee_anc);
	db_bind_int(s, 16, row->n_desc);
	db_bind_int(s, 17, row->vsize_desc);
	db_bind_int(s, 18, row->fee_desc);
	db_bind_text(s, 19, source);
	st = db_run(s);
	if (st == ST_OK)
		row->id = db_last_id(db);
	return st;
}

enum status store_mempool_update(struct db *db, const struct mempool_row *row)
{
	struct db_stmt *s = db_use(db, SQL_MEMPOOL_UPDATE);

	db_bind_int(s, 1, row->id);
	db_bind_int(s, 2, row->fee_delta);
	db_bind_int(s, 3, row->n_anc);
	db_bind_int(s, 4, row->vsize_anc);
	db_bind_int(s, 5, row->fee_anc);
	db_bind_int(s, 6, row->n_desc);
	db_bind_int(s, 7, row->vsize_desc);
	db_bind_int(s, 8, row->fee_desc);
	return store_run_one(db, s);
}

enum status store_mempool_delete(struct db *db, int64_t id)
{
	static const int sql[] = {
		SQL_MEMPOOL_HISTORY_DELETE, /* reads the next two */
		SQL_MEMPOOL_IN_DELETE,
		SQL_MEMPOOL_OUT_DELETE,
		SQL_MEMPOOL_DELETE,
	};

	for (size_t i = 0; i < sizeof(sql) / sizeof(sql[0]); i++) {
		struct db_stmt *s = db_use(db, sql[i]);
		enum status st;

		db_bind_int(s, 1, id);
		st = db_run(s);
		if (st)
			return st;
	}
	return ST_OK;
}

enum status store_mempool_sums(struct db *db, int64_t *count, int64_t *vsize,
			       int64_t *bytes, int64_t *fees)
{
	struct db_stmt *s = db_use(db, SQL_MEMPOOL_SUMS);
	enum status st = db_one(s);

	if (st)
		return st;
	*count = db_col_int(s, 0);
	*vsize = db_col_int(s, 1);
	*bytes = db_col_int(s, 2);
	*fees = db_col_int(s, 3);
	db_reset(s);
	return ST_OK;
}

enum status store_mempool_in_insert(struct db *db,
				    const struct mempool_in_row *row)
{
	struct db_stmt *s = db_use(db, SQL_MEMPOOL_IN_INSERT);
	const struct store_hash d = store_hash(&row->prevout.txid.h);

	db_bind_int(s, 1, row->tx);
	db_bind_int(s, 2, row->n);
	store_bind_hash(s, 3, &d);
	db_bind_int(s, 4, row->prevout.n);
	db_bind_int(s, 5, row->value);
	db_bind_int(s, 6, row->script);
	return db_run(s);
}

enum status store_mempool_spender(struct db *db, const struct outpoint *o,
				  int64_t *tx, uint32_t *n)
{
	struct db_stmt *s = db_use(db, SQL_MEMPOOL_SPENDER);
	const struct store_hash d = store_hash(&o->txid.h);
	enum status st;

	store_bind_hash(s, 1, &d);
	db_bind_int(s, 2, o->n);
	st = db_one(s);
	if (st)
		return st;
	*tx = db_col_int(s, 0);
	*n = store_col_u32(&st, s, 1);
	db_reset(s);
	return st;
}

enum status store_mempool_in_get(struct db *db, int64_t tx, uint32_t n,
				 struct mempool_in_row *out)
{
	struct db_stmt *s = db_use(db, SQL_MEMPOOL_IN_GET);
	enum status st;

	db_bind_int(s, 1, tx);
	db_bind_int(s, 2, n);
	st = db_one(s);
	if (st)
		return st;
	out->tx = tx;
	out->n = n;
	store_col_hash(&st, s, 0, &out->prevout.txid.h);
	out->prevout.n = store_col_u32(&st, s, 1);
	out->value = db_col_int(s, 2);
	out->script = db_col_int(s, 3);
	db_reset(s);
	return st;
}

enum status store_mempool_out_insert(struct db *db,
				     const struct mempool_out_row *row)
{
	struct db_stmt *s = db_use(db, SQL_MEMPOOL_OUT_INSERT);

	db_bind_int(s, 1, row->tx);
	db_bind_int(s, 2, row->n);
	db_bind_int(s, 3, row->value);
	db_bind_int(s, 4, row->script);
	return db_run(s);
}

enum status store_mempool_out_get(struct db *db, int64_t tx, uint32_t n,
				  struct mempool_out_row *out)
{
	struct db_stmt *s = db_use(db, SQL_MEMPOOL_OUT_GET);
	enum status st;

	db_bind_int(s, 1, tx);
	db_bind_int(s, 2, n);
	st = db_one(s);
	if (st)
		return st;
	out->tx = tx;
	out->n = n;
	out->value = db_col_int(s, 0);
	out->script = db_col_int(s, 1);
	db_reset(s);
	return ST_OK;
}

static enum status add_history(struct db *db, int which, int64_t script,
			       int64_t tx, int64_t value)
{
	struct db_stmt *s = db_use(db, which);

	db_bind_int(s, 1, script);
	db_bind_int(s, 2, tx);
	db_bind_int(s, 3, value);
	return db_run(s);
}

enum status store_mempool_history_fund(struct db *db, int64_t script, int64_t tx,
				       int64_t value)
{
	return add_history(db, SQL_MEMPOOL_HISTORY_FUND, script, tx, value);
}

enum status store_mempool_history_spend(struct db *db, int64_t script,
					int64_t tx, int64_t value)
{
	return add_history(db, SQL_MEMPOOL_HISTORY_SPEND, script, tx, value);
}

enum status store_mempool_children(struct db *db, const struct txid *txid,
				   int64_t *ids, int max, int *n)
{
	struct db_stmt *s = db_use(db, SQL_MEMPOOL_CHILDREN);
	const struct store_hash d = store_hash(&txid->h);
	enum status st;
	bool row;

	*n = 0;
	store_bind_hash(s, 1, &d);
	db_bind_int(s, 2, max);
	while ((st = db_step(s, &row)) == ST_OK && row)
		ids[(*n)++] = db_col_int(s, 0);
	return st;
}

enum status store_mempool_gone_add(struct db *db, int64_t at,
				   const struct txid *txid, const char *why,
				   const struct hash256 *by, struct bytes raw)
{
	struct db_stmt *s = db_use(db, SQL_MEMPOOL_GONE_ADD);
	const struct store_hash t = store_hash(&txid->h);
	struct store_hash b;

	db_bind_int(s, 1, at);
	store_bind_hash(s, 2, &t);
	db_bind_text(s, 3, why);
	if (by) {
		b = store_hash(by);
		store_bind_hash(s, 4, &b);
	} else {
		db_bind_null(s, 4);
	}
	db_bind_blob(s, 5, raw.p, raw.len);
	return db_run(s);
}

enum status store_mempool_replaced_before(struct db *db, int64_t *id, int64_t *at,
					  struct txid *txid, struct hash256 *by,
					  struct bytes *raw)
{
	struct db_stmt *s = db_use(db, SQL_MEMPOOL_GONE_REPLACED);
	enum status st;

	db_bind_int(s, 1, *id);
	st = db_one_hold(s);
	if (st)
		return st;
	*id = db_col_int(s, 0);
	*at = db_col_int(s, 1);
	store_col_hash(&st, s, 2, &txid->h);
	store_col_hash(&st, s, 3, by);
	*raw = db_col_blob(s, 4);
	return st;
}

enum status store_mempool_gone_trim(struct db *db, int64_t keep)
{
	struct db_stmt *s = db_use(db, SQL_MEMPOOL_GONE_TRIM);

	db_bind_int(s, 1, keep);
	return db_run(s);
}

enum status store_mempool_out_next(struct db *db, int64_t script, int64_t tx,
				   uint32_t n, struct mempool_out_row *out)
{
	struct db_stmt *s = db_use(db, SQL_MEMPOOL_OUT_NEXT);
	enum status st;

	db_bind_int(s, 1, script);
	db_bind_int(s, 2, tx);
	db_bind_int(s, 3, n);
	st = db_one(s);
	if (st)
		return st;
	out->script = script;
	out->tx = db_col_int(s, 0);
	out->n = store_col_u32(&st, s, 1);
	out->value = db_col_int(s, 2);
	db_reset(s);
	return st;
}

enum status store_mempool_script_total(struct db *db, int64_t script,
				       struct script_total_row *out)
{
	struct db_stmt *s = db_use(db, SQL_MEMPOOL_SCRIPT_TOTAL);
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

enum status store_mempool_gone_get(struct db *db, const struct txid *txid,
				   struct bytes *raw)
{
	struct db_stmt *s = db_use(db, SQL_MEMPOOL_GONE_GET);
	const struct store_hash d = store_hash(&txid->h);
	enum status st;

	store_bind_hash(s, 1, &d);
	st = db_one_hold(s);
	if (st == ST_OK)
		*raw = db_col_blob(s, 0);
	return st;
}

enum status store_mempool_gone_why(struct db *db, const struct txid *txid,
				   struct mempool_gone_row *out)
{
	struct db_stmt *s = db_use(db, SQL_MEMPOOL_GONE_WHY);
	const struct store_hash d = store_hash(&txid->h);
	enum status st;

	store_bind_hash(s, 1, &d);
	st = db_one_hold(s);
	if (st != ST_OK)
		return st;
	*out = (struct mempool_gone_row){
		.at = db_col_int(s, 0),
		.has_by = !db_col_is_null(s, 2),
	};
	store_col_text(&st, s, 1, out->why, sizeof(out->why));
	store_col_hash(&st, s, 2, &out->by);
	db_reset(s);
	return st;
}

enum status store_mempool_each_wtxid(struct db *db,
				     bool (*fn)(void *arg,
						const struct wtxid *w),
				     void *arg)
{
	struct db_stmt *s = db_use(db, SQL_MEMPOOL_WTXIDS);
	enum status st;
	bool row;

	while ((st = db_step(s, &row)) == ST_OK && row) {
		struct wtxid w;

		store_col_hash(&st, s, 0, &w.h);
		if (st == ST_OK && !fn(arg, &w))
			st = ST_CANCELLED;
		if (st) {
			db_reset(s);
			break;
		}
	}
	return st;
}

enum status store_mempool_delta(struct db *db, const struct txid *t,
				int64_t *delta)
{
	struct db_stmt *s = db_use(db, SQL_MEMPOOL_DELTA_GET);
	const struct store_hash d = store_hash(&t->h);
	enum status st;

	*delta = 0;
	store_bind_hash(s, 1, &d);
	st = store_one_int(s, delta);
	return st == ST_NOT_FOUND ? ST_OK : st;
}

enum status store_mempool_delta_set(struct db *db, const struct txid *t,
				    int64_t delta)
{
	struct db_stmt *s = db_use(db, delta ? SQL_MEMPOOL_DELTA_PUT
					     : SQL_MEMPOOL_DELTA_DELETE);
	const struct store_hash d = store_hash(&t->h);

	store_bind_hash(s, 1, &d);
	if (delta)
		db_bind_int(s, 2, delta);
	return db_run(s);
}

enum status store_mempool_delta_next(struct db *db, struct txid *t,
				     int64_t *delta)
{
	struct db_stmt *s = db_use(db, SQL_MEMPOOL_DELTA_NEXT);
	const struct store_hash d = store_hash(&t->h);
	enum status st;

	store_bind_hash(s, 1, &d);
	st = db_one(s);
	if (st)
		return st;
	store_col_hash(&st, s, 0, &t->h);
	*delta = db_col_int(s, 1);
	db_reset(s);
	return st;
}
