/* SPDX-License-Identifier: MIT */
/*
 * What to pay, from the pool as it stands: transactions in the order a block
 * maker takes them fill the blocks to come, and a newcomer is in the n-th when it
 * pays a little more than what would otherwise be last in it. Where they do not
 * fill n blocks the lowest rate that is relayed will do.
 */
#include "node/core/playground.h"
#include "node/core/priv.h"
#include "node/pool/mempool.h"
#include "node/query/query_full.h"
#include "primitives/block.h"

/* A block is taken as full a little early: others arrive meanwhile. */
#define BLOCK_WEIGHT_FILLED (BLOCK_WEIGHT_MAX / 100 * 95)
/* Satoshi per vbyte above the one it has to beat. */
#define STEP 0.01

void query_fee_of_pool(const struct pool_rate *pool, uint32_t n, double min,
		       const uint32_t *target, uint32_t n_target, double *out)
{
	uint64_t weight = 0;
	uint32_t i = 0;

	for (uint32_t t = 0; t < n_target; t++) {
		uint64_t room = (uint64_t)target[t] * BLOCK_WEIGHT_FILLED;

		while (i < n && weight + pool[i].weight <= room)
			weight += pool[i++].weight;
		out[t] = i < n ? pool[i].rate + STEP : min;
		if (out[t] < min)
			out[t] = min;
	}
}

enum status query_fee_rates(struct node *n, const uint32_t *target,
			    uint32_t n_target, struct arena *a, double *out)
{
	struct mempool_info info;
	struct pool_rate *pool;
	uint32_t count;
	bool own;
	enum status st = node_read_begin(n, &own);

	if (st != ST_OK)
		return st;
	st = node_mempool_info(n, &info);
	if (st == ST_OK)
		st = query_pool_rates(n, a, &pool, &count);
	node_read_end(n, own);
	if (st == ST_OK)
		query_fee_of_pool(pool, count,
				  (double)info.min_fee_sat_kvb / 1000, target,
				  n_target, out);
	return st == ST_OK ? node_held_rates(n, target, n_target, out) : st;
}
