/* SPDX-License-Identifier: MIT */
#include "fcgi/account/account.h"

#include <stdio.h>

#include "accounts/loginkey.h"
#include "accounts/token.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/url.h"
#include "fcgi/http/error.h"

#define WAIT_MS 6000
/* A worker that has just derived lets others go first. */
#define TURN_MS 400
#define WAITING_MOST 8
#define DAY_S 86400
#define DAYS_MAX 3650

/* --- what a request brings --- */

/* False: the answer is complete. */
static bool begin(struct account_call *c)
{
	const struct request *rq = c->rq;
	char error[JSON_ERROR_SIZE];

	c->a = app_accounts(c->app);
	c->rs->type = TYPE_JSON;
	if (!c->a) {
		c->rs->retry_after_s = 2;
		error_reply(c->rs, rq, 503, "no-accounts",
			    "Accounts cannot be had just now; the node's log "
			    "says why.");
		return false;
	}
	if (rq->route->body == BODY_NONE)
		return true;
	if (json_doc_parse(&c->doc, rq->body.p, rq->body.len, rq->body.len, error) !=
		    ST_OK ||
	    json_kind(c->doc.root) != JSON_KIND_OBJECT) {
		error_reply(c->rs, rq, 400, "bad-json", "The body is no JSON object.");
		return false;
	}
	c->root = c->doc.root;
	return true;
}

void account_serve(void (*fn)(struct account_call *c), struct app *app,
		   const struct request *rq, struct response *rs)
{
	struct account_call c = {.app = app, .rq = rq, .rs = rs};

	if (begin(&c))
		fn(&c);
	json_doc_free(&c.doc);
	/* a password may be in it; whoever waits reads it again */
	if (!rs->wait.parked && rq->body.len)
		secret_wipe((void *)(uintptr_t)rq->body.p, rq->body.len);
}

bool account_text(const struct account_call *c, const char *name, size_t max, bool need,
		  const char **out)
{
	const struct json_value *v = json_get(c->root, name);
	enum json_kind kind = json_kind(v);
	size_t len = 0;

	*out = "";
	if (!need && (kind == JSON_KIND_MISSING || kind == JSON_KIND_NULL))
		return true;
	if (json_as_str(v, out, &len) && len <= max && (len || !need))
		return true;
	error_reply(c->rs, c->rq, 400, "bad-value",
		    "%s is a text of at most %zu bytes.", name, max);
	return false;
}

bool account_id(const struct account_call *c, int64_t *out)
{
	if (json_get_int(c->root, "id", out) && *out > 0)
		return true;
	error_reply(c->rs, c->rq, 400, "bad-value", "id is a number from the list.");
	return false;
}

bool account_roles(const struct account_call *c, const struct json_value *list,
		   unsigned *out)
{
	unsigned one;
	const char *s;
	size_t len;

	*out = 0;
	for (size_t i = 0; i < json_count(list); i++) {
		if (!json_as_str(json_at(list, i), &s, &len) || !len ||
		    memchr(s, ',', len) || !roles_parse(&one, s, len) || !one)
			break;
		*out |= one;
		if (i + 1 == json_count(list))
			return true;
	}
	if (json_kind(list) == JSON_KIND_ARRAY && !json_count(list))
		return true;
	error_reply(c->rs, c->rq, 400, "bad-value",
		    "roles is a list of read, broadcast, "
		    "wallet, mine, sql and admin.");
	return false;
}

bool account_days(const struct account_call *c, int64_t absent, int64_t *seconds)
{
	const struct json_value *v = json_get(c->root, "days");
	int64_t days;

	*seconds = absent;
	if (json_kind(v) == JSON_KIND_MISSING || json_kind(v) == JSON_KIND_NULL)
		return true;
	if (json_as_int(v, &days) && days >= 1 && days <= DAYS_MAX) {
		*seconds = days * DAY_S;
		return true;
	}
	error_reply(c->rs, c->rq, 400, "bad-value", "days is a number from 1 to %d.",
		    DAYS_MAX);
	return false;
}

/* --- what an answer says --- */

void account_put_roles(struct json_writer *w, unsigned roles)
{
	json_key(w, "roles");
	json_arr_begin(w);
	for (unsigned i = 0; role_name(i); i++)
		if (roles & 1u << i)
			json_str(w, role_name(i));
	json_arr_end(w);
}

void account_put_time(struct json_writer *w, const char *key, int64_t s)
{
	if (s)
		json_put_int(w, key, s);
	else
		json_put_nil(w, key);
}

bool account_done(const struct account_call *c, enum status st, const char *not_found)
{
	if (st == ST_NOT_FOUND)
		error_not_found(c->rs, c->rq, not_found);
	else if (st != ST_OK)
		error_status(c->rs, c->rq, st);
	return st == ST_OK;
}

void account_ok(const struct account_call *c)
{
	buf_text(&c->rs->body, "{\"ok\":true}\n");
}

