/* SPDX-License-Identifier: MIT */
/* See pool.h. */
#include "node/pool/pool.h"

#include <stdlib.h>

#include "node/core/events.h"
#include "node/pool/poolin.h"
#include "node/pool/poolset.h"
#include "store/store_tx.h"

#define RETURN_BYTES_MAX ((size_t)64 << 20)
#define GONE_KEPT 5000

/* A member leaves: its ancestors have one descendant less, its descendants one
 * ancestor less. Members of `also` leave too and are not counted. */
static enum status uncount(struct node *n, const struct mempool_row *row,
			   const struct poolset *also)
{
	struct poolset up, down;
	bool added;
	enum status st;

	poolset_init(&up);
	poolset_init(&down);
	st = poolset_add(&up, row->id, &added);
	if (st == ST_OK)
		st = poolset_ancestors(n, &up);
	if (st == ST_OK)
		st = poolset_add(&down, row->id, &added);
	if (st == ST_OK)
		st = poolset_descendants(n, &down);
	for (size_t i = 1; st == ST_OK && i < up.n; i++) {
		struct mempool_row a;

		if (also && poolset_has(also, up.id[i]))
			continue;
		st = store_mempool_by_id(n->db, up.id[i], &a);
		if (st != ST_OK)
			break;
		a.n_desc--;
		a.vsize_desc -= row->vsize;
		a.fee_desc -= row->fee + row->fee_delta;
		st = store_mempool_update(n->db, &a);
	}
	for (size_t i = 1; st == ST_OK && i < down.n; i++) {
		struct mempool_row d;

		if (also && poolset_has(also, down.id[i]))
			continue;
		st = store_mempool_by_id(n->db, down.id[i], &d);
		if (st != ST_OK)
			break;
		d.n_anc--;
		d.vsize_anc -= row->vsize;
		d.fee_anc -= row->fee + row->fee_delta;
		st = store_mempool_update(n->db, &d);
	}
	poolset_free(&up);
	poolset_free(&down);
	return st == ST_NOT_FOUND ? ST_CORRUPT : st;
}

enum status pool_remove(struct node *n, int64_t id, const char *why,
			const struct hash256 *by)
{
	struct poolset all;
	bool added;
	enum status st;

	poolset_init(&all);
	st = poolset_add(&all, id, &added);
	if (st == ST_OK)
		st = poolset_descendants(n, &all);
	for (size_t i = 0; st == ST_OK && i < all.n; i++) {
		struct mempool_row row;

		st = store_mempool_by_id(n->db, all.id[i], &row);
		if (st == ST_OK)
			st = store_mempool_gone_add(n->db, node_now_s(n),
						    &row.txid, why, by,
						    row.raw);
		if (st == ST_OK)
			st = event_tx(n, "tx-gone", &row.txid, row.fee,
				      row.vsize, why);
		if (st == ST_OK)
			st = uncount(n, &row, &all);
	}
	for (size_t i = 0; st == ST_OK && i < all.n; i++)
		st = store_mempool_delete(n->db, all.id[i]);
	if (st == ST_OK && all.n)
		st = store_mempool_gone_trim(n->db, GONE_KEPT);
	poolset_free(&all);
	return st == ST_NOT_FOUND ? ST_CORRUPT : st;
}

/* Whoever in the pool spends what this transaction of a block spends. */
static enum status remove_conflicts(struct node *n, const struct tx *tx,
				    const struct hash256 *by)
{
	enum status st = ST_OK;

	for (uint32_t k = 0; st == ST_OK && k < tx->n_in; k++) {
		int64_t id;
		uint32_t in;

		st = store_mempool_spender(n->db, &tx->in[k].prevout, &id, &in);
		if (st == ST_OK)
			st = pool_remove(n, id, "conflict", by);
		else if (st == ST_NOT_FOUND)
			st = ST_OK;
	}
	return st;
}

/* What a block has needs no more help; whether it waited here is all the same. */
static enum status forget_deltas(struct node *n, const struct block *b)
{
	struct txid t = {0};
	int64_t delta;
	enum status st = store_mempool_delta_next(n->db, &t, &delta);

	if (st == ST_NOT_FOUND)
		return ST_OK;
	for (uint32_t i = 0; st == ST_OK && i < b->n_tx; i++)
		st = store_mempool_delta_set(n->db, &b->tx[i].txid, 0);
	return st;
}

enum status pool_block_connected(struct node *n, const struct block *b)
{
	struct mempool_row row;
	enum status st = forget_deltas(n, b);

	if (st == ST_OK)
		st = store_mempool_next(n->db, 0, &row);
	if (st == ST_NOT_FOUND)
		return ST_OK;
	for (uint32_t i = 1; st == ST_OK && i < b->n_tx; i++) {
		st = store_mempool_by_txid(n->db, &b->tx[i].txid, &row);
		if (st == ST_OK) {
			st = uncount(n, &row, NULL);
			if (st == ST_OK)
				st = store_mempool_delete(n->db, row.id);
		} else if (st == ST_NOT_FOUND) {
			st = ST_OK;
		}
		if (st == ST_OK)
			st = remove_conflicts(n, &b->tx[i], &b->id.h);
	}
	return st;
}

void pool_return_init(struct pool_return *r)
{
	*r = (struct pool_return){0};
	buf_init(&r->raw, RETURN_BYTES_MAX);
}

void pool_return_free(struct pool_return *r)
{
	buf_free(&r->raw);
}

static bool collect_one(void *arg, int64_t id, const struct txid *txid,
			struct bytes raw)
{
	struct pool_return *r = arg;

	(void)id;
	(void)txid;
	buf_le32(&r->raw, (uint32_t)raw.len);
	buf_bytes(&r->raw, raw);
	return buf_status(&r->raw) == ST_OK;
}

enum status pool_collect(struct pool_return *r, struct node *n,
			 const struct block_row *row)
{
	enum status st;

	if (r->n_blocks == 64)
		return ST_OK;
	r->block_at[r->n_blocks++] = r->raw.len;
	st = store_tx_each_raw(n->db, row->first_tx + 1,
			       row->first_tx + row->n_tx - 1, collect_one, r);
	/* too much to bring back: the pool starts from what peers send */
	if (st == ST_CANCELLED) {
		buf_reset(&r->raw);
		r->n_blocks = 0;
		return ST_OK;
	}
	return st;
}

/* The transactions of one block that left, in block order. */
static enum status reinstate_block(struct node *n, const uint8_t *p, size_t len)
{
	struct reader rd = reader_of(p, len);
	enum status st = ST_OK;

	while (st == ST_OK && reader_left(&rd)) {
		uint32_t size = reader_le32(&rd);
		const uint8_t *raw = reader_take(&rd, size);

		if (!raw)
			return ST_CORRUPT;
		st = poolin_again(n, raw, size);
	}
	return st;
}

enum status pool_reinstate(struct node *n, struct pool_return *r)
{
	size_t end = r->raw.len;
	enum status st = ST_OK;

	for (uint32_t i = r->n_blocks; st == ST_OK && i-- > 0;) {
		/* without a single transaction there are no bytes to point at */
		if (end > r->block_at[i])
			st = reinstate_block(n, r->raw.p + r->block_at[i],
					     end - r->block_at[i]);
		end = r->block_at[i];
	}
	if (st == ST_OK)
		st = poolin_sweep(n);
	return st;
}
