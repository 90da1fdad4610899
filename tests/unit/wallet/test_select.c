/* SPDX-License-Identifier: MIT */
/*
 * Coin selection over 10,000 random wallets. Sizes are counted here a second time,
 * by writing the transaction out.
 */
#include "tests/unit/unit.h"

#include "primitives/script.h"
#include "primitives/tx.h"
#include "wallet/select.h"

#define WALLETS 10000
#define COINS_MAX 120

static uint64_t state_;

static uint64_t rnd(uint64_t n)
{
	state_ ^= state_ << 13;
	state_ ^= state_ >> 7;
	state_ ^= state_ << 17;
	return n ? state_ % n : 0;
}

/* Kinds of inputs: bytes of signature script and of witness. */
static const struct {
	uint32_t sig, witness;
} kinds[] = {
	{106, 0},	/* P2PKH */
	{23, 107},	/* P2SH-P2WPKH */
	{0, 107},	/* P2WPKH */
	{0, 66},	/* P2TR */
	{253, 0},	/* P2SH, 2 of 3 */
	{0, 253},	/* P2WSH, 2 of 3 */
};
static const uint32_t script_sizes[] = {25, 23, 22, 34, 34};
/* Dust at 3 satoshi per vbyte of P2PKH, P2SH, P2WPKH, P2WSH, P2TR: as Bitcoin
 * Core's policy tests have them. */
static const int64_t dust[] = {546, 540, 294, 330, 330};

struct case_ {
	struct select_coin coin[COINS_MAX], before[COINS_MAX];
	unsigned kind[COINS_MAX];
	struct select_order o;
	uint32_t out_size[8];
	unsigned change;
};

/* The size by writing it: what a node counts. */
static uint32_t written_weight(const struct case_ *k, const struct select_choice *c)
{
	static uint8_t zeros[600];
	struct txin in[COINS_MAX] = {0};
	struct txout out[9] = {0};
	struct tx tx = {.version = 2, .in = in, .out = out};
	uint32_t base, total;
	struct buf b;

	for (size_t i = 0; i < c->n_pick; i++) {
		unsigned kind = k->kind[k->o.coin[c->pick[i]].at];

		in[i].script_sig = bytes_of(zeros, kinds[kind].sig);
		if (kinds[kind].witness) {
			/* one less: the count of items */
			in[i].n_witness = 1;
			in[i].witness = bytes_of(zeros, kinds[kind].witness - 1);
			tx.has_witness = true;
		}
	}
	tx.n_in = (uint32_t)c->n_pick;
	for (uint32_t i = 0; i < k->o.n_out; i++)
		out[tx.n_out++].script = bytes_of(zeros, k->out_size[i]);
	if (c->change_sat)
		out[tx.n_out++].script = bytes_of(zeros, script_sizes[k->change]);
	buf_init(&b, 1 << 22);
	tx_write(&b, &tx, false);
	base = (uint32_t)b.len;
	buf_reset(&b);
	tx_write(&b, &tx, true);
	total = (uint32_t)b.len;
	buf_free(&b);
	return 3 * base + total;
}

static int64_t amount(void)
{
	/* from dust to coins, by orders of magnitude */
	int64_t m = 1;

	for (uint64_t i = rnd(8); i > 0; i--)
		m *= 10;
	return 200 + (int64_t)rnd(1000) * m / 10;
}

