/* SPDX-License-Identifier: MIT */
/* Amounts as text, over the cases of Bitcoin Core's own tests. */
#include "tests/unit/unit.h"

#include "primitives/amount.h"

/* Bitcoin Core's ParseFixedPoint and FormatMoney tests, and what differs here:
 * signs are refused, the limit is the 21 million coins. */
static void text_becomes_satoshi(void **state)
{
	static const struct { const char *text; int64_t sat; } valid[] = {
		{"0", 0}, {"0.0", 0}, {"0.00000000", 0}, {"0e5", 0},
		{"1", 100000000}, {"1.0", 100000000}, {"0.1", 10000000},
		{"1.1", 110000000}, {"0.00000001", 1}, {"0.00000017622195", -1},
		{"1.10000000000000000", 110000000}, {"1.1e1", 1100000000},
		{"1.1e-1", 11000000}, {"1e-8", 1}, {"1E-08", 1}, {"10e-9", 1},
		{"0.1e-7", 1}, {"100e-10", 1}, {"1e-9", -1}, {"1e+2", 10000000000},
		{"20999999.99999999", INT64_C(2099999999999999)},
		{"21000000", INT64_C(2100000000000000)},
		{"2.1e7", INT64_C(2100000000000000)},
		{"0.000000000000000000000000000001e+30", 100000000},
		{"21000000.00000001", -1}, {"21000001", -1}, {"1e8", -1},
		{"1e11111111", -1}, {"1e-11111111", -1}, {"1e9999", -1},
		{"92233720368.54775808", -1}, {"18446744073709551616", -1},
		{"", -1}, {".", -1}, {".5", -1}, {"1.", -1}, {"1.e1", -1},
		{"-1", -1}, {"+1", -1}, {" 1", -1}, {"1 ", -1}, {"01", -1},
		{"00.1", -1}, {"1e", -1}, {"1e+", -1}, {"1e1.5", -1},
		{"0x1", -1}, {"1,5", -1}, {"1..5", -1}, {"inf", -1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(valid) / sizeof(*valid); i++) {
		int64_t sat = -1;

		if (amount_parse(&sat, valid[i].text, strlen(valid[i].text)) !=
		    (valid[i].sat >= 0) ||
		    (valid[i].sat >= 0 && sat != valid[i].sat))
			fail_msg("\"%s\" gave %lld", valid[i].text,
				 (long long)sat);
	}
	assert_false(amount_parse(&(int64_t){0}, "1\0", 2));
}

static void satoshi_become_eight_decimals(void **state)
{
	static const struct { int64_t sat; const char *text; } cases[] = {
		{0, "0.00000000"}, {1, "0.00000001"}, {-1, "-0.00000001"},
		{12345678900, "123.45678900"}, {100000000, "1.00000000"},
		{MONEY_MAX_SAT, "21000000.00000000"},
		{INT64_MAX, "92233720368.54775807"},
		{INT64_MIN, "-92233720368.54775808"},
	};
	char out[AMOUNT_TEXT_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_string_equal(amount_text(out, cases[i].sat),
				    cases[i].text);
}

static void text_and_satoshi_go_round(void **state)
{
	char out[AMOUNT_TEXT_SIZE];

	(void)state;
	for (int64_t v = 1; v <= MONEY_MAX_SAT; v = v * 3 + v % 7) {
		int64_t back;

		amount_text(out, v);
		assert_true(amount_parse(&back, out, strlen(out)));
		assert_int_equal(back, v);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_becomes_satoshi),
		cmocka_unit_test(satoshi_become_eight_decimals),
		cmocka_unit_test(text_and_satoshi_go_round),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
