/* SPDX-License-Identifier: MIT */
/* Blocks, the active chain, and changes of branch. */
#include "store/store_block.h"

#include "store/store_internal.h"

/* The columns that every statement for a block gives. */
static enum status read_row(struct db_stmt *s, struct block_row *out)
{
	struct bytes header = db_col_blob(s, 3);
	struct bytes work = db_col_blob(s, 6);
	int64_t status = db_col_int(s, 7);
	enum status st = ST_OK;

	if (header.len != HEADER_SIZE || work.len != 32 || status < 0 ||
	    status > BLOCK_INVALID_UNTRIED)
		return ST_CORRUPT;
	out->id = db_col_int(s, 0);
	out->prev_id = db_col_int(s, 1);
	store_col_hash(&st, s, 2, &out->hash.h);
	header_read(&out->header, header.p);
	out->height = store_col_u32(&st, s, 4);
	out->mtp = db_col_int(s, 5);
	out->chainwork = u256_from_be(work.p);
	out->status = (enum block_status)status;
	out->n_tx = store_col_u32(&st, s, 8);
	out->size = store_col_u32(&st, s, 9);
	out->weight = store_col_u32(&st, s, 10);
	out->fees = store_col_int_or(s, 11, -1);
	out->first_tx = db_col_int(s, 12);
	out->received_at = db_col_int(s, 13);
	return st;
}

static enum status one_row(struct db_stmt *s, struct block_row *out)
{
	enum status st = db_one(s);

	if (st)
		return st;
	st = read_row(s, out);
	db_reset(s);
	return st;
}

enum status store_block_by_hash(struct db *db, const struct blkid *h,
				struct block_row *out)
{
	struct db_stmt *s = db_use(db, SQL_BLOCK_BY_HASH);
	const struct store_hash d = store_hash(&h->h);

	store_bind_hash(s, 1, &d);
	return one_row(s, out);
}

enum status store_block_by_id(struct db *db, int64_t id, struct block_row *out)
{
	struct db_stmt *s = db_use(db, SQL_BLOCK_BY_ID);

	db_bind_int(s, 1, id);
	return one_row(s, out);
}

enum status store_block_by_height(struct db *db, uint32_t height,
				  struct block_row *out)
{
	struct db_stmt *s = db_use(db, SQL_BLOCK_BY_HEIGHT);

	db_bind_int(s, 1, height);
	return one_row(s, out);
}

enum status store_block_tip(struct db *db, struct block_row *out)
{
	return one_row(db_use(db, SQL_BLOCK_TIP), out);
}

enum status store_block_insert(struct db *db, struct block_row *row,
			       const char *source)
{
	struct db_stmt *s = db_use(db, SQL_BLOCK_INSERT);
	const struct store_hash d = store_hash(&row->hash.h);
	uint8_t header[HEADER_SIZE], work[32];
	enum status st;

	header_write(header, &row->header);
	u256_to_be(work, &row->chainwork);
	store_bind_int_or_null(s, 1, row->prev_id, 0);
	store_bind_hash(s, 2, &d);
	db_bind_int(s, 3, row->height);
	db_bind_blob(s, 4, header, sizeof(header));
	db_bind_int(s, 5, row->header.time);
	db_bind_int(s, 6, row->header.bits);
	db_bind_int(s, 7, row->header.version);
	db_bind_int(s, 8, row->header.nonce);
	db_bind_int(s, 9, row->mtp);
	db_bind_blob(s, 10, work, sizeof(work));
	db_bind_int(s, 11, row->status);
	store_bind_int_or_null(s, 12, row->n_tx, 0);
	store_bind_int_or_null(s, 13, row->size, 0);
	store_bind_int_or_null(s, 14, row->weight, 0);
	store_bind_int_or_null(s, 15, row->fees, -1);
	store_bind_int_or_null(s, 16, row->first_tx, 0);
	db_bind_int(s, 17, row->received_at);
	db_bind_text(s, 18, source);
	st = db_run(s);
	if (st == ST_OK)
		row->id = db_last_id(db);
	return st;
}

enum status store_block_set_status(struct db *db, int64_t id,
				   enum block_status status)
{
	struct db_stmt *s = db_use(db, SQL_BLOCK_SET_STATUS);

	db_bind_int(s, 1, id);
	db_bind_int(s, 2, status);
	return store_run_one(db, s);
}

enum status store_block_unmark(struct db *db, int64_t id)
{
	struct db_stmt *s = db_use(db, SQL_BLOCK_UNMARK);

	db_bind_int(s, 1, id);
	return store_run_one(db, s);
}

enum status store_block_set_data(struct db *db, const struct block_row *row)
{
	struct db_stmt *s = db_use(db, SQL_BLOCK_SET_DATA);

	db_bind_int(s, 1, row->id);
	db_bind_int(s, 2, row->n_tx);
	db_bind_int(s, 3, row->size);
	db_bind_int(s, 4, row->weight);
	db_bind_int(s, 5, row->status);
	return store_run_one(db, s);
}

enum status store_block_set_chain(struct db *db, const struct block_row *row)
{
	struct db_stmt *s = db_use(db, SQL_BLOCK_SET_CHAIN);

	db_bind_int(s, 1, row->id);
	db_bind_int(s, 2, row->status);
	store_bind_int_or_null(s, 3, row->fees, -1);
	store_bind_int_or_null(s, 4, row->first_tx, 0);
	return store_run_one(db, s);
}

