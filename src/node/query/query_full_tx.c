/* SPDX-License-Identifier: MIT */
/* Transactions with their block and the outputs they spend (query_full.h). */
#include <string.h>

#include "node/core/playground.h"
#include "node/core/priv.h"
#include "node/query/query_full.h"
#include "node/query/query_rows.h"
#include "store/store_event.h"
#include "store/store_join.h"

/* Held estimates are a setting, which makes no event. */
static enum status hash_held(struct node *n, uint64_t *out)
{
	char text[FEE_HOLD_TEXT_MAX];
	enum status st = node_held_fees(n, text);

	*out = 0;
	for (const char *p = text; st == ST_OK && *p; p++)
		*out = *out * 31 + (uint8_t)*p;
	return st;
}

enum status query_mark(struct node *n, struct query_mark *out)
{
	struct node_tip tip;
	bool own;
	enum status st = node_read_begin(n, &own);

	if (st != ST_OK)
		return st;
	if (!n->have_mark) {
		struct query_mark *m = &n->mark;

		st = node_tip(n, &tip);
		if (st == ST_OK) {
			*m = (struct query_mark){.tip = tip.id, .height = tip.height};
			st = store_event_last_change(n->db, &m->event);
			st = st == ST_NOT_FOUND ? ST_OK : st;
		}
		if (st == ST_OK && node_is_playground(n))
			st = hash_held(n, &m->held);
		n->have_mark = st == ST_OK;
	}
	*out = n->mark;
	node_read_end(n, own);
	return st;
}

static enum status parse(struct full_tx *t, struct bytes raw, struct arena *a)
{
	struct reader r = reader_of(raw.p, raw.len);
	const struct txid id = t->tx.txid;
	enum status st = tx_read_nohash(&t->tx, &r, a);

	t->tx.txid = id;
	return st == ST_PARSE ? ST_CORRUPT : st;
}

static enum status copy_coin(struct full_coin *c, const struct join_coin *row,
			     struct arena *a)
{
	size_t n = row->script.len;
	uint8_t *p = arena_array(a, n + row->address.len + 1, uint8_t);

	if (!p)
		return ST_NOMEM;
	if (n)
		memcpy(p, row->script.p, n);
	if (row->address.len)
		memcpy(p + n, row->address.p, row->address.len);
	*c = (struct full_coin){
		.value = row->value,
		.script = bytes_of(p, n),
		.address = bytes_of(p + n, row->address.len),
	};
	return ST_OK;
}

/* The coins of t's inputs from a cursor that stands before the first. */
static enum status read_coins(struct full_tx *t, struct join_cursor *c,
			      struct arena *a)
{
	enum status st = ST_OK;

	t->coin = arena_array(a, t->tx.n_in, struct full_coin);
	if (!t->coin)
		return ST_NOMEM;
	for (uint32_t i = 0; st == ST_OK && i < t->tx.n_in; i++) {
		struct join_coin row;

		st = store_join_coin_next(c, &row);
		if (st == ST_NOT_FOUND)
			return ST_CORRUPT;
		if (st != ST_OK)
			break;
		st = copy_coin(&t->coin[i], &row, a);
	}
	return st;
}

enum status rows_confirmed(struct full_tx *t, const struct join_tx *row,
			   struct join_cursor *coins, struct arena *a)
{
	enum status st;

	*t = (struct full_tx){
		.id = row->id,
		.tx.txid = row->txid,
		.confirmed = true,
		.height = row->height,
		.block = row->block,
		.block_time = row->block_time,
		.coinbase = row->fee < 0,
		.fee_sat = row->fee < 0 ? 0 : row->fee,
		.weight = row->weight,
	};
	st = parse(t, row->raw, a);
	if (st == ST_OK && !t->coinbase)
		st = read_coins(t, coins, a);
	return st;
}

enum status rows_confirmed_one(struct node *n, struct full_tx *t,
			       const struct join_tx *row, struct arena *a)
{
	struct join_cursor coins = {0};
	enum status st;

	if (row->fee >= 0)
		store_join_coins_begin(n->db, row->id, row->id, &coins);
	st = rows_confirmed(t, row, &coins, a);
	store_join_close(&coins);
	return st;
}

enum status rows_pool(struct node *n, struct full_tx *t,
		      const struct join_pool_tx *row, struct arena *a)
{
	struct join_cursor coins = {0};
	enum status st;

	*t = (struct full_tx){
		.id = row->id,
		.tx.txid = row->txid,
		.fee_sat = row->fee,
		.weight = row->weight,
		.seen_at = row->at,
	};
	st = parse(t, row->raw, a);
	if (st != ST_OK)
		return st;
	store_join_pool_coins_begin(n->db, row->id, &coins);
	st = read_coins(t, &coins, a);
	store_join_close(&coins);
	return st;
}

