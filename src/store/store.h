/* SPDX-License-Identifier: MIT */
/*
 * The table modules share one database handle and one statement table
 * (sql/queries/store_*.sql, built into store/queries.h). A module turns rows into
 * plain structs and back; it judges nothing, and calls nobody above it.
 *
 * "Lives until the next use": until the same function is called again on this
 * connection, also beyond the end of the transaction.
 *
 * Every function must be called inside a transaction of the caller where it
 * writes, and returns the status of the database, ST_NOT_FOUND where one row was
 * asked for and there is none. Hashes are turned here between wire order and the
 * order of the tables.
 */
#ifndef QUARRY_STORE_STORE_H
#define QUARRY_STORE_STORE_H

#include "db/db.h"

struct store_options {
	const char *path;
	enum db_mode mode;
	int busy_ms;		/* 0: 3000 */
	int cache_kib;		/* 0: 65536 */
	bool full_sync;
	bool no_checkpoint;	/* for short-lived programs */
	int checkpoint_pages;	/* 0: 4000 */
};

/* Opens, creates or migrates quarry.db with the ladder and statements of sql/. */
NODISCARD enum status store_open(struct db **db, const struct store_options *o,
				 char error[DB_ERROR_SIZE]);
NODISCARD enum status store_create(const char *path, char error[DB_ERROR_SIZE]);
NODISCARD enum status store_migrate(const char *path, int *from, int *to,
				    char error[DB_ERROR_SIZE]);

/* Settings: texts by name. The text lives until the statement's next use, so
 * copy it. */
NODISCARD enum status store_setting_get(struct db *db, const char *name,
					const char **value);
NODISCARD enum status store_setting_put(struct db *db, const char *name,
					const char *value);
NODISCARD enum status store_setting_int(struct db *db, const char *name,
					int64_t *value);
NODISCARD enum status store_setting_put_int(struct db *db, const char *name,
					    int64_t value);

#endif
