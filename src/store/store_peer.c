/* SPDX-License-Identifier: MIT */
/* Peers, announcements, leases. */
#include "store/store_peer.h"

#include "store/store_internal.h"

static enum status take_key(struct db_stmt *s, uint8_t key[32])
{
	struct bytes b = db_col_blob(s, 14);

	if (b.len != 32)
		return ST_CORRUPT;
	memcpy(key, b.p, 32);
	return ST_OK;
}

static enum status one_row(struct db_stmt *s, struct peer_row *out)
{
	enum status st = db_one(s);

	if (st)
		return st;
	out->id = db_col_int(s, 0);
	store_col_text(&st, s, 1, out->url, sizeof(out->url));
	store_col_text(&st, s, 2, out->state, sizeof(out->state));
	store_col_text(&st, s, 3, out->source, sizeof(out->source));
	out->added_at = db_col_int(s, 4);
	out->seen_at = db_col_int(s, 5);
	out->tried_at = db_col_int(s, 6);
	out->next_try_at = db_col_int(s, 7);
	out->failures = db_col_int(s, 8);
	out->score = db_col_int(s, 9);
	store_col_text(&st, s, 10, out->why, sizeof(out->why));
	store_col_text(&st, s, 11, out->pin, sizeof(out->pin));
	store_col_hash(&st, s, 12, &out->tip.h);
	out->height = store_col_int_or(s, 13, -1);
	memset(out->node_key, 0, sizeof(out->node_key));
	if (st == ST_OK && !db_col_is_null(s, 14))
		st = take_key(s, out->node_key);
	db_reset(s);
	return st;
}

enum status store_peer_by_url(struct db *db, const char *url,
			      struct peer_row *out)
{
	struct db_stmt *s = db_use(db, SQL_PEER_BY_URL);

	db_bind_text(s, 1, url);
	return one_row(s, out);
}

enum status store_peer_add(struct db *db, const char *url, const char *source,
			   int64_t now, int64_t *id, bool *added)
{
	struct db_stmt *s = db_use(db, SQL_PEER_ADD);
	struct peer_row row;
	enum status st;

	db_bind_text(s, 1, url);
	db_bind_text(s, 2, source);
	db_bind_int(s, 3, now);
	st = db_run(s);
	if (st)
		return st;
	*added = db_changes(db) == 1;
	st = store_peer_by_url(db, url, &row);
	*id = row.id;
	return st;
}

enum status store_peer_next(struct db *db, int64_t after, struct peer_row *out)
{
	struct db_stmt *s = db_use(db, SQL_PEER_NEXT);

	db_bind_int(s, 1, after);
	return one_row(s, out);
}

enum status store_peer_update(struct db *db, const struct peer_row *row)
{
	struct db_stmt *s = db_use(db, SQL_PEER_UPDATE);
	const struct store_hash tip = store_hash(&row->tip.h);
	static const uint8_t no_key[32];

	db_bind_int(s, 1, row->id);
	db_bind_text(s, 2, row->state);
	store_bind_int_or_null(s, 3, row->seen_at, 0);
	store_bind_int_or_null(s, 4, row->tried_at, 0);
	db_bind_int(s, 5, row->next_try_at);
	db_bind_int(s, 6, row->failures);
	db_bind_int(s, 7, row->score);
	db_bind_text(s, 8, row->why);
	db_bind_text(s, 9, row->pin[0] ? row->pin : NULL);
	if (hash256_is_zero(&row->tip.h))
		db_bind_null(s, 10);
	else
		store_bind_hash(s, 10, &tip);
	store_bind_int_or_null(s, 11, row->height, -1);
	if (memcmp(row->node_key, no_key, sizeof(no_key)) == 0)
		db_bind_null(s, 12);
	else
		db_bind_blob(s, 12, row->node_key, sizeof(row->node_key));
	return db_run(s);
}

enum status store_peer_delete(struct db *db, int64_t id)
{
	struct db_stmt *s = db_use(db, SQL_PEER_DELETE);

	db_bind_int(s, 1, id);
	return db_run(s);
}

enum status store_peer_count(struct db *db, int64_t *all, int64_t *pending)
{
	struct db_stmt *s = db_use(db, SQL_PEER_COUNT);
	enum status st = db_one(s);

	if (st)
		return st;
	*all = db_col_int(s, 0);
	*pending = db_col_int(s, 1);
	db_reset(s);
	return ST_OK;
}

enum status store_announcement_add(struct db *db, int64_t at_ms, int64_t peer,
				   const char *kind, const struct hash256 *hash,
				   bool ok, const char *note)
{
	struct db_stmt *s = db_use(db, SQL_ANNOUNCEMENT_ADD);
	const struct store_hash d = store_hash(hash);

	db_bind_int(s, 1, at_ms);
	db_bind_int(s, 2, peer);
	db_bind_text(s, 3, kind);
	store_bind_hash(s, 4, &d);
	db_bind_int(s, 5, ok);
	db_bind_text(s, 6, note);
	return db_run(s);
}

enum status store_announcement_trim(struct db *db, int64_t keep)
{
	struct db_stmt *s = db_use(db, SQL_ANNOUNCEMENT_TRIM);

	db_bind_int(s, 1, keep);
	return db_run(s);
}

enum status store_lease_take(struct db *db, const char *name,
			     const char *owner, int64_t now_ms,
			     int64_t until_ms)
{
	struct db_stmt *s = db_use(db, SQL_LEASE_TAKE);
	enum status st;

	db_bind_text(s, 1, name);
	db_bind_text(s, 2, owner);
	db_bind_int(s, 3, now_ms);
	db_bind_int(s, 4, until_ms);
	st = db_run(s);
	if (st)
		return st;
	return db_changes(db) == 1 ? ST_OK : ST_BUSY;
}

enum status store_lease_held(struct db *db, const char *name, int64_t now_ms,
			     bool *held)
{
	struct db_stmt *s = db_use(db, SQL_LEASE_HELD);
	int64_t yes = 0;
	enum status st;

	db_bind_text(s, 1, name);
	db_bind_int(s, 2, now_ms);
	st = store_one_int(s, &yes);
	*held = st == ST_OK && yes;
	return st == ST_NOT_FOUND ? ST_OK : st;
}

enum status store_lease_release(struct db *db, const char *name,
				const char *owner)
{
	struct db_stmt *s = db_use(db, SQL_LEASE_RELEASE);

	db_bind_text(s, 1, name);
	db_bind_text(s, 2, owner);
	return db_run(s);
}
