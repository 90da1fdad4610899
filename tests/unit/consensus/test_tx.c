/* SPDX-License-Identifier: MIT */
/* Transactions by themselves and with the coins they spend. */
#include "tests/unit/consensus/chain.h"

#include "consensus/tx_check.h"
#include "consensus/tx_inputs.h"

#define MANY 24390	/* inputs of 41 bytes in 1,000,000 */

static uint8_t script2[2] = {0x51, 0x51};

/* One input and one output of 1 satoshi. */
struct simple {
	struct tx tx;
	struct txin in[4];
	struct txout out[4];
};

static struct tx *simple(struct simple *s)
{
	memset(s, 0, sizeof(*s));
	s->tx.version = 2;
	s->tx.n_in = s->tx.n_out = 1;
	s->tx.in = s->in;
	s->tx.out = s->out;
	s->tx.base_size = 100;
	for (int i = 0; i < 4; i++) {
		memset(s->in[i].prevout.txid.h.b, i + 1, 32);
		s->in[i].sequence = SEQUENCE_FINAL;
		s->in[i].script_sig = bytes_of(script2, 2);
		s->out[i].value = 1;
	}
	return &s->tx;
}

static struct tx *coinbase(struct simple *s, size_t script_len)
{
	static uint8_t script[101];

	simple(s);
	memset(s->in[0].prevout.txid.h.b, 0, 32);
	s->in[0].prevout.n = OUTPOINT_NULL_N;
	s->in[0].script_sig = bytes_of(script, script_len);
	return &s->tx;
}

static enum verdict_code check(const struct tx *tx)
{
	struct verdict v = fresh();
	bool good = tx_check(tx, &v);

	assert_int_equal(good, v.code == VALID);
	return v.code;
}

static void empty_sides_are_refused(void **state)
{
	struct simple s;

	simple(&s)->n_in = 0;
	assert_int_equal(check(&s.tx), V_VIN_EMPTY);
	simple(&s)->n_out = 0;
	assert_int_equal(check(&s.tx), V_VOUT_EMPTY);
	assert_int_equal(check(simple(&s)), VALID);
}

static void base_size_times_four_has_the_weight_limit(void **state)
{
	struct simple s;

	simple(&s)->base_size = 1000000;
	assert_int_equal(check(&s.tx), VALID);
	s.tx.base_size = 1000001;
	assert_int_equal(check(&s.tx), V_TX_OVERSIZE);
	s.tx.base_size = UINT32_MAX;
	assert_int_equal(check(&s.tx), V_TX_OVERSIZE);
}

static void amounts_and_each_running_sum_stay_in_range(void **state)
{
	struct simple s;

	simple(&s)->out[0].value = -1;
	assert_int_equal(check(&s.tx), V_VOUT_NEGATIVE);
	s.out[0].value = INT64_MIN;
	assert_int_equal(check(&s.tx), V_VOUT_NEGATIVE);
	s.out[0].value = MONEY_MAX_SAT;
	assert_int_equal(check(&s.tx), VALID);
	s.out[0].value = MONEY_MAX_SAT + 1;
	assert_int_equal(check(&s.tx), V_VOUT_TOO_LARGE);
	/* CVE-2010-5139: two outputs whose sum wraps */
	s.tx.n_out = 2;
	s.out[0].value = s.out[1].value = INT64_MAX;
	assert_int_equal(check(&s.tx), V_VOUT_TOO_LARGE);
	s.out[0].value = MONEY_MAX_SAT;
	s.out[1].value = 1;
	assert_int_equal(check(&s.tx), V_VOUT_TOTAL);
	s.out[1].value = 0;
	assert_int_equal(check(&s.tx), VALID);
	/* the sum is judged before the next output is looked at */
	s.tx.n_out = 3;
	s.out[1].value = MONEY_MAX_SAT;
	s.out[2].value = -1;
	assert_int_equal(check(&s.tx), V_VOUT_TOTAL);
}

