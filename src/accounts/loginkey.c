/* SPDX-License-Identifier: MIT */
#include "accounts/loginkey.h"

#include "accounts/accounts_internal.h"
#include "accounts/challenge.h"

static enum status count(struct accounts *a, int64_t account, int64_t *n)
{
	struct db_stmt *s = db_use(a->db, SQL_LOGIN_KEY_COUNT);

	db_bind_int(s, 1, account);
	return accounts_one_int(s, n);
}

enum status loginkey_add(struct accounts *a, const struct actor *by,
			 int64_t account, const char *key, const char *label,
			 const char *challenge, int64_t *id)
{
	struct db_stmt *s;
	int64_t n = 0;
	enum status st = db_begin_write(a->db);

	if (st == ST_OK)
		st = count(a, account, &n);
	if (st == ST_OK && n >= LOGINKEYS_MAX)
		st = ST_TOO_BIG;
	if (st == ST_OK && challenge)
		st = challenge_use(a, challenge);
	if (st == ST_OK) {
		s = db_use(a->db, SQL_LOGIN_KEY_ADD);
		db_bind_int(s, 1, account);
		db_bind_text(s, 2, key);
		db_bind_text(s, 3, label);
		db_bind_int(s, 4, accounts_now(a));
		st = db_run(s);
		*id = db_last_id(a->db);
	}
	if (st == ST_OK)
		st = audit_add(a, by, account, "key", key);
	return db_end(a->db, st);
}

enum status loginkey_find(struct accounts *a, const char *key, int64_t *id,
			  int64_t *account)
{
	struct db_stmt *s = db_use(a->db, SQL_LOGIN_KEY_FIND);
	enum status st;

	db_bind_text(s, 1, key);
	st = db_one(s);
	if (st == ST_OK) {
		*id = db_col_int(s, 0);
		*account = db_col_int(s, 1);
		db_reset(s);
	}
	return st;
}

enum status loginkey_used(struct accounts *a, int64_t id)
{
	struct db_stmt *s = db_use(a->db, SQL_LOGIN_KEY_USED);

	db_bind_int(s, 1, id);
	db_bind_int(s, 2, accounts_now(a));
	return db_run(s);
}

enum status loginkey_list(struct accounts *a, int64_t account,
			  struct arena *arena, struct loginkey_row **v,
			  uint32_t *n)
{
	struct db_stmt *s = db_use(a->db, SQL_LOGIN_KEY_LIST);
	enum status st = ST_OK;
	bool row = true;

	*n = 0;
	*v = arena_array(arena, LOGINKEYS_MAX, struct loginkey_row);
	if (!*v)
		return ST_NOMEM;
	db_bind_int(s, 1, account);
	while (st == ST_OK && *n < LOGINKEYS_MAX &&
	       (st = db_step(s, &row)) == ST_OK && row) {
		struct loginkey_row *r = &(*v)[(*n)++];

		*r = (struct loginkey_row){
			.id = db_col_int(s, 0),
			.key = arena_strdup(arena, db_col_text(s, 1)),
			.label = arena_strdup(arena, db_col_text(s, 2)),
			.created_s = db_col_int(s, 3),
			.used_s = db_col_int(s, 4),
		};
		if (!r->key || !r->label)
			st = ST_NOMEM;
	}
	db_reset(s);
	return st;
}

enum status loginkey_remove(struct accounts *a, const struct actor *by,
			    int64_t account, int64_t id)
{
	struct account who;
	struct db_stmt *s;
	int64_t n = 0;
	enum status st = db_begin_write(a->db);

	if (st == ST_OK)
		st = account_by_id(a, account, &who);
	if (st == ST_OK)
		st = count(a, account, &n);
	if (st == ST_OK) {
		s = db_use(a->db, SQL_LOGIN_KEY_REMOVE);
		db_bind_int(s, 1, account);
		db_bind_int(s, 2, id);
		st = db_run(s);
	}
	if (st == ST_OK && !db_changes(a->db))
		st = ST_NOT_FOUND;
	if (st == ST_OK && n == 1 && !who.password[0])
		st = ST_DENIED;
	if (st == ST_OK)
		st = audit_add(a, by, account, "key-removed", "");
	return db_end(a->db, st);
}