static void put_keys(struct json_writer *w, const struct loginkey_row *v,
		     uint32_t n)
{
	json_key(w, "keys");
	json_arr_begin(w);
	for (uint32_t i = 0; i < n; i++) {
		json_obj_begin(w);
		json_put_int(w, "id", v[i].id);
		json_put_str(w, "public_key", v[i].key);
		json_put_str(w, "label", v[i].label);
		json_put_int(w, "created", v[i].created_s);
		account_put_time(w, "used", v[i].used_s);
		json_obj_end(w);
	}
	json_arr_end(w);
}

void account_show(struct app *app, const struct request *rq,
		  struct response *rs, int64_t account,
		  const struct secret *session)
{
	struct accounts *a = app_accounts(app);
	struct account who = {.name = ""};
	struct loginkey_row *keys = NULL;
	char csrf[SECRET_TEXT_SIZE];
	struct json_writer w;
	uint32_t n = 0;
	unsigned roles;
	enum status st = ST_OK;

	if (account)
		st = a ? account_by_id(a, account, &who) : ST_BUSY;
	if (st == ST_OK && account)
		st = loginkey_list(a, account, rq->arena, &keys, &n);
	if (st != ST_OK) {
		error_status(rs, rq, st);
		return;
	}
	roles = rq->caller->kind == CALLER_TOKEN ? rq->caller->roles
						 : who.roles | caller_visitors(app);
	if (roles & ROLE_ADMIN)
		roles = ROLES_ALL;
	rs->type = TYPE_JSON;
	json_begin(&w, &rs->body);
	json_obj_begin(&w);
	if (account)
		json_put_str(&w, "name", who.name);
	else
		json_put_nil(&w, "name");
	account_put_roles(&w, roles);
	if (session) {
		secret_csrf(csrf, session);
		json_put_str(&w, "csrf", csrf);
		secret_wipe(csrf, sizeof(csrf));
	} else {
		json_put_nil(&w, "csrf");
	}
	json_put_bool(&w, "totp", who.totp);
	put_keys(&w, keys, n);
	json_key(&w, "policy");
	json_obj_begin(&w);
	json_put_str(&w, "signup", conf_text(app->conf, CONF_SIGNUP));
	json_obj_end(&w);
	json_obj_end(&w);
	buf_text(&rs->body, "\n");
}

/* --- taking turns --- */

bool account_must_wait(const struct account_call *c)
{
	const struct response *rs = c->rs;

	if (!rs->wait.again || !rs->wait.possible ||
	    clock_mono_ms() - c->app->derived_ms >= TURN_MS ||
	    clock_mono_ms() - rs->wait.since_ms >= WAIT_MS)
		return false;
	c->rs->wait.parked = true;
	return true;
}

/* Nobody may derive now: the answer is parked, or refused after a while. */
static void wait_turn(const struct account_call *c)
{
	struct response *rs = c->rs;
	struct app *app = c->app;

	if (rs->wait.possible && clock_mono_ms() - rs->wait.since_ms < WAIT_MS) {
		if (!rs->wait.held && app->login_waiting < WAITING_MOST) {
			app->login_waiting++;
			rs->wait.held = &app->login_waiting;
		}
		if (rs->wait.held) {
			rs->wait.parked = true;
			return;
		}
	}
	rs->retry_after_s = 2;
	error_reply(rs, c->rq, 429, "busy",
		    "Many sign in just now; try again in a "
		    "moment.");
}

bool account_refused(const struct account_call *c, const struct login_done *d)
{
	struct response *rs = c->rs;
	struct json_writer w;

	switch (d->result) {
	case LOGIN_GOOD:
		return false;
	case LOGIN_BUSY:
		wait_turn(c);
		break;
	case LOGIN_WAIT:
		rs->retry_after_s = (int)d->wait_s;
		error_reply(rs, c->rq, 429, "wait",
			    "Too many tries: wait %lld seconds.", (long long)d->wait_s);
		break;
	case LOGIN_CODE_MISSING:
		rs->status = 401;
		json_begin(&w, &rs->body);
		json_obj_begin(&w);
		json_put_str(&w, "error", "Send the code of your second factor, "
					  "too.");
		json_put_str(&w, "code", "totp");
		json_put_bool(&w, "totp", true);
		json_obj_end(&w);
		buf_text(&rs->body, "\n");
		break;
	case LOGIN_BAD:
		log_info("a sign-in failed from %s", c->rq->remote);
		error_reply(rs, c->rq, 401, "wrong",
			    "That is not right: name, password, code or "
			    "signature.");
		break;
	}
	return true;
}

const char *account_site(const struct app *app, const struct request *rq)
{
	const char *url = conf_text(app->conf, CONF_PUBLIC_URL), *why;
	const char *host;
	struct url u;

	if (!*url || url_parse(&u, url, strlen(url), true, &why) != ST_OK)
		return *rq->host ? rq->host : "this site";
	host = strstr(u.text, "://");
	return arena_strdup(rq->arena, host ? host + 3 : u.text);
}
