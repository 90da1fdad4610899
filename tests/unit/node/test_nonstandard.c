/* SPDX-License-Identifier: MIT */
/* A pool that takes what is not standard still asks what scripts may do. */
#include "tests/unit/node/labblock.h"

static int setup(void **state)
{
	struct lab *l = lab_open("regtest", 0);
	struct mempool_policy p = *node_mempool_policy(l->n);

	p.require_standard = false;
	node_set_mempool_policy(l->n, &p);
	*state = l;
	return 0;
}

static int teardown(void **state)
{
	lab_close(*state);
	return 0;
}

/* Spends an OP_TRUE output with this input script. */
static enum verdict_code spend(struct lab *l, const struct txid *from,
			       struct bytes script_sig,
			       char detail[VERDICT_DETAIL_SIZE])
{
	static const uint8_t pays[22] = {0, 20};
	struct plain_tx t = plain_spend(from, 0, SUBSIDY - 1000);
	struct tx_result r;
	struct buf plain, raw;
	struct txid id;

	t.out[0].script = bytes_of(pays, sizeof(pays));
	plain_write(&plain, &t, &id);
	buf_init(&raw, 1000);
	buf_add(&raw, plain.p, 4 + 1 + 36);
	buf_u8(&raw, (uint8_t)script_sig.len);
	buf_bytes(&raw, script_sig);
	buf_add(&raw, plain.p + 42, plain.len - 42);
	lab_send(l, &raw, &r);
	snprintf(detail, VERDICT_DETAIL_SIZE, "%s", r.verdict.detail);
	buf_free(&plain);
	buf_free(&raw);
	return r.verdict.code;
}

/* Answers of Bitcoin Core with -acceptnonstdtxn. */
static void input_scripts_may_do_more_than_push(void **state)
{
	const struct bytes works = bytes_of("\x51\x75", 2);
	const struct bytes lacks = bytes_of("\x75", 1);
	const struct bytes late = bytes_of("\x01\x51\x7e", 3);
	struct lab *l = *state;
	struct txid coin[LAB_MATURITY + 3];
	char said[VERDICT_DETAIL_SIZE];

	blocks_mine(l, LAB_MATURITY + 3, coin);
	assert_int_equal(spend(l, &coin[0], works, said), VALID);
	assert_int_equal(spend(l, &coin[1], lacks, said), V_SCRIPT);
	assert_string_equal(said, "Operation not valid with the current stack "
			    "size");
	assert_int_equal(spend(l, &coin[1], late, said), V_SCRIPT);
	assert_string_equal(said, "Attempted to use a disabled opcode");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			input_scripts_may_do_more_than_push, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
