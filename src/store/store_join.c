/* SPDX-License-Identifier: MIT */
/* See store_join.h; the statements are in sql/queries/store_join.sql. */
#include "store/store_join.h"

#include "store/store_internal.h"

void store_join_close(struct join_cursor *c)
{
	if (c->s)
		db_reset(c->s);
	c->s = NULL;
}

/* The next row of a cursor. */
static enum status step(struct join_cursor *c)
{
	enum status st;
	bool row;

	if (!c->s)
		return ST_NOT_FOUND;
	st = db_step(c->s, &row);
	if (st == ST_OK && row)
		return ST_OK;
	if (st != ST_OK)
		db_reset(c->s);
	c->s = NULL;
	return st == ST_OK ? ST_NOT_FOUND : st;
}

/* After a row was read. */
static enum status seen(struct join_cursor *c, enum status st)
{
	if (st != ST_OK)
		store_join_close(c);
	return st;
}

/* Two bounds, as most statements have. */
static void begin(struct db *db, int sql, int64_t a, int64_t b,
		  struct join_cursor *c)
{
	c->s = db_use(db, sql);
	db_bind_int(c->s, 1, a);
	db_bind_int(c->s, 2, b);
}

static enum status read_tx(struct db_stmt *s, bool raw, struct join_tx *out)
{
	enum status st = ST_OK;

	out->id = db_col_int(s, 0);
	store_col_hash(&st, s, 1, &out->txid.h);
	out->height = store_col_u32(&st, s, 2);
	out->fee = store_col_int_or(s, 3, -1);
	out->weight = store_col_u32(&st, s, 4);
	out->n_in = store_col_u32(&st, s, 5);
	out->n_out = store_col_u32(&st, s, 6);
	store_col_hash(&st, s, 7, &out->block.h);
	out->block_time = (uint32_t)db_col_int(s, 8);
	out->raw = raw ? db_col_blob(s, 9) : bytes_of("", 0);
	return st;
}

enum status store_join_tx(struct db *db, const struct txid *txid,
			  struct join_tx *out)
{
	struct db_stmt *s = db_use(db, SQL_JOIN_TX);
	const struct store_hash d = store_hash(&txid->h);
	enum status st;

	store_bind_hash(s, 1, &d);
	st = db_one_hold(s);
	return st == ST_OK ? read_tx(s, true, out) : st;
}

enum status store_join_status(struct db *db, const struct txid *txid,
			      struct join_tx *out)
{
	struct db_stmt *s = db_use(db, SQL_JOIN_STATUS);
	const struct store_hash d = store_hash(&txid->h);
	enum status st;

	store_bind_hash(s, 1, &d);
	st = db_one(s);
	if (st != ST_OK)
		return st;
	st = read_tx(s, false, out);
	db_reset(s);
	return st;
}

void store_join_range_begin(struct db *db, int64_t from, int64_t to,
			    struct join_cursor *c)
{
	begin(db, SQL_JOIN_TX_RANGE, from, to, c);
}

void store_join_history_begin(struct db *db, int64_t script, int64_t before,
			      uint32_t max, struct join_cursor *c)
{
	begin(db, SQL_JOIN_HISTORY, script, before, c);
	db_bind_int(c->s, 3, max);
}

enum status store_join_tx_next(struct join_cursor *c, struct join_tx *out)
{
	enum status st = step(c);

	return st == ST_OK ? seen(c, read_tx(c->s, true, out)) : st;
}

static enum status has(struct db *db, int sql, int64_t script, int64_t tx,
		       bool *out)
{
	struct join_cursor c;
	enum status st;

	begin(db, sql, script, tx, &c);
	st = step(&c);
	*out = st == ST_OK;
	store_join_close(&c);
	return st == ST_NOT_FOUND ? ST_OK : st;
}

enum status store_join_history_has(struct db *db, int64_t script, int64_t tx,
				   bool *out)
{
	return has(db, SQL_JOIN_HISTORY_HAS, script, tx, out);
}

