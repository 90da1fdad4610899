/* SPDX-License-Identifier: MIT */
/* fcgi: the table of routes is sound, and a request finds its line in it. */
#include "tests/unit/unit.h"

#include "fcgi/http/handlers.h"
#include "fcgi/http/route.h"

static const char *uri_param(void *arg, const char *name)
{
	const char *const *p = arg;

	if (strcmp(name, "REQUEST_METHOD") == 0)
		return p[0];
	return strcmp(name, "REQUEST_URI") == 0 ? p[1] : NULL;
}

/* The handler that a request reaches; NULL with the methods in allow. */
static route_handler *reached(struct request *rq, struct arena *a,
			      const char *method, const char *uri, char allow[64])
{
	const char *const pair[] = {method, uri};
	const struct request_source src = {uri_param, NULL, (void *)(uintptr_t)pair};
	struct request_fault fault;
	const struct route *rt;

	allow[0] = '\0';
	assert_true(request_read(rq, &src, a, &fault));
	rt = route_find(rq, allow, 64);
	return rt ? rt->handler : NULL;
}

static void table_is_sound(void **state)
{
	size_t n;
	const struct route *r = route_table(&n);

	for (size_t i = 0; i < n; i++) {
		assert_int_equal(r[i].pattern[0], '/');
		assert_true(r[i].method == HTTP_GET || r[i].method == HTTP_POST);
		/* Without a body there is no limit to state, with one there is. */
		assert_int_equal(r[i].body == BODY_NONE, r[i].body_max == 0);
		/* What GET changes only writers may ask; what POST brings is
		 * never kept by caches. */
		if (r[i].method == HTTP_POST)
			assert_true(r[i].cache == CACHE_NEVER ||
				    r[i].cache == CACHE_NOW);
		for (size_t k = 0; k < i; k++)
			assert_false(r[k].method == r[i].method &&
				     strcmp(r[k].pattern, r[i].pattern) == 0);
	}
}

static void each_line_reaches_its_own_handler(void **state)
{
	struct request rq;
	struct arena a;
	char allow[64];
	size_t n;
	const struct route *r = route_table(&n);

	arena_init(&a, 1 << 20);
	for (size_t i = 0; i < n; i++) {
		char uri[200] = "";

		/* /node/block/:hash is asked for as /node/block/x */
		for (const char *p = r[i].pattern; *p;) {
			size_t at = strlen(uri), len = strcspn(p + 1, "/") + 1;

			if (p[1] == ':')
				snprintf(uri + at, sizeof(uri) - at, "/x");
			else
				snprintf(uri + at, sizeof(uri) - at, "%.*s",
					 (int)len, p);
			p += len;
		}
		assert_ptr_equal(reached(&rq, &a, r[i].method == HTTP_GET ? "GET"
					 : "POST", uri, allow), r[i].handler);
		arena_reset(&a);
	}
	arena_free(&a);
}

static void parameters_are_single_segments(void **state)
{
	struct request rq;
	struct arena a;
	char allow[64];

	arena_init(&a, 1 << 20);
	assert_ptr_equal(reached(&rq, &a, "GET", "/node/block/a%2Fb", allow),
			 peer_block);
	assert_true(bytes_equal(rq.arg[0], bytes_of("a/b", 3)));
	assert_null(reached(&rq, &a, "GET", "/node/block/a/b", allow));
	assert_string_equal(allow, "");
	assert_null(reached(&rq, &a, "GET", "/node/block/", allow));
	assert_ptr_equal(reached(&rq, &a, "HEAD", "/node/block/a", allow),
			 peer_block);
	arena_free(&a);
}

static void other_methods_are_told_what_is_allowed(void **state)
{
	struct request rq;
	struct arena a;
	char allow[64];

	arena_init(&a, 1 << 20);
	assert_null(reached(&rq, &a, "DELETE", "/chain", allow));
	assert_string_equal(allow, "GET, HEAD, OPTIONS");
	assert_null(reached(&rq, &a, "GET", "/transactions/new", allow));
	assert_string_equal(allow, "POST, OPTIONS");
	assert_null(reached(&rq, &a, "PUT", "/mine", allow));
	assert_string_equal(allow, "GET, HEAD, OPTIONS, POST");
	assert_null(reached(&rq, &a, "get", "/chain", allow));
	assert_null(reached(&rq, &a, "GET", "//", allow));
	assert_string_equal(allow, "");
	assert_null(reached(&rq, &a, "GET", "/Chain", allow));
	assert_null(reached(&rq, &a, "GET", "/chain/", allow));
	assert_null(reached(&rq, &a, "GET", "//chain", allow));
	arena_free(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(table_is_sound),
		cmocka_unit_test(each_line_reaches_its_own_handler),
		cmocka_unit_test(parameters_are_single_segments),
		cmocka_unit_test(other_methods_are_told_what_is_allowed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
