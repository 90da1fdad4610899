/* SPDX-License-Identifier: MIT */
#include "fcgi/http/request.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <strings.h>

#include "base/hex.h"

static bool fault_set(struct request_fault *f, int status, const char *code,
		      const char *message)
{
	*f = (struct request_fault){status, code, message};
	return false;
}

static const char *param(const struct request_source *src, const char *name)
{
	const char *v = src->param(src->arg, name);

	return v ? v : "";
}

static enum http_method method_of(const char *s)
{
	if (strcmp(s, "GET") == 0)
		return HTTP_GET;
	if (strcmp(s, "HEAD") == 0)
		return HTTP_HEAD;
	if (strcmp(s, "POST") == 0)
		return HTTP_POST;
	if (strcmp(s, "OPTIONS") == 0)
		return HTTP_OPTIONS;
	return HTTP_OTHER;
}

/* --- Accept --- */

static const char *skip_blank(const char *p, const char *end)
{
	while (p < end && (*p == ' ' || *p == '\t'))
		p++;
	return p;
}

/* The quality of one media range, in thousandths; 1000 when it has none. */
static int quality(const char *p, const char *end)
{
	int q = 0;

	while (p < end) {
		p = skip_blank(p, end);
		if (end - p >= 2 && (p[0] == 'q' || p[0] == 'Q') && p[1] == '=') {
			p += 2;
			if (p < end && *p == '1')
				return 1000;
			/* "0" and "0.", and all that is malformed, are 0. */
			if (p >= end || *p++ != '0' || p >= end || *p++ != '.')
				return 0;
			for (int unit = 100; unit && p < end && *p >= '0' &&
					     *p <= '9'; unit /= 10)
				q += unit * (*p++ - '0');
			return q;
		}
		while (p < end && *p != ';')
			p++;
		if (p < end)
			p++;
	}
	return 1000;
}

bool request_accept_prefers_json(const char *accept)
{
	int json = 0, other = 0;	/* best quality so far */

	for (const char *p = accept; *p;) {
		const char *end = p + strcspn(p, ",");
		const char *type = skip_blank(p, end);
		size_t n = strcspn(type, ";, \t");
		const char *params = memchr(type, ';', (size_t)(end - type));
		int q = quality(params ? params + 1 : end, end);

		if ((n == 16 && strncasecmp(type, "application/json", n) == 0) ||
		    (n == 24 && strncasecmp(type, "application/problem+json", n) == 0)) {
			/* equal qualities: the one named first */
			if (q > other && q > json)
				json = q;
		} else if ((n == 9 && strncasecmp(type, "text/html", n) == 0) ||
			   (n == 10 && strncasecmp(type, "text/plain", n) == 0)) {
			if (q > other)
				other = q;
			if (q > json)
				json = 0;
		}
		p = *end ? end + 1 : end;
	}
	return json > 0;
}

/* --- path and query --- */

/* Decodes text[0..n) into the arena with a NUL; false when an escape is broken
 * or a control character comes out. plus: '+' is a blank. */
static bool percent_decode(struct arena *a, const char *text, size_t n, bool plus,
			   struct bytes *out)
{
	uint8_t *p = arena_array(a, n + 1, uint8_t);
	size_t len = 0;

	if (!p)
		return false;
	for (size_t i = 0; i < n; i++) {
		int c = (uint8_t)text[i];

		if (c == '%') {
			int hi = n - i > 2 ? hex_digit(text[i + 1]) : -1;
			int lo = n - i > 2 ? hex_digit(text[i + 2]) : -1;

			if (hi < 0 || lo < 0)
				return false;
			c = hi * 16 + lo;
			i += 2;
		} else if (c == '+' && plus) {
			c = ' ';
		}
		if (c < 0x20 || c == 0x7f)
			return false;
		p[len++] = (uint8_t)c;
	}
	p[len] = '\0';
	*out = bytes_of(p, len);
	return true;
}

