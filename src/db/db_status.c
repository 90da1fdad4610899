/* SPDX-License-Identifier: MIT */
/*
 * SQLite's result codes as statuses, and how to wait for a lock.
 *
 * The write lock of a WAL file has no queue: waiters poll. SQLite's own busy
 * timeout sleeps longer and longer, so that a small writer beside a busy one
 * waits up to a third of a second; a short random sleep (0.2 to 1.5 ms) keeps
 * the longest wait near 50 ms at the same load. The deadline counts from the
 * first refusal.
 */
#include "db/db_internal.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "base/bug.h"
#include "base/clock.h"

/* The disk can also fill up where SQLite speaks of I/O alone (-shm files). */
static enum status io_status(sqlite3 *h, int rc)
{
	if (rc == SQLITE_IOERR_NOMEM)
		return ST_NOMEM;
	if (rc == SQLITE_IOERR_CORRUPTFS || rc == SQLITE_IOERR_DATA)
		return ST_CORRUPT;
	if (h && (sqlite3_system_errno(h) == ENOSPC ||
		  sqlite3_system_errno(h) == EDQUOT ||
		  sqlite3_system_errno(h) == EFBIG))
		return ST_FULL;
	return ST_IO;
}

enum status db_status_of(sqlite3 *h, int rc)
{
	switch (rc) {
	case SQLITE_CONSTRAINT_UNIQUE:
	case SQLITE_CONSTRAINT_PRIMARYKEY:
	case SQLITE_CONSTRAINT_ROWID:
		return ST_DENIED;
	default:
		break;
	}
	switch (rc & 0xff) {
	case SQLITE_OK:
	case SQLITE_ROW:
	case SQLITE_DONE:
		return ST_OK;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
	case SQLITE_PROTOCOL:
		return ST_BUSY;
	case SQLITE_NOMEM:
		return ST_NOMEM;
	case SQLITE_FULL:
		return ST_FULL;
	case SQLITE_IOERR:
		return io_status(h, rc);
	case SQLITE_CANTOPEN:
		return ST_IO;
	case SQLITE_PERM:
	case SQLITE_AUTH:
	case SQLITE_READONLY:
		return ST_DENIED;
	case SQLITE_INTERRUPT:
		return ST_CANCELLED;
	case SQLITE_TOOBIG:
		return ST_TOO_BIG;
	case SQLITE_MISUSE:
	case SQLITE_RANGE:
		BUG("SQLite was misused: %s", h ? sqlite3_errmsg(h) : "");
	default:
		/* CORRUPT, NOTADB, a table or column that is not there, a CHECK
		 * that fails: the file is not what this program wrote. */
		return ST_CORRUPT;
	}
}

enum status db_fail(struct db *db, int rc, const char *doing)
{
	enum status st = db_status_of(db->h, rc);

	snprintf(db->error, sizeof(db->error), "%.60s: %s (%d)", doing,
		 rc == sqlite3_extended_errcode(db->h) ? sqlite3_errmsg(db->h)
						       : sqlite3_errstr(rc),
		 rc);
	return st;
}

static uint32_t next_random(struct db *db)
{
	/* xorshift32; not zero */
	db->random ^= db->random << 13;
	db->random ^= db->random >> 17;
	db->random ^= db->random << 5;
	return db->random;
}

static int busy(void *arg, int n_before)
{
	struct db *db = arg;
	int64_t now = clock_mono_ms();

	if (n_before == 0)
		db->busy_until = now + db->busy_ms;
	if (now >= db->busy_until)
		return 0;
	usleep(200 + next_random(db) % 1300);
	return 1;
}

void db_patience(struct db *db, int busy_ms)
{
	db->busy_ms = busy_ms;
}

void db_busy_init(struct db *db, int busy_ms)
{
	db->busy_ms = busy_ms;
	db->random = ((uint32_t)clock_mono_us() ^ (uint32_t)getpid() << 16) | 1;
	sqlite3_busy_handler(db->h, busy, db);
}
