/* SPDX-License-Identifier: MIT */
/* See db_console.h. */
#include "db/db_console.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/log.h"
#include "db/db_internal.h"

#define COLUMNS_MAX 200
#define SQL_MAX 100000
/* a block's bytes, and little more */
#define VALUE_MAX 4200000
#define PROGRESS_STEPS 1000

struct db_console {
	sqlite3 *h;
	char prefix[16];
	/* of the statement that runs */
	const char *sql;
	const struct sql_limits *limits;
	const struct cell_sink *sink;
	int64_t end_ms;
	uint64_t steps;
	enum sql_end stopped;	/* why progress() did */
	char refused[120];
};

/* Pure, and cheap enough under the limits. Sorted. */
static const char *const functions[] = {
	"->", "->>", "abs", "acos", "acosh", "asin", "asinh", "atan", "atan2",
	"atanh", "avg", "ceil", "ceiling", "char", "coalesce", "concat", "cos",
	"cosh", "count", "cume_dist", "current_date", "current_time",
	"current_timestamp", "date", "datetime", "degrees", "dense_rank", "exp",
	"first_value", "floor", "format", "glob", "group_concat", "hex",
	"ifnull", "iif", "instr", "json", "json_array", "json_array_length",
	"json_each", "json_extract", "json_group_array", "json_group_object",
	"json_object", "json_quote", "json_tree", "json_type", "json_valid",
	"julianday", "lag", "last_value", "lead", "length", "like",
	"likelihood", "likely", "ln", "log", "log10", "log2", "lower", "ltrim",
	"max", "min", "mod", "nth_value", "ntile", "nullif", "octet_length",
	"percent_rank", "pi", "pow", "power", "printf", "quote", "radians",
	"random", "rank", "replace", "round", "row_number", "rtrim", "sign",
	"sin", "sinh", "sqrt", "strftime", "string_agg", "substr", "substring",
	"sum", "tan", "tanh", "time", "total", "trim", "trunc", "typeof",
	"unhex", "unicode", "unixepoch", "unlikely", "upper",
};

static int by_name(const void *key, const void *at)
{
	return strcasecmp(key, *(const char *const *)at);
}

static bool has_prefix(const struct db_console *c, const char *name)
{
	return name && strncasecmp(name, c->prefix, strlen(c->prefix)) == 0;
}

/* The first refusal is the one that is told. */
static int refuse(struct db_console *c, const char *what, const char *name)
{
	char safe[60];

	log_safe(safe, sizeof(safe), name, strlen(name));
	if (!c->refused[0])
		snprintf(c->refused, sizeof(c->refused), "%s%s%s.", what,
			 *safe ? ": " : "", safe);
	return SQLITE_DENY;
}

static bool is_special(const char *table)
{
	return strncasecmp(table, "sqlite_", 7) == 0 ||
	       strncasecmp(table, "pragma_", 7) == 0;
}

/* Is it a table of the file, not a name that the statement gave? */
static bool is_table(struct db_console *c, const char *name)
{
	int rc = sqlite3_table_column_metadata(c->h, NULL, name, NULL, NULL, NULL,
					       NULL, NULL, NULL);

	return rc == SQLITE_OK;
}

static int authorize(void *arg, int what, const char *a, const char *b,
		     const char *schema, const char *inside)
{
	struct db_console *c = arg;

	(void)schema;
	switch (what) {
	case SQLITE_SELECT:
	case SQLITE_RECURSIVE:
		return SQLITE_OK;
	case SQLITE_FUNCTION:
		if (bsearch(b, functions, sizeof(functions) / sizeof(*functions),
			    sizeof(*functions), by_name))
			return SQLITE_OK;
		return refuse(c, "This function is not for use here", b);
	case SQLITE_READ:
		if (has_prefix(c, a) || has_prefix(c, inside) ||
		    strcasecmp(a, "json_each") == 0 ||
		    strcasecmp(a, "json_tree") == 0)
			return SQLITE_OK;
		/* No column is used: then SQLite does not say inside of what, and
		 * it may be a WITH table's name. */
		if (!*b && !is_special(a) &&
		    !(is_table(c, a) && db_console_names(c->sql, strlen(c->sql), a)))
			return SQLITE_OK;
		return refuse(c, "Only the views v1_... can be read here, not this", a);
	case SQLITE_PRAGMA:
		return refuse(c, "PRAGMA is not for use here", "");
	case SQLITE_ATTACH:
	case SQLITE_DETACH:
		return refuse(c, "Other databases cannot be attached here", "");
	default:
		return refuse(c, "Only statements that read can be run here", "");
	}
}

