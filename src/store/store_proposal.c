/* SPDX-License-Identifier: MIT */
/* See store_proposal.h. Hashes are bytes as they are signed, not as people read
 * them: nobody looks them up by hand. */
#include "store/store_proposal.h"

#include "store/store_internal.h"

static void bind(struct db_stmt *s, int i, const struct hash256 *h)
{
	db_bind_blob(s, i, h->b, sizeof(h->b));
}

static void take(enum status *st, struct db_stmt *s, int i, struct hash256 *out)
{
	struct bytes b = db_col_blob(s, i);

	if (b.len != sizeof(out->b))
		*st = ST_CORRUPT;
	else
		memcpy(out->b, b.p, sizeof(out->b));
}

static enum status one_row(struct db_stmt *s, struct proposal_row *out)
{
	enum status st = db_one_hold(s);

	if (st != ST_OK)
		return st;
	out->change = db_col_int(s, 0);
	take(&st, s, 1, &out->digest);
	take(&st, s, 2, &out->prev);
	out->height = store_col_u32(&st, s, 3);
	out->round = db_col_int(s, 4);
	out->message = db_col_blob(s, 5);
	return st;
}

enum status store_proposal_next(struct db *db, int64_t after,
				struct proposal_row *out)
{
	struct db_stmt *s = db_use(db, SQL_PROPOSAL_NEXT);

	db_bind_int(s, 1, after);
	return one_row(s, out);
}

enum status store_proposal_at(struct db *db, const struct hash256 *prev,
			      int64_t round, struct proposal_row *out)
{
	struct db_stmt *s = db_use(db, SQL_PROPOSAL_AT);

	bind(s, 1, prev);
	db_bind_int(s, 2, round);
	return one_row(s, out);
}

enum status store_proposal_put(struct db *db, const struct proposal_row *row)
{
	struct db_stmt *s = db_use(db, SQL_PROPOSAL_PUT);

	bind(s, 1, &row->digest);
	bind(s, 2, &row->prev);
	db_bind_int(s, 3, row->height);
	db_bind_int(s, 4, row->round);
	db_bind_blob(s, 5, row->message.p, row->message.len);
	return db_run(s);
}

enum status store_proposal_trim(struct db *db, uint32_t height)
{
	struct db_stmt *s = db_use(db, SQL_PROPOSAL_TRIM);
	enum status st;

	db_bind_int(s, 1, height);
	st = db_run(s);
	if (st != ST_OK)
		return st;
	s = db_use(db, SQL_MAKER_SIGNED_TRIM);
	db_bind_int(s, 1, height);
	return db_run(s);
}

enum status store_maker_signed(struct db *db, const struct hash256 *prev,
			       int64_t round, unsigned maker,
			       struct hash256 *digest)
{
	struct db_stmt *s = db_use(db, SQL_MAKER_SIGNED_GET);
	enum status st;

	bind(s, 1, prev);
	db_bind_int(s, 2, round);
	db_bind_int(s, 3, maker);
	st = db_one_hold(s);
	if (st == ST_OK)
		take(&st, s, 0, digest);
	return st;
}

enum status store_maker_sign(struct db *db, const struct hash256 *prev,
			     int64_t round, unsigned maker, uint32_t height,
			     const struct hash256 *digest)
{
	struct db_stmt *s = db_use(db, SQL_MAKER_SIGNED_PUT);

	bind(s, 1, prev);
	db_bind_int(s, 2, round);
	db_bind_int(s, 3, maker);
	db_bind_int(s, 4, height);
	bind(s, 5, digest);
	return db_run(s);
}
