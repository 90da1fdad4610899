/* SPDX-License-Identifier: MIT */
/* A script's history and coins (query_full.h). */
#include <string.h>

#include "crypto/sha256.h"
#include "node/core/priv.h"
#include "node/core/scripts.h"
#include "node/query/query_full.h"
#include "node/query/query_rows.h"

/* One transaction with its coins at a time. */
#define SCRATCH_MAX ((size_t)512 << 20)

enum status query_script_id(struct node *n, struct bytes script, int64_t *id)
{
	bool own;
	enum status st = node_read_begin(n, &own);

	*id = 0;
	if (st != ST_OK)
		return st;
	st = store_script_find(n->db, script_key(script), script, id);
	node_read_end(n, own);
	return st == ST_NOT_FOUND ? ST_OK : st;
}

enum status query_script_id_by_hash(struct node *n, const uint8_t hash[32],
				    int64_t *id)
{
	bool own;
	enum status st = node_read_begin(n, &own);

	*id = 0;
	if (st != ST_OK)
		return st;
	for (int skip = 0; st == ST_OK && *id == 0; skip++) {
		struct script_row row;
		uint8_t h[32];

		st = store_script_by_key(n->db, (int64_t)be64_get(hash), skip,
					 &row);
		if (st != ST_OK)
			break;
		sha256(h, row.spk.p, row.spk.len);
		if (memcmp(h, hash, 32) == 0)
			*id = row.id;
	}
	node_read_end(n, own);
	return st == ST_NOT_FOUND ? ST_OK : st;
}

static enum status walk_confirmed(struct node *n, int64_t script, int64_t before,
				  uint32_t max,
				  enum status (*fn)(void *arg, const struct full_tx *t),
				  void *arg)
{
	struct join_cursor c = {0};
	struct join_tx row;
	struct full_tx t;
	struct arena a;
	enum status st;

	arena_init(&a, SCRATCH_MAX);
	store_join_history_begin(n->db, script, before, max, &c);
	while ((st = store_join_tx_next(&c, &row)) == ST_OK) {
		st = rows_confirmed_one(n, &t, &row, &a);
		if (st == ST_OK)
			st = fn(arg, &t);
		if (st != ST_OK)
			break;
		arena_reset(&a);
	}
	store_join_close(&c);
	arena_free(&a);
	return st == ST_NOT_FOUND ? ST_OK : st;
}

enum status query_history(struct node *n, int64_t script,
			  const struct txid *after, uint32_t max, bool *found,
			  enum status (*fn)(void *arg, const struct full_tx *t),
			  void *arg)
{
	int64_t before = INT64_MAX;
	bool own;
	enum status st = node_read_begin(n, &own);

	*found = false;
	if (st != ST_OK)
		return st;
	if (after) {
		struct join_tx row;

		st = store_join_status(n->db, after, &row);
		before = row.id;
		if (st == ST_OK)
			st = store_join_history_has(n->db, script, row.id,
						    found);
	}
	if (st == ST_OK && (!after || *found))
		st = walk_confirmed(n, script, before, max, fn, arg);
	node_read_end(n, own);
	return st == ST_NOT_FOUND ? ST_OK : st;
}

static enum status walk_pool(struct node *n, int64_t script, int64_t before,
			     uint32_t max,
			     enum status (*fn)(void *arg, const struct full_tx *t),
			     void *arg)
{
	struct join_cursor c = {0};
	struct join_pool_tx row;
	struct full_tx t;
	struct arena a;
	enum status st;

	arena_init(&a, SCRATCH_MAX);
	store_join_pool_history_begin(n->db, script, before, max, &c);
	while ((st = store_join_pool_tx_next(&c, &row)) == ST_OK) {
		st = rows_pool(n, &t, &row, &a);
		if (st == ST_OK)
			st = fn(arg, &t);
		if (st != ST_OK)
			break;
		arena_reset(&a);
	}
	store_join_close(&c);
	arena_free(&a);
	return st == ST_NOT_FOUND ? ST_OK : st;
}

