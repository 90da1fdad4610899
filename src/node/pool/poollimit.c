/* SPDX-License-Identifier: MIT */
/* See poollimit.h. */
#include "node/pool/poollimit.h"

#include <inttypes.h>

#include "consensus/standard.h"
#include "node/pool/pool.h"
#include "node/pool/pooljudge.h"
#include "store/store.h"

#define HALF_LIFE_S (12 * 3600)
#define RATE_MAX_SAT_KVB INT64_C(1000000000000)

int64_t fee_rate_sat_kvb(int64_t fee_sat, int64_t vsize_vb)
{
	int64_t rate;

	if (fee_sat > MONEY_MAX_SAT)
		fee_sat = MONEY_MAX_SAT;
	if (fee_sat < -MONEY_MAX_SAT)
		fee_sat = -MONEY_MAX_SAT;
	rate = vsize_vb > 0 ? fee_sat * 1000 / vsize_vb : 0;
	return rate > RATE_MAX_SAT_KVB ? RATE_MAX_SAT_KVB : rate;
}

static enum status setting(struct node *n, const char *name, int64_t *value)
{
	enum status st = store_setting_int(n->db, name, value);

	if (st == ST_NOT_FOUND)
		*value = 0;
	return st == ST_NOT_FOUND ? ST_OK : st;
}

static enum status usage(struct node *n, int64_t *bytes)
{
	int64_t count, vsize, raw, fees;
	enum status st = store_mempool_sums(n->db, &count, &vsize, &raw, &fees);

	*bytes = raw + count * POOL_TX_OVERHEAD;
	return st;
}

/* When the rate began to fall: the first block after the eviction; INT64_MAX
 * while there is none. */
static enum status decay_start(struct node *n, int64_t height, int64_t *at)
{
	struct block_row row;
	enum status st = store_block_by_height(n->db, (uint32_t)height + 1, &row);

	*at = st == ST_OK ? row.received_at : INT64_MAX;
	return st == ST_NOT_FOUND ? ST_OK : st;
}

/* rate / 2^(age / half), straight lines between the powers. */
static int64_t decayed(int64_t rate, int64_t age, int64_t half)
{
	int64_t steps = age / half;

	if (steps > 40)
		return 0;
	rate >>= steps;
	return rate - rate * (age % half) / (2 * half);
}

enum status pool_min_rate(struct node *n, int64_t *sat_kvb)
{
	int64_t rate, at, height, start = 0, used = 0, half = HALF_LIFE_S;
	enum status st = setting(n, "mempool_evicted_rate", &rate);

	*sat_kvb = 0;
	if (st != ST_OK || rate <= 0)
		return st;
	st = setting(n, "mempool_evicted_at", &at);
	if (st == ST_OK)
		st = setting(n, "mempool_evicted_height", &height);
	if (st == ST_OK)
		st = decay_start(n, height, &start);
	if (st == ST_OK)
		st = usage(n, &used);
	if (st != ST_OK)
		return st;
	if (used < n->policy.max_bytes / 4)
		half /= 4;
	else if (used < n->policy.max_bytes / 2)
		half /= 2;
	if (start < at)
		start = at;
	if (start < node_now_s(n))
		rate = decayed(rate, node_now_s(n) - start, half);
	if (rate < n->policy.incremental_sat_kvb / 2)
		rate = 0;
	else if (rate < n->policy.incremental_sat_kvb)
		rate = n->policy.incremental_sat_kvb;
	*sat_kvb = rate;
	return ST_OK;
}

enum status pool_judge_rate(struct node *n, int64_t vsize_vb, int64_t fee_sat,
			    struct verdict *v)
{
	int64_t rate, need;
	enum status st = pool_min_rate(n, &rate);

	if (st != ST_OK)
		return st;
	need = fee_at_rate_sat(rate, vsize_vb);
	if (rate && fee_sat < need) {
		verdict_refuse(v, V_MEMPOOL_MIN_FEE, "%" PRId64 " < %" PRId64,
			       fee_sat, need);
		return ST_OK;
	}
	need = fee_at_rate_sat(n->policy.min_relay_sat_kvb, vsize_vb);
	if (fee_sat < need)
		verdict_refuse(v, V_MIN_RELAY_FEE, "%" PRId64 " < %" PRId64,
			       fee_sat, need);
	return ST_OK;
}

enum status pool_raise_rate(struct node *n, int64_t evicted_sat_kvb)
{
	int64_t rate, now = evicted_sat_kvb + n->policy.incremental_sat_kvb;
	struct block_row tip;
	enum status st = pool_min_rate(n, &rate);

	if (st != ST_OK || now <= rate)
		return st;
	st = store_block_tip(n->db, &tip);
	if (st == ST_OK)
		st = store_setting_put_int(n->db, "mempool_evicted_rate", now);
	if (st == ST_OK)
		st = store_setting_put_int(n->db, "mempool_evicted_at",
					   node_now_s(n));
	if (st == ST_OK)
		st = store_setting_put_int(n->db, "mempool_evicted_height",
					   tip.height);
	return st;
}

static bool is_old(const struct node *n, const struct mempool_row *row)
{
	return row->at + n->policy.expiry_s < node_now_s(n);
}

enum status pool_is_due(struct node *n, bool *due)
{
	struct mempool_row row;
	enum status st = store_mempool_oldest(n->db, &row);

	*due = st == ST_OK && is_old(n, &row);
	return st == ST_NOT_FOUND ? ST_OK : st;
}

static enum status expire(struct node *n)
{
	struct mempool_row row;
	enum status st;

	for (;;) {
		st = store_mempool_oldest(n->db, &row);
		if (st != ST_OK || !is_old(n, &row))
			break;
		st = pool_remove(n, row.id, "expired", NULL);
		if (st != ST_OK)
			break;
	}
	return st == ST_NOT_FOUND ? ST_OK : st;
}

enum status pool_trim(struct node *n, int64_t *evicted_sat_kvb)
{
	int64_t used, most = -1;
	enum status st = expire(n);

	*evicted_sat_kvb = 0;
	while (st == ST_OK) {
		struct mempool_row row;
		int64_t rate;

		st = usage(n, &used);
		if (st != ST_OK || used <= n->policy.max_bytes)
			break;
		st = store_mempool_worst(n->db, &row);
		if (st != ST_OK)
			break;
		rate = fee_rate_sat_kvb(row.fee_desc, row.vsize_desc);
		if (rate > most)
			most = rate;
		st = pool_remove(n, row.id, "sizelimit", NULL);
	}
	if (most >= 0 && st == ST_OK) {
		*evicted_sat_kvb = most ? most : 1;
		st = pool_raise_rate(n, most);
	}
	return st == ST_NOT_FOUND ? ST_OK : st;
}
