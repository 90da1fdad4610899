/* SPDX-License-Identifier: MIT */
#include "accounts/login.h"

#include <strings.h>

#include "accounts/accounts_internal.h"
#include "accounts/attempt.h"
#include "accounts/challenge.h"
#include "accounts/loginkey.h"
#include "accounts/totp.h"
#include "base/log.h"

/* In one transaction: the code is used, the try forgiven, the session made. */
static enum status enter(struct accounts *a, const struct login *l,
			 const struct account *who, const char *challenge,
			 int64_t key, struct login_done *out)
{
	struct actor by = l->by;
	enum status st = db_begin_write(a->db);

	by.name = who->name;
	if (st == ST_OK && who->totp)
		st = totp_use(a, who->id, l->code);
	if (st == ST_OK && challenge)
		st = challenge_use(a, challenge);
	if (st == ST_OK && key)
		st = loginkey_used(a, key);
	if (st == ST_OK)
		st = attempt_good(a, l->by.name, l->by.address);
	if (st == ST_OK)
		st = session_add(a, &by, who->id, l->replaces, &out->session);
	if (st == ST_OK)
		st = audit_add(a, &by, who->id, challenge ? "login-key" : "login",
			       "");
	st = db_end(a->db, st);
	if (st == ST_OK) {
		out->result = LOGIN_GOOD;
		out->account = who->id;
	}
	return st;
}

/* A failure that is worth it becomes a row, also for a name that does not exist:
 * that takes as long. */
static enum status note(struct accounts *a, const struct login *l,
			int64_t account, int64_t failed)
{
	enum status st;

	if (!attempt_worth_noting(failed))
		return ST_OK;
	st = db_begin_write(a->db);
	if (st == ST_OK)
		st = audit_add(a, &l->by, account, "login-failed", "");
	return db_end(a->db, st);
}

/* What follows once password or signature was judged. */
static enum status decide(struct accounts *a, const struct login *l,
			  const struct account *who, bool good,
			  const char *challenge, int64_t key, int64_t failed,
			  struct login_done *out)
{
	enum status st = ST_DENIED;

	out->result = LOGIN_BAD;
	if (good && who->active && who->totp && !l->code) {
		out->result = LOGIN_CODE_MISSING;
		/* a try that was right so far is none in vain */
		return attempt_undo(a, l->by.name, l->by.address);
	}
	if (good && who->active)
		st = enter(a, l, who, challenge, key, out);
	if (st == ST_DENIED)
		st = note(a, l, who->id, failed);
	return st;
}

static enum status find(struct accounts *a, const char *name,
			struct account *who)
{
	enum status st = account_find(a, name, who);

	if (st != ST_NOT_FOUND)
		return st;
	*who = (struct account){.password = ""};
	return ST_OK;
}

/* Counts the try and checks the password, the slot held. */
static enum status check(struct accounts *a, const struct login *l,
			 struct account *who, bool *good, int64_t *failed,
			 struct login_done *out)
{
	bool old;
	enum status st;

	*out = (struct login_done){.result = LOGIN_BAD};
	if (!password_slot_take(a)) {
		out->result = LOGIN_BUSY;
		return ST_OK;
	}
	st = attempt_begin(a, l->by.name, l->by.address, &out->wait_s, failed);
	if (st == ST_OK && out->wait_s)
		out->result = LOGIN_WAIT;
	if (st == ST_OK && !out->wait_s)
		st = find(a, l->by.name, who);
	if (st == ST_OK && !out->wait_s)
		st = password_check(who->password, l->password, good, &old);
	if (st == ST_OK && !out->wait_s && *good && old) {
		char stored[PASSWORD_TEXT_SIZE];

		/* its parameters were raised since it was made */
		if (password_make(stored, l->password) == ST_OK &&
		    account_restore(a, who->id, stored) != ST_OK)
			log_warn("a password keeps its old parameters");
		secret_wipe(stored, sizeof(stored));
	}
	password_slot_leave(a);
	return st;
}

enum status login_password(struct accounts *a, const struct login *l,
			   struct login_done *out)
{
	struct account who;
	int64_t failed = 0;
	bool good = false;
	enum status st = check(a, l, &who, &good, &failed, out);

	if (st != ST_OK || out->result != LOGIN_BAD)
		return st;
	return decide(a, l, &who, good, NULL, 0, failed, out);
}

enum status login_confirm(struct accounts *a, const struct login *l,
			  struct login_done *out)
{
	struct account who;
	int64_t failed = 0;
	bool good = false;
	enum status st = check(a, l, &who, &good, &failed, out);

	if (st != ST_OK || out->result != LOGIN_BAD)
		return st;
	if (!good)
		return note(a, l, who.id, failed);
	out->result = LOGIN_GOOD;
	out->account = who.id;
	st = db_begin_write(a->db);
	if (st == ST_OK)
		st = attempt_good(a, l->by.name, l->by.address);
	return db_end(a->db, st);
}

enum status login_key_check(struct accounts *a, const struct login *l,
			    const char *challenge, const char *name, bool good,
			    struct login_done *out)
{
	struct account who = {.password = ""};
	int64_t failed = 0, key = 0, account = 0;
	enum status st;

	*out = (struct login_done){.result = LOGIN_BAD};
	st = attempt_begin(a, l->by.name, l->by.address, &out->wait_s, &failed);
	if (st != ST_OK)
		return st;
	if (out->wait_s) {
		out->result = LOGIN_WAIT;
		return ST_OK;
	}
	st = loginkey_find(a, l->by.name, &key, &account);
	if (st == ST_OK)
		st = account_by_id(a, account, &who);
	if (st == ST_NOT_FOUND)
		good = false;
	else if (st != ST_OK)
		return st;
	if (name && strcasecmp(name, who.name) != 0)
		good = false;
	return decide(a, l, &who, good, challenge, key, failed, out);
}

enum status login_new(struct accounts *a, const struct login *l,
		      int64_t account, struct login_done *out)
{
	enum status st = db_begin_write(a->db);

	*out = (struct login_done){.result = LOGIN_GOOD, .account = account};
	if (st == ST_OK)
		st = session_add(a, &l->by, account, l->replaces, &out->session);
	return db_end(a->db, st);
}