static void make(struct case_ *k)
{
	int64_t sum = 0;

	memset(k, 0, sizeof(*k));
	k->o.coin = k->coin;
	k->o.n_coin = 1 + rnd(rnd(4) ? 20 : COINS_MAX - 1);
	for (size_t i = 0; i < k->o.n_coin; i++) {
		unsigned kind = (unsigned)rnd(6);
		uint32_t sig = kinds[kind].sig;

		k->kind[i] = kind;
		k->coin[i] = (struct select_coin){
			.value_sat = amount(), .at = i,
			.weight = 4 * (40 + (sig < 253 ? 1 : 3) + sig) +
				  kinds[kind].witness,
			.witness = kinds[kind].witness > 0,
			.must = rnd(40) == 0,
		};
		sum += k->coin[i].value_sat;
	}
	k->o.n_out = 1 + (uint32_t)rnd(8);
	for (uint32_t i = 0; i < k->o.n_out; i++) {
		k->out_size[i] = script_sizes[rnd(5)];
		k->o.out_weight += 4 * (9 + k->out_size[i]);
	}
	k->change = (unsigned)rnd(5);
	k->o.change_size = 9 + script_sizes[k->change];
	k->o.change_spend_vb = 68;
	k->o.change_dust_sat = dust[k->change];
	k->o.target_sat = 1 + (int64_t)rnd(rnd(3) ? (uint64_t)sum : (uint64_t)sum / 20 + 1);
	if (rnd(20) == 0)
		k->o.target_sat = amount();
	k->o.rate_sat_kvb = 1000 + (int64_t)rnd(rnd(3) ? 60000 : 600000);
	k->o.long_rate_sat_kvb = SELECT_LONG_RATE_SAT_KVB;
	k->o.subtract = rnd(8) == 0;
	k->o.seed = rnd(UINT64_MAX);
	memcpy(k->before, k->coin, sizeof(k->coin));
}

/* All that could be left for change if every coin worth it were spent. */
static int64_t left_of_all(const struct case_ *k)
{
	uint64_t weight = 0;
	size_t n = 0, base = 0;
	int64_t sum = 0;

	for (size_t i = 0; i < k->o.n_coin; i++) {
		const struct select_coin *c = &k->before[i];
		int64_t cost = ((int64_t)(c->weight + 1) * k->o.rate_sat_kvb) / 4000;

		if (!c->must && c->value_sat <= cost)
			continue;
		sum += c->value_sat;
		weight += c->weight;
		n++;
		base += !c->witness;
	}
	return sum - k->o.target_sat -
	       (k->o.subtract ? 0 : select_fee(select_weight(n, base, weight,
					k->o.n_out + 1, k->o.out_weight +
					4 * (uint64_t)k->o.change_size),
				  k->o.rate_sat_kvb));
}

static void check(const struct case_ *k, const struct select_choice *c,
		  unsigned *dropped)
{
	bool seen[COINS_MAX] = {false};
	uint32_t weight = written_weight(k, c);
	int64_t vsize = (weight + 3) / 4, in = 0, outs, asked;

	assert_int_equal(weight, c->weight);
	for (size_t i = 0; i < c->n_pick; i++) {
		const struct select_coin *coin = &k->o.coin[c->pick[i]];

		assert_false(seen[coin->at]);
		seen[coin->at] = true;
		assert_int_equal(coin->value_sat, k->before[coin->at].value_sat);
		in += coin->value_sat;
	}
	for (size_t i = 0; i < k->o.n_coin; i++)
		assert_true(seen[i] || !k->before[i].must);
	/* not a satoshi too many or too few */
	assert_int_equal(in, c->in_sat);
	outs = in - c->fee_sat - c->change_sat;
	if (k->o.subtract)
		assert_true(outs <= k->o.target_sat);
	else
		assert_int_equal(outs, k->o.target_sat);
	if (c->change_sat)
		assert_true(c->change_sat >= dust[k->change]);
	asked = (vsize * k->o.rate_sat_kvb + 999) / 1000;
	assert_true(c->fee_sat >= asked);
	if (c->fee_sat > asked + vsize) {
		/* the whole wallet could not make change of it */
		assert_true(c->dropped_sat == c->fee_sat - asked);
		assert_true(left_of_all(k) <
			    k->o.change_dust_sat +
			    68 * SELECT_LONG_RATE_SAT_KVB / 1000 + 1);
		++*dropped;
	}
}

