/* SPDX-License-Identifier: MIT */
/*
 * GET /account, and how one becomes somebody: sign up, sign in by password or by a
 * key, sign out. A session's secret is new at every entrance; the cookie's old one
 * ends.
 */
#include <stdio.h>

#include "accounts/attempt.h"
#include "accounts/challenge.h"
#include "accounts/loginkey.h"
#include "base/clock.h"
#include "fcgi/account/account.h"
#include "fcgi/http/error.h"
#include "fcgi/http/handlers.h"
#include "wallet/keyproof.h"

#define CODE_MAX 16
#define SIGNATURE_MAX 400

void account_get(struct app *app, const struct request *rq, struct response *rs)
{
	const struct caller *c = rq->caller;

	account_show(app, rq, rs, c->who.account,
		     c->kind == CALLER_SESSION ? &c->secret : NULL);
}

/* --- entering --- */

static bool may_enter(const struct account_call *c)
{
	if (caller_may_enter(c->rq))
		return true;
	error_reply(c->rs, c->rq, 403, "needs-tls",
		    "Sign in by https: here everybody on "
		    "the way could read along.");
	return false;
}

static struct login login_of(const struct request *rq, const char *name)
{
	return (struct login){
		.by = caller_actor(rq, name),
		.replaces = rq->caller->has_secret ? &rq->caller->secret : NULL,
	};
}

static void entered(const struct account_call *c, struct login_done *d)
{
	caller_set_cookie(c->rq, c->rs, &d->session);
	account_show(c->app, c->rq, c->rs, d->account, &d->session);
	secret_wipe(d, sizeof(*d));
}

static void login(struct account_call *c)
{
	const char *name, *password, *code;
	struct login_done d;
	struct login l;
	enum status st;

	if (!may_enter(c) || !account_text(c, "name", 100, true, &name) ||
	    !account_text(c, "password", PASSWORD_MAX, true, &password) ||
	    !account_text(c, "totp", CODE_MAX, false, &code))
		return;
	if (account_must_wait(c))
		return;
	l = login_of(c->rq, name);
	l.password = bytes_of_text(password);
	l.code = *code ? code : NULL;
	st = login_password(c->a, &l, &d);
	if (d.result != LOGIN_BUSY && d.result != LOGIN_WAIT)
		c->app->derived_ms = clock_mono_ms();
	if (account_done(c, st, "") && !account_refused(c, &d))
		entered(c, &d);
}

ACCOUNT_HANDLER(account_login, login)

/* --- signing up --- */

/* False: the answer is complete. */
static bool may_sign_up(struct account_call *c, const char *invite, struct secret *out,
			bool *invited)
{
	const char *policy = conf_text(c->app->conf, CONF_SIGNUP);
	enum status st = ST_NOT_FOUND;

	*invited = *invite != '\0';
	if (strcmp(policy, "closed") == 0) {
		error_reply(c->rs, c->rq, 403, "closed",
			    "Nobody may sign up here; the "
			    "operator makes accounts.");
		return false;
	}
	if (!*invited && strcmp(policy, "open") == 0)
		return true;
	if (!*invited) {
		error_reply(c->rs, c->rq, 403, "invitation",
			    "An invitation is needed.");
		return false;
	}
	if (secret_parse(out, invite, strlen(invite)))
		st = account_invite_ok(c->a, out);
	if (st == ST_NOT_FOUND)
		error_reply(c->rs, c->rq, 403, "invitation",
			    "This invitation is unknown, was used or has ended.");
	else if (st != ST_OK)
		error_status(c->rs, c->rq, st);
	return st == ST_OK;
}

