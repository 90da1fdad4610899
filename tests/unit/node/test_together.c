/* SPDX-License-Identifier: MIT */
/* Several transactions tested at once, as by testmempoolaccept: nothing comes
 * into the pool, whatever the answer. */
#include "tests/unit/node/chainlab.h"

#define MEMBERS 26

struct several {
	struct lab *l;
	uint32_t n;
	struct buf raw[MEMBERS];
	struct tx_result r[MEMBERS];
	struct verdict v;
};

static int setup(void **state)
{
	struct several *s = calloc(1, sizeof(*s));

	assert_non_null(s);
	s->l = lab_open("regtest", LAB_MATURITY + 10);
	for (int i = 0; i < MEMBERS; i++)
		buf_init(&s->raw[i], 1 << 20);
	*state = s;
	return 0;
}

static int teardown(void **state)
{
	struct several *s = *state;

	lab_close(s->l);
	for (int i = 0; i < MEMBERS; i++)
		buf_free(&s->raw[i]);
	free(s);
	return 0;
}

/* One more that spends coin, which becomes its output. */
static void pay(struct several *s, struct lab_coin *coin, int64_t fee)
{
	lab_pay(s->l, coin, fee, &s->raw[s->n++]);
}

static enum verdict_code test(struct several *s)
{
	struct tx_options o = {.source = "lab"};
	struct mempool_info before, after;
	struct bytes raw[MEMBERS];

	for (uint32_t i = 0; i < s->n; i++)
		raw[i] = buf_view(&s->raw[i]);
	assert_int_equal(node_mempool_info(s->l->n, &before), ST_OK);
	assert_int_equal(node_test_txs(s->l->n, raw, s->n, &o, s->r, &s->v),
			 ST_OK);
	assert_int_equal(node_mempool_info(s->l->n, &after), ST_OK);
	assert_memory_equal(&before, &after, sizeof(after));
	return s->v.code;
}

static void a_chain_of_unseen_transactions_is_good(void **state)
{
	struct several *s = *state;
	struct lab_coin c = s->l->coinbase[1], d = s->l->coinbase[2];

	for (int i = 0; i < 5; i++)
		pay(s, &c, 1000 + i);
	pay(s, &d, 2000);	/* related to nobody */
	assert_int_equal(test(s), VALID);
	for (uint32_t i = 0; i < s->n; i++) {
		assert_true(s->r[i].judged);
		assert_int_equal(s->r[i].verdict.code, VALID);
	}
	assert_int_equal(s->r[4].fee_sat, 1004);
	assert_int_equal(s->r[4].group_fee_sat, 1004);
	assert_int_equal(s->r[5].fee_sat, 2000);
}

static void each_pays_for_itself(void **state)
{
	struct several *s = *state;
	struct lab_coin c = s->l->coinbase[1];

	pay(s, &c, 1000);
	pay(s, &c, 50);
	pay(s, &c, 50000);
	assert_int_equal(test(s), V_PACKAGE_TX);
	assert_false(s->r[0].judged);
	assert_true(s->r[1].judged);
	assert_int_equal(s->r[1].verdict.code, V_MIN_RELAY_FEE);
	assert_false(s->r[2].judged);
}

static void the_first_refusal_ends_it(void **state)
{
	struct several *s = *state;
	struct lab_coin c = s->l->coinbase[1], gone = s->l->coinbase[2];

	pay(s, &c, 1000);
	gone.at.n = 7;
	pay(s, &gone, 1000);
	pay(s, &c, 1000);
	assert_int_equal(test(s), V_PACKAGE_TX);
	assert_int_equal(s->r[1].verdict.code, V_MISSING_INPUTS);
	assert_true(s->r[1].judged);
	assert_false(s->r[0].judged || s->r[2].judged);
}

