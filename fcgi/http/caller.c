/* SPDX-License-Identifier: MIT */
#include "fcgi/http/caller.h"

#include <stdio.h>

#include "accounts/token.h"
#include "fcgi/http/error.h"
#include "primitives/net_addr.h"

#define COOKIE_TLS "__Host-quarry"
#define COOKIE_PLAIN "quarry"
#define BEARER_BAD "Bearer realm=\"quarry\", error=\"invalid_token\""
#define BEARER "Bearer realm=\"quarry\""

unsigned caller_visitors(const struct app *app)
{
	const char *text = conf_text(app->conf, CONF_ANONYMOUS);
	unsigned roles;

	/* it was checked at the start */
	if (*text && roles_parse(&roles, text, strlen(text)))
		return roles;
	return ROLE_READ | ROLE_BROADCAST | ROLE_SQL |
	       (app_may_mine(app) ? (unsigned)ROLE_MINE : 0);
}

/* --- where it comes from --- */

static bool is_local(const struct request *rq)
{
	struct net_addr at;

	/* a client of a unix socket has no address */
	if (strcmp(rq->remote, "unix:") == 0)
		return true;
	if (!net_addr_parse(&at, rq->remote, 0))
		return false;
	if (at.net == NET_ADDR_IPV4)
		return at.host[0] == 127;
	for (unsigned i = 0; i < 15; i++)
		if (at.host[i])
			return false;
	return at.host[15] == 1;
}

bool caller_may_enter(const struct request *rq)
{
	return rq->https || is_local(rq);
}

static const char *cookie_name(const struct request *rq)
{
	return rq->https ? COOKIE_TLS : COOKIE_PLAIN;
}

void caller_set_cookie(const struct request *rq, struct response *rs,
		       const struct secret *s)
{
	char text[SECRET_TEXT_SIZE] = "";

	snprintf(rs->cookie, sizeof(rs->cookie),
		 "%s=%s; Path=/; HttpOnly; SameSite=Lax%s%s", cookie_name(rq),
		 s ? secret_text(text, s) : "", rq->https ? "; Secure" : "",
		 s ? "; Max-Age=2592000" : "; Max-Age=0");
	secret_wipe(text, sizeof(text));
}

/* --- who it is --- */

/* Whether a request by this route changes something. */
static bool is_unsafe(const struct route *rt, const struct request *rq)
{
	return rq->method == HTTP_POST || rt->role == ROLE_BROADCAST ||
	       rt->role == ROLE_MINE;
}

static bool by_token(struct app *app, struct caller *c, const struct request *rq,
		     struct response *rs)
{
	struct accounts *a = app_accounts(app);
	struct secret secret;
	enum status st = ST_NOT_FOUND;

	if (secret_of_bearer(&secret, rq->authorization))
		st = a ? token_find(a, &secret, &c->who) : ST_BUSY;
	secret_wipe(&secret, sizeof(secret));
	if (st == ST_NOT_FOUND) {
		error_reply(rs, rq, 401, "bad-token",
			    "This token is unknown, was revoked or has ended.");
		rs->authenticate = BEARER_BAD;
	} else if (st != ST_OK) {
		error_status(rs, rq, st);
	} else {
		c->kind = CALLER_TOKEN;
		c->roles |= c->who.roles;
	}
	return st == ST_OK;
}

static bool by_session(struct app *app, const struct route *rt, struct caller *c,
		       const struct request *rq, struct response *rs)
{
	struct accounts *a = app_accounts(app);
	struct holder who;
	enum status st = a ? session_find(a, &c->secret, &who) : ST_BUSY;

	if (st == ST_NOT_FOUND)
		return true;
	if (st != ST_OK) {
		error_status(rs, rq, st);
		return false;
	}
	if (is_unsafe(rt, rq) && (request_is_cross_site(rq) ||
				  !secret_csrf_is(&c->secret, rq->csrf))) {
		c->unproven = true;
		return true;
	}
	c->kind = CALLER_SESSION;
	c->who = who;
	c->roles |= who.roles;
	return true;
}

bool caller_find(struct app *app, const struct route *rt, struct request *rq,
		 struct response *rs)
{
	struct caller *c = arena_new(rq->arena, struct caller);

	if (!c) {
		error_status(rs, rq, ST_NOMEM);
		return false;
	}
	rq->caller = c;
	c->roles = caller_visitors(app);
	/* health and metrics are there whatever becomes of people */
	if (rt->role == ROLE_NONE && rt->body == BODY_NONE && !rq->object)
		return true;
	if (secret_scheme(rq->authorization, "Bearer"))
		return by_token(app, c, rq, rs);
	c->has_secret = secret_of_cookie(&c->secret, rq->cookie, cookie_name(rq));
	return !c->has_secret || by_session(app, rt, c, rq, rs);
}

/* --- what it may --- */

bool caller_has(const struct request *rq, unsigned role)
{
	return roles_have(rq->caller->roles, role);
}

static void refuse(const struct request *rq, struct response *rs,
		   const char *needed)
{
	if (rq->caller->unproven) {
		error_reply(rs, rq, 403, "csrf",
			    "Send X-Quarry-CSRF with what GET /account says, from "
			    "a page of this site.");
	} else if (rq->caller->kind == CALLER_VISITOR) {
		error_reply(rs, rq, 401, "sign-in",
			    "Sign in first: this is not for visitors.");
		rs->authenticate = BEARER;
	} else {
		error_reply(rs, rq, 403, "role", "%s", needed);
	}
}

bool caller_may(struct app *app, const struct route *rt,
		const struct request *rq, struct response *rs)
{
	const struct caller *c = rq->caller;
	char text[ROLES_TEXT_SIZE], needed[100];

	(void)app;
	if (rt->role == ROLE_NONE)
		return true;
	if (rt->role == ROLE_USER || rt->role == ROLE_SESSION) {
		if (c->kind == CALLER_SESSION ||
		    (c->kind == CALLER_TOKEN && rt->role == ROLE_USER))
			return true;
		refuse(rq, rs, "A token may not do this: sign in.");
		return false;
	}
	if (roles_have(c->roles, rt->role))
		return true;
	snprintf(needed, sizeof(needed), "This needs the role %s.",
		 roles_text(text, rt->role));
	refuse(rq, rs, needed);
	return false;
}

struct actor caller_actor(const struct request *rq, const char *name)
{
	return (struct actor){
		.name = name ? name : rq->caller->who.name,
		.address = rq->remote,
		.agent = rq->user_agent,
	};
}