enum status query_pool_history(struct node *n, int64_t script,
			       const struct txid *after, uint32_t max,
			       bool *found,
			       enum status (*fn)(void *arg, const struct full_tx *t),
			       void *arg)
{
	int64_t before = INT64_MAX;
	bool own;
	enum status st = node_read_begin(n, &own);

	*found = false;
	if (st != ST_OK)
		return st;
	if (after) {
		struct join_pool_tx row;

		st = store_join_pool_tx(n->db, after, &row);
		before = row.id;
		if (st == ST_OK)
			st = store_join_pool_history_has(n->db, script, row.id,
							 found);
	}
	if (st == ST_OK && (!after || *found))
		st = walk_pool(n, script, before, max, fn, arg);
	node_read_end(n, own);
	return st == ST_NOT_FOUND ? ST_OK : st;
}

/* --- coins --- */

static enum status hand_over(const struct join_utxo *row,
			  enum status (*fn)(void *arg, const struct full_utxo *u),
			  void *arg)
{
	const struct full_utxo u = {
		.at = {row->txid, row->n},
		.value = row->value,
		.confirmed = row->confirmed,
		.coinbase = row->coinbase,
		.height = row->height,
		.block = row->block,
		.block_time = row->block_time,
	};

	/* the genesis block's output is no coin */
	if (row->pool_spent || (row->confirmed && row->height == 0))
		return ST_OK;
	return fn(arg, &u);
}

static enum status walk_utxos(struct join_cursor *c,
			  enum status (*fn)(void *arg, const struct full_utxo *u),
			  void *arg)
{
	struct join_utxo row;
	enum status st;

	do {
		st = store_join_utxo_next(c, &row);
		if (st == ST_OK)
			st = hand_over(&row, fn, arg);
	} while (st == ST_OK);
	store_join_close(c);
	return st == ST_NOT_FOUND ? ST_OK : st;
}

enum status query_full_utxos(struct node *n, int64_t script, uint32_t max,
			     enum status (*fn)(void *arg, const struct full_utxo *u),
			  void *arg)
{
	struct script_total_row sum = {0};
	struct join_cursor c = {0};
	bool own;
	enum status st = node_read_begin(n, &own);

	if (st != ST_OK)
		return st;
	st = store_script_total_get(n->db, script, &sum);
	if (st == ST_NOT_FOUND)
		st = ST_OK;
	if (st == ST_OK && sum.n_funded - sum.n_spent > max)
		st = ST_TOO_BIG;
	if (st == ST_OK) {
		store_join_pool_utxos_begin(n->db, script, &c);
		st = walk_utxos(&c, fn, arg);
	}
	if (st == ST_OK) {
		store_join_utxos_begin(n->db, script, &c);
		st = walk_utxos(&c, fn, arg);
	}
	node_read_end(n, own);
	return st;
}

enum status query_addresses(struct node *n, const char *prefix, uint32_t max,
			    struct arena *a, const char ***out, uint32_t *count)
{
	size_t len = strlen(prefix);
	char *below = arena_strdup(a, prefix);
	const char *from = prefix, *text;
	bool own;
	enum status st;

	*count = 0;
	*out = arena_array(a, max, const char *);
	if (!*out || !below)
		return ST_NOMEM;
	if (len == 0 || (unsigned char)below[len - 1] >= 0x7f)
		return ST_OK;
	below[len - 1]++;
	st = node_read_begin(n, &own);
	if (st != ST_OK)
		return st;
	while (*count < max && (st = store_join_address_from(n->db, from, below,
							     &text)) == ST_OK) {
		size_t m = strlen(text);
		char *copy = arena_array(a, m + 2, char);

		(*out)[*count] = arena_strdup(a, text);
		if (!copy || !(*out)[(*count)++]) {
			st = ST_NOMEM;
			break;
		}
		/* the next is greater than this with any character after it
		 * that sorts before all of an address */
		memcpy(copy, text, m);
		memcpy(copy + m, "!", 2);
		from = copy;
	}
	node_read_end(n, own);
	return st == ST_NOT_FOUND ? ST_OK : st;
}
