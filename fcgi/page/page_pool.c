/* SPDX-License-Identifier: MIT */
/*
 * /mempool: what waits, the blocks it will fill, the next of them transaction by
 * transaction, what came last and what was refused last.
 */
#include "fcgi/http/handlers.h"
#include "fcgi/http/pool_view.h"
#include "fcgi/page/page.h"
#include "fcgi/page/page_txrow.h"
#include "node/mine/template.h"
#include "node/query/query_search.h"

#define RECENT 12
#define REFUSED 12
#define NEXT_SHOWN 20
/* Making a template of more takes longer than a page should. */
#define TEMPLATE_POOL_MAX 3000

/* Bands of the drawing: from these rates on. */
static const double band_from[] = {0, 1, 2, 3, 5, 8, 12, 20, 30, 50, 100, 200, 500};
#define BANDS (sizeof(band_from) / sizeof(band_from[0]))

static void put_bands(struct page *pg, const struct pool_view *pool)
{
	struct page_value *list = page_list(pg->tree, pg->root, "bands");
	double vsize[BANDS] = {0}, most = 0;
	unsigned low = BANDS, high = 0, n = 0;

	for (uint32_t i = 0; i < pool->n; i++) {
		unsigned b = BANDS - 1;

		while (b > 0 && pool->rate[i].rate < band_from[b])
			b--;
		vsize[b] += pool->rate[i].vsize;
	}
	for (unsigned b = 0; b < BANDS; b++) {
		if (vsize[b] > most)
			most = vsize[b];
		if (vsize[b] > 0 && low == BANDS)
			low = b;
		if (vsize[b] > 0)
			high = b;
	}
	for (unsigned b = low; b <= high && b < BANDS; b++, n++) {
		struct page_value *v = page_item(pg->tree, list);

		if (b + 1 < BANDS)
			page_format(pg->tree, v, "label", "%g–%g", band_from[b],
				    band_from[b + 1]);
		else
			page_format(pg->tree, v, "label", "%g+", band_from[b]);
		page_real(pg->tree, v, "vsize", vsize[b], 0);
		/* of a bar 100 long */
		page_real(pg->tree, v, "len", 100 * vsize[b] / most, 2);
		page_int(pg->tree, v, "warmth", 1 + b * 4 / BANDS);
	}
}

static void put_blocks(struct page *pg, const struct pool_view *pool)
{
	struct page_value *list = page_list(pg->tree, pg->root, "blocks");
	struct pool_view_block next[POOL_VIEW_BLOCKS];
	unsigned n = pool_view_blocks(pool, next);

	for (unsigned i = 0; i < n; i++) {
		struct page_value *v = page_item(pg->tree, list);
		int64_t fill = (int64_t)(next[i].weight + 39999) / 40000;
		bool rest = fill > 100;

		if (rest)
			fill = 100;
		page_int(pg->tree, v, "nth", i + 1);
		page_flag(pg->tree, v, "is_next", i == 0);
		page_flag(pg->tree, v, "rest", rest);
		page_int(pg->tree, v, "n_tx", next[i].n);
		page_int(pg->tree, v, "fees", next[i].fees_sat);
		page_int(pg->tree, v, "fill", fill);
		page_int(pg->tree, v, "fill_top", 100 - fill);
		page_put_rate(pg, v, "median", next[i].median);
		page_put_rate(pg, v, "low", next[i].range[0]);
		page_put_rate(pg, v, "high", next[i].range[POOL_VIEW_RANGE - 1]);
	}
}

static enum status put_template(struct page *pg)
{
	struct page_value *list = page_list(pg->tree, pg->root, "next_txs");
	struct block_template t;
	enum status st = node_template_make(pg->app->node, &t);

	if (st != ST_OK)
		return st == ST_BUSY || st == ST_STALE ? ST_OK : st;
	page_int(pg->tree, pg->root, "next_n", t.n_tx);
	page_int(pg->tree, pg->root, "next_fees", t.fees_sat);
	page_int(pg->tree, pg->root, "next_reward", t.fees_sat + t.subsidy_sat);
	for (uint32_t i = 0; i < t.n_tx && i < NEXT_SHOWN; i++) {
		struct page_value *v = page_item(pg->tree, list);

		page_hash(pg->tree, v, "txid", &t.tx[i].txid.h);
		page_int(pg->tree, v, "fee", t.tx[i].fee_sat);
		page_int(pg->tree, v, "vsize", (t.tx[i].weight + 3) / 4);
		page_put_rate(pg, v, "rate", 4.0 * (double)t.tx[i].fee_sat /
						     t.tx[i].weight);
	}
	if (t.n_tx > NEXT_SHOWN)
		page_int(pg->tree, pg->root, "next_more", t.n_tx - NEXT_SHOWN);
	node_template_free(&t);
	return ST_OK;
}

static enum status put_refused(struct page *pg)
{
	struct page_value *list = page_list(pg->tree, pg->root, "refused");
	struct refusal_brief r[REFUSED];
	int n;
	enum status st = query_refusals(pg->app->node, INT64_MAX, REFUSED, r, &n);

	for (int i = 0; st == ST_OK && i < n; i++) {
		struct page_value *v = page_item(pg->tree, list);
		bool tx = strcmp(r[i].kind, "tx") == 0;

		page_hash(pg->tree, v, "hash", &r[i].hash);
		page_text(pg->tree, v, "kind", tx ? "transaction" : r[i].kind);
		page_flag(pg->tree, v, "tx", tx);
		page_text(pg->tree, v, "reason", r[i].reason);
		page_int(pg->tree, v, "at", r[i].at);
		page_int(pg->tree, v, "id", r[i].id);
	}
	return st;
}

static enum status fill(struct page *pg)
{
	const struct pool_view *pool;
	struct page_tree *t = pg->tree;
	enum status st = pool_view_get(pg->app, &pool);

	if (st != ST_OK)
		return st;
	page_text(t, pg->root, "title", "Mempool");
	page_text(t, pg->root, "follow", "blocks=1&disconnects=1&tx=1");
	page_int(t, pg->root, "count", pool->info.count);
	page_flag(t, pg->root, "any", pool->info.count > 0);
	page_int(t, pg->root, "vsize", pool->info.vsize);
	page_int(t, pg->root, "fees", pool->info.fees_sat);
	page_int(t, pg->root, "usage", pool->info.usage_bytes);
	page_put_rate(pg, pg->root, "min_rate",
		      (double)pool->info.min_fee_sat_kvb / 1000);
	put_blocks(pg, pool);
	put_bands(pg, pool);
	if (pool->info.count > 0 && pool->info.count <= TEMPLATE_POOL_MAX)
		st = put_template(pg);
	if (st == ST_OK)
		st = page_put_recent(pg, RECENT);
	return st == ST_OK ? put_refused(pg) : st;
}

void page_mempool(struct app *app, const struct request *rq, struct response *rs)
{
	page_serve(app, rq, rs, "mempool", "mempool", fill);
}
