/* SPDX-License-Identifier: MIT */
/* Transactions, outputs and the pool, of query.h. */
#include <stdio.h>

#include "node/core/priv.h"
#include "node/query/query.h"
#include "store/store_event.h"
#include "store/store_mempool.h"
#include "store/store_script.h"
#include "store/store_tx.h"

static enum status copy_raw(struct arena *a, struct bytes from, struct bytes *to)
{
	*to = bytes_of(arena_copy(a, from.p, from.len), from.len);
	return to->p ? ST_OK : ST_NOMEM;
}

static enum status confirmed_tx(struct node *n, const struct txid *id,
				struct arena *a, struct tx_info *out)
{
	struct block_row block;
	struct tx_row row;
	int64_t tx;
	enum status st = store_tx_id(n->db, id, &tx);

	if (st == ST_OK)
		st = store_tx_get(n->db, tx, &row);
	if (st != ST_OK)
		return st;
	*out = (struct tx_info){
		.txid = *id,
		.confirmed = true,
		.height = row.height,
		.fee_sat = row.fee,
	};
	st = copy_raw(a, row.raw, &out->raw);
	if (st == ST_OK)
		st = store_block_by_height(n->db, row.height, &block);
	if (st == ST_OK) {
		out->block = block.hash;
		out->block_time = block.header.time;
	}
	return st;
}

static enum status pool_tx(const struct mempool_row *row, struct arena *a,
			   struct tx_info *out)
{
	*out = (struct tx_info){
		.txid = row->txid,
		.fee_sat = row->fee,
		.seen_at = row->at,
		.pool_no = row->id,
		.was_mined = row->was_mined,
	};
	return copy_raw(a, row->raw, &out->raw);
}

enum status query_pool_tx(struct node *n, const struct wtxid *id,
			  struct arena *a, struct tx_info *out)
{
	struct mempool_row row;
	bool own;
	enum status st = node_read_begin(n, &own);

	if (st != ST_OK)
		return st;
	st = store_mempool_by_wtxid(n->db, id, &row);
	if (st == ST_OK)
		st = pool_tx(&row, a, out);
	node_read_end(n, own);
	return st;
}

enum status query_tx(struct node *n, const struct txid *id, struct arena *a,
		     struct tx_info *out)
{
	struct mempool_row row;
	bool own;
	enum status st = node_read_begin(n, &own);

	if (st != ST_OK)
		return st;
	st = confirmed_tx(n, id, a, out);
	if (st == ST_NOT_FOUND) {
		st = store_mempool_by_txid(n->db, id, &row);
		if (st == ST_OK)
			st = pool_tx(&row, a, out);
	}
	node_read_end(n, own);
	return st;
}

static enum status script_of(struct node *n, int64_t script, struct arena *a,
			     struct bytes *out)
{
	struct script_row row;
	enum status st = store_script_get(n->db, script, &row);

	return st == ST_OK ? copy_raw(a, row.spk, out) : st;
}

static enum status confirmed_output(struct node *n, const struct outpoint *o,
				    struct arena *a, struct output_info *out)
{
	struct txout_row row;
	struct tx_row tx;
	int64_t id;
	enum status st = store_tx_id(n->db, &o->txid, &id);

	if (st == ST_OK)
		st = store_tx_head(n->db, id, &tx);
	if (st == ST_OK)
		st = store_txout_get(n->db, id, o->n, &row);
	if (st != ST_OK)
		return st;
	*out = (struct output_info){
		.value = row.value,
		.height = tx.height,
		.confirmed = true,
		.coinbase = tx.fee < 0,
		.spent = row.spent_tx != 0,
		.spender_in = row.spent_n,
	};
	st = script_of(n, row.script, a, &out->script);
	if (st == ST_OK && out->spent) {
		st = store_tx_head(n->db, row.spent_tx, &tx);
		out->spender = tx.txid;
	}
	return st;
}

