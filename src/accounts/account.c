/* SPDX-License-Identifier: MIT */
#include "accounts/account.h"

#include <stdio.h>

#include "accounts/accounts_internal.h"
#include "accounts/session.h"

#define LIST_MAX 100000

/* --- names --- */

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9');
}

bool account_name_ok(const char *name, size_t len)
{
	if (len < 1 || len > ACCOUNT_NAME_MAX || !is_word(name[0]))
		return false;
	for (size_t i = 0; i < len; i++)
		if (!is_word(name[i]) && !(name[i] && strchr("._-", name[i])))
			return false;
	return true;
}

static void fold(char out[ACCOUNT_NAME_MAX + 1], const char *name)
{
	snprintf(out, ACCOUNT_NAME_MAX + 1, "%s", name);
	for (char *p = out; *p; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p - 'A' + 'a');
}

/* --- reading --- */

static enum status read_row(struct db_stmt *s, struct account *out)
{
	enum status st = ST_OK;

	*out = (struct account){.id = db_col_int(s, 0)};
	db_col_copy(&st, s, 1, out->name, sizeof(out->name));
	out->roles = accounts_col_roles(&st, s, 2);
	out->active = db_col_int(s, 3);
	out->created_s = db_col_int(s, 4);
	out->totp = db_col_int(s, 5);
	db_col_copy(&st, s, 6, out->password, sizeof(out->password));
	return st;
}

static enum status read_one(struct db_stmt *s, struct account *out)
{
	enum status st = db_one(s);

	if (st != ST_OK)
		return st;
	st = read_row(s, out);
	db_reset(s);
	return st;
}

enum status account_find(struct accounts *a, const char *name,
			 struct account *out)
{
	struct db_stmt *s;
	char folded[ACCOUNT_NAME_MAX + 1];

	if (!account_name_ok(name, strlen(name)))
		return ST_NOT_FOUND;
	fold(folded, name);
	s = db_use(a->db, SQL_ACCOUNT_BY_NAME);
	db_bind_text(s, 1, folded);
	return read_one(s, out);
}

enum status account_by_id(struct accounts *a, int64_t id, struct account *out)
{
	struct db_stmt *s = db_use(a->db, SQL_ACCOUNT_BY_ID);

	db_bind_int(s, 1, id);
	return read_one(s, out);
}

enum status account_list(struct accounts *a, struct arena *arena,
			 struct account **v, uint32_t *n)
{
	struct db_stmt *s = db_use(a->db, SQL_ACCOUNT_LIST);
	uint32_t room = 0;
	enum status st = ST_OK;
	bool row = true;

	*v = NULL;
	*n = 0;
	while (st == ST_OK && (st = db_step(s, &row)) == ST_OK && row) {
		if (*n == room) {
			struct account *more;

			room = room ? 2 * room : 16;
			more = arena_array(arena, room, struct account);
			if (!more || *n >= LIST_MAX) {
				st = ST_NOMEM;
				break;
			}
			if (*n)
				memcpy(more, *v, *n * sizeof(**v));
			*v = more;
		}
		st = read_row(s, &(*v)[(*n)++]);
	}
	db_reset(s);
	return st;
}

/* --- making --- */

static enum status invite_find(struct accounts *a, const struct secret *invite,
			       int64_t *id, unsigned *roles)
{
	struct db_stmt *s = db_use(a->db, SQL_INVITE_FIND);
	uint8_t hash[32];
	enum status st;

	secret_hash(hash, invite);
	db_bind_blob(s, 1, hash, sizeof(hash));
	db_bind_int(s, 2, accounts_now(a));
	st = db_one(s);
	if (st != ST_OK)
		return st;
	*id = db_col_int(s, 0);
	if (!db_col_is_null(s, 1))
		*roles = accounts_col_roles(&st, s, 1);
	db_reset(s);
	return st;
}

static enum status insert(struct accounts *a, const char *name,
			  const char *stored, unsigned roles, int64_t *id)
{
	struct db_stmt *s = db_use(a->db, SQL_ACCOUNT_ADD);
	char folded[ACCOUNT_NAME_MAX + 1], text[ROLES_TEXT_SIZE];
	enum status st;

	fold(folded, name);
	db_bind_text(s, 1, name);
	db_bind_text(s, 2, folded);
	db_bind_text(s, 3, *stored ? stored : NULL);
	db_bind_text(s, 4, roles_text(text, roles));
	db_bind_int(s, 5, accounts_now(a));
	st = db_run(s);
	*id = db_last_id(a->db);
	return st;
}

static enum status use_invite(struct accounts *a, int64_t invite, int64_t id)
{
	struct db_stmt *s = db_use(a->db, SQL_INVITE_USE);

	db_bind_int(s, 1, invite);
	db_bind_int(s, 2, id);
	db_bind_int(s, 3, accounts_now(a));
	return db_run(s);
}

