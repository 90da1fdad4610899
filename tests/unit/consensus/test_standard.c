/* SPDX-License-Identifier: MIT */
/* Standardness rule by rule. Dust limits are the well-known ones: 546 for
 * P2PKH, 540 for P2SH, 294 for P2WPKH, 330 for P2WSH and taproot, 240 for the
 * anchor, at 3 sat/vB. */
#include "tests/unit/unit.h"

#include "consensus/standard.h"
#include "primitives/script.h"

static const struct standard_rules rules = {83, true, 3000};

static void dust_is_what_costs_a_third_to_spend(void **state)
{
	struct { int64_t want; uint8_t script[40]; size_t len; } v[] = {
		{546, {0x76, 0xa9, 20, [23] = 0x88, 0xac}, 25},
		{540, {0xa9, 20, [22] = 0x87}, 23},
		{294, {0x00, 20}, 22},
		{330, {0x00, 32}, 34},
		{330, {0x51, 32}, 34},
		{240, {0x51, 2, 0x4e, 0x73}, 4},
		{0, {0x6a, 4}, 6},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(v) / sizeof(v[0]); i++) {
		struct txout out = {1, bytes_of(v[i].script, v[i].len)};

		assert_int_equal(standard_dust_sat(&out, 3000), v[i].want);
	}
	assert_int_equal(fee_at_rate_sat(1000, 141), 141);
	assert_int_equal(fee_at_rate_sat(1, 1), 1);
	assert_int_equal(fee_at_rate_sat(0, 1000), 0);
	assert_int_equal(fee_at_rate_sat(1001, 1000), 1001);
	assert_int_equal(fee_at_rate_sat(1001, 999), 1000);
}

/* One input that spends `spk`. */
struct one {
	struct txin in;
	struct txout out;
	struct tx tx;
	struct coin coin;
	struct verdict v;
};

static void one_init(struct one *o, const uint8_t *spk, size_t len)
{
	static const uint8_t p2wpkh[22] = {0, 20};

	memset(o, 0, sizeof(*o));
	o->out = (struct txout){1000, bytes_of(p2wpkh, 22)};
	o->tx = (struct tx){.version = 2, .n_in = 1, .n_out = 1, .in = &o->in,
			    .out = &o->out, .base_size = 82,
			    .raw = {NULL, 100}};
	o->coin = (struct coin){.value = 2000, .script = bytes_of(spk, len)};
	verdict_init(&o->v);
}

static void p2sh_scripts_have_few_signature_operations(void **state)
{
	uint8_t p2sh[23] = {0xa9, 20, [22] = 0x87};
	uint8_t sig[20] = {16};
	struct one o;

	(void)state;
	memset(sig + 1, OP_CHECKSIG, 16);
	one_init(&o, p2sh, 23);
	o.in.script_sig = bytes_of(sig, 17);
	assert_false(standard_inputs(&o.tx, &o.coin, &o.v));
	assert_int_equal(o.v.code, V_NONSTANDARD_INPUTS);
	sig[0] = 15;
	o.in.script_sig = bytes_of(sig, 16);
	verdict_init(&o.v);
	assert_true(standard_inputs(&o.tx, &o.coin, &o.v));
	o.in.script_sig = bytes_of(NULL, 0);
	assert_false(standard_inputs(&o.tx, &o.coin, &o.v));
	/* a reserved word pushes nothing */
	verdict_init(&o.v);
	o.in.script_sig = bytes_of("\x50", 1);
	assert_false(standard_inputs(&o.tx, &o.coin, &o.v));
}

static void unknown_programs_are_not_spent(void **state)
{
	uint8_t v1_20[22] = {0x51, 20}, anchor[4] = {0x51, 2, 0x4e, 0x73};
	uint8_t v2[34] = {0x52, 32};
	struct one o;

	(void)state;
	one_init(&o, v1_20, 22);
	assert_false(standard_inputs(&o.tx, &o.coin, &o.v));
	one_init(&o, v2, 34);
	assert_false(standard_inputs(&o.tx, &o.coin, &o.v));
	one_init(&o, anchor, 4);
	assert_true(standard_inputs(&o.tx, &o.coin, &o.v));
	/* which takes no witness */
	o.in.n_witness = 1;
	o.in.witness = bytes_of("\x00", 1);
	assert_false(standard_witness(&o.tx, &o.coin, &o.v));
	assert_int_equal(o.v.code, V_WITNESS_NONSTANDARD);
}

