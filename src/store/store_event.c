/* SPDX-License-Identifier: MIT */
/* Events and refusals. */
#include "store/store_event.h"

#include "store/store_internal.h"

#define REJECTS_KEPT 10000
/* Trimming at every hundredth row: once in a hundred refusals costs nothing. */
#define REJECTS_BETWEEN_TRIMS 100

enum status store_event_add_at(struct db *db, int64_t id, int64_t at_ms,
			       const char *kind, const struct hash256 *hash,
			       const char *json)
{
	struct db_stmt *s = db_use(db, SQL_EVENT_ADD_AT);
	const struct store_hash d = store_hash(hash);

	db_bind_int(s, 1, id);
	db_bind_int(s, 2, at_ms);
	db_bind_text(s, 3, kind);
	store_bind_hash(s, 4, &d);
	db_bind_text(s, 5, json);
	return db_run(s);
}

enum status store_event_add(struct db *db, int64_t at_ms, const char *kind,
			    const struct hash256 *hash, const char *json)
{
	struct db_stmt *s = db_use(db, SQL_EVENT_ADD);
	struct store_hash d;

	db_bind_int(s, 1, at_ms);
	db_bind_text(s, 2, kind);
	if (hash) {
		d = store_hash(hash);
		store_bind_hash(s, 3, &d);
	} else {
		db_bind_null(s, 3);
	}
	db_bind_text(s, 4, json);
	return db_run(s);
}

enum status store_event_add_beside(struct db *db, int64_t at_ms,
				   const char *kind, const char *json)
{
	struct db_stmt *s = db_use(db, SQL_EVENT_ADD_BESIDE);

	db_bind_int(s, 1, at_ms);
	db_bind_text(s, 2, kind);
	db_bind_text(s, 3, json);
	return db_run(s);
}

enum status store_event_next(struct db *db, int64_t after,
			     struct event_row *out)
{
	struct db_stmt *s = db_use(db, SQL_EVENT_NEXT);
	enum status st;

	db_bind_int(s, 1, after);
	st = db_one_hold(s);
	if (st)
		return st;
	out->id = db_col_int(s, 0);
	out->at_ms = db_col_int(s, 1);
	out->kind = db_col_text(s, 2);
	out->has_hash = !db_col_is_null(s, 3);
	store_col_hash(&st, s, 3, &out->hash);
	out->json = db_col_text(s, 4);
	return st;
}

enum status store_event_last(struct db *db, int64_t *id)
{
	return store_one_int(db_use(db, SQL_EVENT_LAST), id);
}

enum status store_event_last_change(struct db *db, int64_t *id)
{
	return store_one_int(db_use(db, SQL_EVENT_LAST_CHANGE), id);
}

enum status store_event_trim(struct db *db, int64_t keep)
{
	struct db_stmt *s = db_use(db, SQL_EVENT_TRIM);

	db_bind_int(s, 1, keep);
	return db_run(s);
}

enum status store_reject_last(struct db *db, int64_t *id)
{
	return store_one_int(db_use(db, SQL_REJECT_LAST), id);
}

/* Whether the newest refusal of this hash for this reason says the same. */
static enum status is_known(struct db *db, const char *kind,
			    const struct store_hash *hash,
			    const struct verdict *v, bool *known)
{
	struct db_stmt *s = db_use(db, SQL_REJECT_SAME);
	enum status st;

	*known = false;
	store_bind_hash(s, 1, hash);
	db_bind_text(s, 2, verdict_name(v->code));
	st = db_one(s);
	if (st)
		return st == ST_NOT_FOUND ? ST_OK : st;
	*known = strcmp(db_col_text(s, 0), kind) == 0 &&
		 strcmp(db_col_text(s, 1), v->detail) == 0 &&
		 store_col_int_or(s, 2, -1) == v->input &&
		 store_col_int_or(s, 3, -1) == v->script_pos;
	db_reset(s);
	return ST_OK;
}

enum status store_reject_add(struct db *db, int64_t at, const char *kind,
			     const struct hash256 *hash,
			     const struct verdict *v, const char *source)
{
	const struct store_hash d = store_hash(hash);
	struct store_hash tx;
	struct db_stmt *s;
	bool known;
	enum status st = is_known(db, kind, &d, v, &known);

	if (st || known)
		return st;
	s = db_use(db, SQL_REJECT_ADD);
	db_bind_int(s, 1, at);
	db_bind_text(s, 2, kind);
	store_bind_hash(s, 3, &d);
	db_bind_text(s, 4, verdict_name(v->code));
	db_bind_text(s, 5, verdict_rule(v->code));
	db_bind_text(s, 6, v->detail);
	store_bind_int_or_null(s, 7, v->input, -1);
	store_bind_int_or_null(s, 8, v->script_pos, -1);
	db_bind_text(s, 9, source);
	if (v->has_tx) {
		tx = store_hash(&v->tx.h);
		store_bind_hash(s, 10, &tx);
	} else {
		db_bind_null(s, 10);
	}
	if (v->script[0]) {
		db_bind_text(s, 11, v->script);
		db_bind_text(s, 12, v->stack);
	} else {
		db_bind_null(s, 11);
		db_bind_null(s, 12);
	}
	st = db_run(s);
	if (st || db_last_id(db) % REJECTS_BETWEEN_TRIMS)
		return st;
	s = db_use(db, SQL_REJECT_TRIM);
	db_bind_int(s, 1, REJECTS_KEPT);
	return db_run(s);
}

enum status store_reject_get(struct db *db, const struct hash256 *hash,
			     struct reject_row *out)
{
	struct db_stmt *s = db_use(db, SQL_REJECT_GET);
	const struct store_hash d = store_hash(hash);
	enum status st;

	store_bind_hash(s, 1, &d);
	st = db_one(s);
	if (st)
		return st;
	out->id = db_col_int(s, 0);
	out->at = db_col_int(s, 1);
	out->hash = *hash;
	store_col_text(&st, s, 2, out->kind, sizeof(out->kind));
	store_col_text(&st, s, 3, out->reason, sizeof(out->reason));
	store_col_text(&st, s, 4, out->rule, sizeof(out->rule));
	store_col_text(&st, s, 5, out->detail, sizeof(out->detail));
	out->input = (int32_t)store_col_int_or(s, 6, -1);
	out->script_pos = (int32_t)store_col_int_or(s, 7, -1);
	out->has_txid = !db_col_is_null(s, 8);
	store_col_hash(&st, s, 8, &out->txid.h);
	store_col_text(&st, s, 9, out->script, sizeof(out->script));
	store_col_text(&st, s, 10, out->stack, sizeof(out->stack));
	db_reset(s);
	return st;
}
