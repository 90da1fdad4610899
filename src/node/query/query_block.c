/* SPDX-License-Identifier: MIT */
/* Blocks, headers and branches of query.h. */
#include "node/core/priv.h"
#include "node/query/query.h"
#include "node/query/query_rows.h"
#include "primitives/compactsize.h"
#include "store/store_tx.h"

#define BLOCK_RAW_MAX ((size_t)64 << 20)

void block_info_of(const struct block_row *row, struct block_info *out)
{
	*out = (struct block_info){
		.id = row->hash,
		.header = row->header,
		.height = row->height,
		.mtp = row->mtp,
		.chainwork = row->chainwork,
		.active = row->status == BLOCK_CONNECTED,
		.invalid = block_is_invalid(row->status),
		.has_data = row->status == BLOCK_STORED ||
			    row->status == BLOCK_CONNECTED ||
			    row->status == BLOCK_STALE,
		.n_tx = row->n_tx,
		.size = row->size,
		.weight = row->weight,
		.fees_sat = row->fees,
		.received_at = row->received_at,
	};
}

/* As block_info_of with the block that comes next. */
static enum status with_next(struct node *n, const struct block_row *row,
			     struct block_info *out)
{
	struct block_row next;
	enum status st = ST_OK;

	block_info_of(row, out);
	if (out->active)
		st = store_block_by_height(n->db, row->height + 1, &next);
	if (out->active && st == ST_OK)
		out->next = next.hash;
	return st == ST_NOT_FOUND ? ST_OK : st;
}

enum status query_block(struct node *n, const struct blkid *id,
			struct block_info *out)
{
	struct block_row row;
	bool own;
	enum status st = node_read_begin(n, &own);

	if (st != ST_OK)
		return st;
	st = store_block_by_hash(n->db, id, &row);
	if (st == ST_OK)
		st = with_next(n, &row, out);
	node_read_end(n, own);
	return st;
}

enum status query_block_at(struct node *n, uint32_t height,
			   struct block_info *out)
{
	struct block_row row;
	bool own;
	enum status st = node_read_begin(n, &own);

	if (st != ST_OK)
		return st;
	st = store_block_by_height(n->db, height, &row);
	if (st == ST_OK)
		st = with_next(n, &row, out);
	node_read_end(n, own);
	return st;
}

static bool append_raw(void *arg, int64_t id, const struct txid *txid,
		       struct bytes raw)
{
	struct buf *b = arg;

	(void)id;
	(void)txid;
	buf_bytes(b, raw);
	return buf_status(b) == ST_OK;
}

/* The bytes of a block in a buffer of its own. */
static enum status read_raw(struct node *n, const struct block_row *row,
			    struct buf *out)
{
	uint8_t head[HEADER_SIZE];
	struct bytes raw;
	enum status st;

	if (row->status == BLOCK_CONNECTED) {
		header_write(head, &row->header);
		buf_add(out, head, sizeof(head));
		compactsize_add(out, row->n_tx);
		st = store_tx_each_raw(n->db, row->first_tx,
				       row->first_tx + row->n_tx - 1,
				       append_raw, out);
		return st == ST_OK || st == ST_CANCELLED ? buf_status(out) : st;
	}
	st = store_block_data_get(n->db, row->id, &raw);
	if (st == ST_OK)
		buf_bytes(out, raw);
	return st == ST_OK ? buf_status(out) : st;
}

enum status query_block_raw(struct node *n, const struct blkid *id,
			    struct arena *a, struct bytes *raw)
{
	struct block_row row;
	struct buf b;
	bool own;
	enum status st = node_read_begin(n, &own);

	if (st != ST_OK)
		return st;
	buf_init(&b, BLOCK_RAW_MAX);
	st = store_block_by_hash(n->db, id, &row);
	if (st == ST_OK)
		st = read_raw(n, &row, &b);
	node_read_end(n, own);
	if (st == ST_OK) {
		*raw = bytes_of(arena_copy(a, b.p, b.len), b.len);
		st = raw->p ? ST_OK : ST_NOMEM;
	}
	buf_free(&b);
	return st;
}

