/* SPDX-License-Identifier: MIT */
/* What a script has received and spent, and its unspent outputs. */
#include "node/core/priv.h"
#include "node/core/scripts.h"
#include "node/query/query_full.h"
#include "store/store_mempool.h"
#include "store/store_script.h"
#include "store/store_tx.h"

enum status query_script_totals(struct node *n, int64_t id,
				struct script_info *out)
{
	struct script_total_row sum = {0}, pool;
	bool own;
	enum status st = node_read_begin(n, &own);

	*out = (struct script_info){0};
	if (st != ST_OK)
		return st;
	st = store_script_total_get(n->db, id, &sum);
	if (st == ST_OK || st == ST_NOT_FOUND)
		st = store_mempool_script_total(n->db, id, &pool);
	if (st == ST_OK)
		*out = (struct script_info){
			.n_tx = sum.n_tx,
			.n_funded = sum.n_funded,
			.funded_sat = sum.funded,
			.n_spent = sum.n_spent,
			.spent_sat = sum.spent,
			.pool_n_tx = pool.n_tx,
			.pool_n_funded = pool.n_funded,
			.pool_funded_sat = pool.funded,
			.pool_n_spent = pool.n_spent,
			.pool_spent_sat = pool.spent,
		};
	node_read_end(n, own);
	return st;
}

enum status query_script(struct node *n, struct bytes script,
			 struct script_info *out)
{
	int64_t id = 0;
	bool own;
	enum status st = node_read_begin(n, &own);

	*out = (struct script_info){0};
	if (st != ST_OK)
		return st;
	st = query_script_id(n, script, &id);
	if (st == ST_OK && id)
		st = query_script_totals(n, id, out);
	node_read_end(n, own);
	return st;
}

struct utxo_list {
	struct utxo_info *v;
	uint32_t n, max;
};

static enum status add(struct utxo_list *l, const struct utxo_info *u)
{
	if (l->n == l->max)
		return ST_TOO_BIG;
	l->v[l->n++] = *u;
	return ST_OK;
}

static enum status confirmed(struct node *n, int64_t script,
			     struct utxo_list *l)
{
	struct txout_row row = {0};
	enum status st;

	for (;;) {
		struct utxo_info u = {.confirmed = true};
		struct tx_row tx;
		int64_t by;
		uint32_t in;

		st = store_utxo_next(n->db, script, row.tx, row.n, &row);
		if (st == ST_OK)
			st = store_tx_head(n->db, row.tx, &tx);
		if (st != ST_OK)
			break;
		/* the genesis block's output is no coin */
		if (tx.height == 0)
			continue;
		u.at = (struct outpoint){tx.txid, row.n};
		u.value = row.value;
		u.height = tx.height;
		u.coinbase = tx.fee < 0;
		st = store_mempool_spender(n->db, &u.at, &by, &in);
		if (st == ST_NOT_FOUND)
			st = add(l, &u);
		if (st != ST_OK)
			break;
	}
	return st == ST_NOT_FOUND ? ST_OK : st;
}

static enum status unconfirmed(struct node *n, int64_t script,
			       struct utxo_list *l)
{
	struct mempool_out_row row = {0};
	enum status st;

	for (;;) {
		struct utxo_info u = {0};
		struct mempool_row tx;
		int64_t by;
		uint32_t in;

		st = store_mempool_out_next(n->db, script, row.tx, row.n, &row);
		if (st == ST_OK)
			st = store_mempool_by_id(n->db, row.tx, &tx);
		if (st != ST_OK)
			break;
		u.at = (struct outpoint){tx.txid, row.n};
		u.value = row.value;
		st = store_mempool_spender(n->db, &u.at, &by, &in);
		if (st == ST_NOT_FOUND)
			st = add(l, &u);
		if (st != ST_OK)
			break;
	}
	return st == ST_NOT_FOUND ? ST_OK : st;
}

enum status query_utxos(struct node *n, struct bytes script, uint32_t max,
			struct arena *a, struct utxo_info **out,
			uint32_t *count)
{
	struct utxo_list l = {.max = max};
	int64_t id;
	bool own;
	enum status st = node_read_begin(n, &own);

	*count = 0;
	*out = NULL;
	if (st != ST_OK)
		return st;
	st = store_script_find(n->db, script_key(script), script, &id);
	if (st == ST_OK) {
		l.v = arena_array(a, max, struct utxo_info);
		st = l.v ? ST_OK : ST_NOMEM;
	}
	if (st == ST_OK)
		st = confirmed(n, id, &l);
	if (st == ST_OK)
		st = unconfirmed(n, id, &l);
	node_read_end(n, own);
	*out = l.v;
	*count = l.n;
	return st == ST_NOT_FOUND ? ST_OK : st;
}
