/* SPDX-License-Identifier: MIT */
#include "accounts/token.h"

#include <stdio.h>

#include "accounts/accounts_internal.h"
#include "base/log.h"

#define TOUCH_S 60

static enum status count(struct accounts *a, int64_t account, int64_t *n)
{
	struct db_stmt *s = db_use(a->db, SQL_TOKEN_COUNT);

	db_bind_int(s, 1, account);
	return accounts_one_int(s, n);
}

static enum status insert(struct accounts *a, int64_t account,
			  const char *label, unsigned roles, int64_t end_s,
			  const struct secret *secret)
{
	struct db_stmt *s = db_use(a->db, SQL_TOKEN_ADD);
	char text[ROLES_TEXT_SIZE];
	uint8_t hash[32];

	secret_hash(hash, secret);
	db_bind_blob(s, 1, hash, sizeof(hash));
	db_bind_int(s, 2, account);
	db_bind_text(s, 3, label);
	db_bind_text(s, 4, roles_text(text, roles));
	db_bind_int(s, 5, accounts_now(a));
	if (end_s)
		db_bind_int(s, 6, end_s);
	else
		db_bind_null(s, 6);
	return db_run(s);
}

enum status token_add(struct accounts *a, const struct actor *by,
		      int64_t account, const char *label, unsigned roles,
		      int64_t end_s, struct secret *out, int64_t *id)
{
	char detail[TOKEN_LABEL_MAX + ROLES_TEXT_SIZE + 8], text[ROLES_TEXT_SIZE];
	int64_t n = 0;
	enum status st = secret_new(out);

	if (st == ST_OK)
		st = db_begin_write(a->db);
	if (st != ST_OK)
		return st;
	st = count(a, account, &n);
	if (st == ST_OK && n >= TOKENS_MAX)
		st = ST_TOO_BIG;
	if (st == ST_OK)
		st = insert(a, account, label, roles, end_s, out);
	*id = db_last_id(a->db);
	snprintf(detail, sizeof(detail), "%.*s: %s", TOKEN_LABEL_MAX, label,
		 roles_text(text, roles));
	if (st == ST_OK)
		st = audit_add(a, by, account, "token", detail);
	return db_end(a->db, st);
}

static void touch(struct accounts *a, int64_t id)
{
	struct db_stmt *s;
	enum status st = db_begin_write(a->db);

	if (st == ST_OK) {
		s = db_use(a->db, SQL_TOKEN_TOUCH);
		db_bind_int(s, 1, id);
		db_bind_int(s, 2, accounts_now(a));
		st = db_run(s);
	}
	if (db_end(a->db, st) != ST_OK)
		log_warn("the use of a token was not noted: %s",
			 accounts_error(a));
}

enum status token_find(struct accounts *a, const struct secret *secret,
		       struct holder *out)
{
	struct db_stmt *s = db_use(a->db, SQL_TOKEN_FIND);
	unsigned own, of_account;
	uint8_t hash[32];
	int64_t last_s;
	enum status st;

	secret_hash(hash, secret);
	db_bind_blob(s, 1, hash, sizeof(hash));
	db_bind_int(s, 2, accounts_now(a));
	st = db_one(s);
	if (st != ST_OK)
		return st;
	*out = (struct holder){.id = db_col_int(s, 0), .account = db_col_int(s, 1)};
	last_s = db_col_int(s, 2);
	own = accounts_col_roles(&st, s, 3);
	db_col_copy(&st, s, 4, out->name, sizeof(out->name));
	of_account = accounts_col_roles(&st, s, 5);
	db_reset(s);
	/* an admin has all roles, and so has a token of its that names them */
	out->roles = own & (of_account & ROLE_ADMIN ? ROLES_ALL : of_account);
	if (st == ST_OK && accounts_now(a) - last_s >= TOUCH_S)
		touch(a, out->id);
	return st;
}

enum status token_list(struct accounts *a, int64_t account,
		       struct arena *arena, struct token_row **v, uint32_t *n)
{
	struct db_stmt *s = db_use(a->db, SQL_TOKEN_LIST);
	enum status st = ST_OK;
	bool row = true;

	*n = 0;
	*v = arena_array(arena, TOKENS_MAX, struct token_row);
	if (!*v)
		return ST_NOMEM;
	db_bind_int(s, 1, account);
	while (st == ST_OK && *n < TOKENS_MAX &&
	       (st = db_step(s, &row)) == ST_OK && row) {
		struct token_row *r = &(*v)[(*n)++];

		*r = (struct token_row){
			.id = db_col_int(s, 0),
			.label = arena_strdup(arena, db_col_text(s, 1)),
			.roles = accounts_col_roles(&st, s, 2),
			.created_s = db_col_int(s, 3),
			.last_s = db_col_int(s, 4),
			.end_s = db_col_int(s, 5),
		};
		if (!r->label)
			st = ST_NOMEM;
	}
	db_reset(s);
	return st;
}

enum status token_end(struct accounts *a, const struct actor *by,
		      int64_t account, int64_t id)
{
	struct db_stmt *s;
	enum status st = db_begin_write(a->db);

	if (st == ST_OK) {
		s = db_use(a->db, id ? SQL_TOKEN_END : SQL_TOKEN_END_ALL);
		db_bind_int(s, 1, account);
		if (id)
			db_bind_int(s, 2, id);
		st = db_run(s);
	}
	if (st == ST_OK && id && !db_changes(a->db))
		st = ST_NOT_FOUND;
	if (st == ST_OK)
		st = audit_add(a, by, account, id ? "token-ended" : "tokens-ended",
			       "");
	return db_end(a->db, st);
}
