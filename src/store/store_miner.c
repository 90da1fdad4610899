/* SPDX-License-Identifier: MIT */
/* Miners, as they tell of themselves. */
#include "store/store_miner.h"

#include "store/store_internal.h"

enum status store_miner_put(struct db *db, const struct miner_row *row)
{
	struct db_stmt *s = db_use(db, SQL_MINER_PUT);

	db_bind_int(s, 1, row->pid);
	db_bind_int(s, 2, row->started_s);
	db_bind_int(s, 3, row->seen_s);
	db_bind_text(s, 4, row->state);
	db_bind_int(s, 5, row->threads);
	db_bind_int(s, 6, row->duty);
	db_bind_text(s, 7, row->kernel);
	db_bind_int(s, 8, row->hash_rate);
	db_bind_int(s, 9, row->mined);
	return db_run(s);
}

enum status store_miner_del(struct db *db, int64_t pid)
{
	struct db_stmt *s = db_use(db, SQL_MINER_DEL);

	db_bind_int(s, 1, pid);
	return db_run(s);
}

enum status store_miner_seen(struct db *db, int64_t *seen_s)
{
	return store_one_int(db_use(db, SQL_MINER_SEEN), seen_s);
}

enum status store_miner_forget(struct db *db, int64_t before_s)
{
	struct db_stmt *s = db_use(db, SQL_MINER_FORGET);

	db_bind_int(s, 1, before_s);
	return db_run(s);
}

enum status store_miner_list(struct db *db, struct miner_row *out, unsigned max,
			     unsigned *n)
{
	struct db_stmt *s = db_use(db, SQL_MINER_LIST);
	enum status st = ST_OK;
	bool row = false;

	*n = 0;
	while (*n < max && (st = db_step(s, &row)) == ST_OK && row) {
		struct miner_row *r = &out[*n];

		*r = (struct miner_row){
			.pid = db_col_int(s, 0),
			.started_s = db_col_int(s, 1),
			.seen_s = db_col_int(s, 2),
			.threads = db_col_int(s, 4),
			.duty = db_col_int(s, 5),
			.hash_rate = db_col_int(s, 7),
			.mined = db_col_int(s, 8),
		};
		store_col_text(&st, s, 3, r->state, sizeof(r->state));
		store_col_text(&st, s, 6, r->kernel, sizeof(r->kernel));
		if (st != ST_OK)
			break;
		(*n)++;
	}
	db_reset(s);
	return st;
}
