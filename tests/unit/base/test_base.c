/* SPDX-License-Identifier: MIT */
/* base: buffers, reader, hex, arena and 256-bit numbers. */
#include "tests/unit/unit.h"

#include "base/arena.h"
#include "base/base64.h"
#include "base/buf.h"
#include "base/hex.h"
#include "base/log.h"
#include "base/u256.h"

static void buf_past_its_maximum_fails_and_frees(void **state)
{
	struct buf b;

	buf_init(&b, 10);
	buf_add(&b, "12345678", 8);
	assert_int_equal(buf_status(&b), ST_OK);
	buf_add(&b, "901", 3);
	assert_int_equal(buf_status(&b), ST_TOO_BIG);
	assert_null(b.p);
	buf_add(&b, "x", 1);
	assert_int_equal(b.len, 0);
	assert_string_equal(buf_str(&b), "");
	buf_free(&b);
}

static void buf_holds_exactly_its_maximum(void **state)
{
	struct buf b;

	buf_init(&b, 300);
	for (int i = 0; i < 300; i++)
		buf_u8(&b, 'a');
	assert_int_equal(buf_status(&b), ST_OK);
	assert_int_equal(strlen(buf_str(&b)), 300);
	buf_free(&b);
}

static void buf_printf_handles_texts_longer_than_its_stack_buffer(void **state)
{
	struct buf b;
	char s[1001];

	memset(s, 'q', 1000);
	s[1000] = '\0';
	buf_init(&b, 5000);
	buf_printf(&b, "<%s>", s);
	assert_int_equal(b.len, 1002);
	assert_int_equal(buf_str(&b)[1001], '>');
	buf_free(&b);
}

static void reader_past_its_end_stays_failed(void **state)
{
	const uint8_t d[5] = {1, 2, 3, 4, 5};
	struct reader r = reader_of(d, 5);

	assert_int_equal(reader_le32(&r), 0x04030201);
	assert_int_equal(reader_le32(&r), 0);
	assert_true(r.failed);
	assert_int_equal(reader_u8(&r), 0);
}

static void hex_refuses_odd_short_and_foreign_digits(void **state)
{
	uint8_t b[2];
	char t[5];

	assert_true(hex_parse(b, 2, "0aFf", 4));
	assert_string_equal(hex_text(t, b, 2), "0aff");
	assert_string_equal(hex_text_reversed(t, b, 2), "ff0a");
	assert_false(hex_parse(b, 2, "0aF", 3));
	assert_false(hex_parse(b, 2, "0aFff", 5));
	assert_false(hex_parse(b, 2, "0a g", 4));
	assert_true(hex_parse_reversed(b, 2, "0aff", 4));
	assert_int_equal(b[0], 0xff);
}

static void arena_refuses_more_than_its_maximum_and_overflow(void **state)
{
	struct arena a;

	arena_init(&a, 1 << 20);
	assert_non_null(arena_alloc(&a, 1000, 1000));
	assert_null(arena_alloc(&a, 1, 100000));
	assert_null(arena_alloc(&a, SIZE_MAX / 2, 3));
	arena_reset(&a);
	assert_non_null(arena_alloc(&a, 1, 100000));
	arena_free(&a);
}

static void u256_muldiv_does_not_wrap(void **state)
{
	uint8_t be[32];
	struct u256 a, r;

	memset(be, 0xff, sizeof(be));
	a = u256_from_be(be);
	r = u256_muldiv(&a, 1209600 * 4, 1209600 * 4);
	assert_int_equal(u256_cmp(&r, &a), 0);
	r = u256_muldiv(&a, 2, 1);
	assert_int_equal(u256_cmp(&r, &a), 0);
	r = u256_muldiv(&a, 1, 2);
	assert_int_equal(u256_bits(&r), 255);
}

static void u256_division_inverts_multiplication(void **state)
{
	struct u256 a = {{0x123456789abcdef0, 0xfedcba9876543210, 7, 0}};

	for (uint64_t m = 1; m < 1000; m += 37) {
		struct u256 p = u256_mul64(&a, m), d = u256_from(m);
		struct u256 q = u256_div(&p, &d), b;

		assert_int_equal(u256_cmp(&q, &a), 0);
		b = u256_shl(&a, (unsigned)m % 60);
		b = u256_shr(&b, (unsigned)m % 60);
		assert_int_equal(u256_cmp(&b, &a), 0);
	}
}

static void log_safe_escapes_controls_and_cuts(void **state)
{
	char out[16];

	assert_string_equal(log_safe(out, sizeof(out), "a\nb\\", 4),
			    "a\\x0ab\\x5c");
	log_safe(out, sizeof(out), "\n\n\n\n\n\n\n", 7);
	assert_true(strlen(out) < sizeof(out));
}

/* The examples of RFC 4648 section 10. */
static void base64_of_the_rfc_and_nothing_looser(void **state)
{
	static const char *const cases[][2] = {
		{"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"},
		{"foob", "Zm9vYg=="}, {"fooba", "Zm9vYmE="}, {"foobar", "Zm9vYmFy"},
	};
	static const char *const bad[] = {"Z", "Zg", "Zg=", "Zh==", "Zm9=", "====",
					  "Zg==Zg==", "Zm9 ", "Zm-v", "Z=g="};
	char text[BASE64_TEXT_SIZE(6)];
	struct buf b;

	buf_init(&b, 100);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		base64_text(text, cases[i][0], strlen(cases[i][0]));
		assert_string_equal(text, cases[i][1]);
		buf_reset(&b);
		assert_true(base64_parse(&b, text, strlen(text)));
		assert_string_equal(buf_str(&b), cases[i][0]);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		buf_reset(&b);
		assert_false(base64_parse(&b, bad[i], strlen(bad[i])));
		assert_int_equal(b.len, 0);
	}
	buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(buf_past_its_maximum_fails_and_frees),
		cmocka_unit_test(buf_holds_exactly_its_maximum),
		cmocka_unit_test(
			buf_printf_handles_texts_longer_than_its_stack_buffer),
		cmocka_unit_test(reader_past_its_end_stays_failed),
		cmocka_unit_test(hex_refuses_odd_short_and_foreign_digits),
		cmocka_unit_test(arena_refuses_more_than_its_maximum_and_overflow),
		cmocka_unit_test(u256_muldiv_does_not_wrap),
		cmocka_unit_test(u256_division_inverts_multiplication),
		cmocka_unit_test(log_safe_escapes_controls_and_cuts),
		cmocka_unit_test(base64_of_the_rfc_and_nothing_looser),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
