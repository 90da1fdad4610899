/* SPDX-License-Identifier: MIT */
/* Counting signature operations: in scripts, and what a transaction costs. */
#include "tests/unit/consensus/chain.h"

#include "base/buf.h"
#include "consensus/tx_inputs.h"
#include "primitives/script.h"

#define SCRIPT(...) bytes_of((const uint8_t[]){__VA_ARGS__}, \
			     sizeof((const uint8_t[]){__VA_ARGS__}))

static void checksig_counts_one_and_multisig_twenty(void **state)
{
	assert_int_equal(script_sigops(bytes_of(NULL, 0), false), 0);
	assert_int_equal(script_sigops(SCRIPT(OP_CHECKSIG), false), 1);
	assert_int_equal(script_sigops(SCRIPT(OP_CHECKSIGVERIFY), true), 1);
	assert_int_equal(script_sigops(SCRIPT(OP_CHECKSIGADD), true), 0);
	assert_int_equal(script_sigops(SCRIPT(OP_CHECKMULTISIG), false), 20);
	assert_int_equal(script_sigops(SCRIPT(OP_CHECKMULTISIGVERIFY), true), 20);
	/* where they would never run too */
	assert_int_equal(script_sigops(SCRIPT(OP_RETURN, OP_CHECKSIG, OP_0,
					      OP_IF, OP_CHECKSIG), false), 2);
}

static void accurate_counts_take_the_number_before(void **state)
{
	for (uint8_t n = 1; n <= 16; n++) {
		uint8_t op = (uint8_t)(OP_1 + n - 1);

		assert_int_equal(script_sigops(SCRIPT(op, OP_CHECKMULTISIG), true), n);
		assert_int_equal(script_sigops(SCRIPT(op, OP_CHECKMULTISIG), false), 20);
	}
	/* nothing else gives a number: OP_0, OP_1NEGATE, OP_RESERVED, a push */
	assert_int_equal(script_sigops(SCRIPT(OP_0, OP_CHECKMULTISIG), true), 20);
	assert_int_equal(script_sigops(SCRIPT(OP_1NEGATE, OP_CHECKMULTISIG), true), 20);
	assert_int_equal(script_sigops(SCRIPT(OP_RESERVED, OP_CHECKMULTISIG), true), 20);
	assert_int_equal(script_sigops(SCRIPT(1, 3, OP_CHECKMULTISIG), true), 20);
	assert_int_equal(script_sigops(SCRIPT(OP_1, OP_NOP, OP_CHECKMULTISIG), true), 20);
	assert_int_equal(script_sigops(SCRIPT(OP_16, OP_CHECKMULTISIG,
					      OP_CHECKMULTISIG), true), 36);
}

/* The bytes after an undecodable push are not looked at, those before count. */
static void an_undecodable_push_ends_and_keeps_the_count(void **state)
{
	assert_int_equal(script_sigops(SCRIPT(OP_CHECKSIG, OP_CHECKSIG, 5,
					      OP_CHECKSIG, OP_CHECKSIG), false), 2);
	assert_int_equal(script_sigops(SCRIPT(OP_CHECKSIG, OP_PUSHDATA1), false), 1);
	assert_int_equal(script_sigops(SCRIPT(OP_CHECKSIG, OP_PUSHDATA1, 3,
					      OP_CHECKSIG), false), 1);
	assert_int_equal(script_sigops(SCRIPT(OP_CHECKSIG, OP_PUSHDATA2, 1), false), 1);
	assert_int_equal(script_sigops(SCRIPT(OP_CHECKSIG, OP_PUSHDATA2, 0, 1,
					      OP_CHECKSIG), false), 1);
	assert_int_equal(script_sigops(SCRIPT(OP_CHECKSIG, OP_PUSHDATA4, 255, 255,
					      255, 255, OP_CHECKSIG), false), 1);
	/* data is data */
	assert_int_equal(script_sigops(SCRIPT(2, OP_CHECKSIG, OP_CHECKSIG,
					      OP_CHECKSIG), false), 1);
	assert_int_equal(script_sigops(SCRIPT(OP_PUSHDATA1, 1, OP_CHECKSIG,
					      OP_CHECKSIG), false), 1);
}

