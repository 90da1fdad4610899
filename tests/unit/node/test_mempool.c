/* SPDX-License-Identifier: MIT */
/* Transactions on their way into the pool: what is taken, what is refused, and
 * Bitcoin Core's word for it. */
#include "tests/unit/node/chainlab.h"

static int setup(void **state)
{
	*state = lab_open("regtest", LAB_MATURITY + 10);
	return 0;
}

static int teardown(void **state)
{
	lab_close(*state);
	return 0;
}

static int64_t pool_count(struct lab *l)
{
	struct mempool_info info;

	assert_int_equal(node_mempool_info(l->n, &info), ST_OK);
	return info.count;
}

static void a_spend_of_every_kind_is_taken_and_mined(void **state)
{
	struct lab *l = *state;
	struct lab_tx *t = calloc(1, sizeof(*t));
	struct tx_result r;
	struct txid id;
	struct buf raw;

	buf_init(&raw, 1 << 20);
	/* one coinbase becomes an output of each kind */
	t->n_in = 1;
	t->in[0].coin = l->coinbase[1];
	t->n_out = LAB_KINDS;
	for (uint32_t k = 0; k < LAB_KINDS; k++)
		t->out[k] = (struct lab_out){.value = COIN_SAT, .kind = k};
	lab_build(l, t, &raw, &id);
	assert_int_equal(lab_send(l, &raw, &r), VALID);
	assert_memory_equal(&r.txid, &id, sizeof(id));
	assert_int_equal(r.fee_sat, l->coinbase[1].value - LAB_KINDS * COIN_SAT);
	for (uint32_t k = 0; k < LAB_KINDS; k++) {
		struct lab_coin c = lab_output(t, &id, k);

		lab_pay(l, &c, 1000, &raw);
		assert_int_equal(lab_send(l, &raw, &r), VALID);
		assert_int_equal(r.fee_sat, 1000);
		assert_int_equal(lab_send(l, &raw, &r), V_IN_MEMPOOL);
		assert_true(r.known);
	}
	assert_int_equal(pool_count(l), 1 + LAB_KINDS);
	lab_mine(l, 1);
	assert_int_equal(pool_count(l), 0);
	assert_int_equal(lab_send(l, &raw, &r), V_ALREADY_KNOWN);
	free(t);
	buf_free(&raw);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_spend_of_every_kind_is_taken_and_mined),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
