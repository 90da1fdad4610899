/* SPDX-License-Identifier: MIT */
/* Blocks with their transactions (query_full.h). */
#include "node/core/priv.h"
#include "node/query/query_full.h"
#include "node/query/query_rows.h"

/* One transaction with its coins at a time. */
#define SCRATCH_MAX ((size_t)512 << 20)

/* Hands over transactions from..to of the block. */
static enum status walk(struct node *n, const struct block_row *block,
			int64_t from, int64_t to,
			enum status (*fn)(void *arg, const struct full_tx *t),
			void *arg)
{
	struct join_cursor txs = {0}, coins = {0};
	struct join_tx row;
	struct full_tx t;
	struct arena a;
	enum status st;

	arena_init(&a, SCRATCH_MAX);
	store_join_range_begin(n->db, from, to, &txs);
	store_join_coins_begin(n->db, from, to, &coins);
	while ((st = store_join_tx_next(&txs, &row)) == ST_OK) {
		row.block = block->hash;
		row.block_time = block->header.time;
		st = rows_confirmed(&t, &row, &coins, &a);
		if (st == ST_OK)
			st = fn(arg, &t);
		if (st != ST_OK)
			break;
		arena_reset(&a);
	}
	store_join_close(&txs);
	store_join_close(&coins);
	arena_free(&a);
	return st == ST_NOT_FOUND ? ST_OK : st;
}

enum status query_full_block(struct node *n, const struct blkid *id,
			     uint32_t start, uint32_t max,
			     enum status (*fn)(void *arg, const struct full_tx *t),
			     void *arg)
{
	struct block_row row;
	bool own;
	enum status st = node_read_begin(n, &own);

	if (st != ST_OK)
		return st;
	st = store_block_by_hash(n->db, id, &row);
	if (st == ST_OK && row.status != BLOCK_CONNECTED)
		st = ST_NOT_FOUND;
	if (st == ST_OK && start < row.n_tx) {
		uint32_t left = row.n_tx - start;
		int64_t from = row.first_tx + start;

		st = walk(n, &row, from, from + (left < max ? left : max) - 1,
			  fn, arg);
	}
	node_read_end(n, own);
	return st;
}

enum status query_blocks_below(struct node *n, uint32_t height, int max,
			       struct arena *a, struct block_info **out,
			       int *count)
{
	struct block_row *rows = arena_array(a, (size_t)max, struct block_row);
	struct block_row after;
	bool own, have_after;
	enum status st;

	*count = 0;
	*out = arena_array(a, (size_t)max, struct block_info);
	if (!rows || !*out)
		return ST_NOMEM;
	st = node_read_begin(n, &own);
	if (st != ST_OK)
		return st;
	st = store_block_below(n->db, height, rows, max, count);
	if (st == ST_OK)
		st = store_block_by_height(n->db, height + 1, &after);
	have_after = st == ST_OK;
	for (int i = 0; i < *count; i++) {
		block_info_of(&rows[i], &(*out)[i]);
		if (i > 0)
			(*out)[i].next = rows[i - 1].hash;
		else if (have_after)
			(*out)[i].next = after.hash;
	}
	node_read_end(n, own);
	return st == ST_NOT_FOUND ? ST_OK : st;
}

enum status query_block_txid(struct node *n, const struct blkid *id,
			     uint32_t index, struct txid *out)
{
	struct join_cursor c = {0};
	struct block_row row;
	bool own;
	enum status st = node_read_begin(n, &own);

	if (st != ST_OK)
		return st;
	st = store_block_by_hash(n->db, id, &row);
	if (st == ST_OK && (row.status != BLOCK_CONNECTED || index >= row.n_tx))
		st = ST_NOT_FOUND;
	if (st == ST_OK) {
		store_join_txids_begin(n->db, row.first_tx + index,
				       row.first_tx + index, &c);
		st = store_join_txid_next(&c, out);
		store_join_close(&c);
	}
	node_read_end(n, own);
	return st;
}

enum status query_block_fees(struct node *n, const struct blkid *id,
			     struct arena *a, struct block_fee **out,
			     uint32_t *count)
{
	struct join_cursor c = {0};
	struct block_row row;
	bool own;
	enum status st = node_read_begin(n, &own);

	*count = 0;
	if (st != ST_OK)
		return st;
	st = store_block_by_hash(n->db, id, &row);
	if (st == ST_OK && row.status != BLOCK_CONNECTED)
		st = ST_NOT_FOUND;
	if (st == ST_OK) {
		*out = arena_array(a, row.n_tx, struct block_fee);
		st = *out ? ST_OK : ST_NOMEM;
	}
	if (st == ST_OK) {
		struct block_fee f;

		store_join_fees_begin(n->db, row.first_tx,
				      row.first_tx + row.n_tx - 1, &c);
		while (*count < row.n_tx &&
		       (st = store_join_fee_next(&c, &f.fee_sat, &f.weight)) ==
			       ST_OK)
			(*out)[(*count)++] = f;
		store_join_close(&c);
		st = st == ST_NOT_FOUND ? ST_OK : st;
	}
	node_read_end(n, own);
	return st;
}
