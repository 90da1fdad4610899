/* SPDX-License-Identifier: MIT */
/* Votes, justified points, sets, evidence, bonds. */
#include "store/store_finality.h"

#include <stdlib.h>

#include "store/store_internal.h"

static void col_bytes(enum status *st, struct db_stmt *s, int i, void *out,
		      size_t n)
{
	struct bytes b = db_col_blob(s, i);

	if (b.len != n)
		*st = ST_CORRUPT;
	else
		memcpy(out, b.p, n);
}

/* --- votes --- */

static void bind_link(struct db_stmt *s, int i, const struct vote *v,
		      struct store_hash h[2])
{
	h[0] = store_hash(&v->source.h);
	h[1] = store_hash(&v->target.h);
	db_bind_int(s, i, v->source_height);
	store_bind_hash(s, i + 1, &h[0]);
	db_bind_int(s, i + 2, v->target_height);
	store_bind_hash(s, i + 3, &h[1]);
}

static enum status col_vote(struct db_stmt *s, struct vote *v)
{
	enum status st = ST_OK;

	v->source_height = store_col_u32(&st, s, 1);
	store_col_hash(&st, s, 2, &v->source.h);
	v->target_height = store_col_u32(&st, s, 3);
	store_col_hash(&st, s, 4, &v->target.h);
	col_bytes(&st, s, 5, v->key, 32);
	col_bytes(&st, s, 6, v->sig, 64);
	return st;
}

enum status store_vote_add(struct db *db, const struct vote *v, int64_t at,
			   const char *whence, bool *added)
{
	struct db_stmt *s = db_use(db, SQL_VOTE_ADD);
	struct store_hash h[2];
	enum status st;

	db_bind_blob(s, 1, v->key, 32);
	bind_link(s, 2, v, h);
	db_bind_blob(s, 6, v->sig, 64);
	db_bind_int(s, 7, at);
	db_bind_text(s, 8, whence);
	st = db_run(s);
	*added = st == ST_OK && db_changes(db) > 0;
	return st;
}

enum status store_vote_known(struct db *db, const struct vote *v, bool *known)
{
	struct db_stmt *s = db_use(db, SQL_VOTE_KNOWN);
	struct store_hash h[2];
	enum status st;

	db_bind_blob(s, 1, v->key, 32);
	bind_link(s, 2, v, h);
	st = db_one(s);
	*known = st == ST_OK;
	if (st == ST_OK)
		db_reset(s);
	return st == ST_NOT_FOUND ? ST_OK : st;
}

void store_votes_free(struct vote_list *l)
{
	free(l->v);
	free(l->id);
	*l = (struct vote_list){0};
}

static enum status list_room(struct vote_list *l)
{
	size_t room = l->room ? 2 * l->room : 64;
	struct vote *v;
	int64_t *id;

	if (l->n < l->room)
		return ST_OK;
	v = realloc(l->v, room * sizeof(*v));
	if (!v)
		return ST_NOMEM;
	l->v = v;
	id = realloc(l->id, room * sizeof(*id));
	if (!id)
		return ST_NOMEM;
	l->id = id;
	l->room = room;
	return ST_OK;
}

static enum status collect(struct db_stmt *s, struct vote_list *l)
{
	enum status st;
	bool row;

	while ((st = db_step(s, &row)) == ST_OK && row) {
		st = list_room(l);
		if (st == ST_OK)
			st = col_vote(s, &l->v[l->n]);
		if (st != ST_OK)
			break;
		l->id[l->n++] = db_col_int(s, 0);
	}
	db_reset(s);
	return st;
}

enum status store_votes_above(struct db *db, uint32_t height,
			      struct vote_list *l)
{
	struct db_stmt *s = db_use(db, SQL_VOTE_ABOVE);

	db_bind_int(s, 1, height);
	return collect(s, l);
}

enum status store_votes_after(struct db *db, int64_t after, int max,
			      struct vote_list *l)
{
	struct db_stmt *s = db_use(db, SQL_VOTE_AFTER);

	db_bind_int(s, 1, after);
	db_bind_int(s, 2, max);
	return collect(s, l);
}

enum status store_votes_from(struct db *db, uint32_t height, int64_t id, int max,
			     struct vote_list *l)
{
	struct db_stmt *s = db_use(db, SQL_VOTE_FROM);