static enum status pool_output(struct node *n, const struct outpoint *o,
			       struct arena *a, struct output_info *out)
{
	struct mempool_out_row row;
	struct mempool_row tx;
	enum status st = store_mempool_by_txid(n->db, &o->txid, &tx);

	if (st == ST_OK)
		st = store_mempool_out_get(n->db, tx.id, o->n, &row);
	if (st != ST_OK)
		return st;
	*out = (struct output_info){.value = row.value};
	return script_of(n, row.script, a, &out->script);
}

enum status query_output(struct node *n, const struct outpoint *o,
			 struct arena *a, struct output_info *out)
{
	bool own;
	enum status st = node_read_begin(n, &own);

	if (st != ST_OK)
		return st;
	st = confirmed_output(n, o, a, out);
	if (st == ST_NOT_FOUND)
		st = pool_output(n, o, a, out);
	if (st == ST_OK && !out->spent) {
		struct mempool_row by;
		int64_t id;

		st = store_mempool_spender(n->db, o, &id, &out->spender_in);
		if (st == ST_OK)
			st = store_mempool_by_id(n->db, id, &by);
		if (st == ST_OK) {
			out->spent = true;
			out->spender = by.txid;
		}
		st = st == ST_NOT_FOUND ? ST_OK : st;
	}
	node_read_end(n, own);
	return st;
}

enum status query_pool(struct node *n, int64_t after, uint32_t max,
		       struct arena *a, struct pool_tx **out, uint32_t *count)
{
	struct mempool_row row;
	bool own;
	enum status st = node_read_begin(n, &own);

	*count = 0;
	if (st != ST_OK)
		return st;
	*out = arena_array(a, max, struct pool_tx);
	st = *out ? ST_OK : ST_NOMEM;
	while (st == ST_OK && *count < max) {
		struct pool_tx *t = &(*out)[*count];

		st = store_mempool_next(n->db, after, &row);
		if (st != ST_OK)
			break;
		*t = (struct pool_tx){
			.id = row.id,
			.txid = row.txid,
			.wtxid = row.wtxid,
			.fee_sat = row.fee,
			.vsize = row.vsize,
			.weight = row.weight,
			.at = row.at,
		};
		st = copy_raw(a, row.raw, &t->raw);
		after = row.id;
		(*count)++;
	}
	node_read_end(n, own);
	return st == ST_NOT_FOUND ? ST_OK : st;
}

struct wtxids {
	struct wtxid *at;
	uint32_t n, room;
};

static bool add_wtxid(void *arg, const struct wtxid *w)
{
	struct wtxids *v = arg;

	if (v->n == v->room)
		return false;
	v->at[v->n++] = *w;
	return true;
}

enum status query_pool_wtxids(struct node *n, struct arena *a,
			      struct wtxid **ids, uint32_t *count)
{
	int64_t have, vsize, bytes, fees;
	struct wtxids v = {0};
	bool own;
	enum status st = node_read_begin(n, &own);

	*count = 0;
	if (st != ST_OK)
		return st;
	st = store_mempool_sums(n->db, &have, &vsize, &bytes, &fees);
	if (st == ST_OK) {
		v.room = (uint32_t)have;
		v.at = arena_array(a, v.room, struct wtxid);
		st = v.at ? store_mempool_each_wtxid(n->db, add_wtxid, &v)
			  : ST_NOMEM;
	}
	node_read_end(n, own);
	*ids = v.at;
	*count = v.n;
	return st == ST_CANCELLED ? ST_CORRUPT : st;
}

enum status query_pool_gone(struct node *n, const struct txid *id,
			    struct arena *a, struct bytes *raw)
{
	struct bytes row;
	bool own;
	enum status st = node_read_begin(n, &own);

	if (st != ST_OK)
		return st;
	st = store_mempool_gone_get(n->db, id, &row);
	if (st == ST_OK)
		st = copy_raw(a, row, raw);
	node_read_end(n, own);
	return st;
}

enum status query_replacements(struct node *n, uint32_t max, struct arena *a,
			       struct replaced_tx **out, uint32_t *count)
{
	int64_t id = INT64_MAX;
	bool own;
	enum status st = node_read_begin(n, &own);

