/* SPDX-License-Identifier: MIT */
/* CompactSize integers, over varuint-bitcoin's vectors. */
#include "tests/unit/primitives/vectors.h"

#include "primitives/compactsize.h"

static void integers_of_the_vectors(void **state)
{
	json_t *j = vector_json("encoding/varuint_fixtures.json"), *row;
	struct buf b;
	size_t i;

	(void)state;
	buf_init(&b, 100);
	json_array_foreach(json_object_get(j, "valid"), i, row) {
		uint64_t v = (uint64_t)json_integer_value(
			json_object_get(row, "dec"));
		struct reader r;
		uint8_t out[9];

		vector_hex(&b, json_string_value(json_object_get(row, "hex")));
		assert_int_equal(compactsize_size(v), b.len);
		assert_int_equal(compactsize_put(out, v), b.len);
		assert_memory_equal(out, b.p, b.len);
		r = reader_of(b.p, b.len);
		assert_int_equal(compactsize_read_any(&r), v);
		assert_false(r.failed);
		assert_int_equal(reader_left(&r), 0);
		/* Cut by one byte. */
		r = reader_of(b.p, b.len - 1);
		assert_int_equal(compactsize_read_any(&r), 0);
		assert_true(r.failed);
	}
	assert_int_equal(i, 14);
	buf_free(&b);
	json_decref(j);
}

static void longer_forms_than_needed_are_refused(void **state)
{
	static const char *const bad[] = {
		"fd0000", "fd0100", "fdfc00", "fe00000000", "feffff0000",
		"fefc000000", "ff0000000000000000", "ffffffffff00000000",
		"fffd00000000000000",
	};
	struct buf b;

	(void)state;
	buf_init(&b, 100);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct reader r;

		vector_hex(&b, bad[i]);
		r = reader_of(b.p, b.len);
		assert_int_equal(compactsize_read_any(&r), 0);
		assert_true(r.failed);
		r = reader_of(b.p, b.len);
		assert_int_equal(compactsize_read(&r), 0);
		assert_true(r.failed);
	}
	buf_free(&b);
}

static void lengths_end_at_32_mib(void **state)
{
	static const uint8_t most[] = {0xfe, 0, 0, 0, 2};
	static const uint8_t more[] = {0xfe, 1, 0, 0, 2};
	struct reader r = reader_of(most, sizeof(most));

	(void)state;
	assert_int_equal(compactsize_read(&r), COMPACTSIZE_MAX);
	assert_false(r.failed);
	r = reader_of(more, sizeof(more));
	assert_int_equal(compactsize_read(&r), 0);
	assert_true(r.failed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(integers_of_the_vectors),
		cmocka_unit_test(longer_forms_than_needed_are_refused),
		cmocka_unit_test(lengths_end_at_32_mib),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
