/* SPDX-License-Identifier: MIT */
/* fcgi: a request is read whole and bounded, or refused with the right status;
 * an answer's headers say what it is. */
#include "tests/unit/unit.h"

#include "fcgi/http/request.h"
#include "fcgi/http/response.h"

struct fake {
	const char *const *params;	/* name, value, ..., NULL */
	const char *body;
	size_t len;		/* what can be read of the body */
	size_t step;		/* at most so much at a time */
	size_t at;
	bool broken;		/* reading fails at the end */
};

static const char *fake_param(void *arg, const char *name)
{
	const struct fake *f = arg;

	for (const char *const *p = f->params; p && *p; p += 2)
		if (strcmp(p[0], name) == 0)
			return p[1];
	return NULL;
}

static long fake_read(void *arg, void *out, size_t n)
{
	struct fake *f = arg;
	size_t left = f->len - f->at;

	if (left == 0)
		return f->broken ? -1 : 0;
	if (n > left)
		n = left;
	if (n > f->step)
		n = f->step;
	memcpy(out, f->body + f->at, n);
	f->at += n;
	return (long)n;
}

struct fixture {
	struct arena a;
	struct request rq;
	struct request_fault fault;
};

static bool read_uri(struct fixture *f, const char *uri)
{
	const char *const params[] = {"REQUEST_METHOD", "GET", "REQUEST_URI", uri,
				      NULL};
	struct fake fake = {.params = params};
	const struct request_source src = {fake_param, fake_read, &fake};

	arena_reset(&f->a);
	return request_read(&f->rq, &src, &f->a, &f->fault);
}

static void path_is_cut_and_decoded_segment_by_segment(void **state)
{
	struct fixture f;

	arena_init(&f.a, 1 << 20);
	assert_true(read_uri(&f, "/node/block/a%2Fb?x=1"));
	assert_int_equal(f.rq.n_segment, 3);
	assert_true(bytes_equal(f.rq.segment[2], bytes_of("a/b", 3)));
	assert_string_equal(f.rq.path, "/node/block/a%2Fb");
	assert_true(read_uri(&f, "/"));
	assert_int_equal(f.rq.n_segment, 0);
	assert_true(read_uri(&f, "/blocks/"));
	assert_int_equal(f.rq.n_segment, 2);
	assert_int_equal(f.rq.segment[1].len, 0);
	arena_free(&f.a);
}

static void malformed_paths_are_refused(void **state)
{
	static const char *const bad[] = {
		"", "x", "*", "http://host/", "/%", "/%1", "/%zz", "/a%00b",
		"/a%0ab", "/a\x01", "/%7f", "/1/2/3/4/5/6/7/8/9", "?",
	};
	char long_uri[REQUEST_URI_MAX + 2];
	struct fixture f;

	arena_init(&f.a, 1 << 20);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_false(read_uri(&f, bad[i]));
		assert_int_equal(f.fault.status, 400);
		assert_string_equal(f.fault.code, "bad-path");
	}
	memset(long_uri, 'a', sizeof(long_uri) - 1);
	long_uri[0] = '/';
	long_uri[sizeof(long_uri) - 1] = '\0';
	assert_false(read_uri(&f, long_uri));
	assert_int_equal(f.fault.status, 414);
	long_uri[sizeof(long_uri) - 2] = '\0';
	assert_true(read_uri(&f, long_uri));
	arena_free(&f.a);
}

static void query_is_decoded_and_bounded(void **state)
{
	struct fixture f;
	uint64_t n;

	arena_init(&f.a, 1 << 20);
	assert_true(read_uri(&f, "/chain?from=12&q=a%20b+c&&empty=&flag"));
	assert_string_equal(request_query(&f.rq, "q"), "a b c");
	assert_string_equal(request_query(&f.rq, "empty"), "");
	assert_string_equal(request_query(&f.rq, "flag"), "");
	assert_null(request_query(&f.rq, "fro"));
	assert_true(request_query_number(&f.rq, "from", 0, 100, &n));
	assert_int_equal(n, 12);
	assert_false(request_query_number(&f.rq, "from", 0, 11, &n));
	assert_true(request_query_number(&f.rq, "none", 7, 11, &n));
	assert_int_equal(n, 7);
	assert_false(request_query_number(&f.rq, "q", 0, 100, &n));
	assert_false(request_query_number(&f.rq, "empty", 0, 100, &n));
	assert_false(read_uri(&f, "/chain?a=%"));
	assert_string_equal(f.fault.code, "bad-query");
	assert_false(read_uri(&f, "/chain?a=%00"));
	assert_false(read_uri(&f, "/?1&2&3&4&5&6&7&8&9&10&11&12&13&14&15&16&17"));
	arena_free(&f.a);
}

static void numbers_are_plain_and_do_not_wrap(void **state)
{
	static const char *const bad[] = {"", "-1", "+1", " 1", "1 ", "0x10", "1e3",
		"18446744073709551616", "99999999999999999999", "1.0"};
	uint64_t n;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(request_number(bytes_of(bad[i], strlen(bad[i])),
					    UINT64_MAX, &n));
	assert_true(request_number(bytes_of("18446744073709551615", 20), UINT64_MAX,
				   &n));
	assert_true(n == UINT64_MAX);
}

static bool read_body(struct fixture *f, const char *length, const char *body,
		      size_t step, bool broken, size_t limit)
{
	const char *const params[] = {"REQUEST_METHOD", "POST", "REQUEST_URI", "/x",
				      length ? "CONTENT_LENGTH" : NULL, length, NULL};
	struct fake fake = {.params = params, .body = body, .len = strlen(body),
			    .step = step, .broken = broken};
	const struct request_source src = {fake_param, fake_read, &fake};

	arena_reset(&f->a);
	return request_read(&f->rq, &src, &f->a, &f->fault) &&
	       request_read_body(&f->rq, &src, limit, &f->fault);
}

