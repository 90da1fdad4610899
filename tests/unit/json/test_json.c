/* SPDX-License-Identifier: MIT */
/* json: bounds on what comes in, and that what goes out reads back. */
#include "tests/unit/unit.h"

#include <math.h>

#include "json/read.h"
#include "json/write.h"

static enum status parse(struct json_doc *d, const char *text)
{
	char error[JSON_ERROR_SIZE];
	enum status st = json_doc_parse(d, text, strlen(text), 1 << 20, error);

	assert_int_equal(st != ST_OK, error[0] != '\0');
	return st;
}

static void documents_that_are_refused(void **state)
{
	static const char *const bad[] = {
		"", " ", "{", "{\"a\":1,\"a\":2}", "[1,]", "{'a':1}", "nul",
		"\"\\u0000\"", "\"\xff\"", "\"\xc0\x80\"", "\"\xed\xa0\x80\"",
		"\"\\ud800\"", "{\"a\":1} x", "01", "+1", ".5", "1.", "NaN",
		"9223372036854775808", "1e999", "\"a\nb\"", "\"a", "[1 2]",
	};
	struct json_doc d;

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		if (parse(&d, bad[i]) != ST_PARSE)
			fail_msg("taken: %s", bad[i]);
		assert_null(d.root);
		json_doc_free(&d);
	}
}

static void length_is_bounded_before_parsing(void **state)
{
	char error[JSON_ERROR_SIZE];
	struct json_doc d;

	assert_int_equal(json_doc_parse(&d, "[1]", 3, 3, error), ST_OK);
	json_doc_free(&d);
	assert_int_equal(json_doc_parse(&d, "[12]", 4, 3, error), ST_TOO_BIG);
	assert_int_equal(json_doc_parse(&d, NULL, 0, 3, error), ST_PARSE);
	/* a NUL byte within the length is no end */
	assert_int_equal(json_doc_parse(&d, "[1]\0", 4, 9, error), ST_PARSE);
}

static void depth_and_number_of_values_are_bounded(void **state)
{
	char deep[2 * JSON_DEPTH_MAX + 3];
	struct json_doc d;
	struct buf b;

	for (int over = 0; over <= 1; over++) {
		int n = JSON_DEPTH_MAX + over;

		memset(deep, '[', (size_t)n);
		memset(deep + n, ']', (size_t)n);
		deep[2 * n] = '\0';
		assert_int_equal(parse(&d, deep), over ? ST_TOO_BIG : ST_OK);
		json_doc_free(&d);
	}
	/* brackets in strings do not count, nor does an escaped quote end one */
	assert_int_equal(
		parse(&d, "\"\\\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\""),
		ST_OK);
	json_doc_free(&d);
	for (int over = 0; over <= 1; over++) {
		buf_init(&b, 1 << 20);
		buf_text(&b, "[0");
		for (int i = 2; i < JSON_VALUES_MAX + over; i++)
			buf_text(&b, ",0");
		buf_text(&b, "]");
		assert_int_equal(parse(&d, buf_str(&b)),
				 over ? ST_TOO_BIG : ST_OK);
		json_doc_free(&d);
		buf_free(&b);
	}
}

static void getters_refuse_other_types_and_leave_outputs_alone(void **state)
{
	const char *s = "untouched";
	size_t len = 7;
	int64_t n = 7;
	bool b = true;
	struct json_doc d;

	assert_int_equal(parse(&d, "{\"r\":1.0,\"s\":\"1\",\"i\":1,\"n\":null,"
				   "\"a\":[true],\"o\":{\"x\":\"y\"}}"),
			 ST_OK);
	assert_false(json_get_int(d.root, "r", &n));
	assert_false(json_get_int(d.root, "s", &n));
	assert_false(json_get_int(d.root, "n", &n));
	assert_false(json_get_int(d.root, "none", &n));
	assert_false(json_get_str(d.root, "i", &s, &len));
	assert_false(json_get_bool(d.root, "i", &b));
	assert_int_equal(n, 7);
	assert_string_equal(s, "untouched");
	assert_null(json_get_array(d.root, "o"));
	assert_null(json_get_object(d.root, "a"));
	assert_null(json_at(json_get_array(d.root, "a"), 1));
	assert_null(json_get(json_get(d.root, "none"), "deeper"));
	assert_int_equal(json_kind(json_get(d.root, "none")), JSON_KIND_MISSING);

	assert_true(json_get_int(d.root, "i", &n));
	assert_int_equal(n, 1);
	assert_true(json_get_str(json_get_object(d.root, "o"), "x", &s, &len));
	assert_string_equal(s, "y");
	assert_true(json_as_bool(json_at(json_get_array(d.root, "a"), 0), &b));
	assert_int_equal(json_count(d.root), 6);
	json_doc_free(&d);
}

static void amounts_are_read_exactly(void **state)
{
	static const struct {
		const char *text;
		int64_t sat;	/* -1: refused */
	} cases[] = {
		{"0", 0}, {"1", 100000000}, {"0.1", 10000000},
		{"0.00000001", 1}, {"1e-8", 1}, {"20999999.99999999", 2099999999999999},
		{"20999999.9769", 2099999997690000}, {"0.29999999", 29999999},
		{"21000000", 2100000000000000}, {"\"0.5\"", 50000000},
		{"21000000.00000001", -1}, {"0.000000001", -1}, {"-1", -1},
		{"-0.5", -1}, {"1e300", -1}, {"\"\"", -1}, {"\" 1\"", -1},
		{"true", -1}, {"null", -1}, {"[1]", -1}, {"9223372036854775807", -1},
	};
	struct json_doc d;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		int64_t sat = -1;

		assert_int_equal(parse(&d, cases[i].text), ST_OK);
		if (json_as_sat(d.root, &sat) != (cases[i].sat >= 0) ||
		    sat != cases[i].sat)
			fail_msg("%s gives %lld", cases[i].text, (long long)sat);
		json_doc_free(&d);
	}
}

