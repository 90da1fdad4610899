/* SPDX-License-Identifier: MIT */
/* What the handlers of /account and /admin have in common. */
#ifndef QUARRY_FCGI_ACCOUNT_H
#define QUARRY_FCGI_ACCOUNT_H

#include "accounts/login.h"
#include "fcgi/caller.h"
#include "json/read.h"
#include "json/write.h"

/* A request that has been read: accounts.db, and its body as an object. */
struct account_call {
	struct accounts *a;
	struct json_doc doc;
	const struct json_value *root;
	struct json_writer w;	/* of the answer */
};

/* False: the answer is complete. End it with account_call_end in any case. */
bool account_call_begin(struct account_call *c, struct app *app,
			const struct request *rq, struct response *rs);
void account_call_end(struct account_call *c);

/* A text of the body of at most max bytes; "" when it is missing and `need` is
 * false. False: the answer is complete. */
bool account_text(const struct account_call *c, const struct request *rq,
		  struct response *rs, const char *name, size_t max, bool need,
		  const char **out);
bool account_id(const struct account_call *c, const struct request *rq,
		struct response *rs, int64_t *out);
/* Roles of a list of texts; false: the answer is complete. */
bool account_roles(const struct json_value *list, const struct request *rq,
		   struct response *rs, unsigned *out);
/* How long a token or invitation is to hold, from `days`; `absent` when it is not
 * said. False: the answer is complete. */
bool account_days(const struct account_call *c, const struct request *rq,
		  struct response *rs, int64_t absent, int64_t *seconds);

/* "roles":[...] */
void account_put_roles(struct json_writer *w, unsigned roles);
/* A time in UNIX seconds; null for 0. */
void account_put_time(struct json_writer *w, const char *key, int64_t s);
/* A failing environment or 404; nothing for ST_OK. Returns whether it was. */
bool account_done(struct response *rs, const struct request *rq, enum status st,
		  const char *not_found);
/* {"ok":true} */
void account_ok(struct response *rs);

/* What GET /account says, of an account and its session; account 0: a visitor. */
void account_show(struct app *app, const struct request *rq,
		  struct response *rs, int64_t account,
		  const struct secret *session);
/* Nobody may derive now: the answer is parked, or refused after a while. */
void account_wait_turn(struct app *app, const struct request *rq,
		       struct response *rs);
/* Whether this request waits until it is another's turn. */
bool account_must_wait(const struct app *app, const struct response *rs);
/* Answers what is no success; false for LOGIN_GOOD. */
bool account_refused(struct app *app, const struct request *rq,
		     struct response *rs, const struct login_done *d);
/* "example.org:8443": of public_url, or as the client calls it. */
const char *account_site(const struct app *app, const struct request *rq);

#endif
