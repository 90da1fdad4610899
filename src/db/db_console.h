/* SPDX-License-Identifier: MIT */
/*
 * A cage for other people's SQL: one statement that reads, and nothing else.
 *
 * The connection is read-only and defensive. An authorizer lets a statement read
 * the views whose names begin with the given prefix (tables only from inside
 * them), use functions of a list, recurse, and nothing else: no PRAGMA, ATTACH,
 * extension, temporary object or table of SQLite's own. Since a common table
 * expression may have any name, one that is called like such a view is refused
 * before: the authorizer could not tell the two apart. Time, steps of the
 * virtual machine, rows, bytes, memory and the length of everything are bounded.
 *
 * SQLite's limit of memory is the whole process's, and a single call of a
 * function cannot be interrupted: use this in a process of its own, under an
 * alarm.
 */
#ifndef QUARRY_DB_DB_CONSOLE_H
#define QUARRY_DB_DB_CONSOLE_H

#include "base/sqlresult.h"
#include "db/db.h"

struct db_console;

struct db_console_options {
	const char *path;
	const char *prefix;	/* "v1_" */
	size_t memory_bytes;	/* of SQLite in this process */
};

NODISCARD enum status db_console_open(struct db_console **out,
				      const struct db_console_options *o,
				      char error[DB_ERROR_SIZE]);
void db_console_close(struct db_console *c);

/* A read transaction whose state is settled when this returns. */
NODISCARD enum status db_console_begin(struct db_console *c);
void db_console_end(struct db_console *c);
/* Rows of two texts: each view with the prefix, and its columns with commas. */
NODISCARD enum status db_console_views(struct db_console *c,
				       const struct cell_sink *sink);
/* Inside of one. explain: the plan of the statement is the result. ST_OK when
 * result is filled, whatever it says. */
NODISCARD enum status db_console_run(struct db_console *c, const char *sql,
				     size_t len, bool explain,
				     const struct sql_limits *limits,
				     const struct cell_sink *sink,
				     struct sql_result *result);

/* Whether a statement defines a common table expression whose name begins with
 * prefix, in any case and quoting. */
bool db_console_shadows(const char *sql, size_t len, const char *prefix);

/* Whether a statement names `table` where a table may stand: after FROM, JOIN, a
 * comma, a parenthesis or a dot, in any case and quoting. */
bool db_console_names(const char *sql, size_t len, const char *table);

#endif
