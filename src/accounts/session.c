/* SPDX-License-Identifier: MIT */
#include "accounts/session.h"

#include "accounts/accounts_internal.h"
#include "base/log.h"

#define LIVE_MAX 50
/* The time of the last request is kept to this. */
#define TOUCH_S 60
#define AGENT_SIZE 200
#define ADDRESS_SIZE 64

static enum status drop(struct accounts *a, const struct secret *old)
{
	struct db_stmt *s = db_use(a->db, SQL_SESSION_DROP);
	uint8_t hash[32];

	secret_hash(hash, old);
	db_bind_blob(s, 1, hash, sizeof(hash));
	return db_run(s);
}

/* Those that ended, and the least used of too many. */
static enum status tidy(struct accounts *a, int64_t account)
{
	struct db_stmt *s = db_use(a->db, SQL_SESSION_PURGE);
	enum status st;

	db_bind_int(s, 1, accounts_now(a));
	st = db_run(s);
	if (st != ST_OK)
		return st;
	s = db_use(a->db, SQL_SESSION_TRIM);
	db_bind_int(s, 1, account);
	db_bind_int(s, 2, LIVE_MAX);
	return db_run(s);
}

enum status session_add(struct accounts *a, const struct actor *by,
			int64_t account, const struct secret *replaces,
			struct secret *out)
{
	char agent[AGENT_SIZE], address[ADDRESS_SIZE];
	int64_t now = accounts_now(a);
	struct db_stmt *s;
	uint8_t hash[32];
	enum status st = secret_new(out);

	if (st == ST_OK && replaces)
		st = drop(a, replaces);
	if (st != ST_OK)
		return st;
	secret_hash(hash, out);
	log_safe(agent, sizeof(agent), by->agent, strlen(by->agent));
	log_safe(address, sizeof(address), by->address, strlen(by->address));
	s = db_use(a->db, SQL_SESSION_ADD);
	db_bind_blob(s, 1, hash, sizeof(hash));
	db_bind_int(s, 2, account);
	db_bind_int(s, 3, now);
	db_bind_int(s, 4, now + SESSION_IDLE_S);
	db_bind_int(s, 5, now + SESSION_END_S);
	db_bind_text(s, 6, agent);
	db_bind_text(s, 7, address);
	st = db_run(s);
	return st == ST_OK ? tidy(a, account) : st;
}

/* A busy database is no reason to refuse: the next request notes it. */
static void touch(struct accounts *a, int64_t id)
{
	struct db_stmt *s;
	enum status st = db_begin_write(a->db);

	if (st == ST_OK) {
		s = db_use(a->db, SQL_SESSION_TOUCH);
		db_bind_int(s, 1, id);
		db_bind_int(s, 2, accounts_now(a));
		db_bind_int(s, 3, accounts_now(a) + SESSION_IDLE_S);
		st = db_run(s);
	}
	if (db_end(a->db, st) != ST_OK)
		log_warn("the use of a session was not noted: %s",
			 accounts_error(a));
}

enum status session_find(struct accounts *a, const struct secret *secret,
			 struct holder *out)
{
	struct db_stmt *s = db_use(a->db, SQL_SESSION_FIND);
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
	db_col_copy(&st, s, 4, out->name, sizeof(out->name));
	out->roles = accounts_col_roles(&st, s, 5);
	db_reset(s);
	if (st == ST_OK && accounts_now(a) - last_s >= TOUCH_S)
		touch(a, out->id);
	return st;
}

enum status session_list(struct accounts *a, int64_t account,
			 struct arena *arena, struct session_row **v,
			 uint32_t *n)
{
	struct db_stmt *s = db_use(a->db, SQL_SESSION_LIST);
	enum status st = ST_OK;
	bool row = true;

	*n = 0;
	*v = arena_array(arena, LIVE_MAX, struct session_row);
	if (!*v)
		return ST_NOMEM;
	db_bind_int(s, 1, account);
	db_bind_int(s, 2, accounts_now(a));
	while (st == ST_OK && *n < LIVE_MAX &&
	       (st = db_step(s, &row)) == ST_OK && row) {
		struct session_row *r = &(*v)[(*n)++];

		*r = (struct session_row){db_col_int(s, 0), db_col_int(s, 1),
					  db_col_int(s, 2),
					  arena_strdup(arena, db_col_text(s, 3)),
					  arena_strdup(arena, db_col_text(s, 4))};
		if (!r->agent || !r->address)
			st = ST_NOMEM;
	}
	db_reset(s);
	return st;
}

enum status session_end(struct accounts *a, const struct actor *by,
			int64_t account, int64_t id)
{
	struct db_stmt *s;
	enum status st = db_begin_write(a->db);

	if (st == ST_OK) {
		s = db_use(a->db, SQL_SESSION_END);
		db_bind_int(s, 1, account);
		db_bind_int(s, 2, id);
		st = db_run(s);
	}
	if (st == ST_OK && !db_changes(a->db))
		st = ST_NOT_FOUND;
	if (st == ST_OK)
		st = audit_add(a, by, account, "session-ended", "");
	return db_end(a->db, st);
}

enum status session_drop_others(struct accounts *a, int64_t account,
				int64_t keep)
{
	struct db_stmt *s = db_use(a->db, SQL_SESSION_END_OTHERS);

	db_bind_int(s, 1, account);
	db_bind_int(s, 2, keep);
	return db_run(s);
}

enum status session_end_others(struct accounts *a, const struct actor *by,
			       int64_t account, int64_t keep)
{
	enum status st = db_begin_write(a->db);

	if (st == ST_OK)
		st = session_drop_others(a, account, keep);
	if (st == ST_OK)
		st = audit_add(a, by, account, "sessions-ended", "");
	return db_end(a->db, st);
}
