/* SPDX-License-Identifier: MIT */
/*
 * SQLite mechanics, without a single table name.
 *
 * One connection per thread. The file is opened with the settings that several
 * writing processes need (WAL, own busy handler with a random short sleep and a
 * deadline, defensive mode, no extensions). Every write transaction begins as a
 * write (BEGIN IMMEDIATE): a reader that turns into a writer can fail at once
 * without the busy handler being asked. The statements are a table given at open,
 * prepared once, on first use; a statement that does not compile, has text behind
 * its end, is used with another number of parameters or writes outside a write
 * transaction is a BUG.
 *
 * Every failure is a status: ST_BUSY (deadline passed), ST_FULL, ST_IO,
 * ST_CORRUPT (also: a table is missing, a CHECK fails), ST_NOMEM, ST_DENIED (a
 * row with that key is there; the file may not be written). The cause's text is
 * db_error. After any of them but ST_DENIED the caller rolls back.
 */
#ifndef QUARRY_DB_DB_H
#define QUARRY_DB_DB_H

#include "base/bytes.h"
#include "base/status.h"

struct db;
struct db_stmt;

/* A named statement; the array is indexed by an enum of its user. */
struct db_sql {
	const char *name;
	const char *text;
};

/* One step of the migration ladder; steps are numbered from 1. */
struct db_migration {
	const char *name;
	const char *text;	/* may hold several statements */
};

enum db_mode {
	DB_READ,	/* may not write: for queries of programs that only look */
	DB_WRITE,
};

struct db_options {
	const char *path;
	enum db_mode mode;
	int busy_ms;		/* deadline of the busy handler */
	int cache_kib;
	bool full_sync;		/* synchronous=FULL, for keys and accounts */
	bool secure_delete;	/* overwrite what is deleted: for secrets */
	bool no_checkpoint;	/* autocheckpoint off, none on close */
	int checkpoint_pages;	/* autocheckpoint; 0: the default of 1000 */
	int file_mode;		/* of a file made here; 0: 0640 */
	uint32_t application_id;
	const struct db_sql *sql;
	int n_sql;
	const struct db_migration *ladder;
	int n_ladder;		/* the schema version this program knows */
	/* Views by name: made again, all of them, with every step. */
	const struct db_migration *views;
	int n_views;
};

#define DB_ERROR_SIZE 256

/* Opens an existing file whose application_id and user_version are as expected;
 * ST_NOT_FOUND, ST_VERSION (error says which command mends it), ST_CORRUPT for
 * a file that is no such database. error gets one sentence on failure. */
NODISCARD enum status db_open(struct db **out, const struct db_options *opt,
			      char error[DB_ERROR_SIZE]);
/* Makes a new file (ST_DENIED when there is one) at the ladder's end. The file
 * appears under its name when it is complete, not before. */
NODISCARD enum status db_create(const struct db_options *opt,
				char error[DB_ERROR_SIZE]);
/* Climbs the rest of the ladder, one transaction a step. *from, *to: versions. A
 * file newer than the ladder is ST_VERSION. */
NODISCARD enum status db_migrate(const struct db_options *opt, int *from,
				 int *to, char error[DB_ERROR_SIZE]);
/* db_open, after making the file when there is none; another process may be the
 * one that made it. */
NODISCARD enum status db_open_or_create(struct db **out,
					const struct db_options *opt,
					char error[DB_ERROR_SIZE]);
void db_close(struct db *db);

/* Transactions do not nest. A read transaction sees one state throughout, that
 * of its first statement. */
NODISCARD enum status db_begin_read(struct db *db);
/* How long others' writing is waited for, from now on; 0: not at all. */
void db_patience(struct db *db, int busy_ms);
NODISCARD enum status db_begin_write(struct db *db);
NODISCARD enum status db_commit(struct db *db);
/* Also after a failed commit; harmless when there is none. */
void db_rollback(struct db *db);
/* Commits when st is ST_OK, else rolls back. Returns what it then is. */
NODISCARD enum status db_end(struct db *db, enum status st);
bool db_in_transaction(const struct db *db);
/* One level of undo inside a write transaction. */
NODISCARD enum status db_savepoint(struct db *db);
NODISCARD enum status db_savepoint_release(struct db *db);
NODISCARD enum status db_savepoint_undo(struct db *db);