static void body_has_the_length_it_says_and_no_more_than_allowed(void **state)
{
	struct fixture f;

	arena_init(&f.a, 1 << 20);
	assert_true(read_body(&f, "5", "hello", 2, false, 5));
	assert_true(bytes_equal(f.rq.body, bytes_of("hello", 5)));
	assert_true(read_body(&f, NULL, "hello", 5, false, 5));
	assert_int_equal(f.rq.body.len, 5);
	assert_true(read_body(&f, "0", "", 5, false, 0));
	assert_int_equal(f.rq.body.len, 0);

	assert_false(read_body(&f, "6", "hello!", 6, false, 5));
	assert_int_equal(f.fault.status, 413);
	assert_false(read_body(&f, NULL, "hello!", 6, false, 5));
	assert_int_equal(f.fault.status, 413);
	assert_false(read_body(&f, "9", "hello", 5, false, 100));
	assert_string_equal(f.fault.code, "body-cut");
	assert_false(read_body(&f, "3", "hello", 5, false, 100));
	assert_string_equal(f.fault.code, "body-cut");
	assert_false(read_body(&f, "9", "hello", 5, true, 100));
	assert_string_equal(f.fault.code, "body-cut");
	assert_false(read_body(&f, "-1", "", 5, false, 100));
	assert_string_equal(f.fault.code, "bad-content-length");
	assert_false(read_body(&f, "18446744073709551616", "", 5, false, 100));
	arena_free(&f.a);
}

static void accept_header_decides_the_form_of_errors(void **state)
{
	static const char *const yes[] = {
		"application/json", "Application/JSON;charset=utf-8",
		"application/json, text/plain, */*",
		"text/html;q=0.5, application/json", "text/html;q=0,application/json",
		"application/json;q=0.9, text/html;q=0.8",
	};
	static const char *const no[] = {
		"", "*/*", "text/html", "text/html,application/xhtml+xml,*/*;q=0.8",
		"text/html, application/json", "application/json;q=0",
		"application/json;q=0.1, text/plain;q=0.2", "application/jsonx",
		",,,", ";q=1", "application/json;q=", "application/json;q=.5",
	};

	for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++)
		assert_true(request_accept_prefers_json(yes[i]));
	for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++)
		if (request_accept_prefers_json(no[i]))
			fail_msg("prefers JSON: %s", no[i]);
}

static void pages_of_other_sites_are_told_apart(void **state)
{
	struct request rq = {.host = "localhost:8443", .origin = "",
			     .fetch_site = ""};

	assert_false(request_is_cross_site(&rq));
	rq.origin = "https://localhost:8443";
	assert_false(request_is_cross_site(&rq));
	rq.origin = "https://evil.example";
	assert_true(request_is_cross_site(&rq));
	rq.origin = "null";
	assert_true(request_is_cross_site(&rq));
	rq.origin = "";
	rq.fetch_site = "cross-site";
	assert_true(request_is_cross_site(&rq));
	rq.fetch_site = "same-origin";
	assert_false(request_is_cross_site(&rq));
}

static void etag_that_the_client_has_needs_no_body(void **state)
{
	struct request rq = {.if_none_match = ""};
	struct response rs;

	response_init(&rs);
	assert_false(response_etag(&rs, &rq, "abc"));
	rq.if_none_match = "\"ab\", \"abcd\"";
	assert_false(response_etag(&rs, &rq, "abc"));
	rq.if_none_match = "\"x\", W/\"abc\"";
	assert_true(response_etag(&rs, &rq, "abc"));
	assert_int_equal(rs.status, 304);
	rq.if_none_match = "*";
	assert_true(response_etag(&rs, &rq, "abc"));
	rq.if_none_match = "\"abc";
	assert_false(response_etag(&rs, &rq, "abc"));
	response_free(&rs);
}

static void headers_say_what_the_answer_is(void **state)
{
	struct response rs;
	struct buf out;

	response_init(&rs);
	buf_init(&out, 4096);
	buf_text(&rs.body, "{}");
	rs.cache = CACHE_IMMUTABLE;
	response_head(&out, &rs);
	assert_string_equal(buf_str(&out),
			    "Status: 200 OK\r\nContent-Type: application/json\r\n"
			    "Content-Length: 2\r\nCache-Control: public, "
			    "max-age=157784630, immutable\r\n\r\n");
	/* An error is never kept. */
	buf_reset(&out);
	rs.status = 405;
	rs.allow = "POST, OPTIONS";
	response_head(&out, &rs);
	assert_non_null(strstr(buf_str(&out), "Cache-Control: no-store\r\n"));
	assert_non_null(strstr(buf_str(&out), "Allow: POST, OPTIONS\r\n"));
	buf_free(&out);
	response_free(&rs);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(path_is_cut_and_decoded_segment_by_segment),
		cmocka_unit_test(malformed_paths_are_refused),
		cmocka_unit_test(query_is_decoded_and_bounded),
		cmocka_unit_test(numbers_are_plain_and_do_not_wrap),
		cmocka_unit_test(body_has_the_length_it_says_and_no_more_than_allowed),
		cmocka_unit_test(accept_header_decides_the_form_of_errors),
		cmocka_unit_test(pages_of_other_sites_are_told_apart),
		cmocka_unit_test(etag_that_the_client_has_needs_no_body),
		cmocka_unit_test(headers_say_what_the_answer_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
