/* SPDX-License-Identifier: MIT */
/* What the pool comes to (query_full.h). */
#include <stdlib.h>

#include "node/core/priv.h"
#include "node/pool/mempool.h"
#include "node/pool/poolset.h"
#include "node/query/query_full.h"
#include "node/query/query_rows.h"

enum status query_pool_txids(struct node *n,
			     enum status (*fn)(void *arg, const struct txid *t),
			     void *arg)
{
	struct join_cursor c = {0};
	struct txid txid;
	bool own;
	enum status st = node_read_begin(n, &own);

	if (st != ST_OK)
		return st;
	store_join_pool_txids_begin(n->db, &c);
	while ((st = store_join_txid_next(&c, &txid)) == ST_OK) {
		st = fn(arg, &txid);
		if (st != ST_OK)
			break;
	}
	store_join_close(&c);
	node_read_end(n, own);
	return st == ST_NOT_FOUND ? ST_OK : st;
}

enum status query_pool_recent(struct node *n, uint32_t max, struct arena *a,
			      struct pool_recent **out, uint32_t *count)
{
	struct join_cursor c = {0};
	struct join_recent row;
	bool own;
	enum status st;

	*count = 0;
	*out = arena_array(a, max, struct pool_recent);
	if (!*out)
		return ST_NOMEM;
	st = node_read_begin(n, &own);
	if (st != ST_OK)
		return st;
	store_join_recent_begin(n->db, max, &c);
	while (*count < max &&
	       (st = store_join_recent_next(&c, &row)) == ST_OK)
		(*out)[(*count)++] = (struct pool_recent){
			row.txid, row.fee, row.vsize, row.value,
		};
	store_join_close(&c);
	node_read_end(n, own);
	return st == ST_NOT_FOUND ? ST_OK : st;
}

/* A block maker takes it with its parents, or for its children's sake. */
double rows_rate(const struct join_rate *r)
{
	double own = (double)r->fee / r->vsize;
	double anc = (double)r->fee_anc / (double)r->vsize_anc;
	double desc = (double)r->fee_desc / (double)r->vsize_desc;

	if (anc < own)
		own = anc;
	return desc > own ? desc : own;
}

static int by_rate(const void *a, const void *b)
{
	const struct pool_rate *x = a, *y = b;

	return x->rate < y->rate ? 1 : x->rate > y->rate ? -1 : 0;
}

enum status query_pool_rates(struct node *n, struct arena *a,
			     struct pool_rate **out, uint32_t *count)
{
	struct join_cursor c = {0};
	struct mempool_info sum;
	struct join_rate row;
	uint32_t max;
	bool own;
	enum status st = node_read_begin(n, &own);

	*count = 0;
	*out = NULL;
	if (st != ST_OK)
		return st;
	st = node_mempool_info(n, &sum);
	max = st == ST_OK ? (uint32_t)sum.count : 0;
	if (st == ST_OK) {
		*out = arena_array(a, max, struct pool_rate);
		st = *out ? ST_OK : ST_NOMEM;
	}
	if (st == ST_OK) {
		store_join_rates_begin(n->db, &c);
		while (*count < max &&
		       (st = store_join_rate_next(&c, &row)) == ST_OK)
			(*out)[(*count)++] = (struct pool_rate){
				row.id, row.fee, row.vsize, row.weight,
				rows_rate(&row),
			};
		store_join_close(&c);
		st = st == ST_NOT_FOUND ? ST_OK : st;
	}
	node_read_end(n, own);
	if (st == ST_OK && *count > 1)
		qsort(*out, *count, sizeof(**out), by_rate);
	return st;
}

enum status query_pool_id(struct node *n, const struct txid *id, int64_t *out)
{
	struct mempool_row row;
	bool own;
	enum status st = node_read_begin(n, &own);

	if (st != ST_OK)
		return st;
	st = store_mempool_by_txid(n->db, id, &row);
	*out = st == ST_OK ? row.id : 0;
	node_read_end(n, own);
	return st;
}

enum status query_pool_member(struct node *n, int64_t id,
			      struct pool_recent *out)
{
	struct join_cursor c = {0};
	struct join_recent row;
	bool own;
	enum status st = node_read_begin(n, &own);

	if (st != ST_OK)
		return st;
	store_join_member_begin(n->db, id, &c);
	st = store_join_recent_next(&c, &row);
	if (st == ST_OK)
		*out = (struct pool_recent){
			row.txid, row.fee, row.vsize, row.value,
		};
	store_join_close(&c);
	node_read_end(n, own);
	return st;
}

/* --- relatives --- */

static enum status describe(struct node *n, const struct poolset *s,
			    struct arena *a, struct pool_relative **out,
			    uint32_t *count)
{
	enum status st = ST_OK;

	*count = 0;
	*out = arena_array(a, s->n, struct pool_relative);
	if (!*out)
		return ST_NOMEM;
	/* the first member is the transaction itself */
	for (size_t i = 1; st == ST_OK && i < s->n; i++) {
		struct mempool_row row;

		st = store_mempool_by_id(n->db, s->id[i], &row);
		if (st == ST_OK)
			(*out)[(*count)++] = (struct pool_relative){
				row.txid, row.fee, row.weight,
			};
	}
	return st;
}

static enum status family(struct node *n, int64_t id, struct arena *a,
			  struct pool_family *out)
{
	struct poolset up, down;
	bool added;
	enum status st;

	poolset_init(&up);
	poolset_init(&down);
	st = poolset_add(&up, id, &added);
	if (st == ST_OK)
		st = poolset_ancestors(n, &up);
	if (st == ST_OK)
		st = poolset_add(&down, id, &added);
	if (st == ST_OK)
		st = poolset_descendants(n, &down);
	if (st == ST_OK)
		st = describe(n, &up, a, &out->ancestor, &out->n_ancestor);
	if (st == ST_OK)
		st = describe(n, &down, a, &out->descendant,
			      &out->n_descendant);
	poolset_free(&up);
	poolset_free(&down);
	return st;
}

enum status query_pool_family(struct node *n, const struct txid *id,
			      struct arena *a, struct pool_family *out)
{
	struct mempool_row row;
	bool own;
	enum status st = node_read_begin(n, &own);

	*out = (struct pool_family){0};
	if (st != ST_OK)
		return st;
	st = store_mempool_by_txid(n->db, id, &row);
	if (st == ST_OK) {
		const struct join_rate rate = {
			.fee = row.fee,
			.vsize = row.vsize,
			.fee_anc = row.fee_anc,
			.vsize_anc = row.vsize_anc,
			.fee_desc = row.fee_desc,
			.vsize_desc = row.vsize_desc,
		};

		out->fee_sat = row.fee;
		out->vsize = row.vsize;
		out->sigops = row.sigop_cost;
		out->rate = rows_rate(&rate);
		st = family(n, row.id, a, out);
	}
	node_read_end(n, own);
	return st;
}
