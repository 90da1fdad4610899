/* SPDX-License-Identifier: MIT */
/*
 * Statements: prepared on first use and kept; each use is checked.
 *
 * What is checked always, and is a BUG naming the statement: text behind its
 * end, a syntax error, a parameter out of range or not bound, a column out of
 * range or read without a row, rows where none may come, a write outside a
 * write transaction. A statement that is used again, or whose transaction ends,
 * while it still has a row is a BUG where leaks are caught (db_internal.h), and
 * is reset elsewhere.
 *
 * A transaction that SQLite has given up by itself (disk full, I/O error) fails
 * every further step until it is rolled back: nothing after it may commit alone.
 */
#include "db/db_internal.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/bug.h"

static const struct db_sql own_sql[OWN_COUNT] = {
	[OWN_BEGIN_READ] = {"begin", "BEGIN"},
	[OWN_BEGIN_WRITE] = {"begin_write", "BEGIN IMMEDIATE"},
	[OWN_COMMIT] = {"commit", "COMMIT"},
	[OWN_ROLLBACK] = {"rollback", "ROLLBACK"},
	[OWN_SAVEPOINT] = {"savepoint", "SAVEPOINT one"},
	[OWN_RELEASE] = {"release", "RELEASE one"},
	[OWN_ROLLBACK_TO] = {"rollback_to", "ROLLBACK TO one"},
	[OWN_DATA_VERSION] = {"data_version", "PRAGMA data_version"},
	[OWN_USER_VERSION] = {"user_version", "PRAGMA user_version"},
};

enum status db_stmts_init(struct db *db, const struct db_sql *sql, int n)
{
	db->n_sql = n;
	db->n_stmt = n + OWN_COUNT;
	db->stmt = calloc((size_t)db->n_stmt, sizeof(*db->stmt));
	if (!db->stmt)
		return ST_NOMEM;
	for (int i = 0; i < db->n_stmt; i++) {
		db->stmt[i].db = db;
		db->stmt[i].sql = i < n ? &sql[i] : &own_sql[i - n];
	}
	return ST_OK;
}

void db_stmts_clear(struct db *db)
{
	for (int i = 0; db->stmt && i < db->n_stmt; i++) {
		sqlite3_finalize(db->stmt[i].h);
		free(db->stmt[i].held);
		free(db->stmt[i].hold);
	}
	free(db->stmt);
	db->stmt = NULL;
	db->n_stmt = 0;
}

static void leak(const struct db_stmt *s, const char *when)
{
	if (DB_CATCHES_LEAKS)
		BUG("statement %s was not reset before %s", s->sql->name, when);
}

void db_stmts_settle(struct db *db, const char *when)
{
	for (int i = 0; i < db->n_stmt; i++) {
		struct db_stmt *s = &db->stmt[i];

		if (s->state != STMT_ROW)
			continue;
		if (when)
			leak(s, when);
		db_reset(s);
	}
}

/* The file, not the program, is at fault when it lacks what the version that
 * it claims has. */
static bool is_missing_thing(const char *message)
{
	return strncmp(message, "no such table", 13) == 0 ||
	       strncmp(message, "no such column", 14) == 0 ||
	       strstr(message, " has no column named ") ||
	       strncmp(message, "cannot modify ", 14) == 0;
}

static enum status prepare(struct db_stmt *s)
{
	struct db *db = s->db;
	const char *tail = "";
	int rc = sqlite3_prepare_v3(db->h, s->sql->text, -1,
				    SQLITE_PREPARE_PERSISTENT, &s->h, &tail);

	if (rc == SQLITE_ERROR && !is_missing_thing(sqlite3_errmsg(db->h)))
		BUG("statement %s: %s", s->sql->name, sqlite3_errmsg(db->h));
	if (rc != SQLITE_OK)
		return db_fail(db, rc, s->sql->name);
	if (tail[strspn(tail, " \t\r\n;")] != '\0' || !s->h)
		BUG("statement %s is not one statement", s->sql->name);
	s->n_param = sqlite3_bind_parameter_count(s->h);
	s->n_col = sqlite3_column_count(s->h);
	s->writes = !sqlite3_stmt_readonly(s->h);
	if (s->n_param > 63)
		BUG("statement %s has too many parameters", s->sql->name);
	return ST_OK;
}

