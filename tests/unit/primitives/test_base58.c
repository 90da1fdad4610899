/* SPDX-License-Identifier: MIT */
/* Base58 and Base58Check, over Core's and bs58check's vectors. */
#include "tests/unit/primitives/vectors.h"

#include "primitives/base58.h"

static void bytes_and_text_of_cores_vectors(void **state)
{
	json_t *j = vector_json("core/base58_encode_decode.json"), *row;
	size_t i, done = 0;
	struct buf b;

	(void)state;
	buf_init(&b, 1024);
	json_array_foreach(j, i, row) {
		const char *text = json_string_value(json_array_get(row, 1));
		char out[BASE58_TEXT_MAX];
		uint8_t back[300];
		size_t n;

		vector_hex(&b, json_string_value(json_array_get(row, 0)));
		assert_string_equal(base58_encode(out, b.p, b.len), text);
		assert_true(base58_decode(back, sizeof(back), &n, text,
					  strlen(text)));
		assert_true(bytes_equal(bytes_of(back, n), buf_view(&b)));
		if (n > 0)
			assert_false(base58_decode(back, n - 1, &n, text,
						   strlen(text)));
		done++;
	}
	assert_int_equal(done, 21);
	buf_free(&b);
	json_decref(j);
}

static void checksums_of_the_bs58check_vectors(void **state)
{
	json_t *j = vector_json("encoding/bs58check_fixtures.json"), *row;
	char out[BASE58_TEXT_MAX];
	uint8_t back[BASE58_PAYLOAD_MAX];
	struct buf b;
	size_t i, n;

	(void)state;
	buf_init(&b, 1024);
	json_array_foreach(json_object_get(j, "valid"), i, row) {
		const char *text = json_string_value(json_object_get(row,
								     "string"));

		vector_hex(&b, json_string_value(json_object_get(row,
								 "payload")));
		assert_string_equal(base58check_encode(out, b.p, b.len), text);
		assert_true(base58check_decode(back, sizeof(back), &n, text,
					       strlen(text)));
		assert_true(bytes_equal(bytes_of(back, n), buf_view(&b)));
	}
	assert_true(i > 10);
	json_array_foreach(json_object_get(j, "invalid"), i, row) {
		const char *text = json_string_value(json_object_get(row,
								     "string"));

		assert_false(base58check_decode(back, sizeof(back), &n, text,
						strlen(text)));
	}
	assert_int_equal(i, 4);
	buf_free(&b);
	json_decref(j);
}

static void foreign_characters_are_refused(void **state)
{
	static const char *const bad[] = {
		"0", "O", "I", "l", " a", "a ", "a b", "a\tb", "\x80", "+", "/",
	};
	uint8_t out[64];
	size_t n;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_false(base58_decode(out, sizeof(out), &n, bad[i],
					   strlen(bad[i])));
	assert_false(base58_decode(out, sizeof(out), &n, "good\0bad", 8));
	assert_true(base58_decode(out, sizeof(out), &n, "", 0));
	assert_int_equal(n, 0);
	assert_false(base58check_decode(out, sizeof(out), &n, "", 0));
	assert_false(base58check_decode(out, sizeof(out), &n, "1111", 4));
	/* The checksum of nothing is a valid text of its own. */
	assert_true(base58check_decode(out, sizeof(out), &n, "3QJmnh", 6));
	assert_int_equal(n, 0);
}

static void the_longest_payload_fits(void **state)
{
	uint8_t in[BASE58_PAYLOAD_MAX], back[BASE58_PAYLOAD_MAX];
	char out[BASE58_TEXT_MAX];
	size_t n;

	(void)state;
	memset(in, 0xff, sizeof(in));
	base58check_encode(out, in, sizeof(in));
	assert_true(base58check_decode(back, sizeof(back), &n, out, strlen(out)));
	assert_int_equal(n, sizeof(in));
	assert_memory_equal(in, back, n);
	memset(out, '1', sizeof(out));
	assert_true(base58_decode(back, sizeof(back), &n, out, sizeof(back)));
	assert_false(base58_decode(back, sizeof(back), &n, out,
				   sizeof(back) + 1));
	memset(out, 'z', sizeof(out));
	assert_false(base58_decode(back, sizeof(back), &n, out,
				   sizeof(out) - 1));
	assert_false(base58_decode(back, sizeof(back), &n, out, sizeof(out)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_and_text_of_cores_vectors),
		cmocka_unit_test(checksums_of_the_bs58check_vectors),
		cmocka_unit_test(foreign_characters_are_refused),
		cmocka_unit_test(the_longest_payload_fits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
