/* SPDX-License-Identifier: MIT */
#include "hooks/hooks.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/hex.h"
#include "crypto/hmac.h"
#include "db/db.h"
#include "hooks/queries.h"

/* "Qhok" */
#define APPLICATION_ID 0x51686f6b

#define BUSY_MS 5000
#define CACHE_KIB 512
#define FILE_MODE 0600

struct hooks {
	struct db *db;
	int64_t version;
};

static struct db_options options_of(const char *path)
{
	return (struct db_options){
		.path = path,
		.mode = DB_WRITE,
		.busy_ms = BUSY_MS,
		.cache_kib = CACHE_KIB,
		.file_mode = FILE_MODE,
		.application_id = APPLICATION_ID,
		.sql = hooks_sql,
		.n_sql = SQL_HOOKS_COUNT,
		.ladder = hooks_ladder,
		.n_ladder = hooks_n_ladder,
	};
}

bool hooks_path(char *out, size_t size, const char *db)
{
	return file_beside(out, size, db, "hooks.db");
}

enum status hooks_open(struct hooks **out, const char *path, bool create,
		       char error[HOOKS_ERROR_SIZE])
{
	const struct db_options opt = options_of(path);
	struct hooks *h = calloc(1, sizeof(*h));
	enum status st;

	_Static_assert(HOOKS_ERROR_SIZE >= DB_ERROR_SIZE, "one buffer for both");
	*out = NULL;
	if (!h) {
		snprintf(error, HOOKS_ERROR_SIZE, "There is no memory left.");
		return ST_NOMEM;
	}
	st = create ? db_open_or_create(&h->db, &opt, error)
		    : db_open(&h->db, &opt, error);
	if (st != ST_OK) {
		free(h);
		return st;
	}
	h->version = -1;
	*out = h;
	return ST_OK;
}

enum status hooks_migrate(const char *path, int *from, int *to,
			  char error[HOOKS_ERROR_SIZE])
{
	const struct db_options opt = options_of(path);

	return db_migrate(&opt, from, to, error);
}

void hooks_close(struct hooks *h)
{
	if (!h)
		return;
	db_close(h->db);
	free(h);
}

enum status hooks_changed(struct hooks *h, bool *changed)
{
	int64_t v;
	enum status st = db_data_version(h->db, &v);

	*changed = st == ST_OK && v != h->version;
	if (st == ST_OK)
		h->version = v;
	return st;
}

enum status hooks_add(struct hooks *h, struct hook *k)
{
	struct db_stmt *s;
	enum status st = db_begin_write(h->db);

	if (st != ST_OK)
		return st;
	s = db_use(h->db, SQL_HOOKS_COUNT_ALL);
	st = db_one(s);
	if (st == ST_OK && db_col_int(s, 0) >= HOOKS_MAX)
		st = ST_TOO_BIG;
	db_reset(s);
	if (st != ST_OK)
		return db_end(h->db, st);
	s = db_use(h->db, SQL_HOOKS_INSERT);
	db_bind_text(s, 1, k->url);
	db_bind_text(s, 2, k->filter);
	db_bind_blob(s, 3, k->secret, sizeof(k->secret));
	db_bind_int(s, 4, k->cursor);
	db_bind_int(s, 5, k->created);
	st = db_run(s);
	if (st == ST_OK)
		k->id = db_last_id(h->db);
	return db_end(h->db, st);
}

enum status hooks_next(struct hooks *h, int64_t after, struct hook *out)
{
	struct db_stmt *s = db_use(h->db, SQL_HOOKS_AFTER);
	struct bytes secret;
	enum status st;

