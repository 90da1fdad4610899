/* SPDX-License-Identifier: MIT */
/*
 * The pool in the order blocks will take it, kept by a worker for as long as
 * nothing happens: clients poll for what is made of it.
 */
#ifndef QUARRY_FCGI_HTTP_POOL_VIEW_H
#define QUARRY_FCGI_HTTP_POOL_VIEW_H

#include "fcgi/http/app.h"
#include "node/pool/mempool.h"
#include "node/query/query_full.h"

struct pool_view {
	struct arena arena;
	struct query_mark mark;		/* the state it is of */
	struct mempool_info info;
	struct pool_rate *rate;		/* best first */
	uint32_t n;
};

/* The view of the state now; lives until the next call. Call it inside the
 * snapshot the answer is made of. */
NODISCARD enum status pool_view_get(struct app *app,
				    const struct pool_view **out);
void pool_view_free(struct pool_view *v);

/* Satoshi per vbyte to be in one of the next target[i] blocks: what is held
 * (playground.h), else what the pool says. */
NODISCARD enum status pool_view_fees(struct app *app, const struct pool_view *v,
				     const uint32_t *target, uint32_t n,
				     double *out);

/* Blocks to come, as mempool shows them. */
#define POOL_VIEW_BLOCKS 8
#define POOL_VIEW_RANGE 7
struct pool_view_block {
	uint32_t first;			/* of `rate`, n from there */
	uint64_t size, weight;
	uint32_t n;
	int64_t fees_sat;
	double median;			/* satoshi per vbyte */
	double range[POOL_VIEW_RANGE];	/* lowest to highest */
};
/* The last of them holds all that is left. Returns how many. */
unsigned pool_view_blocks(const struct pool_view *v,
			  struct pool_view_block out[POOL_VIEW_BLOCKS]);

#endif
