/* SPDX-License-Identifier: MIT */
/* Descriptors, and the scripts derived of them. */
#include "purse/purse.h"

#include <stdio.h>

#include "purse/purse_internal.h"

static enum status insert(struct purse *p, int64_t wallet, struct purse_desc *d)
{
	struct db_stmt *s = db_use(p->db, SQL_PURSE_DESC_INSERT);
	enum status st;

	db_bind_int(s, 1, wallet);
	db_bind_text(s, 2, d->text);
	db_bind_text(s, 3, d->kind);
	db_bind_int(s, 4, d->internal);
	db_bind_int(s, 5, d->active);
	db_bind_int(s, 6, d->next);
	db_bind_int(s, 7, d->first);
	db_bind_int(s, 8, d->past);
	db_bind_int(s, 9, d->created);
	st = db_run(s);
	if (st == ST_OK)
		d->id = db_last_id(p->db);
	return st;
}

static enum status update(struct purse *p, const struct purse_desc *d)
{
	struct db_stmt *s = db_use(p->db, SQL_PURSE_DESC_UPDATE);

	db_bind_int(s, 1, d->id);
	db_bind_int(s, 2, d->active);
	db_bind_int(s, 3, d->internal);
	db_bind_int(s, 4, d->next);
	db_bind_int(s, 5, d->first);
	db_bind_int(s, 6, d->past);
	db_bind_int(s, 7, d->created);
	return db_run(s);
}

static enum status put(struct purse *p, int64_t wallet, struct purse_desc *d)
{
	struct db_stmt *s = db_use(p->db, SQL_PURSE_DESC_FIND);
	enum status st;

	db_bind_int(s, 1, wallet);
	db_bind_text(s, 2, d->text);
	st = db_one(s);
	if (st == ST_OK) {
		d->id = db_col_int(s, 0);
		db_reset(s);
		st = update(p, d);
	} else if (st == ST_NOT_FOUND) {
		st = insert(p, wallet, d);
	}
	if (st != ST_OK || !d->active)
		return st;
	s = db_use(p->db, SQL_PURSE_DESC_RETIRE);
	db_bind_int(s, 1, wallet);
	db_bind_text(s, 2, d->kind);
	db_bind_int(s, 3, d->internal);
	db_bind_int(s, 4, d->id);
	return db_run(s);
}

enum status purse_desc_put(struct purse *p, int64_t wallet, struct purse_desc *d)
{
	bool own;
	enum status st = purse_begin(p, &own);

	if (st != ST_OK)
		return st;
	return purse_end(p, own, put(p, wallet, d));
}

enum status purse_descs(struct purse *p, int64_t wallet, struct arena *a,
			struct purse_desc **out, size_t *n)
{
	struct purse_list l = {.arena = a, .size = sizeof(struct purse_desc)};
	struct db_stmt *s = db_use(p->db, SQL_PURSE_DESC_OF);
	enum status st;
	bool more;

	db_bind_int(s, 1, wallet);
	while ((st = db_step(s, &more)) == ST_OK && more) {
		struct purse_desc *d = purse_list_add(&l);

		if (!d) {
			st = ST_NOMEM;
		} else {
			d->id = db_col_int(s, 0);
			d->text = purse_text(&st, a, s, 1);
			snprintf(d->kind, sizeof(d->kind), "%s",
				 db_col_text(s, 2));
			d->internal = db_col_int(s, 3) != 0;
			d->active = db_col_int(s, 4) != 0;
			d->next = (uint32_t)db_col_int(s, 5);
			d->first = (uint32_t)db_col_int(s, 6);
			d->past = (uint32_t)db_col_int(s, 7);
			d->created = db_col_int(s, 8);
		}
		if (st != ST_OK) {
			db_reset(s);
			break;
		}
	}
	*out = l.v;
	*n = l.n;
	return st;
}

enum status purse_desc_take(struct purse *p, int64_t desc, uint32_t *index)
{
	struct db_stmt *s;
	bool own;
	enum status st = purse_begin(p, &own);

	if (st != ST_OK)
		return st;
	s = db_use(p->db, SQL_PURSE_DESC_TAKE);
	db_bind_int(s, 1, desc);
	st = db_one(s);
	if (st == ST_OK) {
		*index = (uint32_t)db_col_int(s, 0);
		db_reset(s);
		if (*index >= INT32_MAX)
			st = ST_TOO_BIG;
	}
	return purse_end(p, own, st);
}

enum status purse_desc_widen(struct purse *p, int64_t desc, uint32_t next,
			     uint32_t past)
{
	struct db_stmt *s;
	bool own;
	enum status st = purse_begin(p, &own);

	if (st != ST_OK)
		return st;
	s = db_use(p->db, SQL_PURSE_DESC_WIDEN);
	db_bind_int(s, 1, desc);
	db_bind_int(s, 2, next);
	db_bind_int(s, 3, past);
	return purse_end(p, own, db_run(s));
}

enum status purse_script_add(struct purse *p, int64_t wallet,
			     const struct purse_script *sc)
{
	struct db_stmt *s;
	bool own;
	enum status st = purse_begin(p, &own);

	if (st != ST_OK)
		return st;
	s = db_use(p->db, SQL_PURSE_SCRIPT_INSERT);
	db_bind_int(s, 1, wallet);
	db_bind_blob(s, 2, sc->script.p, sc->script.len);
	db_bind_int(s, 3, sc->desc);
	db_bind_int(s, 4, sc->n);
	return purse_end(p, own, db_run(s));
}

enum status purse_scripts(struct purse *p, int64_t wallet, struct arena *a,
			  struct purse_script **out, size_t *n)
{
	struct purse_list l = {.arena = a, .size = sizeof(struct purse_script)};
	struct db_stmt *s = db_use(p->db, SQL_PURSE_SCRIPT_OF);
	enum status st;
	bool more;

	db_bind_int(s, 1, wallet);
	while ((st = db_step(s, &more)) == ST_OK && more) {
		struct purse_script *sc = purse_list_add(&l);

		if (!sc) {
			st = ST_NOMEM;
		} else {
			sc->script = purse_blob(&st, a, s, 0);
			sc->desc = db_col_int(s, 1);
			sc->n = (uint32_t)db_col_int(s, 2);
		}
		if (st != ST_OK) {
			db_reset(s);
			break;
		}
	}
	*out = l.v;
	*n = l.n;
	return st;
}
