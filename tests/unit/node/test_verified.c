/* SPDX-License-Identifier: MIT */
/* Scripts that the pool has judged are not run again; others always are. */
#include "tests/unit/node/labblock.h"

static void a_pooled_id_with_another_witness_is_judged(void **state)
{
	struct lab *l = lab_open("regtest", LAB_MATURITY + 5);
	struct lab_coin c = l->coinbase[1];
	struct lab_tx fund = {.n_in = 1, .n_out = 1};
	struct lab_tx t = {.n_in = 1, .n_out = 1};
	struct txid id, spoiled_id;
	struct buf raw, spoiled;
	struct made_block b;

	(void)state;
	buf_init(&raw, 1 << 20);
	buf_init(&spoiled, 1 << 20);
	fund.in[0].coin = c;
	fund.out[0] = (struct lab_out){c.value - 1000, LAB_P2WPKH, {0}};
	lab_build(l, &fund, &raw, &id);
	assert_int_equal(lab_send(l, &raw, NULL), VALID);
	lab_mine(l, 1);
	t.in[0].coin = lab_output(&fund, &id, 0);
	t.out[0] = (struct lab_out){c.value - 2000, LAB_TRUE, {0}};
	lab_build(l, &t, &raw, &id);
	assert_int_equal(lab_send(l, &raw, NULL), VALID);
	t.spoil = true;
	lab_build(l, &t, &spoiled, &spoiled_id);
	assert_memory_equal(&id, &spoiled_id, sizeof(id));
	/* the same txid, and a signature that nobody has looked at */
	block_on_tip(l, &b);
	b.commits = true;
	b.tx[b.n_tx++] = buf_view(&spoiled);
	block_make(&b);
	block_refuse(l, &b, V_SCRIPT);
	block_drop(&b);
	/* what the pool has judged goes in, and leaves the pool */
	block_on_tip(l, &b);
	b.commits = true;
	b.tx[b.n_tx++] = buf_view(&raw);
	block_make(&b);
	block_take(l, &b);
	block_drop(&b);
	buf_free(&raw);
	buf_free(&spoiled);
	lab_verify(l);
	lab_close(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_pooled_id_with_another_witness_is_judged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
