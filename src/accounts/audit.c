/* SPDX-License-Identifier: MIT */
#include "accounts/audit.h"

#include <stdio.h>

#include "accounts/accounts_internal.h"
#include "base/log.h"

#define ACTOR_MAX 100
#define DETAIL_MAX 200
#define ADDRESS_MAX 64

enum status audit_add(struct accounts *a, const struct actor *by,
		      int64_t account, const char *event, const char *detail)
{
	struct db_stmt *s = db_use(a->db, SQL_AUDIT_ADD);
	char actor[ACTOR_MAX], text[DETAIL_MAX], address[ADDRESS_MAX];

	log_safe(actor, sizeof(actor), by->name, strlen(by->name));
	log_safe(text, sizeof(text), detail, strlen(detail));
	log_safe(address, sizeof(address), by->address, strlen(by->address));
	db_bind_int(s, 1, accounts_now(a));
	if (account)
		db_bind_int(s, 2, account);
	else
		db_bind_null(s, 2);
	db_bind_text(s, 3, actor);
	db_bind_text(s, 4, event);
	db_bind_text(s, 5, text);
	db_bind_text(s, 6, address);
	return db_run(s);
}

static bool read_row(struct db_stmt *s, struct arena *arena,
		     struct audit_row *r)
{
	r->id = db_col_int(s, 0);
	r->at_s = db_col_int(s, 1);
	r->account = arena_strdup(arena, db_col_text(s, 2));
	r->actor = arena_strdup(arena, db_col_text(s, 3));
	r->event = arena_strdup(arena, db_col_text(s, 4));
	r->detail = arena_strdup(arena, db_col_text(s, 5));
	r->address = arena_strdup(arena, db_col_text(s, 6));
	return r->account && r->actor && r->event && r->detail && r->address;
}

enum status audit_list(struct accounts *a, int64_t account, int64_t before,
		       struct arena *arena, struct audit_row **rows,
		       uint32_t *n)
{
	struct db_stmt *s = db_use(a->db, account ? SQL_AUDIT_OF : SQL_AUDIT_ALL);
	enum status st = ST_OK;
	bool row = true;
	int i = 1;

	*n = 0;
	*rows = arena_array(arena, AUDIT_PAGE, struct audit_row);
	if (!*rows)
		return ST_NOMEM;
	if (account)
		db_bind_int(s, i++, account);
	db_bind_int(s, i++, before);
	db_bind_int(s, i, AUDIT_PAGE);
	while (st == ST_OK && (st = db_step(s, &row)) == ST_OK && row)
		if (*n < AUDIT_PAGE && !read_row(s, arena, &(*rows)[(*n)++]))
			st = ST_NOMEM;
	db_reset(s);
	return st;
}
