/* SPDX-License-Identifier: MIT */
#include "fcgi/http/pool_view.h"

#include <stdlib.h>

#include "node/core/playground.h"
#include "primitives/block.h"

#define VIEW_MAX ((size_t)512 << 20)

static enum status fill(struct app *app, struct pool_view *v,
			const struct query_mark *m)
{
	enum status st;

	arena_reset(&v->arena);
	/* of no state until it is complete */
	v->mark.event = -1;
	st = node_mempool_info(app->node, &v->info);
	if (st == ST_OK)
		st = query_pool_rates(app->node, &v->arena, &v->rate, &v->n);
	if (st == ST_OK)
		v->mark = *m;
	return st;
}

enum status pool_view_get(struct app *app, const struct pool_view **out)
{
	struct query_mark m;
	struct pool_view *v = app->pool_view;
	enum status st = query_mark(app->node, &m);

	if (st != ST_OK)
		return st;
	if (!v) {
		v = calloc(1, sizeof(*v));
		if (!v)
			return ST_NOMEM;
		arena_init(&v->arena, VIEW_MAX);
		v->mark.event = -1;
		app->pool_view = v;
	}
	if (v->mark.event != m.event || v->mark.held != m.held || v->mark.height != m.height ||
	    !hash256_equal(&v->mark.tip.h, &m.tip.h))
		st = fill(app, v, &m);
	*out = v;
	return st;
}

void pool_view_free(struct pool_view *v)
{
	if (v)
		arena_free(&v->arena);
	free(v);
}

enum status pool_view_fees(struct app *app, const struct pool_view *v,
			   const uint32_t *target, uint32_t n, double *out)
{
	query_fee_of_pool(v->rate, v->n, (double)v->info.min_fee_sat_kvb / 1000,
			  target, n, out);
	return node_held_rates(app->node, target, n, out);
}

static void describe(struct pool_view_block *b, const struct pool_rate *r)
{
	b->median = r[b->n / 2].rate;
	/* lowest first; those between at equal steps of the block */
	for (unsigned i = 0; i < POOL_VIEW_RANGE; i++)
		b->range[i] = r[(uint64_t)(b->n - 1) * (POOL_VIEW_RANGE - 1 - i) /
				(POOL_VIEW_RANGE - 1)].rate;
}

unsigned pool_view_blocks(const struct pool_view *v,
			  struct pool_view_block out[POOL_VIEW_BLOCKS])
{
	unsigned n = 0;

	for (uint32_t i = 0; i < v->n; n++) {
		struct pool_view_block *b = &out[n];
		uint32_t first = i;

		*b = (struct pool_view_block){.first = first};
		while (i < v->n && (n == POOL_VIEW_BLOCKS - 1 || b->n == 0 ||
				    b->weight + v->rate[i].weight <=
					    BLOCK_WEIGHT_MAX)) {
			b->weight += v->rate[i].weight;
			b->size += v->rate[i].vsize;
			b->fees_sat += v->rate[i].fee_sat;
			b->n++;
			i++;
		}
		describe(b, v->rate + first);
	}
	return n;
}
