/* SPDX-License-Identifier: MIT */
/* Blocks made in turn. The keys are 1, 2, 3 ... times the generator; Bitcoin
 * Core 28.1 gave the output scripts of tr(H,multi_a(k,...)) for them. */
#include "tests/unit/consensus/maker.h"

#include "consensus/header_check.h"
#include "consensus/maker_sign.h"
#include "consensus/maker_turn.h"
#include "crypto/ec.h"
#include "primitives/script.h"

enum { T0 = 1600000000, SPACING = 10, TIMEOUT = 6 };

static void secret_of(uint8_t out[32], unsigned maker)
{
	memset(out, 0, 32);
	out[31] = (uint8_t)(maker + 1);
}

static void makers(struct params *p, unsigned k, unsigned n)
{
	struct ec *ec = ec_open();

	assert_non_null(ec);
	network(p, "regtest");
	p->own = true;
	p->bip94 = p->min_difficulty = false;
	p->n_makers = (uint8_t)n;
	p->makers_needed = (uint8_t)k;
	p->spacing_s = SPACING;
	p->turn_timeout_s = TIMEOUT;
	for (unsigned i = 0; i < n; i++) {
		uint8_t secret[32];

		secret_of(secret, i);
		assert_true(ec_xonly_create(ec, p->maker[i], NULL, secret));
	}
	ec_close(ec);
	assert_true(maker_challenge(p));
}

static void the_challenge_is_multi_a_under_a_key_of_nobody(void **state)
{
	static const struct { unsigned k, n; const char *script; } t[] = {
		{1, 3, "5120f56ee948e091229dd4d41d30be1de59e353885f5d062a50bba9"
		       "3a29d5e36745b"},
		{2, 3, "5120dd25329a721458536fd293944be7b2215410c2896f44d0a67b6"
		       "0924df3c7f5ef"},
		{17, 20, "5120ffe8745ba0600a48e50e430003d1e94c24d90efad9d3122a0"
			 "74f125c42f87918"},
	};
	char hex[100];
	struct params p;

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++) {
		makers(&p, t[i].k, t[i].n);
		assert_string_equal(hex_text(hex, p.signet_challenge,
					     p.signet_challenge_len),
				    t[i].script);
	}
}

static void makers_take_blocks_in_order(void **state)
{
	struct params p;

	(void)state;
	makers(&p, 1, 3);
	assert_int_equal(maker_turn_first(&p, 1), 0);
	assert_int_equal(maker_turn_first(&p, 2), 1);
	assert_int_equal(maker_turn_first(&p, 3), 2);
	assert_int_equal(maker_turn_first(&p, 4), 0);
	/* 2^32 - 1 is a multiple of three */
	assert_int_equal(maker_turn_first(&p, UINT32_MAX), 2);
	assert_int_equal(maker_turn_opens(&p, T0, 5, 1), T0 + 10);
	assert_int_equal(maker_turn_opens(&p, T0, 5, 2), T0 + 16);
	assert_int_equal(maker_turn_opens(&p, T0, 5, 0), T0 + 22);
	assert_int_equal(maker_turn_opens(&p, UINT32_MAX, 5, 1),
			 INT64_C(4294967305));
	assert_int_equal(maker_turn_open(&p, T0, 5, T0 - 1), 0);
	assert_int_equal(maker_turn_open(&p, T0, 5, T0 + 9), 0);
	assert_int_equal(maker_turn_open(&p, T0, 5, T0 + 10), 1);
	assert_int_equal(maker_turn_open(&p, T0, 5, T0 + 15), 1);
	assert_int_equal(maker_turn_open(&p, T0, 5, T0 + 16), 2);
	assert_int_equal(maker_turn_open(&p, T0, 5, T0 + 22), 3);
	assert_int_equal(maker_turn_open(&p, T0, 5, T0 + 1000000), 3);
}

static enum verdict_code header_at(const struct params *p, uint32_t time,
				   int64_t now)
{
	struct header mem[12], h = {.version = 4};
	struct verdict v = fresh();
	struct chain_view view;
	struct chain c;

	chain_make(&c, mem, 12, p->pow_limit_bits, T0 - 11 * 10, 10);
	view = chain_to(&c, 11);
	h.bits = p->pow_limit_bits;
	h.time = time;
	assert_int_equal(header_check_context(p, &view, &h, now, &v), ST_OK);
	return v.code;
}