static void coinbase_scripts_have_2_to_100_bytes(void **state)
{
	struct simple s;

	assert_int_equal(check(coinbase(&s, 1)), V_CB_LENGTH);
	assert_int_equal(check(coinbase(&s, 2)), VALID);
	assert_int_equal(check(coinbase(&s, 100)), VALID);
	assert_int_equal(check(coinbase(&s, 101)), V_CB_LENGTH);
}

static void null_prevouts_are_for_coinbases(void **state)
{
	struct simple s;

	coinbase(&s, 0)->n_in = 2;
	assert_int_equal(check(&s.tx), V_PREVOUT_NULL);
	/* hash zero alone, or the index alone, is an ordinary prevout */
	s.in[0].prevout.n = 0;
	assert_int_equal(check(&s.tx), VALID);
	simple(&s)->in[0].prevout.n = OUTPOINT_NULL_N;
	assert_int_equal(check(&s.tx), VALID);
}

static void few_duplicate_inputs_are_found(void **state)
{
	struct simple s;
	struct verdict v = fresh();

	simple(&s)->n_in = 4;
	assert_int_equal(check(&s.tx), VALID);
	s.in[3].prevout = s.in[1].prevout;
	assert_false(tx_check(&s.tx, &v));
	assert_int_equal(v.code, V_INPUTS_DUPLICATE);
	assert_int_equal(v.input, 3);
	s.in[3].prevout.n = 1;
	assert_int_equal(check(&s.tx), VALID);
}

/* CVE-2018-17144, at every size of the table and with outpoints that differ in
 * one place only. */
static void duplicate_among_many_inputs_is_found(void **state)
{
	static const uint32_t sizes[] = {12, 13, 14, 32, 33, 64, 65, 5000, MANY};
	struct txin *in = calloc(MANY, sizeof(*in));
	uint64_t rnd = 18;

	assert_non_null(in);
	for (size_t k = 0; k < sizeof(sizes) / sizeof(sizes[0]); k++) {
		uint32_t n = sizes[k];
		struct simple s;

		for (int form = 0; form < 4; form++) {
			for (uint32_t i = 0; i < n; i++) {
				uint8_t *b = in[i].prevout.txid.h.b;

				memset(&in[i], 0, sizeof(in[i]));
				b[31] = 1;
				if (form == 0)
					in[i].prevout.n = i;
				else
					le32_put(b + 8 * form, i);
			}
			simple(&s)->n_in = n;
			s.tx.in = in;
			assert_int_equal(check(&s.tx), VALID);
			for (int again = 0; again < 20; again++) {
				uint32_t a = (uint32_t)(random_next(&rnd) % n);
				uint32_t b = (uint32_t)(random_next(&rnd) % n);
				struct outpoint kept = in[a].prevout;

				if (a == b)
					continue;
				in[a].prevout = in[b].prevout;
				memset(s.tx.txid.h.b, again, 32);
				assert_int_equal(check(&s.tx),
						 V_INPUTS_DUPLICATE);
				in[a].prevout = kept;
			}
		}
	}
	free(in);
}

/* Rows of Bitcoin Core's tx_invalid.json that are to fail without context. */
static void cores_bad_transactions(void **state)
{
	size_t len;
	char *text = unit_vector("core/tx_invalid.json", &len), *at;
	int cases = 0, parsed = 0;

	if (!text)
		skip();
	for (at = text; (at = strstr(at, "\"BADTX\"")); at++) {
		char *end = at - 1, *hex;
		uint8_t *raw;
		struct arena a;
		struct tx tx;
		size_t n;

		while (*end != '"')
			end--;
		for (hex = end - 1; *hex != '"'; hex--)
			;
		hex++;
		n = (size_t)(end - hex) / 2;
		raw = malloc(n + 1);
		assert_non_null(raw);
		if (!hex_parse(raw, n, hex, 2 * n)) {
			free(raw);	/* the word stands in a comment */
			continue;
		}
		arena_init(&a, 1 << 24);
		cases++;
		if (tx_parse(&tx, raw, n, &a) == ST_OK) {
			assert_int_not_equal(check(&tx), VALID);
			parsed++;
		}
		arena_free(&a);
		free(raw);
	}
	assert_int_equal(cases, 9);
	assert_true(parsed >= 7);
	free(text);
}

/* --- with coins --- */