	db_bind_int(s, 1, after);
	st = db_one(s);
	if (st != ST_OK)
		return st;
	*out = (struct hook){
		.id = db_col_int(s, 0),
		.dead = db_col_int(s, 4) != 0,
		.cursor = db_col_int(s, 5),
		.skip = (uint32_t)db_col_int(s, 6),
		.created = db_col_int(s, 7),
		.tried = db_col_int(s, 8),
		.next_ms = db_col_int(s, 9),
		.failing = db_col_int(s, 10),
		.fails = (uint32_t)db_col_int(s, 11),
		.sent = db_col_int(s, 12),
	};
	db_col_copy(&st, s, 1, out->url, sizeof(out->url));
	db_col_copy(&st, s, 2, out->filter, sizeof(out->filter));
	db_col_copy(&st, s, 13, out->last, sizeof(out->last));
	secret = db_col_blob(s, 3);
	if (secret.len == HOOK_SECRET_SIZE)
		memcpy(out->secret, secret.p, HOOK_SECRET_SIZE);
	else
		st = ST_CORRUPT;
	db_reset(s);
	return st;
}

enum status hooks_note(struct hooks *h, const struct hook *k)
{
	struct db_stmt *s;
	enum status st = db_begin_write(h->db);

	if (st != ST_OK)
		return st;
	s = db_use(h->db, SQL_HOOKS_NOTE);
	db_bind_int(s, 1, k->id);
	db_bind_int(s, 2, k->dead);
	db_bind_int(s, 3, k->cursor);
	db_bind_int(s, 4, k->skip);
	db_bind_int(s, 5, k->tried);
	db_bind_int(s, 6, k->next_ms);
	db_bind_int(s, 7, k->failing);
	db_bind_int(s, 8, k->fails);
	db_bind_int(s, 9, k->sent);
	db_bind_text(s, 10, k->last);
	return db_end(h->db, db_run(s));
}

static enum status of_one(struct hooks *h, int which, int64_t id)
{
	struct db_stmt *s;
	enum status st = db_begin_write(h->db);

	if (st != ST_OK)
		return st;
	s = db_use(h->db, which);
	db_bind_int(s, 1, id);
	st = db_run(s);
	if (st == ST_OK && !db_changes(h->db))
		st = ST_NOT_FOUND;
	return db_end(h->db, st);
}

enum status hooks_revive(struct hooks *h, int64_t id)
{
	return of_one(h, SQL_HOOKS_REVIVE, id);
}

enum status hooks_remove(struct hooks *h, int64_t id)
{
	return of_one(h, SQL_HOOKS_DELETE, id);
}

enum status hook_url(const char *text, bool allow_http, struct url *base,
		     char path[HOOK_PATH_SIZE], const char **why)
{
	const char *host = strstr(text, "://");
	size_t n;

	if (!host || strlen(text) >= HOOK_URL_SIZE) {
		*why = host ? "it is too long"
			    : "it does not begin with https://";
		return ST_PARSE;
	}
	n = (size_t)(host - text) + 3;
	n += strcspn(text + n, "/?#");
	if (strchr(text + n, '#') || strlen(text + n) >= HOOK_PATH_SIZE - 1) {
		*why = "its path is too long, or has a fragment";
		return ST_PARSE;
	}
	for (const char *p = text + n; *p; p++)
		if (*p <= ' ' || *p > '~') {
			*why = "its path is not written in printable characters";
			return ST_PARSE;
		}
	snprintf(path, HOOK_PATH_SIZE, "%s%s", text[n] == '/' ? "" : "/", text + n);
	return url_parse(base, text, n, allow_http, why);
}

void hook_sign(char out[HOOK_SIGNATURE_SIZE],
	       const uint8_t secret[HOOK_SECRET_SIZE], int64_t time_s,
	       struct bytes body)
{
	char hex[65], time[24];
	uint8_t mac[32];
	struct buf b;

	snprintf(time, sizeof(time), "%lld", (long long)time_s);
	buf_init(&b, body.len + sizeof(time) + 1);
	buf_text(&b, time);
	buf_text(&b, ".");
	buf_bytes(&b, body);
	hmac_sha256(mac, bytes_of(secret, HOOK_SECRET_SIZE), buf_view(&b));
	buf_free(&b);
	snprintf(out, HOOK_SIGNATURE_SIZE, "Quarry-Signature: t=%s,v1=%s", time,
		 hex_text(hex, mac, sizeof(mac)));
}