static bool witness_ok(struct one *o, const uint8_t *w, size_t len, uint32_t n)
{
	verdict_init(&o->v);
	o->in.witness = bytes_of(w, len);
	o->in.n_witness = n;
	return standard_witness(&o->tx, &o->coin, &o->v);
}

static void witness_sizes_are_bounded(void **state)
{
	uint8_t p2wsh[34] = {0, 32}, taproot[34] = {0x51, 32}, w[4000] = {0};
	struct one o;

	(void)state;
	one_init(&o, p2wsh, 34);
	w[0] = 0xfd;
	le16_put(w + 1, 3600);
	assert_true(witness_ok(&o, w, 3603, 1));
	le16_put(w + 1, 3601);
	assert_false(witness_ok(&o, w, 3604, 1));
	memset(w, 0, sizeof(w));
	assert_true(witness_ok(&o, w, 101, 101));
	assert_false(witness_ok(&o, w, 102, 102));
	w[0] = 80;
	assert_true(witness_ok(&o, w, 82, 2));
	w[0] = 81;
	assert_false(witness_ok(&o, w, 83, 2));

	one_init(&o, taproot, 34);
	memset(w, 0, sizeof(w));
	/* item, script, control block of a tapscript */
	w[0] = 80;
	w[81] = 1;
	w[83] = 33;
	w[84] = 0xc1;
	assert_true(witness_ok(&o, w, 117, 3));
	memmove(w + 1, w, 200);
	w[0] = 81;
	assert_false(witness_ok(&o, w, 118, 3));
	w[85] = 0xc2;	/* another leaf version: anything goes */
	assert_true(witness_ok(&o, w, 118, 3));
	w[85] = 0x50;	/* an annex */
	assert_false(witness_ok(&o, w, 118, 3));
	memset(w, 0, 4);
	assert_false(witness_ok(&o, w, 2, 2));
}

static void bare_multisig_has_at_most_three_keys(void **state)
{
	uint8_t script[200] = {0};
	struct one o;
	size_t n = 0;

	(void)state;
	one_init(&o, script, 0);
	script[n++] = OP_1;
	for (int i = 0; i < 4; i++) {
		script[n++] = 33;
		memset(script + n, 2, 33);
		n += 33;
	}
	script[n] = OP_1 + 3;
	script[n + 1] = OP_CHECKMULTISIG;
	o.out = (struct txout){100000, bytes_of(script, n + 2)};
	assert_false(standard_tx(&o.tx, &rules, &o.v));
	assert_int_equal(o.v.code, V_SCRIPTPUBKEY);
	n -= 34;
	script[n] = OP_1 + 2;
	script[n + 1] = OP_CHECKMULTISIG;
	o.out.script.len = n + 2;
	verdict_init(&o.v);
	assert_true(standard_tx(&o.tx, &rules, &o.v));
}

static void input_scripts_only_push(void **state)
{
	static uint8_t sig[1651];
	uint8_t spk[1] = {OP_1};
	struct one o;

	(void)state;
	one_init(&o, spk, 1);
	o.in.script_sig = bytes_of(sig, 1651);
	assert_false(standard_tx(&o.tx, &rules, &o.v));
	assert_int_equal(o.v.code, V_SCRIPTSIG_SIZE);
	verdict_init(&o.v);
	o.in.script_sig = bytes_of(sig, 1650);
	assert_true(standard_tx(&o.tx, &rules, &o.v));
	sig[3] = OP_NOP;
	assert_false(standard_tx(&o.tx, &rules, &o.v));
	assert_int_equal(o.v.code, V_SCRIPTSIG_PUSH);
	assert_int_equal(o.v.input, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dust_is_what_costs_a_third_to_spend),
		cmocka_unit_test(p2sh_scripts_have_few_signature_operations),
		cmocka_unit_test(unknown_programs_are_not_spent),
		cmocka_unit_test(witness_sizes_are_bounded),
		cmocka_unit_test(bare_multisig_has_at_most_three_keys),
		cmocka_unit_test(input_scripts_only_push),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