static bool read_path(struct request *rq, const char *uri, size_t len)
{
	const char *p = uri, *end = uri + len;

	char *copy = arena_array(rq->arena, len + 1, char);

	if (!copy || len == 0 || *p != '/')
		return false;
	memcpy(copy, uri, len);
	copy[len] = '\0';
	rq->path = copy;
	if (len == 1)
		return true;
	while (p < end) {
		const char *from = p + 1;
		const char *stop = memchr(from, '/', (size_t)(end - from));

		if (!stop)
			stop = end;
		if (rq->n_segment == REQUEST_SEGMENTS_MAX ||
		    !percent_decode(rq->arena, from, (size_t)(stop - from), false,
				    &rq->segment[rq->n_segment++]))
			return false;
		p = stop;
	}
	return true;
}

static bool read_query(struct request *rq, const char *p)
{
	while (*p) {
		size_t n = strcspn(p, "&"), name_len = strcspn(p, "=&");
		struct bytes name, value = bytes_of("", 0);

		if (n > 0) {
			if (rq->n_query == REQUEST_QUERY_MAX ||
			    !percent_decode(rq->arena, p, name_len, true, &name))
				return false;
			if (name_len < n &&
			    !percent_decode(rq->arena, p + name_len + 1,
					    n - name_len - 1, true, &value))
				return false;
			rq->query[rq->n_query].name = (const char *)name.p;
			rq->query[rq->n_query++].value = (const char *)value.p;
		}
		p += n + (p[n] == '&');
	}
	return true;
}

bool request_number(struct bytes text, uint64_t max, uint64_t *out)
{
	uint64_t v = 0;

	if (text.len == 0 || text.len > 20)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		unsigned d = (unsigned)text.p[i] - '0';

		if (d > 9 || v > (UINT64_MAX - d) / 10)
			return false;
		v = v * 10 + d;
	}
	*out = v;
	return v <= max;
}

bool request_path_is_object(const char *uri, size_t len)
{
	static const char *const parts[] = {
		"account", "admin", "wallet", "mining", "finality",
	};
	size_t n = len && *uri == '/' ? strcspn(uri + 1, "/?") : 0;

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (strlen(parts[i]) == n && memcmp(parts[i], uri + 1, n) == 0)
			return true;
	return false;
}

bool request_read(struct request *rq, const struct request_source *src,
		  struct arena *arena, struct request_fault *fault)
{
	const char *uri = param(src, "REQUEST_URI");
	const char *length = param(src, "CONTENT_LENGTH");
	size_t n = strcspn(uri, "?");
	uint64_t v;

	*fault = (struct request_fault){0};
	*rq = (struct request){
		.arena = arena,
		.path = "",
		.method = method_of(param(src, "REQUEST_METHOD")),
		.content_type = param(src, "CONTENT_TYPE"),
		.if_none_match = param(src, "HTTP_IF_NONE_MATCH"),
		.if_tip = param(src, "HTTP_IF_TIP"),
		.host = param(src, "HTTP_HOST"),
		.origin = param(src, "HTTP_ORIGIN"),
		.fetch_site = param(src, "HTTP_SEC_FETCH_SITE"),
		.last_event_id = param(src, "HTTP_LAST_EVENT_ID"),
		.genesis = param(src, "HTTP_X_QUARRY_GENESIS"),
		.authorization = param(src, "HTTP_AUTHORIZATION"),
		.cookie = param(src, "HTTP_COOKIE"),
		.csrf = param(src, "HTTP_X_QUARRY_CSRF"),
		.user_agent = param(src, "HTTP_USER_AGENT"),
		.remote = param(src, "REMOTE_ADDR"),
		.https = strcmp(param(src, "HTTPS"), "on") == 0,
		.content_length = -1,
		.accept = param(src, "HTTP_ACCEPT"),
		.wants_json = request_accept_prefers_json(param(src, "HTTP_ACCEPT")),
	};
	rq->wants_html = !rq->wants_json && strcasestr(rq->accept, "text/html");
	rq->api = strncmp(uri, "/api", 4) == 0 && (n == 4 || uri[4] == '/');
	rq->object = request_path_is_object(uri, n);
	if (strnlen(uri, REQUEST_URI_MAX + 1) > REQUEST_URI_MAX)
		return fault_set(fault, 414, "uri-too-long",
				 "The address is longer than 2048 bytes.");
	if (!read_path(rq, uri, n))
		return fault_set(fault, 400, "bad-path",
				 "The path has a broken escape, a control "
				 "character or too many parts.");
	if (uri[n] == '?' && !read_query(rq, uri + n + 1))
		return fault_set(fault, 400, "bad-query",
				 "The query has a broken escape, a control "
				 "character or more than 16 parameters.");
	if (*length) {
		if (!request_number(bytes_of(length, strlen(length)), INT64_MAX, &v))
			return fault_set(fault, 400, "bad-content-length",
					 "Content-Length is not a number.");
		rq->content_length = (int64_t)v;
	}
	return true;
}