	db_bind_int(s, 1, height);
	db_bind_int(s, 2, id);
	db_bind_int(s, 3, max);
	return collect(s, l);
}

enum status store_vote_last(struct db *db, int64_t *id)
{
	return store_one_int(db_use(db, SQL_VOTE_LAST), id);
}

enum status store_vote_cursor(struct db *db, uint32_t height, int64_t *after)
{
	struct db_stmt *s = db_use(db, SQL_VOTE_CURSOR);

	db_bind_int(s, 1, height);
	return store_one_int(s, after);
}

enum status store_votes_of_link(struct db *db, const struct vote *of,
				struct vote_list *l)
{
	struct db_stmt *s = db_use(db, SQL_VOTE_OF_LINK);
	struct store_hash h[2];

	bind_link(s, 1, of, h);
	return collect(s, l);
}

enum status store_votes_prune(struct db *db, uint32_t above,
			      const struct vote *link)
{
	struct db_stmt *s = db_use(db, SQL_VOTE_PRUNE);
	struct store_hash h[2] = {store_hash(&link->target.h),
				  store_hash(&link->source.h)};

	db_bind_int(s, 1, above);
	db_bind_int(s, 2, link->target_height);
	store_bind_hash(s, 3, &h[0]);
	store_bind_hash(s, 4, &h[1]);
	return db_run(s);
}

enum status store_vote_drop(struct db *db, int64_t id)
{
	struct db_stmt *s = db_use(db, SQL_VOTE_DROP);

	db_bind_int(s, 1, id);
	return store_run_one(db, s);
}

enum status store_votes_at_height(struct db *db, const uint8_t key[32],
				  uint32_t target_height, int max,
				  struct vote_list *l)
{
	struct db_stmt *s = db_use(db, SQL_VOTE_AT_HEIGHT);

	db_bind_blob(s, 1, key, 32);
	db_bind_int(s, 2, target_height);
	db_bind_int(s, 3, max);
	return collect(s, l);
}

enum status store_votes_since(struct db *db, const uint8_t key[32],
			      uint32_t target_height,
			      enum status (*fn)(void *arg,
						const struct blkid *target,
						uint32_t height, int64_t at),
			      void *arg)
{
	struct db_stmt *s = db_use(db, SQL_VOTE_SINCE);
	struct blkid target;
	enum status st;
	bool row;

	db_bind_blob(s, 1, key, 32);
	db_bind_int(s, 2, target_height);
	while ((st = db_step(s, &row)) == ST_OK && row) {
		store_col_hash(&st, s, 1, &target.h);
		if (st == ST_OK)
			st = fn(arg, &target, (uint32_t)db_col_int(s, 0),
				db_col_int(s, 2));
		if (st != ST_OK)
			break;
	}
	db_reset(s);
	return st;
}

static enum status one_vote(struct db_stmt *s, const struct vote *v,
			    struct vote *out)
{
	enum status st;

	db_bind_blob(s, 1, v->key, 32);
	db_bind_int(s, 2, v->source_height);
	db_bind_int(s, 3, v->target_height);
	st = db_one(s);
	if (st != ST_OK)
		return st;
	st = col_vote(s, out);
	db_reset(s);
	return st;
}

enum status store_vote_around(struct db *db, const struct vote *v,
			      struct vote *out)
{
	return one_vote(db_use(db, SQL_VOTE_AROUND), v, out);
}

enum status store_vote_within(struct db *db, const struct vote *v,
			      struct vote *out)
{
	return one_vote(db_use(db, SQL_VOTE_WITHIN), v, out);
}

/* --- points --- */

static enum status col_point(struct db_stmt *s, struct point_row *p)
{
	enum status st = ST_OK;

	p->id = db_col_int(s, 0);
	store_col_hash(&st, s, 1, &p->hash.h);
	p->height = store_col_u32(&st, s, 2);
	p->source = db_col_int(s, 3);
	p->set_height[0] = store_col_u32(&st, s, 4);
	store_col_hash(&st, s, 5, &p->set[0].h);
	p->set_height[1] = store_col_u32(&st, s, 6);
	store_col_hash(&st, s, 7, &p->set[1].h);
	p->members = store_col_int_or(s, 8, 0);
	p->final_at = store_col_int_or(s, 9, 0);
	return st;
}

static enum status one_point(struct db_stmt *s, struct point_row *out)
{
	enum status st = db_one(s);

