/* SPDX-License-Identifier: MIT */
/* Programs that wait. */
#include "store/store_waiting.h"

#include "store/store_internal.h"

enum status store_waiting_put(struct db *db, int64_t pid,
			      const struct waiting_row *row)
{
	struct db_stmt *s = db_use(db, SQL_WAITING_PUT);

	db_bind_int(s, 1, pid);
	db_bind_text(s, 2, row->program);
	db_bind_text(s, 3, row->detail);
	db_bind_int(s, 4, row->seen_s);
	return db_run(s);
}

enum status store_waiting_del(struct db *db, int64_t pid)
{
	struct db_stmt *s = db_use(db, SQL_WAITING_DEL);

	db_bind_int(s, 1, pid);
	return db_run(s);
}

enum status store_waiting_forget(struct db *db, int64_t before_s)
{
	struct db_stmt *s = db_use(db, SQL_WAITING_FORGET);

	db_bind_int(s, 1, before_s);
	return db_run(s);
}

enum status store_waiting_list(struct db *db, struct waiting_row *out,
			       unsigned max, unsigned *n)
{
	struct db_stmt *s = db_use(db, SQL_WAITING_LIST);
	enum status st = ST_OK;
	bool row = false;

	*n = 0;
	while (*n < max && (st = db_step(s, &row)) == ST_OK && row) {
		struct waiting_row *r = &out[*n];

		*r = (struct waiting_row){
			.since_s = db_col_int(s, 2),
			.seen_s = db_col_int(s, 3),
		};
		store_col_text(&st, s, 0, r->program, sizeof(r->program));
		store_col_text(&st, s, 1, r->detail, sizeof(r->detail));
		if (st != ST_OK)
			break;
		(*n)++;
	}
	db_reset(s);
	return st;
}