static void headers_wait_for_the_first_turn_and_not_ahead_of_clocks(void **state)
{
	struct params p;

	(void)state;
	makers(&p, 1, 3);
	assert_int_equal(header_at(&p, T0 + 9, T0 + 9), V_MAKER_TIME);
	assert_int_equal(header_at(&p, T0 + 10, T0 + 10), VALID);
	assert_int_equal(header_at(&p, T0 + 11, T0 + 10), VALID);
	assert_int_equal(header_at(&p, T0 + 12, T0 + 10), V_TIME_TOO_NEW);
	/* what comes late is no worse for it */
	assert_int_equal(header_at(&p, T0 + 10, T0 + 100000), VALID);
	p.turn_timeout_s = 40;
	assert_int_equal(header_at(&p, T0 + 20, T0 + 10), VALID);
	assert_int_equal(header_at(&p, T0 + 21, T0 + 10), V_TIME_TOO_NEW);
	p.turn_timeout_s = 86400;
	assert_int_equal(maker_turn_ahead_s(&p), 7200);
	/* elsewhere nothing has changed */
	p.n_makers = 0;
	assert_int_equal(header_at(&p, T0 + 1, T0), VALID);
	assert_int_equal(header_at(&p, T0 + 7200, T0), VALID);
	assert_int_equal(header_at(&p, T0 + 7201, T0), V_TIME_TOO_NEW);
}

/* A block with this solution, as the child of one of time T0 at height 999. */
static void make_solved(struct maker *m, struct bytes solution, uint32_t time)
{
	static const uint8_t header[4] = {0xec, 0xc7, 0xda, 0xa2};
	static const uint8_t start[6] = {0x6a, 0x24, 0xaa, 0x21, 0xa9, 0xed};
	struct part cb = coinbase(H1000);
	struct buf data, out;

	buf_init(&data, 1 << 16);
	buf_init(&out, 1 << 16);
	buf_add(&data, header, sizeof(header));
	buf_bytes(&data, solution);
	buf_add(&out, start, sizeof(start));
	memset(buf_extend(&out, 32), 0, 32);
	script_push(&out, data.p, data.len);
	buf_reset(&m->txs);
	m->n = 0;
	cb.out[0] = buf_view(&out);
	make_tx(m, &cb);
	seal(m);
	m->b.header.time = time;
	buf_free(&data);
	buf_free(&out);
}

static void sign(struct maker *m, struct maker_sigs *s, uint32_t who)
{
	struct ec *ec = ec_open();
	uint8_t digest[32], secret[32], aux[32] = {0};
	bool found;

	assert_non_null(ec);
	memset(s, 0, sizeof(*s));
	assert_int_equal(maker_digest(digest, &m->p, &m->b, &m->a, &found),
			 ST_OK);
	assert_true(found);
	for (unsigned i = 0; i < m->p.n_makers; i++) {
		if (!(who >> i & 1))
			continue;
		secret_of(secret, i);
		assert_true(ec_sign_schnorr(ec, s->sig[i], secret, digest, aux));
		s->have |= UINT32_C(1) << i;
	}
	ec_close(ec);
}

/* Signed by these makers at this time: what the rules say at height 1000. */
static struct verdict judge_signed(struct maker *m, uint32_t who, uint32_t time,
				   uint32_t forge)
{
	struct header mem[12];
	struct verdict v = fresh();
	struct chain_view view;
	struct maker_sigs s;
	struct buf solution;
	struct chain c;

	make_solved(m, bytes_of(BLOCK_STAND_IN, BLOCK_STAND_IN_SIZE), time);
	sign(m, &s, who);
	for (unsigned i = 0; i < m->p.n_makers; i++)
		if (forge >> i & 1)
			s.sig[i][40] ^= 1;
	buf_init(&solution, 1 << 16);
	assert_true(maker_solution(&solution, &m->p, 1000, &s));
	make_solved(m, buf_view(&solution), time);
	buf_free(&solution);
	assert_int_equal(block_check(&m->p, &m->b, &m->a, &v), ST_OK);
	if (v.code != VALID)
		return v;
	chain_make(&c, mem, 12, 0x207fffff, T0 - 11 * 10, 10);
	c.first = 988;
	view = chain_to(&c, 999);
	assert_int_equal(maker_turn_check(&m->p, &view, &m->b, &m->a, &v), ST_OK);
	return v;
}

static enum verdict_code by(struct maker *m, uint32_t who, uint32_t time)
{
	return judge_signed(m, who, time, 0).code;
}