	if (st != ST_OK)
		return st;
	st = col_point(s, out);
	db_reset(s);
	return st;
}

enum status store_point_add(struct db *db, struct point_row *row, int64_t at)
{
	struct db_stmt *s = db_use(db, SQL_POINT_ADD);
	struct store_hash hash = store_hash(&row->hash.h);
	struct store_hash set[2] = {store_hash(&row->set[0].h),
				    store_hash(&row->set[1].h)};
	enum status st;

	store_bind_hash(s, 1, &hash);
	db_bind_int(s, 2, row->height);
	db_bind_int(s, 3, row->source);
	db_bind_int(s, 4, row->set_height[0]);
	store_bind_hash(s, 5, &set[0]);
	db_bind_int(s, 6, row->set_height[1]);
	store_bind_hash(s, 7, &set[1]);
	db_bind_int(s, 8, at);
	st = db_run(s);
	if (st != ST_OK)
		return st;
	row->id = db_last_id(db);
	if (row->source)
		return ST_OK;
	row->source = row->id;
	s = db_use(db, SQL_POINT_SET_SOURCE);
	db_bind_int(s, 1, row->id);
	db_bind_int(s, 2, row->id);
	return store_run_one(db, s);
}

enum status store_point_set_final(struct db *db, int64_t id, int64_t at)
{
	struct db_stmt *s = db_use(db, SQL_POINT_SET_FINAL);

	db_bind_int(s, 1, id);
	db_bind_int(s, 2, at);
	return store_run_one(db, s);
}

enum status store_point_set_members(struct db *db, int64_t id, int64_t members)
{
	struct db_stmt *s = db_use(db, SQL_POINT_SET_MEMBERS);

	db_bind_int(s, 1, id);
	db_bind_int(s, 2, members);
	return store_run_one(db, s);
}

enum status store_point_by_hash(struct db *db, const struct blkid *h,
				struct point_row *out)
{
	struct db_stmt *s = db_use(db, SQL_POINT_BY_HASH);
	struct store_hash hash = store_hash(&h->h);

	store_bind_hash(s, 1, &hash);
	return one_point(s, out);
}

enum status store_point_by_id(struct db *db, int64_t id, struct point_row *out)
{
	struct db_stmt *s = db_use(db, SQL_POINT_BY_ID);

	db_bind_int(s, 1, id);
	return one_point(s, out);
}

enum status store_point_last_final(struct db *db, struct point_row *out)
{
	return one_point(db_use(db, SQL_POINT_LAST_FINAL), out);
}

enum status store_points_above(struct db *db, uint32_t height,
			       enum status (*fn)(void *arg,
						 const struct point_row *row),
			       void *arg)
{
	struct db_stmt *s = db_use(db, SQL_POINT_ABOVE);
	struct point_row p;
	enum status st;
	bool row;

	db_bind_int(s, 1, height);
	while ((st = db_step(s, &row)) == ST_OK && row) {
		st = col_point(s, &p);
		if (st == ST_OK)
			st = fn(arg, &p);
		if (st != ST_OK)
			break;
	}
	db_reset(s);
	return st;
}

/* --- sets --- */

enum status store_member_add(struct db *db, int64_t point, const uint8_t key[32],
			     uint64_t weight)
{
	struct db_stmt *s = db_use(db, SQL_MEMBER_ADD);

	db_bind_int(s, 1, point);
	db_bind_blob(s, 2, key, 32);
	db_bind_int(s, 3, (int64_t)weight);
	return db_run(s);
}

/* Rows of a key and, with_value, a number. */
static enum status each_key(struct db_stmt *s, bool with_value,
			    enum status (*fn)(void *arg, const uint8_t key[32],
					      int64_t value),
			    void *arg)
{
	uint8_t key[32];
	enum status st;
	bool row;

	while ((st = db_step(s, &row)) == ST_OK && row) {
		col_bytes(&st, s, 0, key, 32);
		if (st == ST_OK)
			st = fn(arg, key, with_value ? db_col_int(s, 1) : 0);
		if (st != ST_OK)
			break;
	}
	db_reset(s);
	return st;
}

enum status store_members_each(struct db *db, int64_t point,
			       enum status (*fn)(void *arg,
						 const uint8_t key[32],
						 int64_t weight),
			       void *arg)
{
	struct db_stmt *s = db_use(db, SQL_MEMBER_EACH);

	db_bind_int(s, 1, point);
	return each_key(s, true, fn, arg);
}

