/* SPDX-License-Identifier: MIT */
/*
 * The rows of a block that leaves the active chain. The transactions' bytes are
 * joined to the block's bytes again and kept; spent outputs are unspent, totals
 * and history taken back.
 */
#include <stdlib.h>

#include "node/chain/apply.h"
#include "node/chain/finality_state.h"
#include "primitives/compactsize.h"
#include "store/store_script.h"
#include "store/store_tx.h"

struct leaving {
	struct node *n;
	struct buf raw;		/* the block */
	struct arena arena;
	enum status st;
};

static enum status take_from(struct db *db, int64_t script, int64_t tx,
			     const struct script_total_row *less)
{
	struct script_total_row row = *less;
	enum status st = store_history_delete(db, script, tx);

	/* one history row for each script of a transaction: the first of its
	 * outputs or inputs takes it away */
	if (st == ST_OK)
		row.n_tx = -1;
	else if (st != ST_NOT_FOUND)
		return st;
	row.script = script;
	return store_script_total_add(db, &row);
}

static enum status unfund(struct db *db, int64_t id, uint32_t k)
{
	struct txout_row out;
	enum status st = store_txout_get(db, id, k, &out);

	if (st != ST_OK)
		return st == ST_NOT_FOUND ? ST_CORRUPT : st;
	return take_from(db, out.script, id,
			 &(struct script_total_row){.n_funded = -1,
						    .funded = -out.value});
}

static enum status unspend(struct db *db, int64_t id, uint32_t k)
{
	struct txin_row in;
	struct txout_row out;
	enum status st = store_txin_get(db, id, k, &in);

	if (st == ST_OK)
		st = store_txout_get(db, in.prev_tx, in.prev_n, &out);
	if (st == ST_OK)
		st = store_txout_unspend(db, in.prev_tx, in.prev_n);
	if (st != ST_OK)
		return st == ST_NOT_FOUND ? ST_CORRUPT : st;
	return take_from(db, out.script, id,
			 &(struct script_total_row){.n_spent = -1,
						    .spent = -out.value});
}

/* BIP30's exceptions again: outputs that this transaction had overwritten. */
static enum status restore_overwritten(struct db *db, const struct txid *txid,
				       int64_t id)
{
	struct tx_row old;
	int64_t old_id;
	enum status st = store_tx_id(db, txid, &old_id);

	if (st == ST_NOT_FOUND)
		return ST_OK;
	if (st == ST_OK)
		st = store_tx_head(db, old_id, &old);
	for (uint32_t k = 0; st == ST_OK && k < old.n_out; k++) {
		struct txout_row out;

		st = store_txout_get(db, old_id, k, &out);
		if (st != ST_OK || out.spent_tx != id)
			continue;
		st = store_txout_unspend(db, old_id, k);
		if (st == ST_OK)
			st = take_from(db, out.script, id,
				       &(struct script_total_row){
					       .n_spent = -1,
					       .spent = -out.value});
	}
	return st;
}

static bool leave_tx(void *arg, int64_t id, const struct txid *txid,
		     struct bytes raw)
{
	struct leaving *l = arg;
	struct db *db = l->n->db;
	struct tx tx;

	arena_reset(&l->arena);
	buf_bytes(&l->raw, raw);
	l->st = tx_parse(&tx, raw.p, raw.len, &l->arena);
	for (uint32_t k = 0; l->st == ST_OK && k < tx.n_out; k++)
		l->st = unfund(db, id, k);
	for (uint32_t k = 0;
	     l->st == ST_OK && !tx_is_coinbase(&tx) && k < tx.n_in; k++)
		l->st = unspend(db, id, k);
	if (l->st == ST_OK)
		l->st = store_tx_unindex(db, txid, id);
	if (l->st == ST_OK)
		l->st = restore_overwritten(db, txid, id);
	return l->st == ST_OK;
}

enum status apply_disconnect(struct node *n, struct block_row *row)
{
	struct leaving l = {.n = n};
	int64_t last = row->first_tx + row->n_tx - 1;
	uint8_t head[HEADER_SIZE];
	enum status st;

	buf_init(&l.raw, (size_t)64 << 20);
	arena_init(&l.arena, (size_t)512 << 20);
	header_write(head, &row->header);
	buf_add(&l.raw, head, sizeof(head));
	compactsize_add(&l.raw, row->n_tx);
	st = store_tx_each_raw(n->db, row->first_tx, last, leave_tx, &l);
	if (st == ST_CANCELLED)
		st = l.st == ST_PARSE ? ST_CORRUPT : l.st;
	if (st == ST_OK)
		st = buf_status(&l.raw);
	if (st == ST_OK)
		st = store_block_data_put(n->db, row->id, l.raw.p, l.raw.len);
	if (st == ST_OK)
		st = store_tx_delete_range(n->db, row->first_tx, last);
	if (st == ST_OK)
		st = store_chain_pop(n->db, row->height);
	row->status = BLOCK_STALE;
	row->first_tx = 0;
	if (st == ST_OK)
		st = store_block_set_chain(n->db, row);
	if (st == ST_OK)
		st = finality_unindex(n, row->height);
	buf_free(&l.raw);
	arena_free(&l.arena);
	return st;
}
