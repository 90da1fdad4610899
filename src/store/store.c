/* SPDX-License-Identifier: MIT */
/* The file, its settings, and the conversions every module uses. */
#include "store/store.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "store/store_internal.h"

/* "Quar" */
#define APPLICATION_ID 0x51756172

#define BUSY_MS 3000
#define CACHE_KIB 65536
#define CHECKPOINT_PAGES 4000

static struct db_options options_of(const char *path)
{
	return (struct db_options){
		.path = path,
		.mode = DB_WRITE,
		.busy_ms = BUSY_MS,
		.cache_kib = CACHE_KIB,
		.checkpoint_pages = CHECKPOINT_PAGES,
		.application_id = APPLICATION_ID,
		.sql = store_sql,
		.n_sql = SQL_STORE_COUNT,
		.ladder = store_ladder,
		.n_ladder = store_n_ladder,
		.views = store_views,
		.n_views = store_n_views,
	};
}

enum status store_open(struct db **db, const struct store_options *o,
		       char error[DB_ERROR_SIZE])
{
	struct db_options opt = options_of(o->path);

	opt.mode = o->mode;
	opt.full_sync = o->full_sync;
	opt.no_checkpoint = o->no_checkpoint;
	if (o->busy_ms)
		opt.busy_ms = o->busy_ms;
	if (o->cache_kib)
		opt.cache_kib = o->cache_kib;
	if (o->checkpoint_pages)
		opt.checkpoint_pages = o->checkpoint_pages;
	return db_open(db, &opt, error);
}

enum status store_create(const char *path, char error[DB_ERROR_SIZE])
{
	const struct db_options opt = options_of(path);

	return db_create(&opt, error);
}

enum status store_migrate(const char *path, int *from, int *to,
			  char error[DB_ERROR_SIZE])
{
	const struct db_options opt = options_of(path);

	return db_migrate(&opt, from, to, error);
}

enum status store_setting_get(struct db *db, const char *name,
			      const char **value)
{
	struct db_stmt *s = db_use(db, SQL_SETTING_GET);
	enum status st;

	db_bind_text(s, 1, name);
	st = db_one_hold(s);
	if (st == ST_OK)
		*value = db_col_text(s, 0);
	return st;
}

enum status store_setting_put(struct db *db, const char *name,
			      const char *value)
{
	struct db_stmt *s = db_use(db, SQL_SETTING_PUT);

	db_bind_text(s, 1, name);
	db_bind_text(s, 2, value);
	return db_run(s);
}

enum status store_setting_int(struct db *db, const char *name, int64_t *value)
{
	const char *text;
	char *end;
	enum status st = store_setting_get(db, name, &text);

	if (st)
		return st;
	errno = 0;
	*value = strtoll(text, &end, 10);
	return errno || end == text || *end ? ST_CORRUPT : ST_OK;
}

enum status store_setting_put_int(struct db *db, const char *name,
				  int64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%lld", (long long)value);
	return store_setting_put(db, name, text);
}

void store_col_hash(enum status *st, struct db_stmt *s, int i,
		    struct hash256 *out)
{
	struct bytes b = db_col_blob(s, i);

	memset(out, 0, sizeof(*out));
	if (b.len == 32)
		hash256_from_display(out, b.p);
	else if (!db_col_is_null(s, i))
		*st = ST_CORRUPT;
}

uint32_t store_col_u32(enum status *st, struct db_stmt *s, int i)
{
	int64_t v = db_col_int(s, i);

	if (v < 0 || v > UINT32_MAX) {
		*st = ST_CORRUPT;
		return 0;
	}
	return (uint32_t)v;
}

void store_col_text(enum status *st, struct db_stmt *s, int i, char *out,
		    size_t size)
{
	int n = snprintf(out, size, "%s", db_col_text(s, i));

	if (n < 0 || (size_t)n >= size)
		*st = ST_CORRUPT;
}

int64_t store_col_int_or(struct db_stmt *s, int i, int64_t otherwise)
{
	return db_col_is_null(s, i) ? otherwise : db_col_int(s, i);
}

void store_bind_int_or_null(struct db_stmt *s, int i, int64_t v, int64_t null)
{
	if (v == null)
		db_bind_null(s, i);
	else
		db_bind_int(s, i, v);
}

enum status store_one_int(struct db_stmt *s, int64_t *out)
{
	enum status st = db_one(s);

	if (st)
		return st;
	*out = db_col_int(s, 0);
	db_reset(s);
	return ST_OK;
}

enum status store_run_one(struct db *db, struct db_stmt *s)
{
	enum status st = db_run(s);

	if (st)
		return st;
	return db_changes(db) == 1 ? ST_OK : ST_CORRUPT;
}
