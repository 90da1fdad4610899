/* SPDX-License-Identifier: MIT */
/* Hashes as text and as the database keeps them. */
#include "tests/unit/unit.h"

#include "primitives/hash.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hashes_are_read_last_byte_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
