/* SPDX-License-Identifier: MIT */
/*
 * One HTTP request as data: everything a handler may ask, looked up, decoded and
 * bounded once, before any handler runs.
 *
 * It is read through a small source, so that tests need no web server and the
 * FastCGI library stays in serve.c. All text lives in the request's arena or in
 * the source's own memory and ends with the request.
 *
 * The path is taken from REQUEST_URI as the client wrote it: cut at '/', each
 * segment percent-decoded by itself (a %2F stays inside its segment). A byte
 * below 0x20 or 0x7f, a broken escape or more than REQUEST_SEGMENTS_MAX segments
 * make it a bad request; nothing is repaired.
 */
#ifndef QUARRY_FCGI_HTTP_REQUEST_H
#define QUARRY_FCGI_HTTP_REQUEST_H

#include "base/arena.h"
#include "base/bytes.h"
#include "base/status.h"

#define REQUEST_URI_MAX 2048
#define REQUEST_SEGMENTS_MAX 8
#define REQUEST_QUERY_MAX 16
#define REQUEST_ARGS_MAX 3

enum http_method {
	HTTP_GET,
	HTTP_HEAD,
	HTTP_POST,
	HTTP_OPTIONS,
	HTTP_OTHER,
};

/* Where a request comes from: CGI variables, and the body piece by piece. */
struct request_source {
	/* NULL when there is none. */
	const char *(*param)(void *arg, const char *name);
	/* Up to n bytes of the body; 0 at its end, -1 when reading failed. */
	long (*read)(void *arg, void *p, size_t n);
	void *arg;
};

struct query_pair {
	const char *name;
	const char *value;
};

struct caller;
struct route;

struct request {
	struct arena *arena;
	enum http_method method;
	const char *path;		/* as written, without the query */
	struct bytes segment[REQUEST_SEGMENTS_MAX];
	unsigned n_segment;		/* "/": 0; "/a/": 2, the last empty */
	struct query_pair query[REQUEST_QUERY_MAX];
	unsigned n_query;
	struct bytes arg[REQUEST_ARGS_MAX]; /* of the route's :parameters */
	const char *content_type;	/* "" when there is none, as are these: */
	const char *accept;
	const char *if_none_match;
	const char *if_tip;		/* answer only at this tip */
	const char *host;
	const char *origin;
	const char *fetch_site;
	const char *last_event_id;
	const char *genesis;		/* X-Quarry-Genesis */
	const char *authorization;
	const char *cookie;
	const char *csrf;		/* X-Quarry-CSRF */
	const char *user_agent;
	const char *remote;		/* the client's address */
	bool https;			/* it came by TLS */
	bool api;			/* under /api: see api.h */
	bool object;			/* where refusals are objects: see error.h */
	bool wants_json;		/* Accept prefers application/json */
	bool wants_html;		/* it does not, and names text/html */
	int64_t content_length;		/* -1: not said */
	struct bytes body;		/* after request_read_body; NUL follows */
	const struct route *route;	/* set before its handler runs, */
	const struct caller *caller;	/* ... and so is who sends it */
};

/* Why a request cannot be taken. `status` is HTTP's, 0 when it can. */
struct request_fault {
	int status;
	const char *code;
	const char *message;
};

/* Fills rq from everything but the body. Returns false with *fault set when the
 * request is malformed; wants_json is then still valid. */
bool request_read(struct request *rq, const struct request_source *src,
		  struct arena *arena, struct request_fault *fault);
/* Reads the body, at most `limit` bytes, whatever the client says its length
 * is. A body shorter or longer than Content-Length is a fault. */
bool request_read_body(struct request *rq, const struct request_source *src,
		       size_t limit, struct request_fault *fault);

/* The value of a query parameter; NULL when absent. */
const char *request_query(const struct request *rq, const char *name);
/* A query parameter as a number; `absent` when there is none. False when it is
 * not a plain decimal number of at most `max`. */
bool request_query_number(const struct request *rq, const char *name,
			  uint64_t absent, uint64_t max, uint64_t *out);
/* Whether Content-Type is application/json, parameters aside. */
bool request_is_json(const struct request *rq);
/* Whether a browser sent it from a page of another site. */
bool request_is_cross_site(const struct request *rq);

/* Whether the path's first part is one of those made for programs and our own
 * pages, whose refusals are objects. */
bool request_path_is_object(const char *uri, size_t len);
/* Whether an Accept header prefers JSON to HTML or plain text: application/json
 * is named, and nothing of the two has a higher quality or the same and stands
 * first. Exposed for tests. */
bool request_accept_prefers_json(const char *accept);
/* What counts as one client: the address, of IPv6 its network of 64 bits. */
void request_network(const char *remote, uint8_t out[16]);
/* Plain decimal digits only, at most max. Exposed for path parameters. */
bool request_number(struct bytes text, uint64_t max, uint64_t *out);

#endif
