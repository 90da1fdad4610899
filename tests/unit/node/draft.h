/* SPDX-License-Identifier: MIT */
/* Transactions on their way into the pool, to be changed and sent again. */
#ifndef QUARRY_TESTS_UNIT_NODE_DRAFT_H
#define QUARRY_TESTS_UNIT_NODE_DRAFT_H

#include "tests/unit/node/chainlab.h"

static inline int64_t pool_count(struct lab *l)
{
	struct mempool_info info;

	assert_int_equal(node_mempool_info(l->n, &info), ST_OK);
	return info.count;
}

/* What the tests below build on: one input, one output, ready to be changed. */
struct draft {
	struct lab *l;
	struct lab_tx *t;
	struct buf raw;
	struct txid id;
	struct tx_result r;
};

static inline struct draft draft_of(struct lab *l, struct lab_coin c, int64_t fee)
{
	struct draft d = {.l = l, .t = calloc(1, sizeof(*d.t))};

	assert_non_null(d.t);
	buf_init(&d.raw, 4 << 20);
	d.t->n_in = d.t->n_out = 1;
	d.t->in[0].coin = c;
	d.t->out[0] = (struct lab_out){.value = c.value - fee, .kind = c.kind};
	return d;
}

static inline enum verdict_code send(struct draft *d)
{
	lab_build(d->l, d->t, &d->raw, &d->id);
	return lab_send(d->l, &d->raw, &d->r);
}

static inline void assert_refused(struct draft *d, enum verdict_code want)
{
	enum verdict_code got = send(d);

	if (got != want)
		fail_msg("%s, not %s: %s", verdict_name(got), verdict_name(want),
			 d->r.verdict.detail);
}

static inline void draft_end(struct draft *d)
{
	free(d->t);
	buf_free(&d->raw);
}

#endif