enum status store_member_ever(struct db *db, const uint8_t key[32], bool *is)
{
	struct db_stmt *s = db_use(db, SQL_MEMBER_EVER);
	enum status st;

	db_bind_blob(s, 1, key, 32);
	st = db_one(s);
	*is = st == ST_OK;
	if (st == ST_OK)
		db_reset(s);
	return st == ST_NOT_FOUND ? ST_OK : st;
}

/* --- evidence, bonds, convictions --- */

enum status store_evidence_add(struct db *db, const struct evidence_row *row,
			       bool *added)
{
	struct db_stmt *s = db_use(db, SQL_EVIDENCE_ADD);
	uint8_t a[VOTE_SIZE], b[VOTE_SIZE];
	enum status st;

	vote_write(a, &row->a);
	vote_write(b, &row->b);
	db_bind_blob(s, 1, row->key, 32);
	db_bind_text(s, 2, row->surround ? "surround" : "double");
	db_bind_blob(s, 3, a, sizeof(a));
	db_bind_blob(s, 4, b, sizeof(b));
	db_bind_int(s, 5, row->at);
	st = db_run(s);
	*added = st == ST_OK && db_changes(db) > 0;
	return st;
}

static enum status one_evidence(struct db_stmt *s, struct evidence_row *out)
{
	uint8_t a[VOTE_SIZE], b[VOTE_SIZE];
	enum status st = db_one(s);

	if (st != ST_OK)
		return st;
	col_bytes(&st, s, 0, out->key, 32);
	out->surround = strcmp(db_col_text(s, 1), "surround") == 0;
	col_bytes(&st, s, 2, a, sizeof(a));
	col_bytes(&st, s, 3, b, sizeof(b));
	out->at = db_col_int(s, 4);
	db_reset(s);
	if (st == ST_OK) {
		vote_read(&out->a, a);
		vote_read(&out->b, b);
	}
	return st;
}

enum status store_evidence_next(struct db *db, const uint8_t after[32],
				struct evidence_row *out)
{
	struct db_stmt *s = db_use(db, SQL_EVIDENCE_NEXT);

	db_bind_blob(s, 1, after, 32);
	return one_evidence(s, out);
}

enum status store_evidence_pending(struct db *db, struct evidence_row *out)
{
	return one_evidence(db_use(db, SQL_EVIDENCE_PENDING), out);
}
enum status store_bond_add(struct db *db, int64_t tx, uint32_t n,
			   const uint8_t key[32], uint32_t height)
{
	struct db_stmt *s = db_use(db, SQL_BOND_ADD);

	db_bind_int(s, 1, tx);
	db_bind_int(s, 2, n);
	db_bind_blob(s, 3, key, 32);
	db_bind_int(s, 4, height);
	return db_run(s);
}

enum status store_conviction_add(struct db *db, uint32_t height,
				 const uint8_t key[32])
{
	struct db_stmt *s = db_use(db, SQL_CONVICTION_ADD);

	db_bind_int(s, 1, height);
	db_bind_blob(s, 2, key, 32);
	return db_run(s);
}

enum status store_finality_drop(struct db *db, uint32_t height)
{
	struct db_stmt *s = db_use(db, SQL_BOND_DROP);
	enum status st;

	db_bind_int(s, 1, height);
	st = db_run(s);
	if (st != ST_OK)
		return st;
	s = db_use(db, SQL_CONVICTION_DROP);
	db_bind_int(s, 1, height);
	return db_run(s);
}

enum status store_bonds_each(struct db *db, uint32_t height,
			     enum status (*fn)(void *arg, const uint8_t key[32],
					       int64_t value_sat),
			     void *arg)
{
	struct db_stmt *s = db_use(db, SQL_BOND_EACH);

	db_bind_int(s, 1, height);
	return each_key(s, true, fn, arg);
}

enum status store_convictions_each(struct db *db, uint32_t height,
				   enum status (*fn)(void *arg,
						     const uint8_t key[32],
						     int64_t zero),
				   void *arg)
{
	struct db_stmt *s = db_use(db, SQL_CONVICTION_EACH);

	db_bind_int(s, 1, height);
	return each_key(s, false, fn, arg);
}