static void test_random_wallets_pay_what_was_asked(void **state)
{
	unsigned ok = 0, poor = 0, dropped = 0, ways[SELECT_LARGEST + 1] = {0};
	static struct case_ k;

	(void)state;
	state_ = 0x5eed5eed5eed;
	for (int i = 0; i < WALLETS; i++) {
		struct select_choice c;
		enum select_result r;
		struct arena a;

		make(&k);
		arena_init(&a, 1 << 22);
		r = select_coins(&k.o, &a, &c);
		if (r == SELECT_OK) {
			check(&k, &c, &dropped);
			ways[c.way]++;
			ok++;
		} else {
			assert_true(r == SELECT_POOR || r == SELECT_FEE_POOR);
			assert_true(c.short_sat > 0);
			/* it is true: everything together does not pay it without
			 * change */
			assert_true(left_of_all(&k) < 0);
			poor++;
		}
		arena_free(&a);
	}
	print_message("%u chosen (%u exact, %u random, %u knapsack, %u largest, "
		      "%u all), %u too poor, %u with a rest too small for change\n",
		      ok, ways[SELECT_EXACT], ways[SELECT_RANDOM],
		      ways[SELECT_KNAPSACK], ways[SELECT_LARGEST],
		      ways[SELECT_ALL], poor, dropped);
	assert_true(ok > WALLETS / 2);
	assert_true(ways[SELECT_EXACT] > 100);
	assert_true(ways[SELECT_RANDOM] > 100 && ways[SELECT_KNAPSACK] > 100);
	assert_true(dropped < WALLETS / 20);
}

static void test_coins_that_fit_need_no_change(void **state)
{
	/* 1 sat/vB: an input of P2WPKH costs 68, the rest 42 */
	struct select_coin coin[] = {
		{100068, 272, true, false, 0}, {5000000, 272, true, false, 1},
		{200068, 272, true, false, 2}, {7000, 272, true, false, 3},
	};
	struct select_order o = {
		.coin = coin, .n_coin = 4, .target_sat = 300000 - 44, .n_out = 1,
		.out_weight = 4 * 31, .rate_sat_kvb = 1000,
		.long_rate_sat_kvb = 10000, .change_size = 31,
		.change_spend_vb = 68, .change_dust_sat = 294,
	};
	struct select_choice c;
	struct arena a;

	(void)state;
	arena_init(&a, 1 << 20);
	assert_int_equal(select_coins(&o, &a, &c), SELECT_OK);
	assert_int_equal(c.way, SELECT_EXACT);
	assert_int_equal(c.n_pick, 2);
	assert_int_equal(c.change_sat, 0);
	assert_int_equal(c.in_sat, 300136);
	arena_free(&a);
}

static void test_dust_is_as_nodes_see_it(void **state)
{
	static const uint8_t p2wpkh[22] = {0, 20}, p2tr[34] = {0x51, 32},
		p2pkh[25] = {0x76, 0xa9, 20}, p2sh[23] = {0xa9, 20},
		p2wsh[34] = {0, 32}, data[3] = {0x6a, 1, 1};

	(void)state;
	assert_int_equal(select_dust(bytes_of(p2pkh, 25), 3000), 546);
	assert_int_equal(select_dust(bytes_of(p2sh, 23), 3000), 540);
	assert_int_equal(select_dust(bytes_of(p2wpkh, 22), 3000), 294);
	assert_int_equal(select_dust(bytes_of(p2wsh, 34), 3000), 330);
	assert_int_equal(select_dust(bytes_of(p2tr, 34), 3000), 330);
	assert_int_equal(select_dust(bytes_of(data, 3), 3000), 0);
}

static void test_what_is_too_large_is_said(void **state)
{
	static struct select_coin coin[3000];
	struct select_order o = {
		.coin = coin, .n_coin = 3000, .target_sat = 2900 * 10000, .n_out = 1,
		.out_weight = 4 * 31, .rate_sat_kvb = 1000,
		.long_rate_sat_kvb = 10000, .change_size = 31,
		.change_spend_vb = 68, .change_dust_sat = 294,
	};
	struct select_choice c;
	struct arena a;

	(void)state;
	for (size_t i = 0; i < 3000; i++)
		coin[i] = (struct select_coin){10068, 272, true, false, i};
	arena_init(&a, 1 << 24);
	assert_int_equal(select_coins(&o, &a, &c), SELECT_HEAVY);
	o.target_sat = 1000 * 10000;
	assert_int_equal(select_coins(&o, &a, &c), SELECT_OK);
	arena_free(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random_wallets_pay_what_was_asked),
		cmocka_unit_test(test_coins_that_fit_need_no_change),
		cmocka_unit_test(test_dust_is_as_nodes_see_it),
		cmocka_unit_test(test_what_is_too_large_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
