/* SPDX-License-Identifier: MIT */
/* What the handlers of /account and /admin have in common. */
#ifndef QUARRY_FCGI_ACCOUNT_ACCOUNT_H
#define QUARRY_FCGI_ACCOUNT_ACCOUNT_H

#include "accounts/login.h"
#include "fcgi/http/caller.h"
#include "json/read.h"
#include "json/write.h"

/* A request with accounts.db, and its body as an object. */
struct account_call {
	struct app *app;
	const struct request *rq;
	struct response *rs;
	struct accounts *a;
	struct json_doc doc;
	const struct json_value *root;
	struct json_writer w;	/* of the answer */
};

/* Calls fn for a request that could be read, else answers it. What the body held
 * is wiped, unless it is parked to be judged later. */
void account_serve(void (*fn)(struct account_call *c), struct app *app,
		   const struct request *rq, struct response *rs);
/* The handler of a route that does this. */
#define ACCOUNT_HANDLER(name, fn)                                                      \
	void name(struct app *app, const struct request *rq, struct response *rs)      \
	{                                                                              \
		account_serve(fn, app, rq, rs);                                        \
	}

/* A text of the body of at most max bytes; "" when it is missing and `need` is
 * false. False: the answer is complete. */
bool account_text(const struct account_call *c, const char *name, size_t max, bool need,
		  const char **out);
bool account_id(const struct account_call *c, int64_t *out);
/* Roles of a list of texts; false: the answer is complete. */
bool account_roles(const struct account_call *c, const struct json_value *list,
		   unsigned *out);
/* How long a token or invitation is to hold, from `days`; `absent` when it is not
 * said. False: the answer is complete. */
bool account_days(const struct account_call *c, int64_t absent, int64_t *seconds);

/* "roles":[...] */
void account_put_roles(struct json_writer *w, unsigned roles);
/* A time in UNIX seconds; null for 0. */
void account_put_time(struct json_writer *w, const char *key, int64_t s);
/* Answers a failing environment or 404; nothing for ST_OK, which it returns. */
bool account_done(const struct account_call *c, enum status st, const char *not_found);
/* {"ok":true} */
void account_ok(const struct account_call *c);

/* What GET /account says, of an account and its session; account 0: a visitor. */
void account_show(struct app *app, const struct request *rq,
		  struct response *rs, int64_t account,
		  const struct secret *session);
/* Whether this request waits until it is another's turn: it is then parked. */
bool account_must_wait(const struct account_call *c);
/* Answers, or parks, what is no success; false for LOGIN_GOOD. */
bool account_refused(const struct account_call *c, const struct login_done *d);
/* "example.org:8443": of public_url, or as the client calls it. */
const char *account_site(const struct app *app, const struct request *rq);

#endif