enum status account_add(struct accounts *a, const struct actor *by,
			const char *name, const char *stored, unsigned roles,
			const struct secret *invite, int64_t *id)
{
	char text[ROLES_TEXT_SIZE];
	int64_t invited = 0;
	enum status st = db_begin_write(a->db);

	if (st == ST_OK && invite)
		st = invite_find(a, invite, &invited, &roles);
	if (st == ST_OK)
		st = insert(a, name, stored, roles, id);
	if (st == ST_OK && invited)
		st = use_invite(a, invited, *id);
	if (st == ST_OK)
		st = audit_add(a, by, *id, invited ? "invited" : "made",
			       roles_text(text, roles));
	return db_end(a->db, st);
}

enum status account_invite_ok(struct accounts *a, const struct secret *invite)
{
	unsigned roles;
	int64_t id;

	return invite_find(a, invite, &id, &roles);
}

enum status account_invite(struct accounts *a, const struct actor *by,
			   const unsigned *roles, int64_t seconds,
			   struct secret *out)
{
	char text[ROLES_TEXT_SIZE] = "";
	uint8_t hash[32];
	struct db_stmt *s;
	enum status st = secret_new(out);

	if (st == ST_OK)
		st = db_begin_write(a->db);
	if (st != ST_OK)
		return st;
	secret_hash(hash, out);
	s = db_use(a->db, SQL_INVITE_ADD);
	db_bind_blob(s, 1, hash, sizeof(hash));
	db_bind_text(s, 2, roles ? roles_text(text, *roles) : NULL);
	db_bind_text(s, 3, by->name);
	db_bind_int(s, 4, accounts_now(a));
	db_bind_int(s, 5, accounts_now(a) + seconds);
	st = db_run(s);
	if (st == ST_OK)
		st = audit_add(a, by, 0, "invite", text);
	return db_end(a->db, st);
}

/* --- changing --- */

/* An admin who is to be none: is there another? */
static enum status admins_left(struct accounts *a, int64_t id)
{
	struct db_stmt *s = db_use(a->db, SQL_ACCOUNT_ADMINS);
	struct account was;
	int64_t others;
	enum status st = account_by_id(a, id, &was);

	if (st != ST_OK || !was.active || !(was.roles & ROLE_ADMIN))
		return st;
	db_bind_int(s, 1, id);
	st = accounts_one_int(s, &others);
	return st == ST_OK && !others ? ST_DENIED : st;
}

/* Sets a text of the account and notes it. */
static enum status change(struct accounts *a, const struct actor *by, int64_t id,
			  enum accounts_sql what, const char *value,
			  const char *event, const char *detail)
{
	struct db_stmt *s = db_use(a->db, what);
	enum status st;

	db_bind_int(s, 1, id);
	db_bind_text(s, 2, value);
	st = db_run(s);
	if (st == ST_OK && !db_changes(a->db))
		st = ST_NOT_FOUND;
	return st == ST_OK ? audit_add(a, by, id, event, detail) : st;
}

enum status account_set_roles(struct accounts *a, const struct actor *by,
			      int64_t id, unsigned roles)
{
	char text[ROLES_TEXT_SIZE];
	enum status st = db_begin_write(a->db);

	roles_text(text, roles);
	if (st == ST_OK && !(roles & ROLE_ADMIN))
		st = admins_left(a, id);
	if (st == ST_OK)
		st = change(a, by, id, SQL_ACCOUNT_SET_ROLES, text, "roles", text);
	return db_end(a->db, st);
}

enum status account_set_active(struct accounts *a, const struct actor *by,
			       int64_t id, bool active)
{
	enum status st = db_begin_write(a->db);

	if (st == ST_OK && !active)
		st = admins_left(a, id);
	if (st == ST_OK)
		st = change(a, by, id, SQL_ACCOUNT_SET_STATE,
			    active ? "active" : "locked",
			    active ? "unlocked" : "locked", "");
	return db_end(a->db, st);
}

enum status account_set_password(struct accounts *a, const struct actor *by,
				 int64_t id, const char *stored, int64_t keep)
{
	enum status st = db_begin_write(a->db);

	if (st == ST_OK)
		st = change(a, by, id, SQL_ACCOUNT_SET_PASSWORD, stored,
			    "password", "");
	if (st == ST_OK)
		st = session_drop_others(a, id, keep);
	return db_end(a->db, st);
}

enum status account_restore(struct accounts *a, int64_t id, const char *stored)
{
	struct db_stmt *s;
	enum status st = db_begin_write(a->db);

	if (st == ST_OK) {
		s = db_use(a->db, SQL_ACCOUNT_SET_PASSWORD);
		db_bind_int(s, 1, id);
		db_bind_text(s, 2, stored);
		st = db_run(s);
	}
	return db_end(a->db, st);
}