static enum verdict_code inputs(const struct tx *tx, const struct coin *coins,
				uint32_t height, int64_t *fee)
{
	struct verdict v = fresh();
	struct params p;
	bool good;

	network(&p, "main");
	good = tx_check_inputs(&p, tx, coins, height, fee, &v);
	assert_int_equal(good, v.code == VALID);
	return v.code;
}

static void coinbases_are_spent_after_100_blocks(void **state)
{
	struct coin c = {.value = 10, .height = 500, .coinbase = true};
	struct simple s;
	int64_t fee = 0;

	simple(&s);
	assert_int_equal(inputs(&s.tx, &c, 599, &fee), V_CB_IMMATURE);
	assert_int_equal(inputs(&s.tx, &c, 600, &fee), VALID);
	assert_int_equal(fee, 9);
	/* a coin from above, as a mempool may see one while the chain goes back */
	assert_int_equal(inputs(&s.tx, &c, 400, &fee), V_CB_IMMATURE);
	c.coinbase = false;
	assert_int_equal(inputs(&s.tx, &c, 500, &fee), VALID);
}

static void input_sums_stay_in_range(void **state)
{
	struct coin c[2] = {{.value = INT64_MAX}, {.value = INT64_MAX}};
	struct simple s;
	int64_t fee = 0;

	simple(&s)->n_in = 2;
	assert_int_equal(inputs(&s.tx, c, 1, &fee), V_INPUT_RANGE);
	c[0].value = MONEY_MAX_SAT;
	c[1].value = 1;
	assert_int_equal(inputs(&s.tx, c, 1, &fee), V_INPUT_RANGE);
	c[0].value = -1;
	assert_int_equal(inputs(&s.tx, c, 1, &fee), V_INPUT_RANGE);
	c[0].value = MONEY_MAX_SAT - 1;
	assert_int_equal(inputs(&s.tx, c, 1, &fee), VALID);
	assert_int_equal(fee, MONEY_MAX_SAT - 1);
}

static void outputs_may_equal_inputs_but_not_exceed_them(void **state)
{
	struct coin c = {.value = 5};
	struct simple s;
	int64_t fee = -1;

	simple(&s)->out[0].value = 5;
	assert_int_equal(inputs(&s.tx, &c, 1, &fee), VALID);
	assert_int_equal(fee, 0);
	s.out[0].value = 6;
	assert_int_equal(inputs(&s.tx, &c, 1, &fee), V_IN_BELOW_OUT);
}

/* Maturity of an input is asked before the range of the next. */
static void inputs_are_judged_one_after_the_other(void **state)
{
	struct coin c[2] = {{.value = 1, .height = 5, .coinbase = true},
			    {.value = -1}};
	struct verdict v = fresh();
	struct simple s;
	struct params p;
	int64_t fee;

	network(&p, "main");
	simple(&s)->n_in = 2;
	assert_int_equal(inputs(&s.tx, c, 6, &fee), V_CB_IMMATURE);
	assert_int_equal(inputs(&s.tx, c, 105, &fee), V_INPUT_RANGE);
	assert_false(tx_check_inputs(&p, &s.tx, c, 105, &fee, &v));
	assert_int_equal(v.input, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(empty_sides_are_refused),
		cmocka_unit_test(base_size_times_four_has_the_weight_limit),
		cmocka_unit_test(amounts_and_each_running_sum_stay_in_range),
		cmocka_unit_test(coinbase_scripts_have_2_to_100_bytes),
		cmocka_unit_test(null_prevouts_are_for_coinbases),
		cmocka_unit_test(few_duplicate_inputs_are_found),
		cmocka_unit_test(duplicate_among_many_inputs_is_found),
		cmocka_unit_test(cores_bad_transactions),
		cmocka_unit_test(coinbases_are_spent_after_100_blocks),
		cmocka_unit_test(input_sums_stay_in_range),
		cmocka_unit_test(outputs_may_equal_inputs_but_not_exceed_them),
		cmocka_unit_test(inputs_are_judged_one_after_the_other),
	};

	return cmocka_run_group_tests_name("consensus transactions", tests, NULL,
					   NULL);
}
