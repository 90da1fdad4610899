/* SPDX-License-Identifier: MIT */
/* What routes_about.def says of a path; openapi.c makes a document of it. */
#ifndef QUARRY_FCGI_OPS_OPENAPI_H
#define QUARRY_FCGI_OPS_OPENAPI_H

#include "base/buf.h"
#include "fcgi/http/route.h"

/* A path's description; the texts are in the forms of routes_about.def. */
struct route_about {
	enum http_method method;
	const char *pattern;
	const char *tag;
	const char *query;
	const char *body;
	const char *answer;
	const char *others;
	const char *summary;
};

/* The table; NULL past its end. */
const struct route_about *route_about_at(size_t i);
/* A route's entry; NULL when it has none. */
const struct route_about *route_about_find(enum http_method method,
					   const char *pattern);
/* Whether a parameter, or a type of schemas.def, has this name. Any n bytes. */
bool openapi_knows_param(const char *name, size_t n);

/* Appends the OpenAPI 3.0 document of all routes as JSON. A description that
 * names what is not there is BUG(). */
void openapi_write(struct buf *out);

#endif
