/* SPDX-License-Identifier: MIT */
#include "fcgi/response.h"

void response_init(struct response *rs)
{
	*rs = (struct response){.status = 200, .type = TYPE_JSON};
	buf_init(&rs->body, RESPONSE_BODY_MAX);
}

void response_reset(struct response *rs)
{
	struct buf body = rs->body;

	buf_reset(&body);
	body.max = RESPONSE_BODY_MAX;
	*rs = (struct response){.status = 200, .type = TYPE_JSON, .body = body};
}

void response_free(struct response *rs)
{
	buf_free(&rs->body);
}

bool response_etag(struct response *rs, const struct request *rq,
		   const char *tag)
{
	const char *p = rq->if_none_match;
	size_t n = strlen(tag);

	if (n >= sizeof(rs->etag))
		return false;
	memcpy(rs->etag, tag, n + 1);
	if (strcmp(p, "*") == 0) {
		rs->status = 304;
		return true;
	}
	while ((p = strchr(p, '"'))) {
		const char *end = strchr(++p, '"');

		if (!end)
			break;
		if ((size_t)(end - p) == n && memcmp(p, tag, n) == 0) {
			rs->status = 304;
			return true;
		}
		p = end + 1;
	}
	return false;
}

const char *response_reason(int status)
{
	static const struct {
		int status;
		const char *reason;
	} names[] = {
		{200, "OK"}, {201, "Created"}, {202, "Accepted"},
		{204, "No Content"}, {304, "Not Modified"},
		{400, "Bad Request"}, {401, "Unauthorized"},
		{403, "Forbidden"}, {404, "Not Found"},
		{405, "Method Not Allowed"}, {409, "Conflict"},
		{413, "Content Too Large"}, {414, "URI Too Long"},
		{415, "Unsupported Media Type"},
		{500, "Internal Server Error"},
		{503, "Service Unavailable"}, {504, "Gateway Timeout"},
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].status == status)
			return names[i].reason;
	return "Error";
}

static const char *cache_header(enum cache_class c)
{
	switch (c) {
	case CACHE_NEVER:
		return "no-store";
	case CACHE_TIP:
		return "no-cache";
	case CACHE_SHORT:
		return "public, max-age=10";
	case CACHE_IMMUTABLE:
		return "public, max-age=157784630, immutable";
	}
	return "no-store";
}

void response_head(struct buf *out, const struct response *rs)
{
	bool has_body = rs->status != 204 && rs->status != 304;

	buf_printf(out, "Status: %d %s\r\n", rs->status,
		   response_reason(rs->status));
	if (has_body)
		buf_printf(out, "Content-Type: %s\r\nContent-Length: %zu\r\n",
			   rs->type, rs->body.len);
	/* An error says nothing about what the same address has later. */
	buf_printf(out, "Cache-Control: %s\r\n",
		   cache_header(rs->status < 400 ? rs->cache : CACHE_NEVER));
	if (rs->etag[0] && rs->status < 400)
		buf_printf(out, "ETag: \"%s\"\r\n", rs->etag);
	if (rs->allow)
		buf_printf(out, "Allow: %s\r\n", rs->allow);
	if (rs->authenticate)
		buf_printf(out, "WWW-Authenticate: %s\r\n", rs->authenticate);
	if (rs->retry_after_s)
		buf_printf(out, "Retry-After: %d\r\n", rs->retry_after_s);
	buf_text(out, "\r\n");
}
