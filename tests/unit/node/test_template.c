/* SPDX-License-Identifier: MIT */
/* Templates: what they hold, and that the node's own rules accept each. */
#include "tests/unit/node/chainlab.h"

#include "primitives/block.h"

static int setup(void **state)
{
	*state = lab_open("regtest", LAB_MATURITY + 40);
	return 0;
}

static int teardown(void **state)
{
	lab_close(*state);
	return 0;
}

/* The whole block of a template, its proof of work aside, passes. */
static void assert_judged_valid(struct lab *l, const struct block_template *t)
{
	struct buf script, coinbase, raw;
	struct hash256 branch[32];
	struct header h = t->header;
	struct verdict v;
	struct arena a;
	struct tx tx;
	unsigned n;

	buf_init(&script, 100);
	buf_init(&coinbase, 1000);
	buf_init(&raw, 8 << 20);
	arena_init(&a, 64 << 20);
	lab_script(l, LAB_P2TR, &script);
	template_coinbase(&coinbase, t, buf_view(&script),
			  bytes_of("extranonce", 10));
	assert_int_equal(tx_parse(&tx, coinbase.p, coinbase.len, &a), ST_OK);
	assert_true(tx.in[0].script_sig.len >= 2 &&
		    tx.in[0].script_sig.len <= 100);
	assert_int_equal(template_branch(t, branch, &n), ST_OK);
	merkle_branch_root(&h.merkle_root, &tx.txid.h, branch, n, 0);
	template_block(&raw, t, &h, buf_view(&coinbase));
	assert_int_equal(buf_status(&raw), ST_OK);
	assert_int_equal(node_judge_block(l->n, raw.p, raw.len, &v), ST_OK);
	if (v.code != VALID)
		fail_msg("%s: %s", verdict_name(v.code), v.detail);
	arena_free(&a);
	buf_free(&script);
	buf_free(&coinbase);
	buf_free(&raw);
}

static void make(struct lab *l, struct block_template *t)
{
	assert_int_equal(node_template_make(l->n, t), ST_OK);
	assert_judged_valid(l, t);
}

static bool holds(const struct block_template *t, const struct txid *id)
{
	for (uint32_t i = 0; i < t->n_tx; i++) {
		if (hash256_equal(&t->tx[i].txid.h, &id->h))
			return true;
	}
	return false;
}

static void an_empty_pool_gives_a_coinbase(void **state)
{
	struct lab *l = *state;
	struct block_template t;
	bool moved, changed;

	make(l, &t);
	assert_int_equal(t.n_tx, 0);
	assert_int_equal(t.height, l->height + 1);
	assert_int_equal(t.subsidy_sat, 50 * COIN_SAT);
	assert_true(t.has_commitment);
	assert_int_equal(node_template_stale(l->n, &t, &moved, &changed), ST_OK);
	assert_false(moved || changed);
	lab_mine(l, 1);
	assert_int_equal(node_template_stale(l->n, &t, &moved, &changed), ST_OK);
	assert_true(moved);
	node_template_free(&t);
}

static void a_child_that_pays_brings_its_parent(void **state)
{
	struct lab *l = *state;
	struct lab_coin c = l->coinbase[1], d = l->coinbase[2];
	struct lab_coin e = l->coinbase[3];
	struct block_template t;
	struct buf raw;
	bool moved, changed;

	buf_init(&raw, 10000);
	make(l, &t);
	lab_pay(l, &c, 200, &raw);
	assert_int_equal(lab_send(l, &raw, NULL), VALID);
	assert_int_equal(node_template_stale(l->n, &t, &moved, &changed), ST_OK);
	assert_true(!moved && changed);
	node_template_free(&t);
	lab_pay(l, &d, 2000, &raw);
	assert_int_equal(lab_send(l, &raw, NULL), VALID);
	lab_pay(l, &c, 20000, &raw);
	assert_int_equal(lab_send(l, &raw, NULL), VALID);
	lab_pay(l, &e, 3000, &raw);
	assert_int_equal(lab_send(l, &raw, NULL), VALID);
	make(l, &t);
	assert_int_equal(t.n_tx, 4);
	assert_int_equal(t.fees_sat, 25200);
	assert_int_equal(t.tx[0].fee_sat, 200);
	assert_int_equal(t.tx[1].fee_sat, 20000);
	assert_int_equal(t.tx[2].fee_sat, 3000);
	assert_int_equal(t.tx[3].fee_sat, 2000);
	node_template_free(&t);
	buf_free(&raw);
}

/* A transaction of one coin with n outputs of the script, less the fee. */
static void fan_out(struct lab *l, struct lab_coin from, uint32_t n,
		    struct bytes script, int64_t fee, struct txid *id)
{
	struct lab_tx *t = calloc(1, sizeof(*t));
	struct tx_result r;
	struct buf raw;

	buf_init(&raw, 4 << 20);
	t->n_in = 1;
	t->in[0].coin = from;
	t->n_out = n;
	for (uint32_t i = 0; i < n; i++)
		t->out[i] = (struct lab_out){(from.value - fee) / n,
					     script.len ? LAB_SCRIPT : LAB_TRUE,
					     script};
	lab_build(l, t, &raw, id);
	if (lab_send(l, &raw, &r) != VALID)
		fail_msg("%s: %s", verdict_name(r.verdict.code),
			 r.verdict.detail);
	buf_free(&raw);
	free(t);
}