enum status store_join_pool_history_has(struct db *db, int64_t script,
					int64_t tx, bool *out)
{
	return has(db, SQL_JOIN_POOL_HISTORY_HAS, script, tx, out);
}

void store_join_coins_begin(struct db *db, int64_t from, int64_t to,
			    struct join_cursor *c)
{
	begin(db, SQL_JOIN_COINS, from, to, c);
}

void store_join_pool_coins_begin(struct db *db, int64_t tx,
				 struct join_cursor *c)
{
	c->s = db_use(db, SQL_JOIN_POOL_COINS);
	db_bind_int(c->s, 1, tx);
}

enum status store_join_coin_next(struct join_cursor *c, struct join_coin *out)
{
	enum status st = step(c);

	if (st != ST_OK)
		return st;
	out->value = db_col_int(c->s, 0);
	out->script = db_col_blob(c->s, 1);
	out->address = db_col_blob(c->s, 2);
	return ST_OK;
}

void store_join_txids_begin(struct db *db, int64_t from, int64_t to,
			    struct join_cursor *c)
{
	begin(db, SQL_JOIN_TXIDS, from, to, c);
}

void store_join_pool_txids_begin(struct db *db, struct join_cursor *c)
{
	c->s = db_use(db, SQL_JOIN_POOL_TXIDS);
}

enum status store_join_txid_next(struct join_cursor *c, struct txid *out)
{
	enum status st = step(c);

	if (st != ST_OK)
		return st;
	store_col_hash(&st, c->s, 0, &out->h);
	return seen(c, st);
}

void store_join_fees_begin(struct db *db, int64_t from, int64_t to,
			   struct join_cursor *c)
{
	begin(db, SQL_JOIN_FEES, from, to, c);
}

enum status store_join_fee_next(struct join_cursor *c, int64_t *fee,
				uint32_t *weight)
{
	enum status st = step(c);

	if (st != ST_OK)
		return st;
	*fee = db_col_int(c->s, 0);
	*weight = store_col_u32(&st, c->s, 1);
	return seen(c, st);
}

void store_join_spends_begin(struct db *db, int64_t tx, bool pool,
			     const struct txid *txid, uint32_t first,
			     uint32_t last, struct join_cursor *c)
{
	c->s = db_use(db, pool ? SQL_JOIN_POOL_SPENDS : SQL_JOIN_SPENDS);
	hash256_to_display(c->bound, &txid->h);
	db_bind_int(c->s, 1, tx);
	db_bind_blob(c->s, 2, c->bound, sizeof(c->bound));
	db_bind_int(c->s, 3, first);
	db_bind_int(c->s, 4, last);
}

enum status store_join_spend_next(struct join_cursor *c, struct join_spend *out)
{
	enum status st = step(c);

	if (st != ST_OK)
		return st;
	*out = (struct join_spend){
		.n = store_col_u32(&st, c->s, 0),
		.spent = !db_col_is_null(c->s, 2),
		.confirmed = !db_col_is_null(c->s, 3),
		.in = (uint32_t)db_col_int(c->s, 1),
		.height = (uint32_t)db_col_int(c->s, 3),
		.block_time = (uint32_t)db_col_int(c->s, 5),
	};
	store_col_hash(&st, c->s, 2, &out->by.h);
	store_col_hash(&st, c->s, 4, &out->block.h);
	return seen(c, st);
}

void store_join_utxos_begin(struct db *db, int64_t script,
			    struct join_cursor *c)
{
	c->s = db_use(db, SQL_JOIN_UTXOS);
	db_bind_int(c->s, 1, script);
}

void store_join_pool_utxos_begin(struct db *db, int64_t script,
				 struct join_cursor *c)
{
	c->s = db_use(db, SQL_JOIN_POOL_UTXOS);
	db_bind_int(c->s, 1, script);
}

enum status store_join_utxo_next(struct join_cursor *c, struct join_utxo *out)
{
	enum status st = step(c);

