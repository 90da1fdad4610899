/* SPDX-License-Identifier: MIT */
/* The front page: the chain and the mempool now. And /blocks, its continuation. */
#include "fcgi/http/handlers.h"
#include "fcgi/http/pool_view.h"
#include "fcgi/page/page.h"
#include "fcgi/page/page_txrow.h"
#include "node/finality/finality.h"
#include "primitives/target.h"

#define LATEST_BLOCKS 8
#define RECENT_TXS 6
#define BLOCKS_A_PAGE 25
/* The hash rate is an average over so many blocks. */
#define RATE_BLOCKS 120

/* Satoshi that the rules have allowed up to a height. */
static int64_t supply(const struct params *p, uint32_t height)
{
	int64_t sum = 0;

	for (uint32_t h = 0; h <= height;) {
		uint32_t end = p->halving_interval
				       ? (h / p->halving_interval + 1) * p->halving_interval
				       : height + 1;
		uint32_t n = (end - 1 < height ? end - 1 : height) - h + 1;
		int64_t subsidy = params_subsidy_sat(p, h);

		if (subsidy == 0)
			break;
		sum += n * subsidy;
		h += n;
	}
	return sum;
}

static enum status put_chain(struct page *pg, const struct block_info *tip)
{
	const struct params *p = node_params(pg->app->node);
	/* not from the genesis block, whose time may be of long ago */
	uint32_t back = tip->height == 0 ? 0
			: tip->height <= RATE_BLOCKS ? tip->height - 1 : RATE_BLOCKS;
	uint32_t every = p->halving_interval, left;
	struct page_tree *t = pg->tree;
	struct block_info from;
	enum status st = query_block_at(pg->app->node, tip->height - back, &from);
	double seconds, work;

	if (st != ST_OK)
		return st;
	seconds = (double)tip->header.time - from.header.time;
	work = u256_double(&tip->chainwork) - u256_double(&from.chainwork);
	if (back && seconds > 0) {
		page_put_si(pg, pg->root, "hashrate", work / seconds);
		page_real(t, pg->root, "spacing", seconds / back,
			  seconds / back < 100 ? 1 : 0);
	}
	page_int(t, pg->root, "spacing_blocks", back);
	page_int(t, pg->root, "spacing_wanted", p->spacing_s);
	page_put_si(pg, pg->root, "difficulty_si",
		    target_difficulty(tip->header.bits));
	page_int(t, pg->root, "supply", supply(p, tip->height));
	page_int(t, pg->root, "subsidy_now",
		 params_subsidy_sat(p, tip->height + 1));
	if (every) {
		left = every - (tip->height + 1) % every;
		page_int(t, pg->root, "halving_left", left);
		page_int(t, pg->root, "halving_height", tip->height + 1 + left);
	}
	if (p->retarget == RETARGET_BITCOIN && p->retarget_interval)
		page_int(t, pg->root, "retarget_left",
			 p->retarget_interval - tip->height % p->retarget_interval);
	return ST_OK;
}

static enum status put_pool(struct page *pg)
{
	static const uint32_t target[] = {1, 3, 6, 144};
	static const char *const name[] = {"fee_1", "fee_3", "fee_6", "fee_144"};
	struct pool_view_block next[POOL_VIEW_BLOCKS];
	struct page_value *v = page_group(pg->tree, pg->root, "pool");
	const struct pool_view *pool;
	double rate[4];
	unsigned n;
	enum status st = pool_view_get(pg->app, &pool);

	if (st == ST_OK)
		st = pool_view_fees(pg->app, pool, target, 4, rate);
	if (st != ST_OK)
		return st;
	page_int(pg->tree, v, "count", pool->info.count);
	page_int(pg->tree, v, "vsize", pool->info.vsize);
	page_int(pg->tree, v, "fees", pool->info.fees_sat);
	page_put_rate(pg, v, "min_rate", (double)pool->info.min_fee_sat_kvb / 1000);
	for (unsigned i = 0; i < 4; i++)
		page_put_rate(pg, v, name[i], rate[i]);
	n = pool_view_blocks(pool, next);
	page_int(pg->tree, v, "blocks", n);
	if (n == 0)
		return ST_OK;
	v = page_group(pg->tree, pg->root, "next");
	page_int(pg->tree, v, "n_tx", next[0].n);
	page_int(pg->tree, v, "fees", next[0].fees_sat);
	page_put_rate(pg, v, "median", next[0].median);
	page_int(pg->tree, v, "fill", (int64_t)(next[0].weight + 39999) / 40000);
	page_int(pg->tree, v, "fill_top",
		 100 - (int64_t)(next[0].weight + 39999) / 40000);
	return ST_OK;
}