static struct db_stmt *use(struct db_stmt *s)
{
	if (s->state == STMT_ROW) {
		leak(s, "its next use");
		db_reset(s);
	}
	s->state = STMT_IDLE;
	s->bound = 0;
	s->failed = s->h ? ST_OK : prepare(s);
	return s;
}

struct db_stmt *db_use(struct db *db, int id)
{
	if (id < 0 || id >= db->n_sql)
		BUG("there is no statement %d", id);
	return use(&db->stmt[id]);
}

struct db_stmt *db_own(struct db *db, enum db_own id)
{
	return use(&db->stmt[db->n_sql + (int)id]);
}

/* Whether to bind: not when preparing failed. */
static bool may_bind(struct db_stmt *s, int i)
{
	if (s->failed)
		return false;
	if (i < 1 || i > s->n_param)
		BUG("statement %s has no parameter %d", s->sql->name, i);
	if (s->state != STMT_IDLE)
		BUG("statement %s is bound while it runs", s->sql->name);
	s->bound |= UINT64_C(1) << i;
	return true;
}

static void bound(struct db_stmt *s, int rc)
{
	if (rc != SQLITE_OK)
		s->failed = db_fail(s->db, rc, s->sql->name);
}

void db_bind_int(struct db_stmt *s, int i, int64_t v)
{
	if (may_bind(s, i))
		bound(s, sqlite3_bind_int64(s->h, i, v));
}

void db_bind_blob(struct db_stmt *s, int i, const void *p, size_t n)
{
	/* An empty blob, too, is one: NULL would bind as NULL. */
	if (may_bind(s, i))
		bound(s, sqlite3_bind_blob64(s->h, i, n ? p : "", n,
					     SQLITE_STATIC));
}

void db_bind_text(struct db_stmt *s, int i, const char *text)
{
	db_bind_text_n(s, i, text, text ? strlen(text) : 0);
}

void db_bind_text_n(struct db_stmt *s, int i, const char *text, size_t n)
{
	if (!text)
		db_bind_null(s, i);
	else if (may_bind(s, i))
		bound(s, sqlite3_bind_text64(s->h, i, text, n, SQLITE_STATIC,
					     SQLITE_UTF8));
}

void db_bind_null(struct db_stmt *s, int i)
{
	if (may_bind(s, i))
		bound(s, sqlite3_bind_null(s->h, i));
}

/* What must hold when a statement starts. */
static void check_start(struct db_stmt *s)
{
	struct db *db = s->db;
	const uint64_t all = (UINT64_C(2) << s->n_param) - 2;

	if (s->bound != all)
		BUG("statement %s: not every parameter is bound", s->sql->name);
	if (s->writes && db->txn != TXN_WRITE && s < db->stmt + db->n_sql)
		BUG("statement %s writes outside a write transaction",
		    s->sql->name);
}

enum status db_step(struct db_stmt *s, bool *row)
{
	struct db *db = s->db;
	int rc;

	*row = false;
	if (s->failed)
		return s->failed;
	if (s->state == STMT_HELD)
		BUG("statement %s goes on after db_hold", s->sql->name);
	if (s->state == STMT_IDLE)
		check_start(s);
	if (db->txn != TXN_NONE && sqlite3_get_autocommit(db->h) &&
	    s < db->stmt + db->n_sql) {
		db_reset(s);
		snprintf(db->error, sizeof(db->error),
			 "%s: the transaction has failed before", s->sql->name);
		return ST_IO;
	}
	rc = sqlite3_step(s->h);
	if (rc == SQLITE_ROW) {
		s->state = STMT_ROW;
		*row = true;
		return ST_OK;
	}
	if (rc == SQLITE_DONE) {
		if (s->writes)
			db->changes = sqlite3_changes64(db->h);
		db_reset(s);
		return ST_OK;
	}
	s->failed = db_fail(db, rc, s->sql->name);
	db_reset(s);
	return s->failed;
}