static void signature_operations_are_limited(void **state)
{
	struct lab *l = *state;
	struct mempool_policy p = *node_mempool_policy(l->n);
	uint8_t checks[49];
	struct block_template t;
	struct txid id[6];
	uint32_t cost = 0, n = 0;

	p.require_standard = false;
	node_set_mempool_policy(l->n, &p);
	memset(checks, OP_CHECKMULTISIG, sizeof(checks));
	/* 4 outputs of 49 operations that count 20 times 4: 15,680 */
	for (uint32_t i = 0; i < 6; i++)
		fan_out(l, l->coinbase[1 + i], 4, bytes_of(checks, 49),
			100000 + 1000 * i, &id[i]);
	make(l, &t);
	for (uint32_t i = 0; i < t.n_tx; i++)
		cost += t.tx[i].sigop_cost;
	assert_int_equal(t.n_tx, 5);
	assert_int_equal(cost, 5 * 15680);
	/* the best paying five */
	for (uint32_t i = 0; i < 6; i++)
		n += holds(&t, &id[i]);
	assert_int_equal(n, 5);
	assert_false(holds(&t, &id[0]));
	node_template_free(&t);
	lab_mine(l, 1);
	make(l, &t);
	assert_int_equal(t.n_tx, 1);
	node_template_free(&t);
}

static void weight_is_limited(void **state)
{
	struct lab *l = *state;
	struct block_template t;
	struct txid id;
	uint64_t weight = 0;

	for (uint32_t i = 0; i < 12; i++)
		fan_out(l, l->coinbase[1 + i], 2300, bytes_of(NULL, 0),
			200000 + 10 * i, &id);
	/* small ones fill what is left */
	for (uint32_t i = 0; i < 5; i++)
		fan_out(l, l->coinbase[20 + i], 1, bytes_of(NULL, 0), 150 + i,
			&id);
	make(l, &t);
	for (uint32_t i = 0; i < t.n_tx; i++)
		weight += t.tx[i].weight;
	assert_true(weight <= BLOCK_WEIGHT_MAX - 4000);
	assert_true(weight > BLOCK_WEIGHT_MAX - 4000 - 400000);
	assert_int_equal(t.n_tx, 10 + 5);
	node_template_free(&t);
	lab_mine(l, 1);
	make(l, &t);
	assert_int_equal(t.n_tx, 2);
	node_template_free(&t);
}

/* One more random transaction over the coins at hand, in the pool or not. */
static void add_random(struct lab *l, struct lab_coin *coin, size_t *n)
{
	struct lab_tx *t = calloc(1, sizeof(*t));
	struct mempool_policy p = *node_mempool_policy(l->n);
	struct tx_result r;
	struct txid id;
	struct buf raw;
	int64_t in = 0, fee;

	p.dust_sat_kvb = 0;
	node_set_mempool_policy(l->n, &p);
	buf_init(&raw, 1 << 20);
	for (uint32_t k = 0, want = 1 + lab_rand(l) % 3; k < want && *n; k++) {
		size_t at = lab_rand(l) % *n;

		t->in[t->n_in++].coin = coin[at];
		in += coin[at].value;
		coin[at] = coin[--*n];
	}
	t->n_out = 1 + lab_rand(l) % 3;
	fee = 1000 + (int64_t)(lab_rand(l) % 5000);
	for (uint32_t k = 0; k < t->n_out; k++)
		t->out[k] = (struct lab_out){.value = (in - fee) / t->n_out,
					     .kind = LAB_TRUE};
	lab_build(l, t, &raw, &id);
	if (lab_send(l, &raw, &r) == VALID) {
		for (uint32_t k = 0; k < t->n_out; k++)
			coin[(*n)++] = lab_output(t, &id, k);
	} else if (r.verdict.code == V_CHAIN_TOO_LONG) {
		for (uint32_t k = 0; k < t->n_in; k++)
			coin[(*n)++] = t->in[k].coin;
	} else {
		fail_msg("%s: %s", verdict_name(r.verdict.code),
			 r.verdict.detail);
	}
	buf_free(&raw);
	free(t);
}

static void templates_of_random_pools_are_valid(void **state)
{
	struct lab *l = *state;
	struct lab_coin coin[1000];
	struct mempool_info info;
	size_t n = 0;

	print_message("seed %llu\n", (unsigned long long)l->seed);
	for (uint32_t h = 1; h <= 40; h++)
		coin[n++] = l->coinbase[h];
	for (int round = 0; round < 6; round++) {
		struct block_template t;

		for (int i = 0; i < 60; i++)
			add_random(l, coin, &n);
		make(l, &t);
		assert_int_equal(node_mempool_info(l->n, &info), ST_OK);
		assert_int_equal(t.n_tx, info.count);
		assert_int_equal(t.fees_sat, info.fees_sat);
		node_template_free(&t);
		if (round % 2)
			lab_mine(l, 1);
	}
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(an_empty_pool_gives_a_coinbase),
		T(a_child_that_pays_brings_its_parent),
		T(signature_operations_are_limited),
		T(weight_is_limited),
		T(templates_of_random_pools_are_valid),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
