/* SPDX-License-Identifier: MIT */
/* Hashes as text and as the database keeps them; reasons of refusal. */
#include "tests/unit/unit.h"

#include "primitives/hash.h"
#include "primitives/verdict.h"

static void hashes_are_read_last_byte_first(void **state)
{
	static const char text[] =
		"000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f";
	struct hash256 h, back;
	char out[HASH_TEXT_SIZE];
	uint8_t display[32];

	(void)state;
	assert_true(hash256_parse(&h, text, 64));
	assert_int_equal(h.b[0], 0x6f);
	assert_int_equal(h.b[31], 0);
	assert_string_equal(hash256_text(out, &h), text);
	hash256_to_display(display, &h);
	assert_int_equal(display[31], 0x6f);
	hash256_from_display(&back, display);
	assert_true(hash256_equal(&h, &back));
	assert_false(hash256_is_zero(&h));
	assert_false(hash256_parse(&h, text, 63));
	assert_false(hash256_parse(&h, "x00000000019d6689c085ae165831e934ff763ae"
				   "46a2a6c172b3f1b60a8ce26f", 64));
}

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
		cmocka_unit_test(hashes_are_read_last_byte_first),
		cmocka_unit_test(every_reason_is_complete),
		cmocka_unit_test(the_detail_is_cut_never_overrun),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
