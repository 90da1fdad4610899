/* SPDX-License-Identifier: MIT */
/* The sums over families: after anything that can happen to the pool they are
 * what counting from scratch gives. */
#include "tests/unit/node/chainlab.h"

#include <time.h>

#include "node/priv.h"
#include "node/query.h"
#include "store/store_mempool.h"

#define ROWS_MAX 600
#define OPERATIONS 1000

struct member {
	struct mempool_row row;
	bool up[ROWS_MAX];	/* is an ancestor, or itself */
};

struct census {
	size_t n;
	struct member m[ROWS_MAX];
};

static void find_parents(struct lab *l, struct census *c, size_t i)
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

static void close_relation(struct census *c)
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

static void check_sums(const struct census *c)
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

static void take_census(struct lab *l, struct census *c)
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

/* All outputs ever made that may be there to spend; a random choice will
 * often be a double spend, which is a replacement or a refusal. */
struct world {
	struct lab_coin coin[8000];
	size_t n;
	unsigned taken, refused, replaced;
};

static void send_random(struct lab *l, struct world *w)
{
	struct lab_tx *t = calloc(1, sizeof(*t));
	struct tx_result r;
	struct txid id;
	struct buf raw;
	int64_t in = 0, fee = 500 + (int64_t)(lab_rand(l) % 20000);

	buf_init(&raw, 1 << 20);
	t->n_in = 1 + lab_rand(l) % 3;
	for (uint32_t k = 0; k < t->n_in; k++) {
		/* mostly recent ones: long chains */
		size_t back = lab_rand(l) % (lab_rand(l) % 4 ? 40 : w->n);
		struct lab_coin *c = &w->coin[w->n - 1 - back % w->n];

		t->in[k].coin = *c;
		in += c->value;
		for (uint32_t j = 0; j < k; j++) {
			if (outpoint_equal(&t->in[j].coin.at, &c->at)) {
				in -= c->value;
				t->n_in = k;
				break;
			}
		}
	}
	t->n_out = 1 + lab_rand(l) % 3;
	for (uint32_t k = 0; k < t->n_out; k++)
		t->out[k] = (struct lab_out){.value = (in - fee) / t->n_out,
					     .kind = LAB_TRUE};
	lab_build(l, t, &raw, &id);
	if (lab_send(l, &raw, &r) == VALID) {
		w->taken++;
		for (uint32_t k = 0; k < t->n_out && w->n < 8000; k++) {
			if (t->out[k].value > 100000)
				w->coin[w->n++] = lab_output(t, &id, k);
		}
	} else {
		w->refused++;
	}
	buf_free(&raw);
	free(t);
}

/* Blocks beside the tip, one more than they replace; some hold transactions of
 * the pool. */
static void reorganise(struct lab *l, uint32_t depth)
{
	struct node_tip tip;
	struct block_info info;
	struct block_result result;
	struct pool_tx *pool;
	uint32_t n_pool, time;
	struct bytes txs[4];
	struct buf raw;
	struct arena a;
	struct blkid at;

	arena_init(&a, 64 << 20);
	buf_init(&raw, 1 << 20);
	assert_int_equal(node_tip(l->n, &tip), ST_OK);
	assert_int_equal(query_block_at(l->n, tip.height - depth, &info), ST_OK);
	at = info.id;
	assert_int_equal(query_pool(l->n, 0, 4, &a, &pool, &n_pool), ST_OK);
	for (uint32_t i = 0; i <= depth; i++) {
		uint32_t n_tx = 0;

		/* those of the pool that need nothing of what leaves may or may
		 * not connect: an invalid block just ends the attempt */
		if (i == 0 && lab_rand(l) % 2) {
			for (; n_tx < n_pool && n_tx < lab_rand(l) % 4; n_tx++)
				txs[n_tx] = pool[n_tx].raw;
		}
		time = (uint32_t)(tip.mtp + 1 + i);
		if (time <= info.mtp)
			time = (uint32_t)info.mtp + 1 + i;
		lab_block_on(l, &at, tip.height - depth + 1 + i, time, txs, n_tx,
			     (uint8_t)lab_rand(l), &raw, &at);
		assert_int_equal(node_accept_block(l->n, raw.p, raw.len, "lab",
						   &result), ST_OK);
		if (result.verdict.code != VALID)
			break;
	}
	buf_free(&raw);
	arena_free(&a);
	lab_sync(l);
}

static void prioritise(struct lab *l, struct census *c)
{
	take_census(l, c);
	if (c->n)
		assert_int_equal(node_prioritise_tx(
			l->n, &c->m[lab_rand(l) % c->n].row.txid,
			(int64_t)(lab_rand(l) % 20000) - 10000), ST_OK);
}

static void set_room(struct lab *l, int64_t bytes)
{
	struct mempool_policy p = *node_mempool_policy(l->n);

	p.max_bytes = bytes;
	node_set_mempool_policy(l->n, &p);
}

static void sums_survive_everything(void **state)
{
	struct lab *l = lab_open("regtest", LAB_MATURITY + 30);
	struct census *c = calloc(1, sizeof(*c));
	struct world *w = calloc(1, sizeof(*w));
	const char *seed = getenv("QUARRY_SEED");

	l->seed = seed ? strtoull(seed, NULL, 10) : (uint64_t)time(NULL);
	print_message("QUARRY_SEED=%llu\n", (unsigned long long)l->seed);
	for (uint32_t h = 1; h <= 30; h++)
		w->coin[w->n++] = l->coinbase[h];
	for (int i = 0; i < OPERATIONS; i++) {
		unsigned what = lab_rand(l) % 100;

		if (what < 88)
			send_random(l, w);
		else if (what < 92)
			lab_mine(l, 1);
		else if (what < 95)
			reorganise(l, 1 + lab_rand(l) % 4);
		else if (what < 99)
			prioritise(l, c);
		else
			set_room(l, lab_rand(l) % 2 ? 40000 : 300000);
		if (what >= 88 || i % 10 == 0)
			take_census(l, c);
	}
	take_census(l, c);
	print_message("%u taken, %u refused, %zu left, height %u\n", w->taken,
		      w->refused, c->n, l->height);
	assert_true(w->taken > 100);
	free(c);
	free(w);
	lab_close(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sums_survive_everything),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
