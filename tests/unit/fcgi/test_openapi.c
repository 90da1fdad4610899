/* SPDX-License-Identifier: MIT */
/* Every route is described, nothing else is, and the document is whole. */
#include "tests/unit/unit.h"

#include "fcgi/ops/openapi.h"
#include "json/read.h"

static void every_route_is_described_and_nothing_else(void **state)
{
	size_t n, described = 0;
	const struct route *r = route_table(&n);
	const struct route_about *a;

	(void)state;
	for (size_t i = 0; i < n; i++)
		if (!route_about_find(r[i].method, r[i].pattern))
			fail_msg("routes_about.def lacks %s", r[i].pattern);
	for (; (a = route_about_at(described)); described++) {
		bool there = false;

		for (size_t i = 0; i < n; i++)
			there |= r[i].method == a->method &&
				 strcmp(r[i].pattern, a->pattern) == 0;
		if (!there)
			fail_msg("routes.def lacks %s", a->pattern);
		assert_ptr_equal(route_about_find(a->method, a->pattern), a);
		assert_true(a->summary[0]);
	}
	assert_int_equal(described, n);
}

static void a_body_is_described_where_one_is_taken(void **state)
{
	size_t n;
	const struct route *r = route_table(&n);

	(void)state;
	for (size_t i = 0; i < n; i++) {
		const struct route_about *a =
			route_about_find(r[i].method, r[i].pattern);

		assert_non_null(a);
		if ((r[i].body == BODY_NONE) != (a->body[0] == '\0'))
			fail_msg("the body of %s", r[i].pattern);
	}
}

static void every_parameter_of_a_path_is_known(void **state)
{
	size_t n;
	const struct route *r = route_table(&n);

	(void)state;
	for (size_t i = 0; i < n; i++)
		for (const char *p = r[i].pattern; (p = strchr(p, ':'));) {
			size_t len = strcspn(++p, "/");

			if (!openapi_knows_param(p, len))
				fail_msg("a parameter of %s", r[i].pattern);
		}
}

/* Every $ref of the document leads somewhere. */
static void follow(const struct json_value *root, const struct json_value *v)
{
	const char *text;
	size_t len;

	if (json_kind(v) == JSON_KIND_ARRAY) {
		for (size_t i = 0; i < json_count(v); i++)
			follow(root, json_at(v, i));
	} else if (json_get_str(v, "$ref", &text, &len)) {
		const struct json_value *at = json_get(root, "components");
		char kind[32], name[64];

		assert_int_equal(sscanf(text, "#/components/%31[^/]/%63s", kind,
					name), 2);
		at = json_get(json_get(at, kind), name);
		if (!at)
			fail_msg("%s leads nowhere", text);
	}
}

static void the_document_is_json_with_all_paths(void **state)
{
	char error[JSON_ERROR_SIZE];
	const struct json_value *item;
	struct json_doc d;
	struct buf b;

	(void)state;
	buf_init(&b, 4 << 20);
	openapi_write(&b);
	assert_int_equal(buf_status(&b), ST_OK);
	assert_int_equal(json_doc_parse(&d, b.p, b.len, b.len, error), ST_OK);
	item = json_get(json_get(json_get(d.root, "paths"), "/api/tx/{txid}"), "get");
	assert_non_null(item);
	assert_int_equal(json_count(json_get_array(item, "parameters")), 2);
	item = json_get(json_get(item, "responses"), "404");
	assert_non_null(item);
	follow(d.root, item);
	assert_non_null(json_get_array(json_get(json_get(json_get(d.root, "paths"),
							 "/rpc"), "post"),
				       "x-methods"));
	json_doc_free(&d);
	buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_route_is_described_and_nothing_else),
		cmocka_unit_test(a_body_is_described_where_one_is_taken),
		cmocka_unit_test(every_parameter_of_a_path_is_known),
		cmocka_unit_test(the_document_is_json_with_all_paths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