/* Bitcoin Core's counter as its source describes it, over random bytes. */
static uint32_t plain_count(const uint8_t *p, size_t n, bool accurate)
{
	uint32_t count = 0;
	int last = 0xff;

	for (size_t i = 0; i < n;) {
		int op = p[i++];
		uint64_t skip_bytes = 0;
		size_t width = op == 0x4c ? 1 : op == 0x4d ? 2 : op == 0x4e ? 4 : 0;

		if (op < 0x4c)
			skip_bytes = (uint64_t)op;
		if (n - i < width)
			break;
		for (size_t k = 0; k < width; k++)
			skip_bytes |= (uint64_t)p[i + k] << (8 * k);
		i += width;
		if (n - i < skip_bytes)
			break;
		i += skip_bytes;
		if (op == 0xac || op == 0xad)
			count++;
		if (op == 0xae || op == 0xaf)
			count += accurate && last >= 0x51 && last <= 0x60 ?
				 (uint32_t)(last - 0x50) : 20;
		last = op;
	}
	return count;
}

static void random_scripts_count_alike(void **state)
{
	static const uint8_t likely[] = {0xac, 0xad, 0xae, 0xaf, 0x51, 0x60, 0x4c,
					 0x4d, 0x4e, 0x00, 0x01, 0x02};
	uint64_t rnd = 7;

	for (int k = 0; k < 50000; k++) {
		uint8_t s[40];
		size_t n = random_next(&rnd) % sizeof(s);

		for (size_t i = 0; i < n; i++) {
			uint64_t r = random_next(&rnd);

			s[i] = r % 4 ? likely[r / 4 % sizeof(likely)]
				     : (uint8_t)(r >> 32);
		}
		for (int acc = 0; acc < 2; acc++)
			assert_int_equal(script_sigops(bytes_of(s, n), acc),
					 plain_count(s, n, acc));
	}
}

/* --- transactions --- */

struct spend {
	struct tx tx;
	struct txin in;
	struct txout out;
	struct coin coin;
};

static const struct consensus_flags all = {CF_ALL};

static struct tx *spend(struct spend *s, struct bytes script_sig,
			struct bytes script)
{
	memset(s, 0, sizeof(*s));
	s->tx.n_in = s->tx.n_out = 1;
	s->tx.in = &s->in;
	s->tx.out = &s->out;
	s->in.prevout.txid.h.b[0] = 1;
	s->in.script_sig = script_sig;
	s->coin.script = script;
	return &s->tx;
}

static void legacy_cost_is_four_and_covers_both_sides(void **state)
{
	struct spend s;

	spend(&s, SCRIPT(OP_CHECKSIG), SCRIPT(OP_CHECKMULTISIG));
	s.out.script = SCRIPT(OP_1, OP_CHECKMULTISIG);
	assert_int_equal(tx_sigops_legacy(&s.tx), 21);
	/* the coin's own script counted when it was made */
	assert_int_equal(tx_sigop_cost(&s.tx, &s.coin, all), 84);
	/* a coinbase: this part only, and no coins */
	memset(&s.in.prevout.txid, 0, 32);
	s.in.prevout.n = OUTPOINT_NULL_N;
	assert_int_equal(tx_sigop_cost(&s.tx, NULL, all), 84);
}

static uint8_t p2sh[23] = {OP_HASH160, 20, [22] = OP_EQUAL};