	*count = 0;
	if (st != ST_OK)
		return st;
	*out = arena_array(a, max, struct replaced_tx);
	st = *out ? ST_OK : ST_NOMEM;
	while (st == ST_OK && *count < max) {
		struct replaced_tx *r = &(*out)[*count];
		struct bytes row;

		st = store_mempool_replaced_before(n->db, &id, &r->at, &r->txid,
						   &r->by.h, &row);
		if (st == ST_OK)
			st = copy_raw(a, row, &r->raw);
		*count += st == ST_OK;
	}
	node_read_end(n, own);
	return st == ST_NOT_FOUND ? ST_OK : st;
}

enum status query_gone(struct node *n, const struct txid *id,
		       struct gone_info *out)
{
	struct mempool_gone_row row;
	bool own;
	enum status st = node_read_begin(n, &own);

	if (st != ST_OK)
		return st;
	st = store_mempool_gone_why(n->db, id, &row);
	node_read_end(n, own);
	if (st != ST_OK)
		return st;
	*out = (struct gone_info){.at = row.at, .has_by = row.has_by,
				  .by = row.by};
	memcpy(out->why, row.why, sizeof(out->why));
	return ST_OK;
}

enum status query_refusal(struct node *n, const struct hash256 *hash,
			  struct refusal *out)
{
	struct reject_row row;
	bool own;
	enum status st = node_read_begin(n, &own);

	if (st != ST_OK)
		return st;
	st = store_reject_get(n->db, hash, &row);
	node_read_end(n, own);
	if (st != ST_OK)
		return st;
	*out = (struct refusal){
		.input = row.input,
		.script_pos = row.script_pos,
		.has_txid = row.has_txid,
		.txid = row.txid,
		.at = row.at,
	};
	snprintf(out->script, sizeof(out->script), "%s", row.script);
	snprintf(out->stack, sizeof(out->stack), "%s", row.stack);
	snprintf(out->kind, sizeof(out->kind), "%s", row.kind);
	snprintf(out->reason, sizeof(out->reason), "%s", row.reason);
	snprintf(out->rule, sizeof(out->rule), "%s", row.rule);
	snprintf(out->detail, sizeof(out->detail), "%s", row.detail);
	return ST_OK;
}

enum status query_events(struct node *n, int64_t after, uint32_t max,
			 struct arena *a, struct event_info **out,
			 uint32_t *count)
{
	struct event_row row;
	bool own;
	enum status st = node_read_begin(n, &own);

	*count = 0;
	if (st != ST_OK)
		return st;
	*out = arena_array(a, max, struct event_info);
	st = *out ? ST_OK : ST_NOMEM;
	while (st == ST_OK && *count < max) {
		struct event_info *e = &(*out)[*count];

		st = store_event_next(n->db, after, &row);
		if (st != ST_OK)
			break;
		*e = (struct event_info){
			.id = row.id,
			.at_ms = row.at_ms,
			.kind = arena_strdup(a, row.kind),
			.hash = row.hash,
			.has_hash = row.has_hash,
			.json = arena_strdup(a, row.json),
		};
		if (!e->kind || !e->json)
			st = ST_NOMEM;
		after = row.id;
		(*count)++;
	}
	node_read_end(n, own);
	return st == ST_NOT_FOUND ? ST_OK : st;
}

static enum status last(struct node *n, int64_t *id,
			enum status (*of)(struct db *db, int64_t *id))
{
	bool own;
	enum status st = node_read_begin(n, &own);

	*id = 0;
	if (st != ST_OK)
		return st;
	st = of(n->db, id);
	node_read_end(n, own);
	return st == ST_NOT_FOUND ? ST_OK : st;
}

enum status query_last_event(struct node *n, int64_t *id)
{
	return last(n, id, store_event_last);
}

enum status query_last_change(struct node *n, int64_t *id)
{
	return last(n, id, store_event_last_change);
}
