/* SPDX-License-Identifier: MIT */
#include "fcgi/esplora/mempool_parts.h"

#include <math.h>

#include "fcgi/esplora/mempool_json.h"
#include "primitives/target.h"

/* Blocks that a page begins with. */
#define INIT_BLOCKS 8u

/* --- fees --- */

static void put_fees(struct json_writer *w, const double rate[4], double min)
{
	static const char *const key[] = {
		"fastestFee", "halfHourFee", "hourFee", "economyFee",
	};

	json_obj_begin(w);
	/* whole numbers, as wallets that read them expect */
	for (unsigned i = 0; i < 4; i++)
		json_put_uint(w, key[i], (uint64_t)ceil(rate[i]));
	json_put_uint(w, "minimumFee", (uint64_t)ceil(min));
	json_obj_end(w);
}

enum status mempool_put_fees(struct app *app, struct json_writer *w)
{
	static const uint32_t target[4] = {1, 3, 6, 144};
	const struct pool_view *v;
	double rate[4];
	enum status st = pool_view_get(app, &v);

	if (st == ST_OK)
		st = pool_view_fees(app, v, target, 4, rate);
	if (st == ST_OK)
		put_fees(w, rate, (double)v->info.min_fee_sat_kvb / 1000);
	return st;
}

/* --- blocks to come --- */

enum status mempool_put_blocks_to_come(struct app *app, struct json_writer *w)
{
	struct pool_view_block b[POOL_VIEW_BLOCKS];
	const struct pool_view *v;
	unsigned n;
	enum status st = pool_view_get(app, &v);

	if (st != ST_OK)
		return st;
	n = pool_view_blocks(v, b);
	json_arr_begin(w);
	for (unsigned i = 0; i < n; i++) {
		json_obj_begin(w);
		json_put_uint(w, "blockSize", b[i].size);
		json_put_double(w, "blockVSize", (double)b[i].weight / 4);
		json_put_uint(w, "nTx", b[i].n);
		json_put_int(w, "totalFees", b[i].fees_sat);
		json_put_double(w, "medianFee", b[i].median);
		json_key(w, "feeRange");
		json_arr_begin(w);
		for (unsigned k = 0; k < POOL_VIEW_RANGE; k++)
			json_double(w, b[i].range[k]);
		json_arr_end(w);
		json_obj_end(w);
	}
	json_arr_end(w);
	return ST_OK;
}

/* --- difficulty --- */

static double percent_of(double now, double before)
{
	return before > 0 ? (now / before - 1) * 100 : 0;
}

/* The change that the period's blocks so far lead to: what the rule gives is
 * within a factor of four. */
static double change_ahead(double wanted_s, double taken_s)
{
	double factor = taken_s > 0 ? wanted_s / taken_s : 1;

	factor = factor > 4 ? 4 : factor < 0.25 ? 0.25 : factor;
	return (factor - 1) * 100;
}

enum status mempool_put_difficulty(struct app *app, struct json_writer *w)
{
	const struct params *p = node_params(app->node);
	uint32_t interval = p->retarget_interval ? p->retarget_interval : 2016;
	int64_t spacing_ms = (int64_t)p->spacing_s * 1000, now_ms, average_ms;
	struct block_info first, before;
	uint32_t done, left;
	double taken_s, previous = 0;
	struct node_tip tip;
	enum status st = node_tip(app->node, &tip);

	if (st != ST_OK)
		return st;
	done = tip.height % interval;
	left = interval - done;
	st = query_block_at(app->node, tip.height - done, &first);
	if (st == ST_OK && tip.height - done >= 1) {
		st = query_block_at(app->node, tip.height - done - 1, &before);
		if (st == ST_OK)
			previous = percent_of(target_difficulty(first.header.bits),
					      target_difficulty(before.header.bits));
	}
	if (st != ST_OK)
		return st;
	now_ms = node_now_s(app->node) * 1000;
	taken_s = (double)tip.time - first.header.time;
	average_ms = done && taken_s > 0 ? (int64_t)(taken_s * 1000 / done)
					 : spacing_ms;
	json_obj_begin(w);
	json_put_double(w, "progressPercent", 100.0 * done / interval);
	json_put_double(w, "difficultyChange",
			p->retarget == RETARGET_NONE
				? 0
				: change_ahead((double)done * p->spacing_s,
					       taken_s));
	json_put_int(w, "estimatedRetargetDate", now_ms + left * average_ms);
	json_put_uint(w, "remainingBlocks", left);
	json_put_int(w, "remainingTime", left * average_ms);
	json_put_double(w, "previousRetarget", previous);
	json_put_uint(w, "previousTime", first.header.time);
	json_put_uint(w, "nextRetargetHeight", (uint64_t)tip.height + left);
	json_put_int(w, "timeAvg", average_ms);
	json_put_int(w, "adjustedTimeAvg", average_ms);
	json_put_int(w, "timeOffset", 0);
	json_put_double(w, "expectedBlocks", p->spacing_s
			? (double)(now_ms / 1000 - first.header.time) / p->spacing_s
			: 0);
	json_obj_end(w);
	return ST_OK;
}

