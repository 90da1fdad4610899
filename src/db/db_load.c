/* SPDX-License-Identifier: MIT */
/*
 * One file's content in place of another's, while programs have it open.
 *
 * SQLite's backup interface writes the pages as one transaction into the log:
 * readers go on with the old content until their transaction ends, and whoever
 * begins one afterwards has the new. The schema's cookie moves, so that their
 * statements are prepared anew, and so does the data version.
 */
#include "db/db_internal.h"

#include "base/bug.h"
#include "base/clock.h"

#define STEP_MS 1

enum status db_load(struct db *to, struct db *from)
{
	int64_t until = clock_mono_ms() + to->busy_ms;
	sqlite3_backup *b;
	int rc, done;

	BUG_ON(to->txn != TXN_NONE || from->txn != TXN_NONE);
	b = sqlite3_backup_init(to->h, "main", from->h, "main");
	if (!b)
		return db_fail(to, sqlite3_extended_errcode(to->h), "load");
	for (;;) {
		rc = sqlite3_backup_step(b, -1);
		if ((rc & 0xff) != SQLITE_BUSY && (rc & 0xff) != SQLITE_LOCKED)
			break;
		if (clock_mono_ms() >= until)
			break;
		clock_sleep_ms(STEP_MS);
	}
	/* without its end nothing is written */
	done = sqlite3_backup_finish(b);
	if (rc == SQLITE_DONE && done == SQLITE_OK)
		return ST_OK;
	return db_fail(to, rc == SQLITE_DONE ? done : rc, "load");
}
