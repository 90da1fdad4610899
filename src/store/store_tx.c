/* SPDX-License-Identifier: MIT */
/* The transactions of the active chain. */
#include "store/store_tx.h"

#include "store/store_internal.h"

enum status store_tx_id(struct db *db, const struct txid *txid, int64_t *id)
{
	struct db_stmt *s = db_use(db, SQL_TX_ID);
	const struct store_hash d = store_hash(&txid->h);

	store_bind_hash(s, 1, &d);
	return store_one_int(s, id);
}

enum status store_tx_id_before(struct db *db, const struct txid *txid,
			       int64_t before, int64_t *id)
{
	struct db_stmt *s = db_use(db, SQL_TX_ID_BEFORE);
	const struct store_hash d = store_hash(&txid->h);

	store_bind_hash(s, 1, &d);
	db_bind_int(s, 2, before);
	return store_one_int(s, id);
}

static enum status read_head(struct db_stmt *s, struct tx_row *out)
{
	enum status st = ST_OK;

	out->id = db_col_int(s, 0);
	store_col_hash(&st, s, 1, &out->txid.h);
	out->height = store_col_u32(&st, s, 2);
	out->fee = store_col_int_or(s, 3, -1);
	out->weight = store_col_u32(&st, s, 4);
	out->n_in = store_col_u32(&st, s, 5);
	out->n_out = store_col_u32(&st, s, 6);
	out->raw = bytes_of("", 0);
	return st;
}

enum status store_tx_get(struct db *db, int64_t id, struct tx_row *out)
{
	struct db_stmt *s = db_use(db, SQL_TX_GET);
	enum status st;

	db_bind_int(s, 1, id);
	st = db_one_hold(s);
	if (st == ST_OK)
		st = read_head(s, out);
	if (st == ST_OK)
		out->raw = db_col_blob(s, 7);
	return st;
}

enum status store_tx_head(struct db *db, int64_t id, struct tx_row *out)
{
	struct db_stmt *s = db_use(db, SQL_TX_HEAD);
	enum status st;

	db_bind_int(s, 1, id);
	st = db_one(s);
	if (st)
		return st;
	st = read_head(s, out);
	db_reset(s);
	return st;
}

enum status store_tx_insert(struct db *db, const struct tx_row *row)
{
	struct db_stmt *s = db_use(db, SQL_TX_INSERT);
	const struct store_hash d = store_hash(&row->txid.h);

	db_bind_int(s, 1, row->id);
	store_bind_hash(s, 2, &d);
	db_bind_int(s, 3, row->height);
	store_bind_int_or_null(s, 4, row->fee, -1);
	db_bind_int(s, 5, row->weight);
	db_bind_int(s, 6, row->n_in);
	db_bind_int(s, 7, row->n_out);
	db_bind_blob(s, 8, row->raw.p, row->raw.len);
	return db_run(s);
}

enum status store_tx_index(struct db *db, const struct txid *txid, int64_t id)
{
	struct db_stmt *s = db_use(db, SQL_TX_INDEX);
	const struct store_hash d = store_hash(&txid->h);

	store_bind_hash(s, 1, &d);
	db_bind_int(s, 2, id);
	return db_run(s);
}

enum status store_tx_unindex(struct db *db, const struct txid *txid,
			     int64_t id)
{
	struct db_stmt *s = db_use(db, SQL_TX_UNINDEX);
	const struct store_hash d = store_hash(&txid->h);

	store_bind_hash(s, 1, &d);
	db_bind_int(s, 2, id);
	return store_run_one(db, s);
}

static enum status delete_range(struct db_stmt *s, int64_t from, int64_t to)
{
	db_bind_int(s, 1, from);
	db_bind_int(s, 2, to);
	return db_run(s);
}

enum status store_tx_delete_range(struct db *db, int64_t from, int64_t to)
{
	enum status st;

	st = delete_range(db_use(db, SQL_TXIN_DELETE_RANGE), from, to);
	if (st == ST_OK)
		st = delete_range(db_use(db, SQL_TXOUT_DELETE_RANGE), from, to);
	if (st == ST_OK)
		st = delete_range(db_use(db, SQL_TX_DELETE_RANGE), from, to);
	return st;
}

enum status store_tx_each_raw(struct db *db, int64_t from, int64_t to,
			      bool (*fn)(void *arg, int64_t id,
					 const struct txid *txid,
					 struct bytes raw),
			      void *arg)
{
	struct db_stmt *s = db_use(db, SQL_TX_EACH_RAW);
	enum status st;
	bool row;

	db_bind_int(s, 1, from);
	db_bind_int(s, 2, to);
	while ((st = db_step(s, &row)) == ST_OK && row) {
		struct txid txid;

		store_col_hash(&st, s, 1, &txid.h);
		if (st == ST_OK &&
		    !fn(arg, db_col_int(s, 0), &txid, db_col_blob(s, 2)))
			st = ST_CANCELLED;
		if (st) {
			db_reset(s);
			break;
		}
	}
	return st;
}