/* --- blocks and the pool --- */

static void put_pool(struct json_writer *w, const struct mempool_info *m)
{
	json_obj_begin(w);
	json_put_bool(w, "loaded", true);
	json_put_int(w, "size", m->count);
	json_put_int(w, "bytes", m->vsize);
	json_put_int(w, "usage", m->usage_bytes);
	json_put_amount(w, "total_fee", m->fees_sat);
	json_put_amount(w, "mempoolminfee", m->min_fee_sat_kvb);
	json_obj_end(w);
}

void mempool_put_backend(struct json_writer *w)
{
	json_obj_begin(w);
	json_put_str(w, "hostname", "");
	json_put_str(w, "gitCommit", "");
	json_put_str(w, "version", PACKAGE_VERSION);
	json_put_str(w, "backend", "quarry");
	json_put_bool(w, "lightning", false);
	json_obj_end(w);
}

enum status mempool_put_recent(struct app *app, struct json_writer *w)
{
	struct pool_recent *v;
	struct arena a;
	uint32_t n;
	enum status st;

	arena_init(&a, 1 << 20);
	st = query_pool_recent(app->node, 6, &a, &v, &n);
	json_arr_begin(w);
	for (uint32_t i = 0; st == ST_OK && i < n; i++) {
		json_obj_begin(w);
		json_put_hash(w, "txid", &v[i].txid.h);
		json_put_int(w, "fee", v[i].fee_sat);
		json_put_uint(w, "vsize", v[i].vsize);
		json_put_int(w, "value", v[i].value);
		json_obj_end(w);
	}
	json_arr_end(w);
	arena_free(&a);
	return st;
}

/* As mempool keeps them: the newest last. */
static enum status put_newest(struct app *app, struct json_writer *w,
			      uint32_t height)
{
	uint32_t from = height >= INIT_BLOCKS ? height - INIT_BLOCKS + 1 : 0;
	enum status st = ST_OK;

	json_arr_begin(w);
	for (uint32_t h = from; st == ST_OK && h <= height; h++) {
		struct block_info info;

		st = query_block_at(app->node, h, &info);
		if (st == ST_OK)
			st = mempool_put_block(app, w, &info);
	}
	json_arr_end(w);
	return st;
}

enum status mempool_put_newest(struct app *app, struct json_writer *w)
{
	struct node_tip tip;
	enum status st = node_tip(app->node, &tip);

	json_key(w, "blocks");
	return st == ST_OK ? put_newest(app, w, tip.height) : st;
}

enum status mempool_put_stats(struct app *app, struct json_writer *w)
{
	const struct pool_view *v;
	enum status st = pool_view_get(app, &v);

	if (st != ST_OK)
		return st;
	json_key(w, "mempoolInfo");
	put_pool(w, &v->info);
	json_key(w, "da");
	st = mempool_put_difficulty(app, w);
	if (st != ST_OK)
		return st;
	json_key(w, "fees");
	return mempool_put_fees(app, w);
}

enum status mempool_put_init(struct app *app, struct json_writer *w)
{
	enum status st = mempool_put_stats(app, w);

	if (st == ST_OK)
		st = mempool_put_newest(app, w);
	if (st != ST_OK)
		return st;
	json_key(w, "mempool-blocks");
	st = mempool_put_blocks_to_come(app, w);
	if (st != ST_OK)
		return st;
	json_key(w, "transactions");
	st = mempool_put_recent(app, w);
	if (st != ST_OK)
		return st;
	json_key(w, "backendInfo");
	mempool_put_backend(w);
	json_key(w, "loadingIndicators");
	json_obj_begin(w);
	json_obj_end(w);
	return ST_OK;
}
