/* SPDX-License-Identifier: MIT */
#include "fcgi/http/route.h"

#include <stdio.h>

#include "base/clock.h"
#include "fcgi/http/api.h"
#include "fcgi/http/caller.h"
#include "fcgi/http/error.h"
#include "fcgi/http/handlers.h"
#include "node/pool/mempool.h"

static const struct route routes[] = {
#define R(m, p, h, r, w, b, n, c)                                                 \
	{.method = HTTP_##m, .pattern = p, .handler = h, .role = ROLE_##r,      \
	 .where = WHERE_##w, .body = BODY_##b, .body_max = n, .cache = CACHE_##c},
#include "fcgi/http/routes.def"
#undef R
};

const struct route *route_table(size_t *count)
{
	*count = sizeof(routes) / sizeof(routes[0]);
	return routes;
}

/* Whether the pattern matches; fills arg from its :parameters. */
static bool matches(const char *pattern, const struct request *rq,
		    struct bytes arg[REQUEST_ARGS_MAX])
{
	unsigned i = 0, n_arg = 0;

	if (strcmp(pattern, "/") == 0)
		return rq->n_segment == 0;
	for (const char *p = pattern; *p; i++) {
		size_t n = strcspn(++p, "/");

		if (i == rq->n_segment)
			return false;
		if (*p == ':') {
			if (rq->segment[i].len == 0 || n_arg == REQUEST_ARGS_MAX)
				return false;
			arg[n_arg++] = rq->segment[i];
		} else if (!bytes_equal(rq->segment[i], bytes_of(p, n))) {
			return false;
		}
		p += n;
	}
	return i == rq->n_segment;
}

const struct route *route_find(struct request *rq, char *allow, size_t size)
{
	enum http_method want = rq->method == HTTP_HEAD ? HTTP_GET : rq->method;
	bool get = false, post = false;

	/* there a slash at the end means nothing */
	while (rq->api && rq->n_segment > 1 &&
	       rq->segment[rq->n_segment - 1].len == 0)
		rq->n_segment--;
	for (size_t i = 0; i < sizeof(routes) / sizeof(routes[0]); i++) {
		if (!matches(routes[i].pattern, rq, rq->arg))
			continue;
		if (routes[i].method == want)
			return &routes[i];
		get = get || routes[i].method == HTTP_GET;
		post = post || routes[i].method == HTTP_POST;
	}
	snprintf(allow, size, "%s%s%s", get ? "GET, HEAD, OPTIONS" : "",
		 get && post ? ", " : "",
		 post ? get ? "POST" : "POST, OPTIONS" : "");
	return NULL;
}

/* Whether pages of other sites may not ask for it: it changes something, or shows
 * what is not everybody's. Under /api they may. */
static bool is_guarded(const struct route *rt, const struct request *rq)
{
	if (rq->api || rt->role == ROLE_READ || rt->role == ROLE_SQL)
		return false;
	return rt->role != ROLE_NONE || rt->method == HTTP_POST;
}

/* The conditions of a route beyond its method. */
static bool route_allows(struct app *app, const struct route *rt,
			 struct request *rq, struct response *rs)
{
	if (rt->where == WHERE_TEST && !app_may_mine(app)) {
		error_reply(rs, rq, 403, "not-allowed-here",
			    "Mining by request works only on own chains and "
			    "regtest; this is %s.", node_params(app->node)->name);
		return false;
	}
	if (!caller_find(app, rt, rq, rs) || !caller_may(app, rt, rq, rs))
		return false;
	/* what visitors may not have, no cache may keep */
	rs->personal = rt->role != ROLE_NONE &&
		       !roles_have(caller_visitors(app), rt->role);
	if (is_guarded(rt, rq) && request_is_cross_site(rq)) {
		error_reply(rs, rq, 403, "cross-site",
			    "Pages of other sites may not change anything here.");
		return false;
	}
	return true;
}

static void call(struct app *app, const struct request *rq,
		 struct response *rs)
{
	uint64_t before = node_txs_taken(app->node);

	rq->route->handler(app, rq, rs);
	app_mine_submitted(app, before);
	if (!rs->wait.parked && buf_status(&rs->body) != ST_OK)
		error_status(rs, rq, buf_status(&rs->body));
}

void route_dispatch(struct app *app, const struct request_source *src,
		    struct arena *arena, struct request *rq,
		    struct response *rs)
{
	struct request_fault fault;
	const struct route *rt;
	char allow[64];

	if (!request_read(rq, src, arena, &fault)) {
		error_reply(rs, rq, fault.status, fault.code, "%s", fault.message);
		return;
	}
	rt = route_find(rq, allow, sizeof(allow));
	if (rt) {
		rs->cache = rt->cache;
		rs->open = rq->api;
		if (rq->method != HTTP_OPTIONS && !route_allows(app, rt, rq, rs))
			return;
	}
	if (rq->api) {
		uint64_t before = node_txs_taken(app->node);

		api_dispatch(app, src, rt, rq, rs);
		app_mine_submitted(app, before);
		if (buf_status(&rs->body) != ST_OK)
			error_status(rs, rq, buf_status(&rs->body));
		return;
	}
	if (!rt) {
		if (!allow[0]) {
			error_reply(rs, rq, 404, "no-such-path",
				    "There is nothing at this address.");
			return;
		}
		rs->allow = arena_strdup(arena, allow);
		if (rq->method == HTTP_OPTIONS)
			rs->status = 204;
		else
			error_reply(rs, rq, 405, "method-not-allowed",
				    "This address answers only: %s.", allow);
		return;
	}
	if (rt->body == BODY_JSON && !request_is_json(rq)) {
		error_reply(rs, rq, 415, "not-json",
			    "Send the body as Content-Type: application/json.");
		return;
	}
	if (rt->body != BODY_NONE &&
	    !request_read_body(rq, src, rt->body_max, &fault)) {
		error_reply(rs, rq, fault.status, fault.code, "%s", fault.message);
		return;
	}
	rs->wait.possible = true;
	rs->wait.since_ms = clock_mono_ms();
	rq->route = rt;
	call(app, rq, rs);
}

void route_again(struct app *app, const struct request *rq,
		 struct response *rs)
{
	rs->wait.parked = false;
	rs->wait.again = true;
	call(app, rq, rs);
}
