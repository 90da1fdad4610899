/* SPDX-License-Identifier: MIT */
/* Who may what, for those who decide it; and what was done, for everybody about
 * oneself and for them about all. */
#include <stdio.h>

#include "fcgi/account/account.h"
#include "fcgi/http/error.h"
#include "fcgi/http/handlers.h"

#define DAY_S 86400
#define INVITE_S (7 * DAY_S)

/* --- what was done --- */

static void put_audit(struct json_writer *w, const struct audit_row *r)
{
	json_obj_begin(w);
	json_put_int(w, "id", r->id);
	json_put_int(w, "time", r->at_s);
	json_put_str(w, "account", r->account);
	json_put_str(w, "actor", r->actor);
	json_put_str(w, "event", r->event);
	json_put_str(w, "detail", r->detail);
	json_put_str(w, "address", r->address);
	json_obj_end(w);
}

static void audit(struct account_call *c, int64_t account)
{
	struct audit_row *v;
	uint64_t before;
	uint32_t n;

	if (!request_query_number(c->rq, "before", INT64_MAX, INT64_MAX, &before)) {
		error_reply(c->rs, c->rq, 400, "bad-value",
			    "before is a number: "
			    "the last id of the answer before.");
		return;
	}
	if (!account_done(
		    c, audit_list(c->a, account, (int64_t)before, c->rq->arena, &v, &n),
		    ""))
		return;
	json_begin(&c->w, &c->rs->body);
	json_arr_begin(&c->w);
	for (uint32_t i = 0; i < n; i++)
		put_audit(&c->w, &v[i]);
	json_arr_end(&c->w);
	buf_text(&c->rs->body, "\n");
}

static void audit_own(struct account_call *c)
{
	audit(c, c->rq->caller->who.account);
}

static void audit_all(struct account_call *c)
{
	audit(c, 0);
}

ACCOUNT_HANDLER(account_audit, audit_own)
ACCOUNT_HANDLER(admin_audit, audit_all)

/* --- people --- */

static void put_user(struct json_writer *w, const struct account *a)
{
	json_obj_begin(w);
	json_put_int(w, "id", a->id);
	json_put_str(w, "name", a->name);
	account_put_roles(w, a->roles);
	json_put_str(w, "state", a->active ? "active" : "locked");
	json_put_bool(w, "totp", a->totp);
	json_put_bool(w, "password", a->password[0] != '\0');
	json_put_int(w, "created", a->created_s);
	json_obj_end(w);
}

static void users(struct account_call *c)
{
	struct account *v;
	uint32_t n;

	if (!account_done(c, account_list(c->a, c->rq->arena, &v, &n), ""))
		return;
	json_begin(&c->w, &c->rs->body);
	json_arr_begin(&c->w);
	for (uint32_t i = 0; i < n; i++)
		put_user(&c->w, &v[i]);
	json_arr_end(&c->w);
	buf_text(&c->rs->body, "\n");
}

ACCOUNT_HANDLER(admin_users, users)

/* What is to change; false: the answer is complete. */
static bool read_change(const struct account_call *c, bool *roles, unsigned *set,
			const char **state)
{
	*roles = json_get(c->root, "roles") != NULL;
	if (!account_text(c, "state", 10, false, state) ||
	    (*roles && !account_roles(c, json_get(c->root, "roles"), set)))
		return false;
	if (!**state || strcmp(*state, "active") == 0 ||
	    strcmp(*state, "locked") == 0)
		return true;
	error_reply(c->rs, c->rq, 400, "bad-value", "state is active or locked.");
	return false;
}

static void change(struct account_call *c)
{
	const struct actor by = caller_actor(c->rq, NULL);
	char name[ACCOUNT_NAME_MAX + 1] = "";
	struct account who;
	const char *state;
	bool set_roles;
	unsigned roles = 0;
	enum status st;

	if (!read_change(c, &set_roles, &roles, &state))
		return;
	if (c->rq->arg[0].len <= ACCOUNT_NAME_MAX)
		memcpy(name, c->rq->arg[0].p, c->rq->arg[0].len);
	st = account_find(c->a, name, &who);
	if (st == ST_OK && set_roles)
		st = account_set_roles(c->a, &by, who.id, roles);
	if (st == ST_OK && *state)
		st = account_set_active(c->a, &by, who.id,
					strcmp(state, "active") == 0);
	if (st == ST_DENIED) {
		error_reply(c->rs, c->rq, 409, "last-admin",
			    "Nobody would be left to decide who may what.");
		return;
	}
	if (st == ST_OK)
		st = account_by_id(c->a, who.id, &who);
	if (account_done(c, st, "Nobody here has this name.")) {
		json_begin(&c->w, &c->rs->body);
		put_user(&c->w, &who);
		buf_text(&c->rs->body, "\n");
	}
}

ACCOUNT_HANDLER(admin_user, change)

static void invite(struct account_call *c)
{
	const struct json_value *list = json_get(c->root, "roles");
	const struct actor by = caller_actor(c->rq, NULL);
	char text[SECRET_TEXT_SIZE];
	struct secret secret;
	unsigned roles = 0;
	int64_t seconds;

	if ((list && !account_roles(c, list, &roles)) ||
	    !account_days(c, INVITE_S, &seconds) ||
	    !account_done(
		    c,
		    account_invite(c->a, &by, list ? &roles : NULL, seconds, &secret),
		    ""))
		return;
	c->rs->status = 201;
	json_begin(&c->w, &c->rs->body);
	json_obj_begin(&c->w);
	json_put_str(&c->w, "invite", secret_text(text, &secret));
	json_obj_end(&c->w);
	buf_text(&c->rs->body, "\n");
}

ACCOUNT_HANDLER(admin_invite, invite)