/* Every amount a double could blur: the dense end of the range. */
static void amounts_written_are_read_back(void **state)
{
	for (int64_t sat = 2100000000000000 - 20000; sat <= 2100000000000000; sat++) {
		struct json_writer w;
		struct json_doc d;
		int64_t back = -1;
		struct buf b;

		buf_init(&b, 100);
		json_begin(&w, &b);
		json_amount(&w, sat);
		assert_int_equal(parse(&d, buf_str(&b)), ST_OK);
		assert_true(json_as_sat(d.root, &back));
		assert_int_equal(back, sat);
		json_doc_free(&d);
		buf_free(&b);
	}
}

static void hashes_are_exactly_64_digits(void **state)
{
	struct hash256 h;
	struct json_doc d;

	assert_int_equal(parse(&d, "[\"000000000019d6689c085ae165831e934ff763ae46a2"
				   "a6c172b3f1b60a8ce26f\",\"00\",5]"),
			 ST_OK);
	assert_true(json_as_hash(json_at(d.root, 0), &h));
	assert_int_equal(h.b[0], 0x6f);
	assert_int_equal(h.b[31], 0);
	assert_false(json_as_hash(json_at(d.root, 1), &h));
	assert_false(json_as_hash(json_at(d.root, 2), &h));
	json_doc_free(&d);
}

static void writer_places_commas_and_escapes(void **state)
{
	struct json_writer w;
	struct buf b;

	buf_init(&b, 1000);
	json_begin(&w, &b);
	json_obj_begin(&w);
	json_put_str(&w, "a\"", "x\n\x01\x7f\\");
	json_put_int(&w, "min", INT64_MIN);
	json_put_uint(&w, "max", UINT64_MAX);
	json_put_amount(&w, "sat", 1);
	json_put_bool(&w, "yes", true);
	json_put_nil(&w, "nil");
	json_put_double(&w, "nan", NAN);
	json_put_double(&w, "tenth", 0.5);
	json_key(&w, "list");
	json_arr_begin(&w);
	json_int(&w, 1);
	json_arr_begin(&w);
	json_arr_end(&w);
	json_hex(&w, "\x01\xff", 2);
	json_raw(&w, "{}", 2);
	json_arr_end(&w);
	json_obj_end(&w);
	assert_string_equal(
		buf_str(&b),
		"{\"a\\\"\":\"x\\n\\u0001\\u007f\\\\\",\"min\":-9223372036854775808,"
		"\"max\":18446744073709551615,\"sat\":0.00000001,\"yes\":true,"
		"\"nil\":null,\"nan\":null,\"tenth\":0.5,"
		"\"list\":[1,[],\"01ff\",{}]}");
	buf_free(&b);
}

static void text_that_is_no_utf8_becomes_replacement_characters(void **state)
{
	static const struct {
		const char *in, *out;
	} cases[] = {
		{"caf\xc3\xa9", "\"caf\xc3\xa9\""},
		{"\xf0\x9f\x98\x80", "\"\xf0\x9f\x98\x80\""},
		{"a\xff"
		 "b",
		 "\"a\xef\xbf\xbd"
		 "b\""},
		{"\xc0\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\""},
		{"\xed\xa0\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""},
		{"\xf4\x90\x80\x80",
		 "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""},
		{"\xe2\x82", "\"\xef\xbf\xbd\xef\xbf\xbd\""},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct json_writer w;
		struct json_doc d;
		struct buf b;

		buf_init(&b, 100);
		json_begin(&w, &b);
		json_str(&w, cases[i].in);
		assert_string_equal(buf_str(&b), cases[i].out);
		assert_int_equal(parse(&d, buf_str(&b)), ST_OK);
		json_doc_free(&d);
		buf_free(&b);
	}
}

static void copy_gives_the_value_back(void **state)
{
	static const char text[] = "{\"id\":[1,-2.5,\"\\u20ac\",null,true,{}],"
				   "\"r\":1.0,\"e\":1e-8}";
	struct json_writer w;
	struct json_doc d;
	struct buf b;

	assert_int_equal(parse(&d, text), ST_OK);
	buf_init(&b, 1000);
	json_begin(&w, &b);
	json_echo(&w, d.root);
	assert_string_equal(buf_str(&b),
			    "{\"id\":[1,-2.5,\"\xe2\x82\xac\",null,true,{}],"
			    "\"r\":1.0,\"e\":1e-08}");
	buf_free(&b);
	json_doc_free(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(documents_that_are_refused),
		cmocka_unit_test(length_is_bounded_before_parsing),
		cmocka_unit_test(depth_and_number_of_values_are_bounded),
		cmocka_unit_test(getters_refuse_other_types_and_leave_outputs_alone),
		cmocka_unit_test(amounts_are_read_exactly),
		cmocka_unit_test(amounts_written_are_read_back),
		cmocka_unit_test(hashes_are_exactly_64_digits),
		cmocka_unit_test(writer_places_commas_and_escapes),
		cmocka_unit_test(text_that_is_no_utf8_becomes_replacement_characters),
		cmocka_unit_test(copy_gives_the_value_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
