/* SPDX-License-Identifier: MIT */
/* fcgi: names of output scripts as Esplora has them, numbers, answers in pieces. */
#include "tests/unit/unit.h"

#include <stdlib.h>

#include "base/hex.h"
#include "fcgi/esplora/esplora_json.h"

static const char *type_of(const char *hex)
{
	static uint8_t raw[128];
	size_t n = strlen(hex) / 2;

	assert_true(hex_parse(raw, n, hex, 2 * n));
	return esplora_script_type(bytes_of(raw, n));
}

#define KEY20 "00112233445566778899aabbccddeeff00112233"
#define KEY32 KEY20 "445566778899aabbccddeeff"

static void forms_have_esploras_names(void **state)
{
	assert_string_equal(type_of(""), "empty");
	assert_string_equal(type_of("6a"), "op_return");
	assert_string_equal(type_of("6a0401020304"), "op_return");
	assert_string_equal(type_of("2102" KEY32 "ac"), "p2pk");
	assert_string_equal(type_of("76a914" KEY20 "88ac"), "p2pkh");
	assert_string_equal(type_of("a914" KEY20 "87"), "p2sh");
	assert_string_equal(type_of("0014" KEY20), "v0_p2wpkh");
	assert_string_equal(type_of("0020" KEY32), "v0_p2wsh");
	assert_string_equal(type_of("5120" KEY32), "v1_p2tr");
	/* a version nobody knows, an anchor, a bare number */
	assert_string_equal(type_of("5220" KEY32), "unknown");
	assert_string_equal(type_of("51024e73"), "unknown");
	assert_string_equal(type_of("51"), "unknown");
	/* what can never run */
	assert_string_equal(type_of("50"), "provably_unspendable");
	assert_string_equal(type_of("7e51"), "provably_unspendable");
	assert_string_equal(type_of("ff"), "provably_unspendable");
}

static void numbers_come_back(void **state)
{
	struct buf b;

	buf_init(&b, 256);
	put_int(&b, INT64_MIN);
	assert_string_equal(buf_str(&b), "-9223372036854775808");
	buf_reset(&b);
	put_uint(&b, UINT64_MAX);
	assert_string_equal(buf_str(&b), "18446744073709551615");
	buf_reset(&b);
	put_double(&b, 0.1);
	assert_string_equal(buf_str(&b), "0.1");
	buf_reset(&b);
	put_double(&b, 4.6565423739069247e-10);
	assert_true(strtod(buf_str(&b), NULL) == 4.6565423739069247e-10);
	buf_free(&b);
}

struct sent {
	size_t bytes;
	unsigned pieces;
};

static bool count(void *arg, struct response *rs)
{
	struct sent *s = arg;

	s->bytes += rs->body.len;
	s->pieces++;
	return true;
}

static void a_long_answer_goes_out_in_pieces(void **state)
{
	struct sent s = {0};
	struct response rs;
	struct buf head;
	uint8_t *p;

	response_init(&rs);
	rs.sink = count;
	rs.sink_arg = &s;
	buf_init(&head, 4096);
	for (int i = 0; i < 3; i++) {
		p = buf_extend(&rs.body, RESPONSE_PIECE / 2 + 1);
		assert_non_null(p);
		memset(p, 'x', RESPONSE_PIECE / 2 + 1);
		response_drain(&rs);
	}
	assert_int_equal(s.pieces, 1);
	assert_int_equal(s.bytes, 2 * (RESPONSE_PIECE / 2 + 1));
	assert_int_equal(rs.body.len, RESPONSE_PIECE / 2 + 1);
	/* its length is not known, and it cannot become an error */
	response_head(&head, &rs);
	assert_null(strstr(buf_str(&head), "Content-Length"));
	assert_false(response_restart(&rs));
	assert_true(rs.broken);
	buf_free(&head);
	response_free(&rs);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(forms_have_esploras_names),
		cmocka_unit_test(numbers_come_back),
		cmocka_unit_test(a_long_answer_goes_out_in_pieces),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
