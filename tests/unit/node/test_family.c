/* SPDX-License-Identifier: MIT */
/* The sums over families: after anything that can happen to the pool they are
 * what counting from scratch gives. */
#include "tests/unit/node/census.h"

#include <time.h>

#include "node/query/query.h"

#define OPERATIONS 1000

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
	if (lab_rand(l) % 8 == 0)	/* before it comes */
		assert_int_equal(node_prioritise_tx(
			l->n, &id, (int64_t)(lab_rand(l) % 20000) - 10000),
			ST_OK);
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