static void p2sh_counts_the_last_push_accurately(void **state)
{
	const struct consensus_flags none = {0};
	struct spend s;

	/* redeem script: 2 CHECKMULTISIG */
	spend(&s, SCRIPT(OP_0, 2, 0x52, OP_CHECKMULTISIG), bytes_of(p2sh, 23));
	assert_int_equal(tx_sigop_cost(&s.tx, &s.coin, all), 8);
	assert_int_equal(tx_sigop_cost(&s.tx, &s.coin, none), 0);
	/* OP_RESERVED is not above OP_16: still push-only here */
	spend(&s, SCRIPT(OP_RESERVED, 1, OP_CHECKSIG), bytes_of(p2sh, 23));
	assert_int_equal(tx_sigop_cost(&s.tx, &s.coin, all), 4);
	/* not push-only: nothing */
	spend(&s, SCRIPT(OP_NOP, 1, OP_CHECKSIG), bytes_of(p2sh, 23));
	assert_int_equal(tx_sigop_cost(&s.tx, &s.coin, all), 0);
	/* undecodable: nothing */
	spend(&s, SCRIPT(1, OP_CHECKSIG, 5, 1), bytes_of(p2sh, 23));
	assert_int_equal(tx_sigop_cost(&s.tx, &s.coin, all), 0);
	/* the last push is a number: an empty script */
	spend(&s, SCRIPT(1, OP_CHECKSIG, OP_1), bytes_of(p2sh, 23));
	assert_int_equal(tx_sigop_cost(&s.tx, &s.coin, all), 0);
	spend(&s, bytes_of(NULL, 0), bytes_of(p2sh, 23));
	assert_int_equal(tx_sigop_cost(&s.tx, &s.coin, all), 0);
}

static void witness_counts_one_each(void **state)
{
	uint8_t wpkh[22] = {OP_0, 20}, wsh[34] = {OP_0, 32}, v1[34] = {OP_1, 32};
	/* items: one byte, then OP_2 CHECKMULTISIG CHECKSIG */
	const struct bytes items = SCRIPT(1, 7, 3, 0x52, OP_CHECKMULTISIG,
					  OP_CHECKSIG);
	const struct consensus_flags p2sh_only = {CF_P2SH};
	uint8_t nested[23] = {22, OP_0, 20};
	struct spend s;

	spend(&s, bytes_of(NULL, 0), bytes_of(wpkh, 22));
	assert_int_equal(tx_sigop_cost(&s.tx, &s.coin, all), 1);
	assert_int_equal(tx_sigop_cost(&s.tx, &s.coin, p2sh_only), 0);
	spend(&s, bytes_of(NULL, 0), bytes_of(wsh, 34));
	assert_int_equal(tx_sigop_cost(&s.tx, &s.coin, all), 0);
	s.in.witness = items;
	s.in.n_witness = 2;
	assert_int_equal(tx_sigop_cost(&s.tx, &s.coin, all), 3);
	s.coin.script = bytes_of(v1, 34);
	assert_int_equal(tx_sigop_cost(&s.tx, &s.coin, all), 0);
	/* nested: the push as P2SH script counts nothing, the program one */
	spend(&s, bytes_of(nested, 23), bytes_of(p2sh, 23));
	assert_int_equal(tx_sigop_cost(&s.tx, &s.coin, all), 1);
	/* version 0 of another length */
	wpkh[1] = 19;
	spend(&s, bytes_of(NULL, 0), bytes_of(wpkh, 21));
	assert_int_equal(tx_sigop_cost(&s.tx, &s.coin, all), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(checksig_counts_one_and_multisig_twenty),
		cmocka_unit_test(accurate_counts_take_the_number_before),
		cmocka_unit_test(an_undecodable_push_ends_and_keeps_the_count),
		cmocka_unit_test(random_scripts_count_alike),
		cmocka_unit_test(legacy_cost_is_four_and_covers_both_sides),
		cmocka_unit_test(p2sh_counts_the_last_push_accurately),
		cmocka_unit_test(witness_counts_one_each),
	};

	return cmocka_run_group_tests_name("consensus sigops", tests, NULL, NULL);
}