static enum status ids_above(struct db_stmt *s, const struct u256 *than, int skip,
			     int64_t *ids, int max, int *n)
{
	uint8_t work[32];
	enum status st;
	bool row;

	*n = 0;
	u256_to_be(work, than);
	db_bind_blob(s, 1, work, sizeof(work));
	db_bind_int(s, 2, skip);
	db_bind_int(s, 3, max);
	while ((st = db_step(s, &row)) == ST_OK && row)
		ids[(*n)++] = db_col_int(s, 0);
	return st;
}

enum status store_block_candidates(struct db *db, const struct u256 *than,
				   int skip, int64_t *ids, int max, int *n)
{
	return ids_above(db_use(db, SQL_BLOCK_CANDIDATES), than, skip, ids, max,
			 n);
}

enum status store_block_headers(struct db *db, const struct u256 *than, int skip,
				int64_t *ids, int max, int *n)
{
	return ids_above(db_use(db, SQL_BLOCK_HEADERS), than, skip, ids, max, n);
}

enum status store_block_beside(struct db *db, uint32_t above, uint32_t up_to,
			       int64_t *ids, int max, int *n)
{
	struct db_stmt *s = db_use(db, SQL_BLOCK_BESIDE);
	enum status st;
	bool row;

	*n = 0;
	db_bind_int(s, 1, above);
	db_bind_int(s, 2, up_to);
	db_bind_int(s, 3, max);
	while ((st = db_step(s, &row)) == ST_OK && row)
		ids[(*n)++] = db_col_int(s, 0);
	return st;
}

enum status store_block_best_header(struct db *db, struct block_row *out)
{
	return one_row(db_use(db, SQL_BLOCK_BEST_HEADER), out);
}

enum status store_block_children(struct db *db, int64_t id, int64_t after,
				 int64_t *ids, int max, int *n)
{
	struct db_stmt *s = db_use(db, SQL_BLOCK_CHILDREN);
	enum status st;
	bool row;

	*n = 0;
	db_bind_int(s, 1, id);
	db_bind_int(s, 2, after);
	db_bind_int(s, 3, max);
	while ((st = db_step(s, &row)) == ST_OK && row)
		ids[(*n)++] = db_col_int(s, 0);
	return st;
}

static enum status read_rows(struct db_stmt *s, struct block_row *rows, int *n)
{
	enum status st;
	bool row;

	*n = 0;
	while ((st = db_step(s, &row)) == ST_OK && row) {
		st = read_row(s, &rows[*n]);
		if (st) {
			db_reset(s);
			break;
		}
		(*n)++;
	}
	return st;
}

enum status store_block_tips(struct db *db, struct block_row *rows, int max,
			     int *n)
{
	struct db_stmt *s = db_use(db, SQL_BLOCK_TIPS);

	db_bind_int(s, 1, max);
	return read_rows(s, rows, n);
}

enum status store_block_below(struct db *db, uint32_t height,
			      struct block_row *rows, int max, int *n)
{
	struct db_stmt *s = db_use(db, SQL_BLOCK_BELOW);

	db_bind_int(s, 1, height);
	db_bind_int(s, 2, max);
	return read_rows(s, rows, n);
}

enum status store_chain_push(struct db *db, uint32_t height, int64_t block)
{
	struct db_stmt *s = db_use(db, SQL_CHAIN_PUSH);

	db_bind_int(s, 1, height);
	db_bind_int(s, 2, block);
	return db_run(s);
}

enum status store_chain_pop(struct db *db, uint32_t height)
{
	struct db_stmt *s = db_use(db, SQL_CHAIN_POP);

	db_bind_int(s, 1, height);
	return store_run_one(db, s);
}

enum status store_block_data_put(struct db *db, int64_t block, const void *p,
				 size_t n)
{
	struct db_stmt *s = db_use(db, SQL_BLOCK_DATA_PUT);

	db_bind_int(s, 1, block);
	db_bind_blob(s, 2, p, n);
	return db_run(s);
}

enum status store_block_data_get(struct db *db, int64_t block,
				 struct bytes *raw)
{
	struct db_stmt *s = db_use(db, SQL_BLOCK_DATA_GET);
	enum status st;

	db_bind_int(s, 1, block);
	st = db_one_hold(s);
	if (st == ST_OK)
		*raw = db_col_blob(s, 0);
	return st;
}

enum status store_block_data_del(struct db *db, int64_t block)
{
	struct db_stmt *s = db_use(db, SQL_BLOCK_DATA_DEL);

	db_bind_int(s, 1, block);
	return db_run(s);
}

enum status store_reorg_last(struct db *db, int64_t *id)
{
	return store_one_int(db_use(db, SQL_REORG_LAST), id);
}

enum status store_reorg_add(struct db *db, int64_t at, uint32_t fork_height,
			    uint32_t depth, const struct blkid *old_tip,
			    const struct blkid *new_tip)
{
	struct db_stmt *s = db_use(db, SQL_REORG_ADD);
	const struct store_hash o = store_hash(&old_tip->h);
	const struct store_hash n = store_hash(&new_tip->h);

	db_bind_int(s, 1, at);
	db_bind_int(s, 2, fork_height);
	db_bind_int(s, 3, depth);
	store_bind_hash(s, 4, &o);
	store_bind_hash(s, 5, &n);
	return db_run(s);
}
