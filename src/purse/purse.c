/* SPDX-License-Identifier: MIT */
/* The file, its settings, and wallets by owner and name. */
#include "purse/purse.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "purse/purse_internal.h"

/* "Qpur" */
#define APPLICATION_ID 0x51707572

#define BUSY_MS 5000
#define CACHE_KIB 4096
#define FILE_MODE 0600

static struct db_options options_of(const char *path)
{
	return (struct db_options){
		.path = path,
		.mode = DB_WRITE,
		.busy_ms = BUSY_MS,
		.cache_kib = CACHE_KIB,
		.full_sync = true,
		.file_mode = FILE_MODE,
		.application_id = APPLICATION_ID,
		.sql = purse_sql,
		.n_sql = SQL_PURSE_COUNT,
		.ladder = purse_ladder,
		.n_ladder = purse_n_ladder,
	};
}

bool purse_path(char *out, size_t size, const char *configured, const char *db)
{
	if (!*configured)
		return file_beside(out, size, db, "wallets.db");
	return (size_t)snprintf(out, size, "%s", configured) < size;
}

enum status purse_open(struct purse **out, const char *path, bool create,
		       char error[PURSE_ERROR_SIZE])
{
	const struct db_options opt = options_of(path);
	struct purse *p = calloc(1, sizeof(*p));
	enum status st;

	_Static_assert(PURSE_ERROR_SIZE == DB_ERROR_SIZE, "one buffer for both");
	*out = NULL;
	if (!p) {
		snprintf(error, PURSE_ERROR_SIZE, "There is no memory left.");
		return ST_NOMEM;
	}
	st = create ? db_open_or_create(&p->db, &opt, error)
		    : db_open(&p->db, &opt, error);
	if (st != ST_OK)
		free(p);
	else
		*out = p;
	return st;
}

void purse_close(struct purse *p)
{
	if (!p)
		return;
	db_close(p->db);
	free(p);
}

enum status purse_migrate(const char *path, int *from, int *to,
			  char error[PURSE_ERROR_SIZE])
{
	const struct db_options opt = options_of(path);

	return db_migrate(&opt, from, to, error);
}

const char *purse_error(const struct purse *p)
{
	return db_error(p->db);
}

enum status purse_begin(struct purse *p, bool *own)
{
	*own = !db_in_transaction(p->db);
	return *own ? db_begin_write(p->db) : ST_OK;
}

enum status purse_end(struct purse *p, bool own, enum status st)
{
	return own ? db_end(p->db, st) : st;
}

void *purse_list_add(struct purse_list *l)
{
	uint8_t *at;

	if (l->n == l->room) {
		size_t room = l->room ? l->room * 2 : 16;
		void *v = arena_alloc(l->arena, room, l->size);

		if (!v)
			return NULL;
		if (l->n)
			memcpy(v, l->v, l->n * l->size);
		l->v = v;
		l->room = room;
	}
	at = (uint8_t *)l->v + l->n++ * l->size;
	memset(at, 0, l->size);
	return at;
}

const char *purse_text(enum status *st, struct arena *a, struct db_stmt *s, int i)
{
	const char *t = arena_strdup(a, db_col_text(s, i));

	if (!t)
		*st = ST_NOMEM;
	return t;
}

struct bytes purse_blob(enum status *st, struct arena *a, struct db_stmt *s, int i)
{
	struct bytes b = db_col_blob(s, i);
	const uint8_t *p = arena_copy(a, b.p ? b.p : (const uint8_t *)"", b.len);

	if (!p)
		*st = ST_NOMEM;
	return bytes_of(p, b.len);
}

void purse_col_hash(enum status *st, struct db_stmt *s, int i,
		    struct hash256 *out)
{
	struct bytes b = db_col_blob(s, i);

	memset(out, 0, sizeof(*out));
	if (b.len == 32)
		hash256_from_display(out, b.p);
	else if (!db_col_is_null(s, i))
		*st = ST_CORRUPT;
}

/* --- wallets --- */

static enum status take_wallet(struct db_stmt *s, struct purse_wallet *w)
{
	enum status st = ST_OK;