static enum status copy_raw(struct arena *a, struct bytes *raw)
{
	raw->p = arena_copy(a, raw->p, raw->len);
	return raw->p ? ST_OK : ST_NOMEM;
}

enum status query_full_tx(struct node *n, const struct txid *id, struct arena *a,
			  struct full_tx *out)
{
	struct join_tx row;
	bool own;
	enum status st = node_read_begin(n, &own);

	if (st != ST_OK)
		return st;
	st = store_join_tx(n->db, id, &row);
	if (st == ST_OK) {
		st = copy_raw(a, &row.raw);
		if (st == ST_OK)
			st = rows_confirmed_one(n, out, &row, a);
	} else if (st == ST_NOT_FOUND) {
		struct join_pool_tx pool;

		st = store_join_pool_tx(n->db, id, &pool);
		if (st == ST_OK)
			st = copy_raw(a, &pool.raw);
		if (st == ST_OK)
			st = rows_pool(n, out, &pool, a);
	}
	node_read_end(n, own);
	return st;
}

enum status query_tx_status(struct node *n, const struct txid *id,
			    struct tx_info *out)
{
	struct join_tx row;
	bool own;
	enum status st = node_read_begin(n, &own);

	if (st != ST_OK)
		return st;
	*out = (struct tx_info){.txid = *id};
	st = store_join_status(n->db, id, &row);
	if (st == ST_OK) {
		out->confirmed = true;
		out->height = row.height;
		out->block = row.block;
		out->block_time = row.block_time;
		out->fee_sat = row.fee;
	} else if (st == ST_NOT_FOUND) {
		struct join_pool_tx pool;

		st = store_join_pool_tx(n->db, id, &pool);
		if (st == ST_OK)
			out->seen_at = pool.at;
	}
	node_read_end(n, own);
	return st;
}

/* --- who spends --- */

static void spend_of(struct full_spend *out, const struct join_spend *row)
{
	*out = (struct full_spend){
		.spent = row->spent,
		.confirmed = row->confirmed,
		.by = row->by,
		.in = row->in,
		.height = row->height,
		.block = row->block,
		.block_time = row->block_time,
	};
}

/* A cursor over outputs first..last of a transaction. */
static enum status spends_begin(struct node *n, const struct txid *id,
				uint32_t first, uint32_t last,
				struct join_cursor *c)
{
	struct join_tx row;
	struct join_pool_tx pool;
	enum status st = store_join_status(n->db, id, &row);

	if (st == ST_OK) {
		store_join_spends_begin(n->db, row.id, false, id, first, last, c);
		return ST_OK;
	}
	if (st == ST_NOT_FOUND) {
		st = store_join_pool_tx(n->db, id, &pool);
		if (st == ST_OK)
			store_join_spends_begin(n->db, pool.id, true, id, first,
						last, c);
	}
	return st;
}

enum status query_spend(struct node *n, const struct outpoint *o,
			struct full_spend *out)
{
	struct join_cursor c = {0};
	struct join_spend row;
	bool own;
	enum status st = node_read_begin(n, &own);

	*out = (struct full_spend){0};
	if (st != ST_OK)
		return st;
	st = spends_begin(n, &o->txid, o->n, o->n, &c);
	if (st == ST_OK)
		st = store_join_spend_next(&c, &row);
	if (st == ST_OK)
		spend_of(out, &row);
	store_join_close(&c);
	node_read_end(n, own);
	return st == ST_NOT_FOUND ? ST_OK : st;
}

enum status query_spends(struct node *n, const struct txid *id,
			 enum status (*fn)(void *arg, const struct full_spend *s),
			 void *arg)
{
	struct join_cursor c = {0};
	struct full_spend s;
	struct join_spend row;
	bool own;
	enum status st = node_read_begin(n, &own);

	if (st != ST_OK)
		return st;
	st = spends_begin(n, id, 0, UINT32_MAX, &c);
	if (st == ST_OK) {
		while ((st = store_join_spend_next(&c, &row)) == ST_OK) {
			spend_of(&s, &row);
			st = fn(arg, &s);
			if (st != ST_OK)
				break;
		}
		st = st == ST_NOT_FOUND ? ST_OK : st;
	}
	store_join_close(&c);
	node_read_end(n, own);
	return st;
}
