/* SPDX-License-Identifier: MIT */
/*
 * What all paths under /api have in common: Esplora's REST interface, mempool's
 * beside it, and ours in their manner.
 *
 * - Errors are bare text, whatever the client prefers. An unknown path is 404
 *   `endpoint does not exist "/x"`, also for a method it does not know.
 * - Pages of every site may ask (CORS); any OPTIONS is 204.
 * - Slashes at the end of a path mean nothing.
 * - An answer is computed in one read transaction and says at which tip:
 *   X-Quarry-Tip, X-Quarry-Height, and an ETag of the whole state and the path
 *   (of the path alone where a hash names what cannot change). If-None-Match is
 *   answered 304 without computing anything; If-Tip: HASH is refused with 412
 *   when the tip is another.
 */
#ifndef QUARRY_FCGI_HTTP_API_H
#define QUARRY_FCGI_HTTP_API_H

#include "fcgi/http/route.h"
#include "node/query/query_full.h"

/* Answers; rt is NULL when no route matches. */
void api_dispatch(struct app *app, const struct request_source *src,
		  const struct route *rt, struct request *rq,
		  struct response *rs);

/* Notes the state in the answer. False when the answer is complete with that
 * (304, 412, or an error): call it inside the snapshot the answer is made of. */
bool api_mark(struct app *app, const struct request *rq, struct response *rs);

/* The tip as it is after something was changed, for the answer's headers. */
void api_tip(struct app *app, struct response *rs);

/* An error as text. */
void api_error(struct response *rs, int status, const char *text);
/* A bad environment; 404 with the text given for ST_NOT_FOUND. */
void api_status(struct response *rs, const struct request *rq, enum status st,
		const char *not_found);

/* How long an answer holds that is true while a block of this height is in the
 * chain: for good from ten confirmations on, ten seconds before. Beneath that
 * depth the web server may keep it too, for a while. */
void api_settle(const struct app *app, struct response *rs, uint32_t height);

/* Parameters of the path; false with 400 and Esplora's text. */
bool api_hash(const struct request *rq, struct response *rs, unsigned arg,
	      struct hash256 *out);
bool api_number(const struct request *rq, struct response *rs, unsigned arg,
		uint32_t *out);

#endif
