/* SPDX-License-Identifier: MIT */
/*
 * What somebody who is signed in does with the own account: password, sessions,
 * tokens, keys, second factor, what was done.
 */
#include <stdio.h>

#include "accounts/loginkey.h"
#include "accounts/token.h"
#include "accounts/totp.h"
#include "base/clock.h"
#include "fcgi/account/account.h"
#include "fcgi/http/error.h"
#include "fcgi/http/handlers.h"

#define CODE_MAX 16
/* Waiting for the turn of who has entered already. */
#define TURN_TRIES 40
#define TURN_STEP_MS 50

static int64_t own(const struct account_call *c)
{
	return c->rq->caller->who.account;
}

/* Whether it is the account's password; else the answer is complete, or parked. */
static bool confirmed(struct account_call *c, const char *password)
{
	const struct login l = {
		.by = caller_actor(c->rq, NULL),
		.password = bytes_of_text(password),
	};
	struct login_done d;
	enum status st;

	if (account_must_wait(c))
		return false;
	st = login_confirm(c->a, &l, &d);
	if (d.result != LOGIN_BUSY && d.result != LOGIN_WAIT)
		c->app->derived_ms = clock_mono_ms();
	return account_done(c, st, "") && !account_refused(c, &d);
}

/* --- password --- */

static enum status derive(struct accounts *a, const char *password,
			  char stored[PASSWORD_TEXT_SIZE])
{
	enum status st = ST_BUSY;

	for (int i = 0; i < TURN_TRIES && st == ST_BUSY; i++) {
		if (password_slot_take(a)) {
			st = password_make(stored, bytes_of_text(password));
			password_slot_leave(a);
		} else {
			clock_sleep_ms(TURN_STEP_MS);
		}
	}
	return st;
}

static void password(struct account_call *c)
{
	const struct actor by = caller_actor(c->rq, NULL);
	const char *old, *new, *fault;
	char stored[PASSWORD_TEXT_SIZE];
	struct account who;
	enum status st;

	if (!account_text(c, "old", PASSWORD_MAX, false, &old) ||
	    !account_text(c, "new", PASSWORD_MAX, true, &new))
		return;
	fault = password_fault(c->rq->caller->who.name, bytes_of_text(new));
	if (fault) {
		error_reply(c->rs, c->rq, 400, "bad-password", "The password %s.",
			    fault);
		return;
	}
	st = account_by_id(c->a, own(c), &who);
	/* who enters by a key alone has none to say */
	if (!account_done(c, st, "") || (who.password[0] && !confirmed(c, old)))
		return;
	st = derive(c->a, new, stored);
	if (st == ST_OK)
		st = account_set_password(c->a, &by, own(c), stored,
					  c->rq->caller->who.id);
	secret_wipe(stored, sizeof(stored));
	if (account_done(c, st, ""))
		account_ok(c);
}

ACCOUNT_HANDLER(account_password, password)

/* --- sessions --- */

static void sessions(struct account_call *c)
{
	struct session_row *v;
	uint32_t n;
	enum status st = session_list(c->a, own(c), c->rq->arena, &v, &n);

	if (!account_done(c, st, ""))
		return;
	json_begin(&c->w, &c->rs->body);
	json_arr_begin(&c->w);
	for (uint32_t i = 0; i < n; i++) {
		json_obj_begin(&c->w);
		json_put_int(&c->w, "id", v[i].id);
		json_put_int(&c->w, "created", v[i].created_s);
		json_put_int(&c->w, "last", v[i].last_s);
		json_put_str(&c->w, "agent", v[i].agent);
		json_put_str(&c->w, "address", v[i].address);
		json_put_bool(&c->w, "current", v[i].id == c->rq->caller->who.id);
		json_obj_end(&c->w);
	}
	json_arr_end(&c->w);
	buf_text(&c->rs->body, "\n");
}

ACCOUNT_HANDLER(account_sessions, sessions)

static void revoke_session(struct account_call *c)
{
	const struct actor by = caller_actor(c->rq, NULL);
	const char *word = "";
	size_t len;
	int64_t id;
	enum status st;

	/* all the others: who asks stays */
	if (json_get_str(c->root, "id", &word, &len) && strcmp(word, "all") == 0)
		st = session_end_others(c->a, &by, own(c), c->rq->caller->who.id);
	else if (account_id(c, &id))
		st = session_end(c->a, &by, own(c), id);
	else
		return;
	if (account_done(c, st, "You have no such session."))
		account_ok(c);
}

ACCOUNT_HANDLER(account_revoke_session, revoke_session)

/* --- tokens --- */

static void tokens(struct account_call *c)
{
	struct token_row *v;
	uint32_t n;
	enum status st = token_list(c->a, own(c), c->rq->arena, &v, &n);

	if (!account_done(c, st, ""))
		return;
	json_begin(&c->w, &c->rs->body);
	json_arr_begin(&c->w);
	for (uint32_t i = 0; i < n; i++) {
		json_obj_begin(&c->w);
		json_put_int(&c->w, "id", v[i].id);
		json_put_str(&c->w, "label", v[i].label);
		account_put_roles(&c->w, v[i].roles);
		json_put_int(&c->w, "created", v[i].created_s);
		account_put_time(&c->w, "last", v[i].last_s);
		account_put_time(&c->w, "expires", v[i].end_s);
		json_obj_end(&c->w);
	}
	json_arr_end(&c->w);
	buf_text(&c->rs->body, "\n");
}