/* The statement with this index, without bindings. Never NULL. The caller
 * resets it (db_reset), holds it (db_hold) or steps to its end before it is used
 * again or the transaction ends. Preparing can fail for lack of memory or I/O:
 * the failure comes from the first db_step. */
struct db_stmt *db_use(struct db *db, int id);
/* Parameters count from 1. Blobs and texts are not copied: they must live until
 * the statement is reset. */
void db_bind_int(struct db_stmt *s, int i, int64_t v);
void db_bind_blob(struct db_stmt *s, int i, const void *p, size_t n);
/* A NULL pointer binds NULL. */
void db_bind_text(struct db_stmt *s, int i, const char *text);
void db_bind_text_n(struct db_stmt *s, int i, const char *text, size_t n);
void db_bind_null(struct db_stmt *s, int i);
/* *row: a row is there to read; false at the end (the statement is then reset). */
NODISCARD enum status db_step(struct db_stmt *s, bool *row);
/* For statements without rows: step, expect the end, reset. */
NODISCARD enum status db_run(struct db_stmt *s);
/* For statements that give at most one row: ST_OK with the row readable (the
 * caller resets), or ST_NOT_FOUND (already reset). */
NODISCARD enum status db_one(struct db_stmt *s);
void db_reset(struct db_stmt *s);
/* Copies the row into memory of the statement and resets it: db_col_... read the
 * copy until the statement's next use, through the end of the transaction. */
NODISCARD enum status db_hold(struct db_stmt *s);
/* db_one and, with a row, db_hold. */
NODISCARD enum status db_one_hold(struct db_stmt *s);
/* Columns count from 0. Blobs and texts live until the next step or reset. */
int64_t db_col_int(struct db_stmt *s, int i);
struct bytes db_col_blob(struct db_stmt *s, int i);
/* Never NULL; "" for NULL. */
const char *db_col_text(struct db_stmt *s, int i);
bool db_col_is_null(struct db_stmt *s, int i);
/* Copies a text; one that does not fit makes *st ST_CORRUPT. */
void db_col_copy(enum status *st, struct db_stmt *s, int i, char *out,
		 size_t size);

/* Rows changed by the last db_run. */
int64_t db_changes(const struct db *db);
int64_t db_last_id(const struct db *db);
/* Changes when another connection may have committed: "look again". */
/* The schema's version now, and the ladder's end that this program knows: another
 * program may have climbed since the file was opened. */
NODISCARD enum status db_schema_version(struct db *db, int *file, int *program);
NODISCARD enum status db_data_version(struct db *db, int64_t *version);
/* WAL frames into the file: passive, or waiting (at most 0.2 s, since writers
 * wait meanwhile) for readers and truncating the log: ST_BUSY. */
NODISCARD enum status db_checkpoint(struct db *db, bool truncate);
/* "ok", or the first complaint; quick leaves out the index comparison. */
NODISCARD enum status db_integrity(struct db *db, bool quick, char *out,
				   size_t size);
/* A compact copy while others go on working; ST_DENIED when path exists. Has
 * the mode of the original; appears under its name when complete. */
NODISCARD enum status db_copy_to(struct db *db, const char *path);
/* Puts the whole content of `from` in place of that of `to`, which others may have
 * open: each of their transactions sees the old content or the new. ST_BUSY
 * when somebody writes for longer than busy_ms. What the caller keeps in memory of
 * `to` is void, and data_version does not say so on this connection: close it. */
NODISCARD enum status db_load(struct db *to, struct db *from);
/* SQLite's text of the last failure, for logs. */
const char *db_error(const struct db *db);

#endif