enum status db_run(struct db_stmt *s)
{
	bool row;
	enum status st = db_step(s, &row);

	if (row)
		BUG("statement %s gives rows", s->sql->name);
	return st;
}

enum status db_one(struct db_stmt *s)
{
	bool row;
	enum status st = db_step(s, &row);

	if (st)
		return st;
	return row ? ST_OK : ST_NOT_FOUND;
}

void db_reset(struct db_stmt *s)
{
	if (s->h)
		sqlite3_reset(s->h);
	s->state = STMT_IDLE;
}

/* Every value of the row into s->hold; texts get their NUL. */
static enum status copy_row(struct db_stmt *s)
{
	size_t need = 0, at = 0;

	if (!s->held)
		s->held = calloc((size_t)s->n_col, sizeof(*s->held));
	if (!s->held)
		return ST_NOMEM;
	for (int i = 0; i < s->n_col; i++) {
		struct db_held *c = &s->held[i];

		c->type = sqlite3_column_type(s->h, i);
		c->i = sqlite3_column_int64(s->h, i);
		c->len = 0;
		if (c->type == SQLITE_BLOB || c->type == SQLITE_TEXT)
			c->len = (size_t)sqlite3_column_bytes(s->h, i);
		need += c->len + 1;
	}
	if (need > s->hold_size) {
		free(s->hold);
		s->hold_size = 0;
		s->hold = malloc(need);
		if (!s->hold)
			return ST_NOMEM;
		s->hold_size = need;
	}
	for (int i = 0; i < s->n_col; i++) {
		struct db_held *c = &s->held[i];
		const void *p = sqlite3_column_blob(s->h, i);

		c->at = at;
		if (c->len && !p)
			return ST_NOMEM;
		if (c->len)
			memcpy(s->hold + at, p, c->len);
		s->hold[at + c->len] = '\0';
		at += c->len + 1;
	}
	return ST_OK;
}

enum status db_hold(struct db_stmt *s)
{
	enum status st;

	if (s->state != STMT_ROW)
		BUG("statement %s has no row to hold", s->sql->name);
	st = copy_row(s);
	db_reset(s);
	if (st == ST_OK)
		s->state = STMT_HELD;
	return st;
}

enum status db_one_hold(struct db_stmt *s)
{
	enum status st = db_one(s);

	return st ? st : db_hold(s);
}

/* Checks a read; true when it is from the copy. */
static bool from_copy(const struct db_stmt *s, int i)
{
	if (s->state == STMT_IDLE)
		BUG("statement %s has no row", s->sql->name);
	if (i < 0 || i >= s->n_col)
		BUG("statement %s has no column %d", s->sql->name, i);
	return s->state == STMT_HELD;
}

int64_t db_col_int(struct db_stmt *s, int i)
{
	return from_copy(s, i) ? s->held[i].i : sqlite3_column_int64(s->h, i);
}

struct bytes db_col_blob(struct db_stmt *s, int i)
{
	const void *p;

	if (from_copy(s, i))
		return bytes_of(s->hold + s->held[i].at, s->held[i].len);
	p = sqlite3_column_blob(s->h, i);
	return bytes_of(p ? p : "",
			p ? (size_t)sqlite3_column_bytes(s->h, i) : 0);
}

const char *db_col_text(struct db_stmt *s, int i)
{
	const unsigned char *p;

	if (from_copy(s, i))
		return (const char *)s->hold + s->held[i].at;
	p = sqlite3_column_text(s->h, i);
	return p ? (const char *)p : "";
}

bool db_col_is_null(struct db_stmt *s, int i)
{
	if (from_copy(s, i))
		return s->held[i].type == SQLITE_NULL;
	return sqlite3_column_type(s->h, i) == SQLITE_NULL;
}

void db_col_copy(enum status *st, struct db_stmt *s, int i, char *out,
		 size_t size)
{
	int n = snprintf(out, size, "%s", db_col_text(s, i));

	if (n < 0 || (size_t)n >= size)
		*st = ST_CORRUPT;
}
