/* SPDX-License-Identifier: MIT */
/* Reasons of refusal. */
#include "tests/unit/unit.h"

#include "primitives/verdict.h"

static void every_reason_is_complete(void **state)
{
	(void)state;
	assert_string_equal(verdict_name(VALID), "");
	assert_int_equal(verdict_class(VALID), VC_VALID);
	for (int i = VALID + 1; i < VERDICT_COUNT; i++) {
		enum verdict_code code = (enum verdict_code)i;
		const char *sentence = verdict_sentence(code);

		assert_true(strlen(verdict_name(code)) > 0);
		assert_true(strlen(verdict_rule(code)) > 0);
		assert_int_not_equal(verdict_class(code), VC_VALID);
		assert_int_equal(sentence[strlen(sentence) - 1], '.');
		assert_true(strlen(sentence) > 10);
	}
}

static void the_detail_is_cut_never_overrun(void **state)
{
	char out[400], longer[400];
	struct verdict v;

	(void)state;
	verdict_init(&v);
	assert_int_equal(v.code, VALID);
	assert_int_equal(v.input, -1);
	memset(longer, 'x', sizeof(longer));
	longer[sizeof(longer) - 1] = '\0';
	assert_false(verdict_refuse(&v, (enum verdict_code)1, "%s", longer));
	assert_int_equal(strlen(v.detail), VERDICT_DETAIL_SIZE - 1);
	verdict_reject(out, sizeof(out), &v);
	assert_int_equal(strncmp(out, verdict_name(v.code),
				 strlen(verdict_name(v.code))), 0);
	verdict_reject(out, 5, &v);
	assert_true(strlen(out) < 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_reason_is_complete),
		cmocka_unit_test(the_detail_is_cut_never_overrun),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
