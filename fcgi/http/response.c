/* SPDX-License-Identifier: MIT */
#include "fcgi/http/response.h"

void response_init(struct response *rs)
{
	*rs = (struct response){.status = 200, .type = TYPE_JSON};
	buf_init(&rs->body, RESPONSE_BODY_MAX);
}

static void release(struct response *rs)
{
	if (rs->wait.held)
		--*rs->wait.held;
	rs->wait.held = NULL;
}

void response_reset(struct response *rs)
{
	struct buf body = rs->body;

	release(rs);
	buf_reset(&body);
	body.max = RESPONSE_BODY_MAX;
	*rs = (struct response){
		.status = 200,
		.type = TYPE_JSON,
		.body = body,
		.sink = rs->sink,
		.sink_arg = rs->sink_arg,
		.gone = rs->gone,
	};
}

void response_free(struct response *rs)
{
	release(rs);
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
		{204, "No Content"}, {302, "Found"}, {304, "Not Modified"},
		{400, "Bad Request"}, {401, "Unauthorized"},
		{403, "Forbidden"}, {404, "Not Found"},
		{405, "Method Not Allowed"}, {408, "Request Timeout"},
		{409, "Conflict"}, {412, "Precondition Failed"},
		{413, "Content Too Large"}, {414, "URI Too Long"},
		{415, "Unsupported Media Type"},
		{422, "Unprocessable Content"}, {429, "Too Many Requests"},
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
	case CACHE_NOW:
		return "public, max-age=0";
	case CACHE_BRIEF:
		return "public, max-age=5";
	case CACHE_SHORT:
		return "public, max-age=10";
	case CACHE_IMMUTABLE:
		return "public, max-age=157784630, immutable";
	}
	return "no-store";
}

void response_drain(struct response *rs)
{
	if (rs->body.len < RESPONSE_PIECE || !rs->sink || rs->broken ||
	    buf_status(&rs->body) != ST_OK)
		return;
	if (!rs->sink(rs->sink_arg, rs))
		rs->broken = true;
	rs->streamed = true;
	buf_reset(&rs->body);
}

bool response_restart(struct response *rs)
{
	buf_reset(&rs->body);
	rs->broken = rs->streamed;
	return !rs->broken;
}

static void text(struct buf *out, const char *name, const char *value)
{
	buf_text(out, name);
	buf_text(out, value);
	buf_add(out, "\r\n", 2);
}

static void number(struct buf *out, const char *name, uint64_t value)
{
	char digits[24], *p = digits + sizeof(digits) - 1;

	*p = '\0';
	do
		*--p = (char)('0' + value % 10);
	while (value /= 10);
	text(out, name, p);
}

/* For pages of other sites: they may read it, and these headers of it. */
static void open_head(struct buf *out, const struct response *rs)
{
	text(out, "Access-Control-Allow-Origin: ", "*");
	if (rs->allow) {
		text(out, "Access-Control-Allow-Methods: ", rs->allow);
		text(out, "Access-Control-Allow-Headers: ", "*");
		text(out, "Access-Control-Max-Age: ", "86400");
	} else {
		text(out, "Access-Control-Expose-Headers: ",
		     "ETag, X-Quarry-Tip, X-Quarry-Height");
	}
}

void response_head(struct buf *out, const struct response *rs)
{
	bool good = rs->status < 400;

	buf_text(out, "Status: ");
	buf_u8(out, (uint8_t)('0' + rs->status / 100 % 10));
	buf_u8(out, (uint8_t)('0' + rs->status / 10 % 10));
	buf_u8(out, (uint8_t)('0' + rs->status % 10));
	text(out, " ", response_reason(rs->status));
	if (rs->status != 204 && rs->status != 304) {
		text(out, "Content-Type: ", rs->type);
		/* one that goes out in pieces has a length not known yet */
		if (rs->stream)
			text(out, "X-Accel-Buffering: ", "no");
		else if (!rs->streamed)
			number(out, "Content-Length: ", rs->body.len);
	}
	/* An error says nothing about what the same address has later. */
	text(out, "Cache-Control: ",
	     cache_header(good && !rs->personal ? rs->cache : CACHE_NEVER));
	if (good && rs->proxy_s && !rs->personal)
		number(out, "X-Accel-Expires: ", (unsigned)rs->proxy_s);
	if (rs->etag[0] && good) {
		buf_text(out, "ETag: \"");
		text(out, rs->etag, "\"");
	}
	if (rs->tip[0]) {
		text(out, "X-Quarry-Tip: ", rs->tip);
		number(out, "X-Quarry-Height: ", rs->tip_height);
	}
	if (rs->open)
		open_head(out, rs);
	else if (rs->allow)
		text(out, "Allow: ", rs->allow);
	if (rs->cookie[0])
		text(out, "Set-Cookie: ", rs->cookie);
	if (rs->location)
		text(out, "Location: ", rs->location);
	if (rs->authenticate)
		text(out, "WWW-Authenticate: ", rs->authenticate);
	if (rs->retry_after_s)
		number(out, "Retry-After: ", (unsigned)rs->retry_after_s);
	buf_text(out, "\r\n");
}