static int progress(void *arg)
{
	struct db_console *c = arg;

	c->steps += PROGRESS_STEPS;
	if (c->steps > c->limits->steps || clock_mono_ms() >= c->end_ms)
		c->stopped = SQLEND_SLOW;
	else if (c->sink->wanted && !c->sink->wanted(c->sink->arg))
		c->stopped = SQLEND_UNWANTED;
	return c->stopped != SQLEND_DONE;
}

static void set_limits(sqlite3 *h)
{
	sqlite3_limit(h, SQLITE_LIMIT_LENGTH, VALUE_MAX);
	sqlite3_limit(h, SQLITE_LIMIT_SQL_LENGTH, SQL_MAX + 64);
	sqlite3_limit(h, SQLITE_LIMIT_COLUMN, COLUMNS_MAX);
	sqlite3_limit(h, SQLITE_LIMIT_EXPR_DEPTH, 100);
	sqlite3_limit(h, SQLITE_LIMIT_COMPOUND_SELECT, 50);
	sqlite3_limit(h, SQLITE_LIMIT_VDBE_OP, 50000);
	sqlite3_limit(h, SQLITE_LIMIT_FUNCTION_ARG, 50);
	sqlite3_limit(h, SQLITE_LIMIT_ATTACHED, 0);
	sqlite3_limit(h, SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 100);
	sqlite3_limit(h, SQLITE_LIMIT_VARIABLE_NUMBER, 0);
	sqlite3_limit(h, SQLITE_LIMIT_TRIGGER_DEPTH, 0);
	sqlite3_limit(h, SQLITE_LIMIT_WORKER_THREADS, 0);
}

