/* SPDX-License-Identifier: MIT */
/*
 * Transactions, and what is done to a whole file: checkpoint, check, copy.
 *
 * There is one transaction at a time and no commit but db_commit. A read
 * transaction fixes its state with its first statement.
 */
#include "db/db_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bug.h"

/* Waiting for readers to let a log be cut off stops writers, too. */
#define TRUNCATE_WAIT_MS 200

static enum status own_run(struct db *db, enum db_own id)
{
	return db_run(db_own(db, id));
}

/* What is written to a file that was moved away or replaced is lost to all who open
 * it by its name. */
static bool is_moved(struct db *db)
{
	int moved = 0;

	return sqlite3_file_control(db->h, "main", SQLITE_FCNTL_HAS_MOVED,
				    &moved) == SQLITE_OK && moved;
}

static enum status begin(struct db *db, enum db_own id, enum db_txn txn)
{
	enum status st;

	BUG_ON(db->txn != TXN_NONE);
	/* SQLite would begin to read instead, without a word. */
	if (txn == TXN_WRITE && sqlite3_db_readonly(db->h, NULL)) {
		snprintf(db->error, sizeof(db->error), "opened for reading");
		return ST_DENIED;
	}
	if (txn == TXN_WRITE && is_moved(db)) {
		snprintf(db->error, sizeof(db->error), "%s", "the file was moved or "
			 "replaced");
		return ST_IO;
	}
	st = own_run(db, id);
	if (st == ST_OK)
		db->txn = txn;
	return st;
}

enum status db_begin_read(struct db *db)
{
	return begin(db, OWN_BEGIN_READ, TXN_READ);
}

enum status db_begin_write(struct db *db)
{
	return begin(db, OWN_BEGIN_WRITE, TXN_WRITE);
}

enum status db_commit(struct db *db)
{
	enum status st;

	BUG_ON(db->txn == TXN_NONE);
	BUG_ON(db->savepoint);
	db_stmts_settle(db, "commit");
	if (sqlite3_get_autocommit(db->h)) {
		/* SQLite rolled back by itself; db->error says why. */
		db->txn = TXN_NONE;
		return ST_IO;
	}
	st = own_run(db, OWN_COMMIT);
	if (st == ST_OK)
		db->txn = TXN_NONE;
	return st;
}

void db_rollback(struct db *db)
{
	char why[DB_ERROR_SIZE];

	if (db->txn == TXN_NONE)
		return;
	/* Called on the way out of a failure: statements may be open, and the
	 * text of that failure is the one to keep. */
	db_stmts_settle(db, NULL);
	memcpy(why, db->error, sizeof(why));
	if (!sqlite3_get_autocommit(db->h) && own_run(db, OWN_ROLLBACK) &&
	    !sqlite3_get_autocommit(db->h))
		BUG("rollback failed: %s", db->error);
	memcpy(db->error, why, sizeof(why));
	db->txn = TXN_NONE;
	db->savepoint = false;
}

enum status db_end(struct db *db, enum status st)
{
	if (st == ST_OK)
		st = db_commit(db);
	if (st != ST_OK)
		db_rollback(db);
	return st;
}

bool db_in_transaction(const struct db *db)
{
	return db->txn != TXN_NONE;
}

enum status db_savepoint(struct db *db)
{
	enum status st;

	BUG_ON(db->txn != TXN_WRITE || db->savepoint);
	st = own_run(db, OWN_SAVEPOINT);
	db->savepoint = st == ST_OK;
	return st;
}

enum status db_savepoint_release(struct db *db)
{
	enum status st;

	BUG_ON(!db->savepoint);
	st = own_run(db, OWN_RELEASE);
	if (st == ST_OK)
		db->savepoint = false;
	return st;
}

enum status db_savepoint_undo(struct db *db)
{
	enum status st;

	BUG_ON(!db->savepoint);
	db_stmts_settle(db, NULL);
	st = own_run(db, OWN_ROLLBACK_TO);
	return st ? st : db_savepoint_release(db);
}

int64_t db_changes(const struct db *db)
{
	return db->changes;
}

int64_t db_last_id(const struct db *db)
{
	return sqlite3_last_insert_rowid(db->h);
}

enum status db_data_version(struct db *db, int64_t *version)
{
	struct db_stmt *s = db_own(db, OWN_DATA_VERSION);
	enum status st = db_one(s);

	if (st)
		return st;
	*version = db_col_int(s, 0);
	db_reset(s);
	return ST_OK;
}