bool request_read_body(struct request *rq, const struct request_source *src,
		       size_t limit, struct request_fault *fault)
{
	size_t want, len = 0;
	uint8_t *p;

	if (rq->content_length > 0 && (uint64_t)rq->content_length > limit)
		return fault_set(fault, 413, "body-too-large",
				 "The body is larger than this request may have.");
	/* One byte more than wanted, to see that there is none. */
	want = rq->content_length >= 0 ? (size_t)rq->content_length : limit;
	p = arena_array(rq->arena, want + 1, uint8_t);
	if (!p)
		return fault_set(fault, 503, "busy",
				 "There is no memory for the body now; try again.");
	for (;;) {
		long n = src->read(src->arg, p + len, want + 1 - len);

		if (n < 0)
			return fault_set(fault, 400, "body-cut",
					 "The body could not be read to its end.");
		len += (size_t)n;
		if (n == 0 || len > want)
			break;
	}
	if (len > want && rq->content_length < 0)
		return fault_set(fault, 413, "body-too-large",
				 "The body is larger than this request may have.");
	if (rq->content_length >= 0 && len != want)
		return fault_set(fault, 400, "body-cut",
				 "The body does not have the length that "
				 "Content-Length says.");
	p[len] = '\0';
	rq->body = bytes_of(p, len);
	return true;
}

/* --- looking up --- */

const char *request_query(const struct request *rq, const char *name)
{
	for (unsigned i = 0; i < rq->n_query; i++)
		if (strcmp(rq->query[i].name, name) == 0)
			return rq->query[i].value;
	return NULL;
}

bool request_query_number(const struct request *rq, const char *name,
			  uint64_t absent, uint64_t max, uint64_t *out)
{
	const char *v = request_query(rq, name);

	if (!v) {
		*out = absent;
		return true;
	}
	return request_number(bytes_of(v, strlen(v)), max, out);
}

bool request_is_json(const struct request *rq)
{
	size_t n = strcspn(rq->content_type, "; \t");

	return n == 16 && strncasecmp(rq->content_type, "application/json", n) == 0;
}

bool request_is_cross_site(const struct request *rq)
{
	const char *host;

	if (strcmp(rq->fetch_site, "cross-site") == 0)
		return true;
	if (!*rq->origin)
		return false;
	host = strstr(rq->origin, "://");
	return !host || strcasecmp(host + 3, rq->host) != 0;
}

void request_network(const char *remote, uint8_t out[16])
{
	memset(out, 0, 16);
	if (inet_pton(AF_INET6, remote, out) == 1)
		memset(out + 8, 0, 8);
	else if (inet_pton(AF_INET, remote, out + 12) == 1)
		out[11] = 1;
}