/* Scripts come last: those before the bad one have been found good. */
static void a_bad_script_comes_after_the_good_ones(void **state)
{
	struct several *s = *state;
	struct lab_tx *t = calloc(1, sizeof(*t));
	struct lab_coin c = s->l->coinbase[1];
	struct txid id;

	assert_non_null(t);
	pay(s, &c, 1000);
	t->n_in = t->n_out = 1;
	pay(s, &c, 1000);	/* of LAB_TRUE, as coinbases are */
	t->in[0].coin = c;
	t->out[0] = (struct lab_out){.value = c.value - 1000,
				     .kind = LAB_P2WPKH};
	lab_build(s->l, t, &s->raw[s->n++], &id);
	c = lab_output(t, &id, 0);
	t->in[0].coin = c;
	t->out[0].value -= 1000;
	t->spoil = true;
	lab_build(s->l, t, &s->raw[s->n++], &id);
	c = lab_output(t, &id, 0);
	pay(s, &c, 1000);
	assert_int_equal(test(s), V_PACKAGE_TX);
	for (int i = 0; i < 3; i++)
		assert_true(s->r[i].judged && s->r[i].verdict.code == VALID);
	assert_int_equal(s->r[3].verdict.code, V_SCRIPT);
	assert_false(s->r[4].judged);
	free(t);
}

static void nothing_is_replaced(void **state)
{
	struct several *s = *state;
	struct lab_coin c = s->l->coinbase[1], d = s->l->coinbase[2];
	struct lab_coin again = c;

	pay(s, &c, 1000);
	assert_int_equal(lab_send(s->l, &s->raw[0], NULL), VALID);
	s->n = 0;
	pay(s, &again, 50000);
	pay(s, &d, 1000);
	assert_int_equal(test(s), V_PACKAGE_TX);
	assert_int_equal(s->r[0].verdict.code, V_RBF_DISALLOWED);
	/* by itself it may */
	s->n = 1;
	assert_int_equal(test(s), VALID);
	assert_true(s->r[0].judged);
}

static void what_is_wrong_with_all_of_them_is_said_of_none(void **state)
{
	struct several *s = *state;
	struct lab_coin c = s->l->coinbase[1], d = c;
	struct bytes raw[2];

	pay(s, &c, 1000);
	pay(s, &c, 1000);
	/* the child first */
	raw[0] = buf_view(&s->raw[1]);
	raw[1] = buf_view(&s->raw[0]);
	assert_int_equal(node_test_txs(s->l->n, raw, 2, &(struct tx_options){0},
				       s->r, &s->v), ST_OK);
	assert_int_equal(s->v.code, V_PACKAGE_ORDER);
	assert_false(s->r[0].judged || s->r[1].judged);
	raw[0] = raw[1];
	assert_int_equal(node_test_txs(s->l->n, raw, 2, &(struct tx_options){0},
				       s->r, &s->v), ST_OK);
	assert_int_equal(s->v.code, V_PACKAGE_DUPLICATE);
	s->n = 1;
	pay(s, &d, 2000);
	assert_int_equal(test(s), V_PACKAGE_CONFLICT);
}

/* 23 that wait and three more are one too many, related or not. */
static void limits_count_them_all(void **state)
{
	struct several *s = *state;
	struct lab_coin c = s->l->coinbase[1], d = s->l->coinbase[2];

	for (int i = 0; i < 23; i++) {
		pay(s, &c, 1000);
		assert_int_equal(lab_send(s->l, &s->raw[s->n - 1], NULL), VALID);
	}
	s->n = 0;
	pay(s, &c, 1000);
	pay(s, &c, 1000);
	assert_int_equal(test(s), VALID);
	pay(s, &d, 1000);
	assert_int_equal(test(s), V_PACKAGE_LIMITS);
	/* of the ancestor that comes first by its id, if not of all */
	assert_memory_equal(s->v.detail, "possibly too many ", 18);
	assert_false(s->r[0].judged);
}

static void twenty_six_are_not_tested(void **state)
{
	struct several *s = *state;
	struct lab_coin c = s->l->coinbase[1];

	for (int i = 0; i < 25; i++)
		pay(s, &c, 1000);
	assert_int_equal(test(s), VALID);
	pay(s, &c, 1000);
	assert_int_equal(test(s), V_PACKAGE_COUNT);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_chain_of_unseen_transactions_is_good),
		T(each_pays_for_itself),
		T(the_first_refusal_ends_it),
		T(a_bad_script_comes_after_the_good_ones),
		T(nothing_is_replaced),
		T(what_is_wrong_with_all_of_them_is_said_of_none),
		T(limits_count_them_all),
		T(twenty_six_are_not_tested),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