	*w = (struct purse_wallet){.id = db_col_int(s, 0)};
	db_col_copy(&st, s, 1, w->owner, sizeof(w->owner));
	db_col_copy(&st, s, 2, w->name, sizeof(w->name));
	db_col_copy(&st, s, 3, w->keystore, sizeof(w->keystore));
	w->flags = (unsigned)db_col_int(s, 4);
	w->loaded = db_col_int(s, 5) != 0;
	w->fee_rate_sat_kvb = db_col_int(s, 6);
	purse_col_hash(&st, s, 7, &w->chain.h);
	w->created = db_col_int(s, 8);
	return st;
}

enum status purse_wallet_add(struct purse *p, struct purse_wallet *w)
{
	struct db_stmt *s;
	uint8_t chain[32];
	bool own;
	enum status st = purse_begin(p, &own);

	if (st != ST_OK)
		return st;
	hash256_to_display(chain, &w->chain.h);
	s = db_use(p->db, SQL_PURSE_WALLET_INSERT);
	db_bind_text(s, 1, w->owner);
	db_bind_text(s, 2, w->name);
	db_bind_text(s, 3, w->keystore);
	db_bind_int(s, 4, w->flags);
	db_bind_int(s, 5, w->loaded);
	db_bind_int(s, 6, w->fee_rate_sat_kvb);
	db_bind_blob(s, 7, chain, sizeof(chain));
	db_bind_int(s, 8, w->created);
	st = db_run(s);
	if (st == ST_OK)
		w->id = db_last_id(p->db);
	return purse_end(p, own, st);
}

enum status purse_wallet_find(struct purse *p, const char *owner,
			      const char *name, struct purse_wallet *out)
{
	struct db_stmt *s = db_use(p->db, SQL_PURSE_WALLET_FIND);
	enum status st;

	db_bind_text(s, 1, owner);
	db_bind_text(s, 2, name);
	st = db_one(s);
	if (st != ST_OK)
		return st;
	st = take_wallet(s, out);
	db_reset(s);
	return st;
}

enum status purse_wallets(struct purse *p, const char *owner, struct arena *a,
			  struct purse_wallet **out, size_t *n)
{
	struct purse_list l = {.arena = a, .size = sizeof(struct purse_wallet)};
	struct db_stmt *s = db_use(p->db, SQL_PURSE_WALLET_OF);
	enum status st;
	bool more;

	db_bind_text(s, 1, owner);
	while ((st = db_step(s, &more)) == ST_OK && more) {
		struct purse_wallet *w = purse_list_add(&l);

		st = w ? take_wallet(s, w) : ST_NOMEM;
		if (st != ST_OK) {
			db_reset(s);
			break;
		}
	}
	*out = l.v;
	*n = l.n;
	return st;
}

enum status purse_wallet_update(struct purse *p, const struct purse_wallet *w)
{
	struct db_stmt *s;
	bool own;
	enum status st = purse_begin(p, &own);

	if (st != ST_OK)
		return st;
	s = db_use(p->db, SQL_PURSE_WALLET_UPDATE);
	db_bind_int(s, 1, w->id);
	db_bind_text(s, 2, w->keystore);
	db_bind_int(s, 3, w->flags);
	db_bind_int(s, 4, w->loaded);
	db_bind_int(s, 5, w->fee_rate_sat_kvb);
	return purse_end(p, own, db_run(s));
}

enum status purse_wallet_remove(struct purse *p, int64_t id)
{
	static const int all[] = {
		SQL_PURSE_DESC_DELETE,	   SQL_PURSE_SCRIPT_DELETE,
		SQL_PURSE_LABEL_DELETE,	   SQL_PURSE_TX_LABEL_DELETE,
		SQL_PURSE_SENT_DELETE,	   SQL_PURSE_WALLET_DELETE,
	};
	bool own;
	enum status st = purse_begin(p, &own);

	if (st != ST_OK)
		return st;
	st = purse_unlock_all(p, id);
	for (size_t i = 0; st == ST_OK && i < sizeof(all) / sizeof(all[0]); i++) {
		struct db_stmt *s = db_use(p->db, all[i]);

		db_bind_int(s, 1, id);
		st = db_run(s);
	}
	return purse_end(p, own, st);
}