/* Of the active chain: the rows have them. */
static enum status txids_of_rows(struct node *n, const struct block_row *row,
				 struct arena *a, struct txid **ids,
				 uint32_t *count)
{
	struct join_cursor c = {0};
	enum status st = ST_OK;

	*count = 0;
	*ids = arena_array(a, row->n_tx, struct txid);
	if (!*ids)
		return ST_NOMEM;
	store_join_txids_begin(n->db, row->first_tx,
			       row->first_tx + row->n_tx - 1, &c);
	while (*count < row->n_tx &&
	       (st = store_join_txid_next(&c, &(*ids)[*count])) == ST_OK)
		(*count)++;
	store_join_close(&c);
	return *count == row->n_tx ? ST_OK : st == ST_NOT_FOUND ? ST_CORRUPT : st;
}

/* Of another branch: from the bytes. */
static enum status txids_of_bytes(struct node *n, const struct blkid *id,
				  struct arena *a, struct txid **ids,
				  uint32_t *count)
{
	struct arena scratch;
	struct bytes raw;
	struct block b;
	enum status st;

	arena_init(&scratch, (size_t)512 << 20);
	st = query_block_raw(n, id, &scratch, &raw);
	if (st == ST_OK)
		st = block_parse(&b, raw.p, raw.len, &scratch);
	if (st == ST_PARSE)
		st = ST_CORRUPT;
	if (st == ST_OK) {
		*ids = arena_array(a, b.n_tx, struct txid);
		*count = b.n_tx;
		for (uint32_t i = 0; *ids && i < b.n_tx; i++)
			(*ids)[i] = b.tx[i].txid;
		st = *ids ? ST_OK : ST_NOMEM;
	}
	arena_free(&scratch);
	return st;
}

enum status query_block_txids(struct node *n, const struct blkid *id,
			      struct arena *a, struct txid **ids,
			      uint32_t *count)
{
	struct block_row row;
	bool own;
	enum status st = node_read_begin(n, &own);

	if (st != ST_OK)
		return st;
	st = store_block_by_hash(n->db, id, &row);
	if (st == ST_OK)
		st = row.status == BLOCK_CONNECTED
			     ? txids_of_rows(n, &row, a, ids, count)
			     : txids_of_bytes(n, id, a, ids, count);
	node_read_end(n, own);
	return st;
}

/* The height from which a peer with this locator needs headers. */
static enum status locate(struct node *n, const struct blkid *locator,
			  size_t n_locator, uint32_t *height)
{
	struct block_row row;
	enum status st;

	*height = 0;
	for (size_t i = 0; i < n_locator; i++) {
		st = store_block_by_hash(n->db, &locator[i], &row);
		if (st == ST_OK && row.status == BLOCK_CONNECTED) {
			*height = row.height;
			return ST_OK;
		}
		if (st != ST_OK && st != ST_NOT_FOUND)
			return st;
	}
	return ST_OK;
}

enum status query_headers(struct node *n, const struct blkid *locator,
			  size_t n_locator, const struct blkid *stop,
			  uint32_t max, struct arena *a, uint8_t **headers,
			  uint32_t *count)
{
	struct block_row row;
	uint32_t from;
	bool own;
	enum status st = node_read_begin(n, &own);

	*count = 0;
	if (st != ST_OK)
		return st;
	*headers = arena_alloc(a, max, HEADER_SIZE);
	st = *headers ? locate(n, locator, n_locator, &from) : ST_NOMEM;
	while (st == ST_OK && *count < max) {
		st = store_block_by_height(n->db, from + 1 + *count, &row);
		if (st != ST_OK)
			break;
		header_write(*headers + (size_t)*count * HEADER_SIZE,
			     &row.header);
		(*count)++;
		if (stop && hash256_equal(&row.hash.h, &stop->h))
			break;
	}
	node_read_end(n, own);
	return st == ST_NOT_FOUND ? ST_OK : st;
}

/* Down the best header branch to the active chain, then by height. */
