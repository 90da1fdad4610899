/* SPDX-License-Identifier: MIT */
/*
 * From a request to its handler, by the table routes.def. Each line there states
 * what must hold before the handler runs (method, who may, how large a body) and
 * the dispatcher here enforces it, so that handlers begin with data they may
 * trust to be bounded.
 */
#ifndef QUARRY_FCGI_HTTP_ROUTE_H
#define QUARRY_FCGI_HTTP_ROUTE_H

#include "accounts/role.h"
#include "fcgi/http/app.h"
#include "fcgi/http/request.h"
#include "fcgi/http/response.h"

/* Who may call a route: one of accounts/role.h, or one of these. */
#define ROLE_NONE 0u		/* everybody */
#define ROLE_USER 64u		/* who has an account */
#define ROLE_SESSION 128u	/* ... and is signed in, not by a token */

enum route_where {
	WHERE_ANY,
	WHERE_TEST,		/* only where coins are worthless, or allow_mine */
};

/* The body a route takes. */
enum route_body {
	BODY_NONE,
	BODY_JSON,		/* Content-Type must be application/json */
	BODY_ANY,
};

typedef void route_handler(struct app *app, const struct request *rq,
			   struct response *rs);

struct route {
	enum http_method method;
	const char *pattern;
	route_handler *handler;
	unsigned role;
	enum route_where where;
	enum route_body body;
	size_t body_max;
	enum cache_class cache;
};

/* The table, for tests and documentation. */
const struct route *route_table(size_t *count);

/* Finds the route and fills rq->arg. HEAD finds GET. NULL when there is none;
 * *allow then lists the methods the path does know ("GET, HEAD"), "" if it is
 * not a path at all. */
const struct route *route_find(struct request *rq, char *allow, size_t size);

/* Answers one request whatever it is; the answer is complete afterwards. */
void route_dispatch(struct app *app, const struct request_source *src,
		    struct arena *arena, struct request *rq,
		    struct response *rs);
/* Calls the handler of a parked answer (response.h) again. */
void route_again(struct app *app, const struct request *rq,
		 struct response *rs);

#endif