	if (st != ST_OK)
		return st;
	*out = (struct join_utxo){
		.n = store_col_u32(&st, c->s, 1),
		.value = db_col_int(c->s, 2),
		.confirmed = !db_col_is_null(c->s, 3),
		.height = (uint32_t)db_col_int(c->s, 3),
		.coinbase = db_col_int(c->s, 4) != 0,
		.block_time = (uint32_t)db_col_int(c->s, 6),
		.pool_spent = db_col_int(c->s, 7) != 0,
	};
	store_col_hash(&st, c->s, 0, &out->txid.h);
	store_col_hash(&st, c->s, 5, &out->block.h);
	return seen(c, st);
}

static enum status read_pool_tx(struct db_stmt *s, struct join_pool_tx *out)
{
	enum status st = ST_OK;

	out->id = db_col_int(s, 0);
	store_col_hash(&st, s, 1, &out->txid.h);
	out->fee = db_col_int(s, 2);
	out->weight = store_col_u32(&st, s, 3);
	out->vsize = store_col_u32(&st, s, 4);
	out->at = db_col_int(s, 5);
	out->raw = db_col_blob(s, 6);
	return st;
}

enum status store_join_pool_tx(struct db *db, const struct txid *txid,
			       struct join_pool_tx *out)
{
	struct db_stmt *s = db_use(db, SQL_JOIN_POOL_TX);
	const struct store_hash d = store_hash(&txid->h);
	enum status st;

	store_bind_hash(s, 1, &d);
	st = db_one_hold(s);
	return st == ST_OK ? read_pool_tx(s, out) : st;
}

void store_join_pool_history_begin(struct db *db, int64_t script, int64_t before,
				   uint32_t max, struct join_cursor *c)
{
	begin(db, SQL_JOIN_POOL_HISTORY, script, before, c);
	db_bind_int(c->s, 3, max);
}

enum status store_join_pool_tx_next(struct join_cursor *c,
				    struct join_pool_tx *out)
{
	enum status st = step(c);

	return st == ST_OK ? seen(c, read_pool_tx(c->s, out)) : st;
}

void store_join_recent_begin(struct db *db, uint32_t max, struct join_cursor *c)
{
	c->s = db_use(db, SQL_JOIN_POOL_RECENT);
	db_bind_int(c->s, 1, max);
}

void store_join_member_begin(struct db *db, int64_t id, struct join_cursor *c)
{
	c->s = db_use(db, SQL_JOIN_POOL_MEMBER);
	db_bind_int(c->s, 1, id);
}

enum status store_join_recent_next(struct join_cursor *c,
				   struct join_recent *out)
{
	enum status st = step(c);

	if (st != ST_OK)
		return st;
	store_col_hash(&st, c->s, 0, &out->txid.h);
	out->fee = db_col_int(c->s, 1);
	out->vsize = store_col_u32(&st, c->s, 2);
	out->value = db_col_int(c->s, 3);
	return seen(c, st);
}

void store_join_rates_begin(struct db *db, struct join_cursor *c)
{
	c->s = db_use(db, SQL_JOIN_POOL_RATES);
}

enum status store_join_rate_next(struct join_cursor *c, struct join_rate *out)
{
	enum status st = step(c);

	if (st != ST_OK)
		return st;
	out->id = db_col_int(c->s, 0);
	out->fee = db_col_int(c->s, 1);
	out->vsize = store_col_u32(&st, c->s, 2);
	out->weight = store_col_u32(&st, c->s, 3);
	out->fee_anc = db_col_int(c->s, 4);
	out->vsize_anc = db_col_int(c->s, 5);
	out->fee_desc = db_col_int(c->s, 6);
	out->vsize_desc = db_col_int(c->s, 7);
	return seen(c, st);
}

enum status store_join_address_from(struct db *db, const char *from,
				    const char *below, const char **out)
{
	struct db_stmt *s = db_use(db, SQL_JOIN_ADDRESS_FROM);
	enum status st;

	db_bind_text(s, 1, from);
	db_bind_text(s, 2, below);
	st = db_one_hold(s);
	if (st == ST_OK && db_col_is_null(s, 0))
		st = ST_NOT_FOUND;
	if (st == ST_OK)
		*out = db_col_text(s, 0);
	return st;
}
