/* SPDX-License-Identifier: MIT */
/*
 * Who sends a request, and what it may therefore do.
 *
 * - "Authorization: Bearer quarry_...": a program, by its token. One that is not
 *   good is refused (401), whatever it asks for.
 * - A cookie: a browser, by its session. __Host-quarry with Secure, which browsers
 *   take by HTTPS alone. Without TLS, to clients on this machine, it is named
 *   "quarry" and has no Secure: some browsers (Safari; Chromium for 127.0.0.1) and
 *   most HTTP libraries keep or send no Secure cookie there. From elsewhere nobody
 *   enters without TLS.
 * - Everybody else is a visitor, and so is who has a session that has ended: what
 *   visitors may is configuration (`anonymous`), and nobody may less.
 *
 * A session proves itself where something changes: by the header X-Quarry-CSRF with
 * what GET /account says, and by coming from this site's own pages (Origin,
 * Sec-Fetch-Site). Without that it counts as a visitor.
 */
#ifndef QUARRY_FCGI_HTTP_CALLER_H
#define QUARRY_FCGI_HTTP_CALLER_H

#include "accounts/secret.h"
#include "accounts/session.h"
#include "fcgi/http/route.h"

enum caller_kind {
	CALLER_VISITOR,
	CALLER_SESSION,
	CALLER_TOKEN,
};

struct caller {
	enum caller_kind kind;
	struct holder who;	/* account 0 for visitors */
	unsigned roles;		/* with those of visitors */
	bool unproven;		/* a session that did not prove itself */
	bool has_secret;	/* the cookie holds one, good or not */
	struct secret secret;
};

/* What visitors may: `anonymous`, or read, broadcast, sql and, where mining by
 * request is allowed, mine. */
unsigned caller_visitors(const struct app *app);
/* Sets rq->caller. False: the answer is complete (401, or 503 when accounts.db is
 * needed and cannot be read). */
bool caller_find(struct app *app, const struct route *rt, struct request *rq,
		 struct response *rs);
/* Whether the caller may call the route; else the answer is complete: 401 for
 * visitors, 403 for others. */
bool caller_may(struct app *app, const struct route *rt,
		const struct request *rq, struct response *rs);
/* Whether it has a role, for what a route alone does not say. */
bool caller_has(const struct request *rq, unsigned role);

/* Who it is for the audit; name NULL: the caller's own. */
struct actor caller_actor(const struct request *rq, const char *name);
/* Whether somebody may enter here: by TLS, or from this machine. */
bool caller_may_enter(const struct request *rq);
/* The answer brings the session's cookie; NULL: takes it away. */
void caller_set_cookie(const struct request *rq, struct response *rs,
		       const struct secret *s);

#endif