/* The account, the slot held. */
static enum status make(struct account_call *c, const char *name, const char *password,
			const struct secret *invite, struct login_done *d)
{
	unsigned roles = caller_visitors(c->app) | ROLE_WALLET;
	const struct login l = login_of(c->rq, name);
	char stored[PASSWORD_TEXT_SIZE];
	int64_t id = 0;
	enum status st = attempt_signup(c->a, c->rq->remote, &d->wait_s);

	if (st == ST_OK && d->wait_s)
		d->result = LOGIN_WAIT;
	if (st != ST_OK || d->wait_s)
		return st;
	st = password_make(stored, bytes_of_text(password));
	c->app->derived_ms = clock_mono_ms();
	if (st == ST_OK)
		st = account_add(c->a, &l.by, name, stored, roles, invite, &id);
	if (st == ST_OK)
		st = login_new(c->a, &l, id, d);
	secret_wipe(stored, sizeof(stored));
	return st;
}

static void signup(struct account_call *c)
{
	const char *name, *password, *invite, *fault;
	struct login_done d = {.result = LOGIN_BUSY};
	struct secret secret;
	bool invited;
	enum status st = ST_OK;

	if (!may_enter(c) || !account_text(c, "name", 100, true, &name) ||
	    !account_text(c, "password", PASSWORD_MAX, true, &password) ||
	    !account_text(c, "invite", 100, false, &invite) ||
	    !may_sign_up(c, invite, &secret, &invited))
		return;
	fault = password_fault(name, bytes_of_text(password));
	if (!account_name_ok(name, strlen(name))) {
		error_reply(c->rs, c->rq, 400, "bad-name",
			    "A name has up to %d letters, digits, dots, hyphens "
			    "and underscores, and begins with one of the first "
			    "two.",
			    ACCOUNT_NAME_MAX);
		return;
	}
	if (fault) {
		error_reply(c->rs, c->rq, 400, "bad-password", "The password %s.",
			    fault);
		return;
	}
	if (account_must_wait(c))
		return;
	if (password_slot_take(c->a)) {
		d.result = LOGIN_GOOD;
		st = make(c, name, password, invited ? &secret : NULL, &d);
		password_slot_leave(c->a);
	}
	if (st == ST_DENIED) {
		error_reply(c->rs, c->rq, 409, "taken",
			    "This name is taken: choose "
			    "another.");
	} else if (account_done(c, st, "This invitation was used just now.") &&
		   !account_refused(c, &d)) {
		c->rs->status = 201;
		entered(c, &d);
	}
}

ACCOUNT_HANDLER(account_signup, signup)

/* --- by a key --- */

/* The key that the body names, in its one spelling; false: the answer is
 * complete. need: or "" when none is named. */
static bool read_key(const struct account_call *c, bool need,
		     char out[KEYPROOF_NAME_SIZE])
{
	const char *key, *address;

	out[0] = '\0';
	if (!account_text(c, "public_key", 130, false, &key) ||
	    !account_text(c, "address", ADDRESS_TEXT_SIZE, false, &address))
		return false;
	if (*key       ? keyproof_public_key(out, key, strlen(key))
	    : *address ? keyproof_address(out, node_params(c->app->node), address,
					  strlen(address))
		       : !need)
		return true;
	error_reply(c->rs, c->rq, 400, "bad-key",
		    "Name a public_key (66 or 64 digits), or an address whose key "
		    "signs messages (P2PKH).");
	return false;
}

static void put_challenge(const struct account_call *c, const struct challenge *ch)
{
	struct json_writer w;

	json_begin(&w, &c->rs->body);
	json_obj_begin(&w);
	json_put_str(&w, "challenge", ch->code);
	json_put_str(&w, "text", ch->text);
	json_put_int(&w, "expires", ch->end_s);
	json_obj_end(&w);
	buf_text(&c->rs->body, "\n");
}

static void challenge(struct account_call *c)
{
	bool known = c->rq->caller->kind == CALLER_SESSION;
	char key[KEYPROOF_NAME_SIZE];
	const char *name, *who;
	struct challenge ch;
	enum status st;

	if (!read_key(c, false, key) ||
	    !account_text(c, "name", ACCOUNT_NAME_MAX, false, &name))
		return;
	who = known ? c->rq->caller->who.name : *key ? key : name;
	st = challenge_make(c->a, known ? CHALLENGE_ADD_KEY : CHALLENGE_ENTER,
			    account_site(c->app, c->rq), who, &ch);
	if (st == ST_PARSE)
		error_reply(c->rs, c->rq, 400, "bad-value",
			    "Say whose key it is: public_key, address or name.");
	else if (account_done(c, st, ""))
		put_challenge(c, &ch);
}

