/* SPDX-License-Identifier: MIT */
/*
 * The answer under construction. A handler sets status and type and writes the
 * body into `body`; nothing is sent before it returns, so an error found late
 * can still replace everything (error.h), and Content-Length and ETag are known.
 */
#ifndef QUARRY_FCGI_RESPONSE_H
#define QUARRY_FCGI_RESPONSE_H

#include "base/buf.h"
#include "fcgi/request.h"
#include "primitives/hash.h"

/* No answer is larger: a block as hexadecimal text fits. */
#define RESPONSE_BODY_MAX (12u << 20)

/*
 * An answer that is not due yet. A handler that finds `possible` may set `parked`
 * and return without having answered; it is called again, with the same request,
 * whenever the database has changed, at the latest after RESPONSE_WAIT_STEP_MS.
 * The rest is its own to remember things in. Where `possible` is false it answers
 * with what there is.
 */
#define RESPONSE_WAIT_STEP_MS 1000
struct response_wait {
	bool possible;
	bool parked;
	bool again;		/* it was called before */
	int64_t since_ms;	/* clock_mono_ms of the first call */
	struct hash256 mark;
	int64_t mark_id;
};

/* How long an answer stays true. */
enum cache_class {
	CACHE_NEVER,		/* no-store */
	CACHE_TIP,		/* until the tip moves: no-cache with an ETag */
	CACHE_SHORT,		/* ten seconds */
	CACHE_IMMUTABLE,	/* named by its hash: for ever */
};

struct response {
	int status;		/* HTTP's; 200 at the start */
	const char *type;
	enum cache_class cache;
	char etag[72];		/* without quotes; "" for none */
	const char *allow;	/* for 405 and OPTIONS; NULL otherwise */
	int retry_after_s;	/* 0: no such header */
	const char *authenticate; /* of a 401; NULL: no such header */
	bool quiet;		/* a 500 that says nothing about the node */
	struct response_wait wait;
	struct buf body;
};

#define TYPE_JSON "application/json"
#define TYPE_TEXT "text/plain"
#define TYPE_HTML "text/html; charset=utf-8"
#define TYPE_BYTES "application/octet-stream"

void response_init(struct response *rs);
/* Ready for the next request; keeps the memory. */
void response_reset(struct response *rs);
void response_free(struct response *rs);

/* Gives the answer this ETag. True when the client has it already: the answer is
 * then 304 and complete. Weak tags compare equal too (RFC 9110, 13.1.2). */
bool response_etag(struct response *rs, const struct request *rq,
		   const char *tag);
/* Status line and headers as CGI wants them, blank line included. */
void response_head(struct buf *out, const struct response *rs);
/* "Not Found"; "Error" for a number without a name here. */
const char *response_reason(int status);

#endif
