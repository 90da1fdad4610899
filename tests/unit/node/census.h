/* SPDX-License-Identifier: MIT */
/* The sums over families of the pool, counted from scratch and compared with the
 * rows. */
#ifndef QUARRY_TESTS_UNIT_NODE_CENSUS_H
#define QUARRY_TESTS_UNIT_NODE_CENSUS_H

#include "tests/unit/node/chainlab.h"

#include "node/core/priv.h"
#include "store/store_mempool.h"

#define ROWS_MAX 600

struct member {
	struct mempool_row row;
	bool up[ROWS_MAX];	/* is an ancestor, or itself */
};

struct census {
	size_t n;
	struct member m[ROWS_MAX];
};

static inline void find_parents(struct lab *l, struct census *c, size_t i)
{
	struct mempool_in_row in;

	c->m[i].up[i] = true;
	for (uint32_t k = 0;; k++) {
		enum status st = store_mempool_in_get(l->n->db, c->m[i].row.id, k,
						      &in);

		if (st == ST_NOT_FOUND)
			break;
		assert_int_equal(st, ST_OK);
		for (size_t j = 0; j < c->n; j++) {
			if (hash256_equal(&c->m[j].row.txid.h,
					  &in.prevout.txid.h))
				c->m[i].up[j] = true;
		}
	}
}

static inline void close_relation(struct census *c)
{
	for (bool more = true; more;) {
		more = false;
		for (size_t i = 0; i < c->n; i++)
			for (size_t j = 0; j < c->n; j++) {
				if (i == j || !c->m[i].up[j])
					continue;
				for (size_t k = 0; k < c->n; k++) {
					if (c->m[j].up[k] && !c->m[i].up[k])
						more = c->m[i].up[k] = true;
				}
			}
	}
}

static inline void check_sums(const struct census *c)
{
	for (size_t i = 0; i < c->n; i++) {
		const struct mempool_row *r = &c->m[i].row;
		int64_t na = 0, va = 0, fa = 0, nd = 0, vd = 0, fd = 0;

		for (size_t j = 0; j < c->n; j++) {
			const struct mempool_row *o = &c->m[j].row;

			if (c->m[i].up[j]) {
				na++;
				va += o->vsize;
				fa += o->fee + o->fee_delta;
			}
			if (c->m[j].up[i]) {
				nd++;
				vd += o->vsize;
				fd += o->fee + o->fee_delta;
			}
		}
		assert_int_equal(r->n_anc, na);
		assert_int_equal(r->vsize_anc, va);
		assert_int_equal(r->fee_anc, fa);
		assert_int_equal(r->n_desc, nd);
		assert_int_equal(r->vsize_desc, vd);
		assert_int_equal(r->fee_desc, fd);
	}
}

static inline void take_census(struct lab *l, struct census *c)
{
	struct mempool_info info;
	int64_t after = 0, vsize = 0, fees = 0, bytes = 0;

	memset(c, 0, sizeof(*c));
	assert_int_equal(node_snapshot(l->n), ST_OK);
	for (;;) {
		struct mempool_row row;
		enum status st = store_mempool_next(l->n->db, after, &row);

		if (st == ST_NOT_FOUND)
			break;
		assert_int_equal(st, ST_OK);
		assert_true(c->n < ROWS_MAX);
		after = row.id;
		vsize += row.vsize;
		fees += row.fee;
		bytes += (int64_t)row.raw.len;
		c->m[c->n++].row = row;
	}
	for (size_t i = 0; i < c->n; i++)
		find_parents(l, c, i);
	node_snapshot_end(l->n);
	close_relation(c);
	check_sums(c);
	assert_int_equal(node_mempool_info(l->n, &info), ST_OK);
	assert_int_equal(info.count, c->n);
	assert_int_equal(info.vsize, vsize);
	assert_int_equal(info.fees_sat, fees);
	assert_int_equal(info.bytes, bytes);
}

#endif