ACCOUNT_HANDLER(account_tokens, tokens)

static void add_token(struct account_call *c)
{
	const struct actor by = caller_actor(c->rq, NULL);
	int64_t id, seconds, end_s;
	char text[SECRET_TEXT_SIZE], token[SECRET_TOKEN_SIZE];
	struct secret secret;
	const char *label;
	unsigned roles;
	enum status st;

	if (!account_text(c, "label", TOKEN_LABEL_MAX, true, &label) ||
	    !account_roles(c, json_get(c->root, "roles"), &roles) ||
	    !account_days(c, 0, &seconds))
		return;
	if (!roles_have(c->rq->caller->roles, roles)) {
		error_reply(c->rs, c->rq, 403, "role",
			    "A token has no role that you have not.");
		return;
	}
	end_s = seconds ? clock_wall_s() + seconds : 0;
	st = token_add(c->a, &by, own(c), label, roles, end_s, &secret, &id);
	if (st == ST_TOO_BIG) {
		error_reply(c->rs, c->rq, 409, "too-many",
			    "An account has %d tokens at "
			    "most: revoke one.",
			    TOKENS_MAX);
	} else if (account_done(c, st, "")) {
		snprintf(token, sizeof(token), SECRET_TOKEN_PREFIX "%s",
			 secret_text(text, &secret));
		c->rs->status = 201;
		json_begin(&c->w, &c->rs->body);
		json_obj_begin(&c->w);
		json_put_int(&c->w, "id", id);
		json_put_str(&c->w, "token", token);
		json_obj_end(&c->w);
		buf_text(&c->rs->body, "\n");
		secret_wipe(token, sizeof(token));
		secret_wipe(text, sizeof(text));
	}
	secret_wipe(&secret, sizeof(secret));
}

ACCOUNT_HANDLER(account_add_token, add_token)

static void revoke_token(struct account_call *c)
{
	const struct actor by = caller_actor(c->rq, NULL);
	int64_t id;

	if (account_id(c, &id) && account_done(c, token_end(c->a, &by, own(c), id),
					       "You have no such token."))
		account_ok(c);
}

ACCOUNT_HANDLER(account_revoke_token, revoke_token)

/* --- keys --- */

static void remove_key(struct account_call *c)
{
	const struct actor by = caller_actor(c->rq, NULL);
	int64_t id;
	enum status st;

	if (!account_id(c, &id))
		return;
	st = loginkey_remove(c->a, &by, own(c), id);
	if (st == ST_DENIED)
		error_reply(c->rs, c->rq, 409, "last-key",
			    "This key is the only way into "
			    "your account: set a password first.");
	else if (account_done(c, st, "You have no such key."))
		account_ok(c);
}

ACCOUNT_HANDLER(account_remove_key, remove_key)

/* --- the second factor --- */

static void start_totp(struct account_call *c)
{
	char text[TOTP_TEXT_SIZE], uri[TOTP_URI_SIZE];
	struct account who;
	enum status st = account_by_id(c->a, own(c), &who);

	if (st == ST_OK && who.totp) {
		error_reply(c->rs, c->rq, 409, "totp-on",
			    "There is a second factor already: end it first.");
		return;
	}
	if (st == ST_OK)
		st = totp_start(c->a, own(c), text);
	if (!account_done(c, st, ""))
		return;
	totp_uri(uri, account_site(c->app, c->rq), who.name, text);
	json_begin(&c->w, &c->rs->body);
	json_obj_begin(&c->w);
	json_put_str(&c->w, "secret", text);
	json_put_str(&c->w, "uri", uri);
	json_obj_end(&c->w);
	buf_text(&c->rs->body, "\n");
	secret_wipe(text, sizeof(text));
	secret_wipe(uri, sizeof(uri));
}

ACCOUNT_HANDLER(account_totp_start, start_totp)

static void confirm_totp(struct account_call *c)
{
	const struct actor by = caller_actor(c->rq, NULL);
	const char *code;
	enum status st;

	if (!account_text(c, "code", CODE_MAX, true, &code))
		return;
	st = totp_confirm(c->a, &by, own(c), code);
	if (st == ST_DENIED)
		error_reply(c->rs, c->rq, 400, "wrong",
			    "That is not the code: are the "
			    "clocks right?");
	else if (account_done(c, st, "Start a second factor first."))
		account_ok(c);
}

ACCOUNT_HANDLER(account_totp_confirm, confirm_totp)

static void end_totp(struct account_call *c)
{
	const struct actor by = caller_actor(c->rq, NULL);
	const char *text;

	if (account_text(c, "password", PASSWORD_MAX, true, &text) &&
	    confirmed(c, text) && account_done(c, totp_off(c->a, &by, own(c)), ""))
		account_ok(c);
}

ACCOUNT_HANDLER(account_totp_off, end_totp)