enum status store_txin_insert(struct db *db, const struct txin_row *row)
{
	struct db_stmt *s = db_use(db, SQL_TXIN_INSERT);

	db_bind_int(s, 1, row->tx);
	db_bind_int(s, 2, row->n);
	if (row->prev_tx) {
		db_bind_int(s, 3, row->prev_tx);
		db_bind_int(s, 4, row->prev_n);
	} else {
		db_bind_null(s, 3);
		db_bind_null(s, 4);
	}
	db_bind_int(s, 5, row->sequence);
	db_bind_int(s, 6, row->sig_at);
	db_bind_int(s, 7, row->sig_len);
	return db_run(s);
}

enum status store_txin_get(struct db *db, int64_t tx, uint32_t n,
			   struct txin_row *out)
{
	struct db_stmt *s = db_use(db, SQL_TXIN_GET);
	enum status st;

	db_bind_int(s, 1, tx);
	db_bind_int(s, 2, n);
	st = db_one(s);
	if (st)
		return st;
	out->tx = tx;
	out->n = n;
	out->prev_tx = db_col_int(s, 0);
	out->prev_n = store_col_u32(&st, s, 1);
	out->sequence = store_col_u32(&st, s, 2);
	out->sig_at = store_col_u32(&st, s, 3);
	out->sig_len = store_col_u32(&st, s, 4);
	db_reset(s);
	return st;
}

enum status store_txout_insert(struct db *db, const struct txout_row *row)
{
	struct db_stmt *s = db_use(db, SQL_TXOUT_INSERT);

	db_bind_int(s, 1, row->tx);
	db_bind_int(s, 2, row->n);
	db_bind_int(s, 3, row->value);
	db_bind_int(s, 4, row->script);
	if (row->spent_tx) {
		db_bind_int(s, 5, row->spent_tx);
		db_bind_int(s, 6, row->spent_n);
	} else {
		db_bind_null(s, 5);
		db_bind_null(s, 6);
	}
	return db_run(s);
}

enum status store_txout_get(struct db *db, int64_t tx, uint32_t n,
			    struct txout_row *out)
{
	struct db_stmt *s = db_use(db, SQL_TXOUT_GET);
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
	out->spent_tx = db_col_int(s, 2);
	out->spent_n = store_col_u32(&st, s, 3);
	db_reset(s);
	return st;
}

enum status store_txout_spend(struct db *db, int64_t tx, uint32_t n,
			      int64_t spent_tx, uint32_t spent_n)
{
	struct db_stmt *s = db_use(db, SQL_TXOUT_SPEND);

	db_bind_int(s, 1, tx);
	db_bind_int(s, 2, n);
	db_bind_int(s, 3, spent_tx);
	db_bind_int(s, 4, spent_n);
	return store_run_one(db, s);
}

enum status store_txout_unspend(struct db *db, int64_t tx, uint32_t n)
{
	struct db_stmt *s = db_use(db, SQL_TXOUT_UNSPEND);

	db_bind_int(s, 1, tx);
	db_bind_int(s, 2, n);
	return store_run_one(db, s);
}

enum status store_txout_any_unspent(struct db *db, int64_t tx, bool *any)
{
	struct db_stmt *s = db_use(db, SQL_TXOUT_ANY_UNSPENT);
	enum status st;

	db_bind_int(s, 1, tx);
	st = db_one(s);
	*any = st == ST_OK;
	if (st == ST_OK)
		db_reset(s);
	return st == ST_NOT_FOUND ? ST_OK : st;
}

enum status store_txout_overwrite(struct db *db, int64_t tx, uint32_t n,
				  int64_t spent_tx)
{
	struct db_stmt *s = db_use(db, SQL_TXOUT_OVERWRITE);

	db_bind_int(s, 1, tx);
	db_bind_int(s, 2, n);
	db_bind_int(s, 3, spent_tx);
	return store_run_one(db, s);
}

enum status store_utxo_next(struct db *db, int64_t script, int64_t tx, uint32_t n,
			    struct txout_row *out)
{
	struct db_stmt *s = db_use(db, SQL_UTXO_NEXT);
	enum status st;

	db_bind_int(s, 1, script);
	db_bind_int(s, 2, tx);
	db_bind_int(s, 3, n);
	st = db_one(s);
	if (st)
		return st;
	*out = (struct txout_row){.script = script};
	out->tx = db_col_int(s, 0);
	out->n = store_col_u32(&st, s, 1);
	out->value = db_col_int(s, 2);
	db_reset(s);
	return st;
}
