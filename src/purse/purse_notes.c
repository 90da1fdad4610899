/* SPDX-License-Identifier: MIT */
/* Labels, locked coins, and what was sent. */
#include "purse/purse.h"

#include "purse/purse_internal.h"

enum status purse_label_put(struct purse *p, int64_t wallet,
			    const struct purse_label *l)
{
	struct db_stmt *s;
	bool own;
	enum status st = purse_begin(p, &own);

	if (st != ST_OK)
		return st;
	s = db_use(p->db, SQL_PURSE_LABEL_PUT);
	db_bind_int(s, 1, wallet);
	db_bind_blob(s, 2, l->script.p, l->script.len);
	db_bind_text(s, 3, l->label);
	db_bind_text(s, 4, l->send ? "send" : "receive");
	return purse_end(p, own, db_run(s));
}

enum status purse_labels(struct purse *p, int64_t wallet, struct arena *a,
			 struct purse_label **out, size_t *n)
{
	struct purse_list l = {.arena = a, .size = sizeof(struct purse_label)};
	struct db_stmt *s = db_use(p->db, SQL_PURSE_LABEL_OF);
	enum status st;
	bool more;

	db_bind_int(s, 1, wallet);
	while ((st = db_step(s, &more)) == ST_OK && more) {
		struct purse_label *at = purse_list_add(&l);

		if (!at) {
			st = ST_NOMEM;
		} else {
			at->script = purse_blob(&st, a, s, 0);
			at->label = purse_text(&st, a, s, 1);
			at->send = db_col_text(s, 2)[0] == 's';
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

enum status purse_tx_label_put(struct purse *p, int64_t wallet,
			       const struct txid *id, const char *label)
{
	struct db_stmt *s;
	uint8_t txid[32];
	bool own;
	enum status st = purse_begin(p, &own);

	if (st != ST_OK)
		return st;
	hash256_to_display(txid, &id->h);
	s = db_use(p->db, SQL_PURSE_TX_LABEL_PUT);
	db_bind_int(s, 1, wallet);
	db_bind_blob(s, 2, txid, sizeof(txid));
	db_bind_text(s, 3, label);
	return purse_end(p, own, db_run(s));
}

enum status purse_tx_label(struct purse *p, int64_t wallet,
			   const struct txid *id, struct arena *a,
			   const char **label)
{
	struct db_stmt *s = db_use(p->db, SQL_PURSE_TX_LABEL_GET);
	uint8_t txid[32];
	enum status st;

	*label = NULL;
	hash256_to_display(txid, &id->h);
	db_bind_int(s, 1, wallet);
	db_bind_blob(s, 2, txid, sizeof(txid));
	st = db_one(s);
	if (st == ST_NOT_FOUND)
		return ST_OK;
	if (st != ST_OK)
		return st;
	*label = purse_text(&st, a, s, 0);
	db_reset(s);
	return st;
}

/* --- locked coins --- */

static enum status change_lock(struct purse *p, int sql, int64_t wallet,
			       const struct outpoint *o)
{
	struct db_stmt *s;
	uint8_t txid[32];
	bool own;
	enum status st = purse_begin(p, &own);

	if (st != ST_OK)
		return st;
	hash256_to_display(txid, &o->txid.h);
	s = db_use(p->db, sql);
	db_bind_int(s, 1, wallet);
	db_bind_blob(s, 2, txid, sizeof(txid));
	db_bind_int(s, 3, o->n);
	return purse_end(p, own, db_run(s));
}

enum status purse_lock(struct purse *p, int64_t wallet, const struct outpoint *o)
{
	return change_lock(p, SQL_PURSE_LOCK_PUT, wallet, o);
}

enum status purse_unlock(struct purse *p, int64_t wallet,
			 const struct outpoint *o)
{
	return change_lock(p, SQL_PURSE_LOCK_DROP, wallet, o);
}

enum status purse_unlock_all(struct purse *p, int64_t wallet)
{
	struct db_stmt *s;
	bool own;
	enum status st = purse_begin(p, &own);

	if (st != ST_OK)
		return st;
	s = db_use(p->db, SQL_PURSE_LOCK_DELETE);
	db_bind_int(s, 1, wallet);
	return purse_end(p, own, db_run(s));
}

enum status purse_locked(struct purse *p, int64_t wallet, struct arena *a,
			 struct outpoint **out, size_t *n)
{
	struct purse_list l = {.arena = a, .size = sizeof(struct outpoint)};
	struct db_stmt *s = db_use(p->db, SQL_PURSE_LOCK_OF);
	enum status st;
	bool more;

	db_bind_int(s, 1, wallet);
	while ((st = db_step(s, &more)) == ST_OK && more) {
		struct outpoint *o = purse_list_add(&l);

		if (!o) {
			st = ST_NOMEM;
		} else {
			purse_col_hash(&st, s, 0, &o->txid.h);
			o->n = (uint32_t)db_col_int(s, 1);
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

/* --- what was sent --- */

static void bind_txid(struct db_stmt *s, int i, bool has, const struct txid *id,
		      uint8_t text[32])
{
	hash256_to_display(text, &id->h);
	if (has)
		db_bind_blob(s, i, text, 32);
	else
		db_bind_null(s, i);
}

enum status purse_sent_put(struct purse *p, int64_t wallet,
			   const struct purse_sent *v)
{
	uint8_t txid[32], old[32], by[32];
	struct db_stmt *s;
	bool own;
	enum status st = purse_begin(p, &own);

	if (st != ST_OK)
		return st;
	s = db_use(p->db, SQL_PURSE_SENT_PUT);
	db_bind_int(s, 1, wallet);
	bind_txid(s, 2, true, &v->txid, txid);
	db_bind_int(s, 3, v->at);
	db_bind_blob(s, 4, v->raw.p, v->raw.len);
	db_bind_text(s, 5, v->comment ? v->comment : "");
	db_bind_text(s, 6, v->comment_to ? v->comment_to : "");
	bind_txid(s, 7, v->has_replaces, &v->replaces, old);
	bind_txid(s, 8, v->has_replaced_by, &v->replaced_by, by);
	db_bind_int(s, 9, v->abandoned);
	return purse_end(p, own, db_run(s));
}

static enum status take_sent(struct db_stmt *s, struct arena *a,
			     struct purse_sent *v)
{
	enum status st = ST_OK;

	purse_col_hash(&st, s, 0, &v->txid.h);
	v->at = db_col_int(s, 1);
	v->raw = purse_blob(&st, a, s, 2);
	v->comment = purse_text(&st, a, s, 3);
	v->comment_to = purse_text(&st, a, s, 4);
	v->has_replaces = !db_col_is_null(s, 5);
	purse_col_hash(&st, s, 5, &v->replaces.h);
	v->has_replaced_by = !db_col_is_null(s, 6);
	purse_col_hash(&st, s, 6, &v->replaced_by.h);
	v->abandoned = db_col_int(s, 7) != 0;
	return st;
}

enum status purse_sent(struct purse *p, int64_t wallet, struct arena *a,
		       struct purse_sent **out, size_t *n)
{
	struct purse_list l = {.arena = a, .size = sizeof(struct purse_sent)};
	struct db_stmt *s = db_use(p->db, SQL_PURSE_SENT_OF);
	enum status st;
	bool more;

	db_bind_int(s, 1, wallet);
	while ((st = db_step(s, &more)) == ST_OK && more) {
		struct purse_sent *v = purse_list_add(&l);

		st = v ? take_sent(s, a, v) : ST_NOMEM;
		if (st != ST_OK) {
			db_reset(s);
			break;
		}
	}
	*out = l.v;
	*n = l.n;
	return st;
}