/* Which of the blocks are final. Nothing where there is no finality. */
static enum status put_final(struct page *pg, struct page_value *list,
			     const struct block_info *b, int n)
{
	struct page_value *v = list->first;
	struct finality_info info;
	enum status st = node_finality(pg->app->node, &info);

	if (st != ST_OK)
		return st == ST_NOT_FOUND ? ST_OK : st;
	for (int i = 0; v && i < n; i++, v = v->next)
		page_flag(pg->tree, v, "finalized",
			  b[i].height <= info.final.height);
	v = page_group(pg->tree, pg->root, "last_final");
	page_int(pg->tree, v, "height", info.final.height);
	page_int(pg->tree, v, "behind", (int64_t)pg->tip_height - info.final.height);
	page_flag(pg->tree, v, "none", info.final.height == 0);
	return ST_OK;
}

static enum status put_blocks(struct page *pg, uint32_t from, int max,
			      struct block_info **out, int *n)
{
	struct page_value *list = page_list(pg->tree, pg->root, "blocks");
	enum status st = query_blocks_below(pg->app->node, from, max, pg->arena,
					    out, n);

	for (int i = 0; st == ST_OK && i < *n; i++)
		page_put_block(pg, page_item(pg->tree, list), &(*out)[i]);
	return st == ST_OK ? put_final(pg, list, *out, *n) : st;
}

static enum status fill_home(struct page *pg)
{
	struct block_info *v;
	enum status st;
	int n;

	st = put_blocks(pg, UINT32_MAX >> 1, LATEST_BLOCKS, &v, &n);
	if (st == ST_OK && n == 0)
		st = ST_NOT_FOUND;
	if (st == ST_OK)
		st = put_chain(pg, &v[0]);
	if (st == ST_OK)
		st = put_pool(pg);
	if (st == ST_OK)
		st = page_put_recent(pg, RECENT_TXS);
	if (st != ST_OK)
		return st;
	page_put_block(pg, page_group(pg->tree, pg->root, "tip"), &v[0]);
	page_text(pg->tree, pg->root, "follow", "blocks=1&disconnects=1&tx=1&finality=1");
	return ST_OK;
}

void page_home(struct app *app, const struct request *rq, struct response *rs)
{
	page_serve(app, rq, rs, "home", "home", fill_home);
}

static enum status fill_blocks(struct page *pg)
{
	struct page_tree *t = pg->tree;
	struct block_info *v;
	uint64_t from;
	enum status st;
	int n;

	if (!request_query_number(pg->rq, "from", pg->tip_height, UINT32_MAX, &from) ||
	    from > pg->tip_height)
		from = pg->tip_height;
	st = put_blocks(pg, (uint32_t)from, BLOCKS_A_PAGE, &v, &n);
	if (st != ST_OK || n == 0)
		return st == ST_OK ? ST_NOT_FOUND : st;
	page_text(t, pg->root, "title", "Blocks");
	page_int(t, pg->root, "first", v[n - 1].height);
	page_int(t, pg->root, "last", v[0].height);
	if (v[n - 1].height > 0)
		page_int(t, pg->root, "older", v[n - 1].height - 1);
	if (from < pg->tip_height) {
		page_flag(t, pg->root, "newest", true);
		if (from + BLOCKS_A_PAGE < pg->tip_height)
			page_int(t, pg->root, "newer", (int64_t)from + BLOCKS_A_PAGE);
	} else {
		page_flag(t, pg->root, "live", true);
		page_text(t, pg->root, "follow", "blocks=1&disconnects=1&finality=1");
	}
	return ST_OK;
}

void page_blocks(struct app *app, const struct request *rq, struct response *rs)
{
	page_serve(app, rq, rs, "blocks", "blocks", fill_blocks);
}
