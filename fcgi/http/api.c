/* SPDX-License-Identifier: MIT */
#include "fcgi/http/api.h"

#include <strings.h>

#include "base/hex.h"
#include "fcgi/http/error.h"

/* Esplora's idea of when an answer stays. */
#define SETTLED_CONFIRMATIONS 10
/* The web server's copy of what a deep reorganisation could change: it is asked
 * again so often. Where coins are worthless deep reorganisations are made for
 * practice, so it keeps only what is deeper. */
#define SETTLED_PROXY_S 30
#define SETTLED_PLAYGROUND 100

#define METHODS "POST, GET, OPTIONS, PUT, DELETE"

void api_error(struct response *rs, int status, const char *text)
{
	if (!response_restart(rs))
		return;
	rs->status = status;
	rs->type = TYPE_TEXT;
	buf_text(&rs->body, text);
}

void api_status(struct response *rs, const struct request *rq, enum status st,
		const char *not_found)
{
	if (st == ST_NOT_FOUND)
		api_error(rs, 404, not_found);
	else
		error_status(rs, rq, st);
}

void api_settle(const struct app *app, struct response *rs, uint32_t height)
{
	uint32_t depth = rs->tip_height + 1 - height;

	if (height > rs->tip_height || depth < SETTLED_CONFIRMATIONS)
		return;
	rs->cache = CACHE_IMMUTABLE;
	if (depth >= (app_is_playground(app) ? SETTLED_PLAYGROUND
					     : SETTLED_CONFIRMATIONS))
		rs->proxy_s = SETTLED_PROXY_S;
}

bool api_hash(const struct request *rq, struct response *rs, unsigned arg,
	      struct hash256 *out)
{
	if (hash256_parse(out, (const char *)rq->arg[arg].p, rq->arg[arg].len))
		return true;
	api_error(rs, 400, "Invalid hex string");
	return false;
}

bool api_number(const struct request *rq, struct response *rs, unsigned arg,
		uint32_t *out)
{
	uint64_t v;

	if (request_number(rq->arg[arg], UINT32_MAX, &v)) {
		*out = (uint32_t)v;
		return true;
	}
	api_error(rs, 400, "Invalid number");
	return false;
}

/* --- the state --- */

static uint64_t fnv(uint64_t h, const void *p, size_t n)
{
	const uint8_t *b = p;

	for (size_t i = 0; i < n; i++)
		h = (h ^ b[i]) * 0x100000001b3;
	return h;
}

/* Of the address and, where it can change, of the state. */
static void make_tag(char out[33], const struct request *rq,
		     const struct query_mark *m, bool fixed)
{
	uint64_t h = fnv(0xcbf29ce484222325, rq->path, strlen(rq->path));
	uint64_t state = fixed ? 0 : fnv(h, &m->tip, sizeof(m->tip));
	uint8_t b[16];

	for (unsigned i = 0; i < rq->n_query; i++) {
		h = fnv(h, rq->query[i].name, strlen(rq->query[i].name) + 1);
		h = fnv(h, rq->query[i].value, strlen(rq->query[i].value) + 1);
	}
	h = fnv(h, rq->body.p, rq->body.len);
	if (!fixed) {
		state = fnv(state, &m->event, sizeof(m->event));
		state = fnv(state, &m->held, sizeof(m->held));
	}
	be64_put(b, h);
	be64_put(b + 8, state);
	hex_text(out, b, sizeof(b));
}

void api_tip(struct app *app, struct response *rs)
{
	struct query_mark m;

	if (query_mark(app->node, &m) != ST_OK)
		return;
	hash256_text(rs->tip, &m.tip.h);
	rs->tip_height = m.height;
}

bool api_mark(struct app *app, const struct request *rq, struct response *rs)
{
	struct query_mark m;
	char tag[33];
	enum status st = query_mark(app->node, &m);

	if (st != ST_OK) {
		error_status(rs, rq, st);
		return false;
	}
	hash256_text(rs->tip, &m.tip.h);
	rs->tip_height = m.height;
	if (rq->if_tip[0]) {
		const char *want = rq->if_tip + (rq->if_tip[0] == '"');
		size_t n = strcspn(want, "\"");

		if (n != 64 || strncasecmp(want, rs->tip, n) != 0) {
			error_reply(rs, rq, 412, "tip-moved",
				    "The tip is %s, at height %u.", rs->tip,
				    m.height);
			return false;
		}
	}
	make_tag(tag, rq, &m, rs->cache == CACHE_IMMUTABLE);
	/* "*" asks whether there is anything: only the handler knows. */
	if (strcmp(rq->if_none_match, "*") != 0)
		return !response_etag(rs, rq, tag);
	memcpy(rs->etag, tag, sizeof(tag));
	return true;
}

/* --- dispatch --- */

static void answer_read(struct app *app, const struct route *rt,
			struct request *rq, struct response *rs)
{
	enum status st = node_snapshot(app->node);

	if (st != ST_OK) {
		error_status(rs, rq, st);
		return;
	}
	if (api_mark(app, rq, rs))
		rt->handler(app, rq, rs);
	node_snapshot_end(app->node);
	if (rs->status == 200 && !rs->streamed &&
	    strcmp(rq->if_none_match, "*") == 0)
		rs->status = 304;
}

void api_dispatch(struct app *app, const struct request_source *src,
		  const struct route *rt, struct request *rq,
		  struct response *rs)
{
	struct request_fault fault;

	rs->open = true;
	if (rq->method == HTTP_OPTIONS) {
		rs->status = 204;
		rs->allow = METHODS;
		return;
	}
	if (!rt) {
		buf_text(&rs->body, "endpoint does not exist \"");
		buf_text(&rs->body, rq->path + strlen("/api"));
		buf_text(&rs->body, "\"");
		rs->status = 404;
		rs->type = TYPE_TEXT;
		return;
	}
	if (rt->body != BODY_NONE &&
	    !request_read_body(rq, src, rt->body_max, &fault)) {
		error_reply(rs, rq, fault.status, fault.code, "%s", fault.message);
		return;
	}
	if (rt->method == HTTP_GET && rt->cache != CACHE_NOW &&
	    rt->cache != CACHE_NEVER)
		answer_read(app, rt, rq, rs);
	else
		rt->handler(app, rq, rs);
}