/* 1000 is for the first of three. */
static void one_of_three_signs_once_its_turn_has_come(void **state)
{
	struct verdict v;
	struct maker m;

	(void)state;
	make_begin(&m);
	makers(&m.p, 1, 3);
	assert_int_equal(by(&m, 1, T0 + 10), VALID);
	assert_int_equal(by(&m, 1, T0 + 100), VALID);
	assert_int_equal(by(&m, 2, T0 + 10), V_MAKER_TURN);
	assert_int_equal(by(&m, 2, T0 + 15), V_MAKER_TURN);
	assert_int_equal(by(&m, 2, T0 + 16), VALID);
	assert_int_equal(by(&m, 4, T0 + 21), V_MAKER_TURN);
	assert_int_equal(by(&m, 4, T0 + 22), VALID);
	v = judge_signed(&m, 4, T0 + 21, 0);
	assert_string_equal(v.detail, "height 1000 is for maker 1, maker 3 may "
		"sign from time 1600000022, the block's time is 1600000021");
	/* in whose name it says it is does not help a stranger */
	assert_int_equal(judge_signed(&m, 1, T0 + 10, 1).code, V_SIGNET_SOLUTION);
	make_end(&m);
}

static void of_k_signers_one_is_whose_turn_has_come(void **state)
{
	struct maker m;

	(void)state;
	make_begin(&m);
	makers(&m.p, 2, 4);
	/* 1000 is for the last of four */
	assert_int_equal(by(&m, 8 + 1, T0 + 10), VALID);
	assert_int_equal(by(&m, 8 + 4, T0 + 10), VALID);
	assert_int_equal(by(&m, 1 + 2, T0 + 15), V_MAKER_TURN);
	assert_int_equal(by(&m, 1 + 2, T0 + 16), VALID);
	assert_int_equal(by(&m, 2 + 4, T0 + 21), V_MAKER_TURN);
	assert_int_equal(by(&m, 2 + 4, T0 + 22), VALID);
	/* more than are needed: the nearest are taken */
	assert_int_equal(by(&m, 15, T0 + 10), VALID);
	assert_int_equal(judge_signed(&m, 8 + 1, T0 + 10, 8).code,
			 V_SIGNET_SOLUTION);
	assert_int_equal(judge_signed(&m, 8 + 1, T0 + 10, 1).code,
			 V_SIGNET_SOLUTION);
	makers(&m.p, 20, 32);
	assert_int_equal(by(&m, 0xfffff, T0 + 1000), VALID);
	make_end(&m);
}

static void too_few_signatures_make_no_solution(void **state)
{
	struct maker_sigs s = {.have = 1};
	struct buf out;
	struct params p;

	(void)state;
	makers(&p, 2, 3);
	buf_init(&out, 4096);
	assert_false(maker_solution(&out, &p, 1, &s));
	s.have = 5;
	assert_true(maker_solution(&out, &p, 1, &s));
	assert_int_equal(maker_sigs_count(&s), 2);
	buf_free(&out);
}

/* A witness of another form says nothing of its signers. */
static void signers_are_read_from_one_form_alone(void **state)
{
	static const uint8_t three[] = {0, 1, 9, 0, 1, 0x51, 1, 0xc0};
	struct txin in = {.n_witness = 5, .witness = bytes_of(three, 8)};
	struct params p;

	(void)state;
	makers(&p, 1, 3);
	assert_int_equal(maker_turn_signers(&p, &in), 2);
	in.n_witness = 6;
	assert_int_equal(maker_turn_signers(&p, &in), 0);
	in.n_witness = 1;
	assert_int_equal(maker_turn_signers(&p, &in), 0);
	in.n_witness = 5;
	in.witness = bytes_of("\xff\xff\xff\xff\xff\xff\xff\xff\xff", 9);
	assert_int_equal(maker_turn_signers(&p, &in), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_challenge_is_multi_a_under_a_key_of_nobody),
		cmocka_unit_test(makers_take_blocks_in_order),
		cmocka_unit_test(headers_wait_for_the_first_turn_and_not_ahead_of_clocks),
		cmocka_unit_test(one_of_three_signs_once_its_turn_has_come),
		cmocka_unit_test(of_k_signers_one_is_whose_turn_has_come),
		cmocka_unit_test(too_few_signatures_make_no_solution),
		cmocka_unit_test(signers_are_read_from_one_form_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