static int set_up(sqlite3 *h)
{
	int rc = SQLITE_OK;

	sqlite3_db_config(h, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(h, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(h, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, NULL);
	sqlite3_db_config(h, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
	sqlite3_db_config(h, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
	sqlite3_busy_timeout(h, 1000);
	rc = sqlite3_exec(h, "PRAGMA query_only=1; PRAGMA temp_store=MEMORY; "
			  "PRAGMA cache_size=-8192; PRAGMA cell_size_check=1",
			  NULL, NULL, NULL);
	return rc;
}

enum status db_console_open(struct db_console **out,
			    const struct db_console_options *o,
			    char error[DB_ERROR_SIZE])
{
	struct db_console *c = calloc(1, sizeof(*c));
	int rc;

	*out = NULL;
	if (!c)
		return ST_NOMEM;
	snprintf(c->prefix, sizeof(c->prefix), "%s", o->prefix);
	rc = sqlite3_open_v2(o->path, &c->h, SQLITE_OPEN_READONLY |
			     SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE, NULL);
	if (rc == SQLITE_OK)
		rc = set_up(c->h);
	if (rc != SQLITE_OK) {
		snprintf(error, DB_ERROR_SIZE, "Cannot open %.160s to read: %.60s.",
			 o->path, c->h ? sqlite3_errmsg(c->h) : "no memory");
		db_console_close(c);
		return ST_IO;
	}
	set_limits(c->h);
	sqlite3_hard_heap_limit64((int64_t)o->memory_bytes);
	sqlite3_progress_handler(c->h, PROGRESS_STEPS, NULL, NULL);
	*out = c;
	return ST_OK;
}

void db_console_close(struct db_console *c)
{
	if (!c)
		return;
	sqlite3_close_v2(c->h);
	free(c);
}

enum status db_console_begin(struct db_console *c)
{
	/* the first read settles what all others see */
	int rc = sqlite3_exec(c->h, "BEGIN; PRAGMA user_version",
			      NULL, NULL, NULL);

	if (rc == SQLITE_OK)
		return ST_OK;
	db_console_end(c);
	return rc == SQLITE_BUSY ? ST_BUSY : ST_IO;
}

void db_console_end(struct db_console *c)
{
	if (!sqlite3_get_autocommit(c->h))
		(void)sqlite3_exec(c->h, "ROLLBACK", NULL, NULL, NULL);
}

static void say(struct sql_result *r, enum sql_end end,
		const char *why)
{
	r->end = end;
	log_safe(r->why, sizeof(r->why), why, strlen(why));
}

/* What went wrong, in the words of whoever stopped it. */
static enum status failed(struct db_console *c, int rc,
			  struct sql_result *r)
{
	if (c->refused[0]) {
		say(r, SQLEND_REFUSED, c->refused);
		return ST_OK;
	}
	switch (rc & 0xff) {
	case SQLITE_AUTH:
		say(r, SQLEND_REFUSED, "Only statements that read the views v1_... "
		    "can be run here.");
		return ST_OK;
	case SQLITE_INTERRUPT:
		say(r, c->stopped, c->stopped == SQLEND_SLOW
		    ? "The statement takes longer than is allowed here; narrow it "
		      "down, or run it with sqlite3." : "Nobody waits for it.");
		return ST_OK;
	case SQLITE_NOMEM:
		say(r, SQLEND_LARGE, "The statement needs more memory than is "
		    "allowed here; run it with sqlite3.");
		return ST_OK;
	case SQLITE_TOOBIG:
		say(r, SQLEND_LARGE, "A text or blob becomes longer than is "
		    "allowed here.");
		return ST_OK;
	case SQLITE_BUSY:
		return ST_BUSY;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return ST_CORRUPT;
	case SQLITE_IOERR:
		return ST_IO;
	case SQLITE_READONLY:
		say(r, SQLEND_REFUSED, "Only statements that read can be run here.");
		return ST_OK;
	default:
		say(r, SQLEND_WRONG, sqlite3_errmsg(c->h));
		return ST_OK;
	}
}

static size_t read_cell(struct cell *out, sqlite3_stmt *s, int i)
{
	*out = (struct cell){.type = CELL_NULL};
	switch (sqlite3_column_type(s, i)) {
	case SQLITE_INTEGER:
		out->type = CELL_INT;
		out->i = sqlite3_column_int64(s, i);
		break;
	case SQLITE_FLOAT:
		out->type = CELL_REAL;
		out->r = sqlite3_column_double(s, i);
		break;
	case SQLITE_TEXT:
		out->type = CELL_TEXT;
		out->b.p = sqlite3_column_text(s, i);
		break;
	case SQLITE_BLOB:
		out->type = CELL_BLOB;
		out->b.p = sqlite3_column_blob(s, i);
		break;
	}
	if (out->type == CELL_TEXT || out->type == CELL_BLOB)
		out->b.len = (size_t)sqlite3_column_bytes(s, i);
	return out->b.len + 8;
}

static bool tell_columns(sqlite3_stmt *s, int n, const struct cell_sink *sink)
{
	const char *names[COLUMNS_MAX];

	for (int i = 0; i < n; i++) {
		names[i] = sqlite3_column_name(s, i);
		if (!names[i])
			return false;
	}
	return sink->columns(sink->arg, names, (unsigned)n);
}

static enum status step_all(struct db_console *c, sqlite3_stmt *s,
			    struct sql_result *r)
{
	struct cell cells[COLUMNS_MAX];
	int n = sqlite3_column_count(s), rc;
	size_t bytes = 0;

	if (n > COLUMNS_MAX || !tell_columns(s, n, c->sink)) {
		say(r, SQLEND_UNWANTED, "Nobody waits for it.");
		return ST_OK;
	}
	while ((rc = sqlite3_step(s)) == SQLITE_ROW) {
		for (int i = 0; i < n; i++)
			bytes += read_cell(&cells[i], s, i);
		if (r->rows == c->limits->rows || bytes > c->limits->bytes) {
			say(r, SQLEND_CUT, "The result is longer than is allowed here.");
			return ST_OK;
		}
		if (!c->sink->row(c->sink->arg, cells, (unsigned)n)) {
			say(r, SQLEND_UNWANTED, "Nobody waits for it.");
			return ST_OK;
		}
		r->rows++;
		/* a call of a function may take long and is not interrupted */
		if (clock_mono_ms() >= c->end_ms) {
			c->stopped = SQLEND_SLOW;
			return failed(c, SQLITE_INTERRUPT, r);
		}
	}
	return rc == SQLITE_DONE ? ST_OK : failed(c, rc, r);
}

/* A row of the list of views. */
static bool tell_view(struct db_console *c, const char *name,
		      const struct cell_sink *sink)
{
	char sql[100], columns[4000];
	struct cell cells[2] = {{.type = CELL_TEXT}, {.type = CELL_TEXT}};
	sqlite3_stmt *s = NULL;
	size_t at = 0;
	bool more;

	snprintf(sql, sizeof(sql), "PRAGMA table_info(\"%.60s\")", name);
	if (sqlite3_prepare_v2(c->h, sql, -1, &s, NULL) != SQLITE_OK)
		return true;
	columns[0] = '\0';
	while (at < sizeof(columns) && sqlite3_step(s) == SQLITE_ROW) {
		const char *column = (const char *)sqlite3_column_text(s, 1);

		at += (size_t)snprintf(columns + at, sizeof(columns) - at, "%s%s",
				       at ? "," : "", column ? column : "");
	}
	cells[0].b = bytes_of_text(name);
	cells[1].b = bytes_of_text(columns);
	more = sink->row(sink->arg, cells, 2);
	sqlite3_finalize(s);
	return more;
}

enum status db_console_views(struct db_console *c, const struct cell_sink *sink)
{
	static const char *const names[] = {"view", "columns"};
	sqlite3_stmt *s = NULL;
	/* columns: schema, name, type */
	int rc = sqlite3_prepare_v2(c->h, "PRAGMA main.table_list", -1, &s, NULL);

	if (rc == SQLITE_OK && !sink->columns(sink->arg, names, 2))
		rc = SQLITE_DONE;
	while (rc == SQLITE_OK || rc == SQLITE_ROW) {
		const char *name;

		rc = sqlite3_step(s);
		name = rc == SQLITE_ROW ? (const char *)sqlite3_column_text(s, 1)
					: NULL;
		if (has_prefix(c, name) && !tell_view(c, name, sink))
			rc = SQLITE_DONE;
	}
	sqlite3_finalize(s);
	return rc == SQLITE_DONE ? ST_OK : ST_IO;
}

/* Anything after the statement but blanks, comments and semicolons? */
static bool has_more(sqlite3 *h, const char *tail)
{
	sqlite3_stmt *s = NULL;

	while (*tail) {
		const char *at = tail;
		int rc = sqlite3_prepare_v2(h, at, -1, &s, &tail);

		sqlite3_finalize(s);
		if (rc != SQLITE_OK || s || tail == at)
			return true;
	}
	return false;
}

static enum status prepare_and_run(struct db_console *c, const char *sql,
				   struct sql_result *r)
{
	sqlite3_stmt *s = NULL;
	const char *tail;
	int rc = sqlite3_prepare_v3(c->h, sql, -1, 0, &s, &tail);
	enum status st = ST_OK;

	if (rc != SQLITE_OK)
		st = failed(c, rc, r);
	else if (!s)
		say(r, SQLEND_WRONG, "There is no statement.");
	else if (has_more(c->h, tail))
		say(r, SQLEND_WRONG, "One statement at a time, please.");
	else if (!sqlite3_stmt_readonly(s) || sqlite3_column_count(s) == 0)
		say(r, SQLEND_REFUSED, "Only statements that read can be run here.");
	else
		st = step_all(c, s, r);
	sqlite3_finalize(s);
	return st;
}

enum status db_console_run(struct db_console *c, const char *sql, size_t len,
			   bool explain, const struct sql_limits *limits,
			   const struct cell_sink *sink,
			   struct sql_result *result)
{
	static const char plan[] = "EXPLAIN QUERY PLAN ";
	char *text;
	enum status st;

	memset(result, 0, sizeof(*result));
	if (len > SQL_MAX || memchr(sql, '\0', len)) {
		say(result, SQLEND_WRONG, "The statement is too long, or no text.");
		return ST_OK;
	}
	if (db_console_shadows(sql, len, c->prefix)) {
		say(result, SQLEND_REFUSED,
		    "Call a WITH table otherwise than v1_...: those names are taken.");
		return ST_OK;
	}
	text = malloc(len + sizeof(plan));
	if (!text)
		return ST_NOMEM;
	snprintf(text, len + sizeof(plan), "%s%.*s", explain ? plan : "", (int)len, sql);
	c->sql = text;
	c->limits = limits;
	c->sink = sink;
	c->steps = 0;
	c->stopped = SQLEND_DONE;
	c->refused[0] = '\0';
	c->end_ms = clock_mono_ms() + limits->time_ms;
	sqlite3_set_authorizer(c->h, authorize, c);
	sqlite3_progress_handler(c->h, PROGRESS_STEPS, progress, c);
	st = prepare_and_run(c, text, result);
	sqlite3_progress_handler(c->h, 0, NULL, NULL);
	sqlite3_set_authorizer(c->h, NULL, NULL);
	free(text);
	return st;
}