enum status db_schema_version(struct db *db, int *file, int *program)
{
	struct db_stmt *s = db_own(db, OWN_USER_VERSION);
	enum status st = db_one(s);

	if (st)
		return st;
	*file = (int)db_col_int(s, 0);
	*program = db->version;
	db_reset(s);
	return ST_OK;
}

enum status db_checkpoint(struct db *db, bool truncate)
{
	const int usual = db->busy_ms;
	int rc;

	BUG_ON(db->txn != TXN_NONE);
	if (truncate && db->busy_ms > TRUNCATE_WAIT_MS)
		db->busy_ms = TRUNCATE_WAIT_MS;
	rc = sqlite3_wal_checkpoint_v2(db->h, NULL,
				       truncate ? SQLITE_CHECKPOINT_TRUNCATE
						: SQLITE_CHECKPOINT_PASSIVE,
				       NULL, NULL);
	db->busy_ms = usual;
	return rc == SQLITE_OK ? ST_OK : db_fail(db, rc, "checkpoint");
}

enum status db_integrity(struct db *db, bool quick, char *out, size_t size)
{
	const struct db_sql sql = {"integrity",
				   quick ? "PRAGMA quick_check(1)"
					 : "PRAGMA integrity_check(1)"};
	sqlite3_stmt *s = NULL;
	int rc = sqlite3_prepare_v2(db->h, sql.text, -1, &s, NULL);

	if (rc == SQLITE_OK)
		rc = sqlite3_step(s);
	if (rc == SQLITE_ROW) {
		snprintf(out, size, "%s",
			 (const char *)sqlite3_column_text(s, 0));
		rc = SQLITE_OK;
	} else if (rc == SQLITE_CORRUPT || rc == SQLITE_NOTADB) {
		/* So damaged that the check itself gives up. */
		snprintf(out, size, "%s", sqlite3_errmsg(db->h));
		rc = SQLITE_OK;
	}
	sqlite3_finalize(s);
	return rc == SQLITE_OK ? ST_OK : db_fail(db, rc, sql.name);
}

/* Writes the copy into the empty file tmp, and makes it a WAL file again:
 * VACUUM INTO leaves that out. */
static enum status copy_into(struct db *db, const char *tmp)
{
	sqlite3_stmt *s = NULL;
	sqlite3 *copy = NULL;
	int rc = sqlite3_prepare_v2(db->h, "VACUUM INTO ?1", -1, &s, NULL);

	if (rc == SQLITE_OK)
		rc = sqlite3_bind_text(s, 1, tmp, -1, SQLITE_STATIC);
	if (rc == SQLITE_OK)
		rc = sqlite3_step(s);
	if (rc != SQLITE_DONE) {
		enum status st = db_fail(db, rc, "copy");

		sqlite3_finalize(s);
		return st;
	}
	sqlite3_finalize(s);
	rc = sqlite3_open_v2(tmp, &copy, SQLITE_OPEN_READWRITE, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_exec(copy, "PRAGMA journal_mode=WAL", NULL, NULL,
				  NULL);
	if (sqlite3_close(copy) != SQLITE_OK)
		BUG("the copy is still in use");
	return rc == SQLITE_OK ? ST_OK : db_fail(db, rc, "copy");
}

enum status db_copy_to(struct db *db, const char *path)
{
	enum status st = ST_NOMEM;
	struct stat of_ours;
	char *tmp;
	int fd;

	BUG_ON(db->txn != TXN_NONE);
	if (access(path, F_OK) == 0) {
		snprintf(db->error, sizeof(db->error), "%s exists", path);
		return ST_DENIED;
	}
	if (stat(db->path, &of_ours))
		of_ours.st_mode = 0600;
	tmp = sqlite3_mprintf("%s%s.%d.part", path[0] == '/' ? "" : "./", path,
			      (int)getpid());
	if (!tmp)
		return ST_NOMEM;
	fd = open(tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
		  of_ours.st_mode & 0666);
	if (fd < 0) {
		st = errno == EACCES || errno == EROFS ? ST_DENIED : ST_IO;
		snprintf(db->error, sizeof(db->error), "%s: %s", path,
			 strerror(errno));
	} else {
		close(fd);
		st = copy_into(db, tmp);
		if (st == ST_OK)
			st = db_file_publish(tmp, path);
		unlink(tmp);
	}
	sqlite3_free(tmp);
	return st;
}

const char *db_error(const struct db *db)
{
	return db->error;
}
