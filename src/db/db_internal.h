/* SPDX-License-Identifier: MIT */
/* What the files of this folder share; nobody else includes it. */
#ifndef QUARRY_DB_DB_INTERNAL_H
#define QUARRY_DB_DB_INTERNAL_H

#include <sqlite3.h>

#include "db/db.h"

/* Statements of the plumbing itself; they follow the user's in db->stmt. */
enum db_own {
	OWN_BEGIN_READ,
	OWN_BEGIN_WRITE,
	OWN_COMMIT,
	OWN_ROLLBACK,
	OWN_SAVEPOINT,
	OWN_RELEASE,
	OWN_ROLLBACK_TO,
	OWN_DATA_VERSION,
	OWN_USER_VERSION,
	OWN_COUNT,
};

/* A column copied by db_hold. */
struct db_held {
	int type;		/* SQLITE_INTEGER, _TEXT, _BLOB, _NULL */
	int64_t i;
	size_t at, len;		/* in hold */
};

/* Idle: no row, reset. Row: a row of SQLite's is readable. Held: reset, and
 * the row is readable from its copy. */
enum db_stmt_state {
	STMT_IDLE,
	STMT_ROW,
	STMT_HELD,
};

struct db_stmt {
	struct db *db;
	const struct db_sql *sql;
	sqlite3_stmt *h;	/* NULL until the first use */
	enum db_stmt_state state;
	int n_param, n_col;
	bool writes;
	uint64_t bound;		/* a bit for each parameter */
	enum status failed;	/* of preparing or binding, for db_step */
	struct db_held *held;	/* n_col of them, or NULL */
	uint8_t *hold;
	size_t hold_size;
};

enum db_txn {
	TXN_NONE,
	TXN_READ,
	TXN_WRITE,
};

struct db {
	sqlite3 *h;
	struct db_stmt *stmt;	/* n_sql of the user's, then OWN_COUNT */
	int n_sql, n_stmt;
	enum db_txn txn;
	bool savepoint;
	int busy_ms;
	int64_t busy_until;	/* clock_mono_ms; while the handler is asked */
	uint32_t random;
	int64_t changes;
	int version;		/* of the schema, when it was opened */
	char *path;
	char error[DB_ERROR_SIZE];
};

/* Leaks of statements are caught where the optimiser is off or a sanitizer on;
 * elsewhere they are mended silently. */
#if !defined(__OPTIMIZE__) || defined(__SANITIZE_ADDRESS__)
#define DB_CATCHES_LEAKS 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define DB_CATCHES_LEAKS 1
#endif
#endif
#ifndef DB_CATCHES_LEAKS
#define DB_CATCHES_LEAKS 0
#endif

/* db_status.c: the status of an (extended) result code; misuse is a BUG. */
enum status db_status_of(sqlite3 *h, int rc);
/* As db_status_of; keeps the text, with what was being done, for db_error. */
enum status db_fail(struct db *db, int rc, const char *doing);
/* Installs the busy handler. */
void db_busy_init(struct db *db, int busy_ms);

/* db_stmt.c */
enum status db_stmts_init(struct db *db, const struct db_sql *sql, int n);
void db_stmts_clear(struct db *db);
/* Ends what the caller left open; names it where leaks are caught. */
void db_stmts_settle(struct db *db, const char *when);
struct db_stmt *db_own(struct db *db, enum db_own id);

/* db_open.c: gives a finished temporary file its name, which must be free. */
enum status db_file_publish(const char *tmp, const char *path);

#endif
