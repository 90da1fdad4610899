/* SPDX-License-Identifier: MIT */
/*
 * The answer under construction. A handler sets status and type and writes the
 * body into `body`; nothing is sent before it returns, so an error found late
 * can still replace everything (error.h), and Content-Length and ETag are known.
 */
#ifndef QUARRY_FCGI_HTTP_RESPONSE_H
#define QUARRY_FCGI_HTTP_RESPONSE_H

#include "base/buf.h"
#include "fcgi/http/request.h"
#include "primitives/hash.h"

/* No answer, or piece of one, is larger: a block as hexadecimal text fits, and so
 * does one script of a block's size written as operations. */
#define RESPONSE_BODY_MAX (96u << 20)

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
	unsigned *held;		/* one of this many: less at the answer's end */
};

/* How long an answer stays true. */
enum cache_class {
	CACHE_NEVER,		/* no-store */
	CACHE_TIP,		/* until the tip moves: no-cache with an ETag */
	CACHE_NOW,		/* not kept: max-age=0, as Esplora says it */
	CACHE_BRIEF,		/* five seconds */
	CACHE_SHORT,		/* ten seconds */
	CACHE_IMMUTABLE,	/* named by its hash: for ever */
};

struct event_want;

struct response {
	int status;		/* HTTP's; 200 at the start */
	const char *type;
	enum cache_class cache;
	char etag[72];		/* without quotes; "" for none */
	const char *allow;	/* for 405 and OPTIONS; NULL otherwise */
	const char *location;	/* of a 302; NULL: no such header */
	int retry_after_s;	/* 0: no such header */
	const char *authenticate; /* of a 401; NULL: no such header */
	char cookie[192];	/* of Set-Cookie; "": no such header */
	bool personal;		/* not for everybody: no cache keeps it */
	bool quiet;		/* a 500 that says nothing about the node */
	struct response_wait wait;
	bool open;		/* pages of any site may read it (CORS) */
	char tip[HASH_TEXT_SIZE]; /* it was computed at; "": not said */
	uint32_t tip_height;
	int proxy_s;		/* how long the web server may keep it for all;
				 * 0: not at all */
	struct buf body;
	/* Where a long answer goes piece by piece; see response_drain. */
	bool (*sink)(void *arg, struct response *rs);
	void *sink_arg;
	/* Whether the client went away; for what takes long. */
	bool (*gone)(void *arg);
	/* Set: the answer never ends; who serves hands it on (hub.h) */
	struct event_want *stream;
	bool streamed;		/* its head and a part are sent */
	bool broken;		/* and it cannot be completed */
};

/* What a long answer gathers before a piece of it is sent. */
#define RESPONSE_PIECE (512u << 10)

#define TYPE_JSON "application/json"
#define TYPE_TEXT "text/plain"
#define TYPE_HTML "text/html; charset=utf-8"
#define TYPE_CSV "text/csv; charset=utf-8; header=present"
#define TYPE_BYTES "application/octet-stream"

void response_init(struct response *rs);
/* Ready for the next request; keeps the memory. */
void response_reset(struct response *rs);
void response_free(struct response *rs);

/* Gives the answer this ETag. True when the client has it already: the answer is
 * then 304 and complete. Weak tags compare equal too (RFC 9110, 13.1.2). */
bool response_etag(struct response *rs, const struct request *rq,
		   const char *tag);
/* For answers that may be long: sends what there is once it is a piece, so that
 * memory stays bounded. Call it between two elements. Afterwards the status is
 * settled: an error can only break the answer off. */
void response_drain(struct response *rs);
/* Forgets the body for another one (an error's). False when a part is sent
 * already: the answer is then broken and the caller has nothing to write. */
bool response_restart(struct response *rs);
/* Status line and headers as CGI wants them, blank line included. */
void response_head(struct buf *out, const struct response *rs);
/* "Not Found"; "Error" for a number without a name here. */
const char *response_reason(int status);

#endif