ACCOUNT_HANDLER(account_challenge, challenge)

/* Reads the challenge that was answered and judges the signature. False: the
 * answer is complete. */
static bool read_proof(const struct account_call *c, char key[KEYPROOF_NAME_SIZE],
		       struct challenge *ch, bool *good)
{
	const char *code, *signature;

	if (!read_key(c, true, key) ||
	    !account_text(c, "challenge", CHALLENGE_SIZE, true, &code) ||
	    !account_text(c, "signature", SIGNATURE_MAX, true, &signature))
		return false;
	*good = challenge_read(c->a, code, strlen(code), account_site(c->app, c->rq),
			       ch) &&
		keyproof_verify(node_params(c->app->node), key, signature,
				strlen(signature), ch->text);
	return true;
}

static void login_key(struct account_call *c)
{
	char key[KEYPROOF_NAME_SIZE];
	struct challenge ch = {.who = ""};
	struct login_done d;
	const char *code;
	struct login l;
	bool good, by_name;
	enum status st;

	if (!may_enter(c) || !read_proof(c, key, &ch, &good) ||
	    !account_text(c, "totp", CODE_MAX, false, &code))
		return;
	l = login_of(c->rq, key);
	l.code = *code ? code : NULL;
	/* it was made for this key, or for a name, which must then be its */
	by_name = strcmp(ch.who, key) != 0;
	st = login_key_check(c->a, &l, ch.code, by_name ? ch.who : NULL,
			     good && ch.use == CHALLENGE_ENTER, &d);
	if (account_done(c, st, "") && !account_refused(c, &d))
		entered(c, &d);
}

ACCOUNT_HANDLER(account_login_key, login_key)

static void add_key(struct account_call *c)
{
	const struct actor by = caller_actor(c->rq, NULL);
	char key[KEYPROOF_NAME_SIZE];
	struct challenge ch = {.who = ""};
	const char *label;
	int64_t id;
	bool good;
	enum status st;

	if (!read_proof(c, key, &ch, &good) ||
	    !account_text(c, "label", LOGINKEY_LABEL_MAX, false, &label))
		return;
	if (!good || ch.use != CHALLENGE_ADD_KEY ||
	    strcmp(ch.who, c->rq->caller->who.name) != 0) {
		error_reply(c->rs, c->rq, 400, "bad-signature",
			    "This is not the key's signature of a challenge that "
			    "was asked for while signed in and still holds.");
		return;
	}
	st = loginkey_add(c->a, &by, c->rq->caller->who.account, key, label, ch.code,
			  &id);
	if (st == ST_DENIED)
		error_reply(c->rs, c->rq, 409, "taken",
			    "This key enters an account "
			    "already, or the challenge was answered before.");
	else if (st == ST_TOO_BIG)
		error_reply(c->rs, c->rq, 409, "too-many",
			    "An account has %d keys at "
			    "most: remove one.",
			    LOGINKEYS_MAX);
	else if (account_done(c, st, "")) {
		c->rs->status = 201;
		account_show(c->app, c->rq, c->rs, c->rq->caller->who.account,
			     &c->rq->caller->secret);
	}
}

ACCOUNT_HANDLER(account_add_key, add_key)

/* --- leaving --- */

static void logout(struct account_call *c)
{
	const struct actor by = caller_actor(c->rq, NULL);
	const struct holder *who = &c->rq->caller->who;

	if (account_done(c, session_end(c->a, &by, who->account, who->id),
			 "This session has ended.")) {
		caller_set_cookie(c->rq, c->rs, NULL);
		account_ok(c);
	}
}

ACCOUNT_HANDLER(account_logout, logout)
