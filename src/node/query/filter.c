/* SPDX-License-Identifier: MIT */
/* See filter.h. */
#include "node/query/filter.h"

#include "node/chain/filter_index.h"
#include "node/query/query.h"
#include "primitives/gcs.h"
#include "store/store_script.h"
#include "store/store_tx.h"

#define BLOCK_ARENA_MAX ((size_t)512 << 20)
#define FILTER_MAX ((size_t)8 << 20)
#define BUILD_TX 4000		/* transactions in one write */
#define DROP_AT_ONCE 2000

static enum status info_of(struct node *n, const struct block_row *row,
			   bool with_bytes, struct arena *a,
			   struct filter_info *out)
{
	struct filter_row f;
	enum status st = with_bytes ? store_filter_get(n->db, row->id, &f)
				    : store_filter_head(n->db, row->id, &f);

	if (st != ST_OK)
		return st;
	*out = (struct filter_info){.block = row->hash, .height = row->height,
				    .hash = f.hash, .header = f.header};
	if (with_bytes) {
		out->filter.p = arena_copy(a, f.filter.p, f.filter.len);
		out->filter.len = f.filter.len;
	}
	return with_bytes && !out->filter.p ? ST_NOMEM : ST_OK;
}

enum status node_filter(struct node *n, const struct blkid *id, struct arena *a,
			struct filter_info *out)
{
	struct block_row row;
	bool own;
	enum status st = node_read_begin(n, &own);

	if (st != ST_OK)
		return st;
	st = store_block_by_hash(n->db, id, &row);
	if (st == ST_OK)
		st = info_of(n, &row, true, a, out);
	node_read_end(n, own);
	return st;
}

static enum status range(struct node *n, const struct blkid *last,
			 uint32_t first, uint32_t max, bool with_bytes,
			 struct arena *a, struct filter_info **out,
			 uint32_t *count)
{
	struct block_row row;
	enum status st = store_block_by_hash(n->db, last, &row);

	if (st == ST_OK && row.height < first)
		st = ST_NOT_FOUND;
	if (st == ST_OK && row.height - first >= max)
		st = ST_TOO_BIG;
	if (st != ST_OK)
		return st;
	*count = row.height - first + 1;
	*out = arena_array(a, *count, struct filter_info);
	if (!*out)
		return ST_NOMEM;
	for (uint32_t i = *count; st == ST_OK && i-- > 0;) {
		st = info_of(n, &row, with_bytes, a, &(*out)[i]);
		if (st == ST_OK && i)
			st = store_block_by_id(n->db, row.prev_id, &row);
	}
	return st;
}

enum status node_filter_range(struct node *n, const struct blkid *last,
			      uint32_t first, uint32_t max, bool with_bytes,
			      struct arena *a, struct filter_info **out,
			      uint32_t *count)
{
	bool own;
	enum status st = node_read_begin(n, &own);

	*count = 0;
	if (st != ST_OK)
		return st;
	st = range(n, last, first, max, with_bytes, a, out, count);
	node_read_end(n, own);
	return st;
}

/* The block of the branch of `row` at a height not above it; on the active
 * chain heights are found at once. */
static enum status ancestor(struct node *n, struct block_row *row,
			    uint32_t height)
{
	enum status st = ST_OK;

	while (st == ST_OK && row->height > height &&
	       row->status != BLOCK_CONNECTED)
		st = store_block_by_id(n->db, row->prev_id, row);
	if (st == ST_OK && row->height > height)
		st = store_block_by_height(n->db, height, row);
	return st;
}

enum status node_filter_headers_each(struct node *n, const struct blkid *last,
				     uint32_t every, struct arena *a,
				     struct hash256 **out, uint32_t *count)
{
	struct block_row row;
	struct filter_row f;
	bool own;
	enum status st = node_read_begin(n, &own);

	*count = 0;
	if (st != ST_OK)
		return st;
	st = store_block_by_hash(n->db, last, &row);
	if (st == ST_OK) {
		*count = row.height / every;
		*out = arena_array(a, *count, struct hash256);
		st = *out ? ST_OK : ST_NOMEM;
	}
	for (uint32_t i = *count; st == ST_OK && i > 0; i--) {
		st = ancestor(n, &row, i * every);
		if (st == ST_OK)
			st = store_filter_head(n->db, row.id, &f);
		if (st == ST_OK)
			(*out)[i - 1] = f.header;
	}
	node_read_end(n, own);
	return st;
}

static enum status has_at(struct node *n, uint32_t height, bool *has)
{
	struct block_row row;
	struct filter_row f;
	enum status st = store_block_by_height(n->db, height, &row);

	if (st == ST_OK)
		st = store_filter_head(n->db, row.id, &f);
	*has = st == ST_OK;
	return st == ST_NOT_FOUND ? ST_OK : st;
}

/* Who has one has ancestors that have: the highest is found by halving. */
static enum status find_state(struct node *n, struct filter_state *out)
{
	struct block_row tip;
	uint32_t low = 0, high;
	enum status st = store_block_tip(n->db, &tip);

	*out = (struct filter_state){0};
	if (st == ST_OK)
		st = has_at(n, tip.height, &out->complete);
	if (st != ST_OK)
		return st;
	out->on = out->complete;
	out->height = out->complete ? tip.height : 0;
	if (out->complete)
		return ST_OK;
	high = tip.height;
	st = has_at(n, 0, &out->on);
	while (st == ST_OK && out->on && high - low > 1) {
		uint32_t at = low + (high - low) / 2;
		bool has;

		st = has_at(n, at, &has);
		if (has)
			low = at;
		else
			high = at;
	}
	out->height = low;
	return st;
}

enum status node_filter_state(struct node *n, struct filter_state *out)
{
	bool own;
	enum status st = node_read_begin(n, &own);

	if (st != ST_OK)
		return st;
	st = find_state(n, out);
	node_read_end(n, own);
	return st;
}

/* The scripts that a connected block spends, by the rows. */
static enum status spent_scripts(struct node *n, const struct block_row *row,
				 const struct block *b, struct arena *a,
				 struct bytes *spent)
{
	enum status st = ST_OK;

	for (uint32_t i = 1; st == ST_OK && i < b->n_tx; i++) {
		for (uint32_t k = 0; st == ST_OK && k < b->tx[i].n_in; k++) {
			struct script_row script;
			struct txin_row in;
			struct txout_row out;

			st = store_txin_get(n->db, row->first_tx + i, k, &in);
			if (st == ST_OK)
				st = store_txout_get(n->db, in.prev_tx,
						     in.prev_n, &out);
			if (st == ST_OK)
				st = store_script_get(n->db, out.script, &script);
			if (st != ST_OK)
				break;
			spent->len = script.spk.len;
			spent->p = arena_copy(a, script.spk.p, script.spk.len);
			st = spent->p ? ST_OK : ST_NOMEM;
			spent++;
		}
	}
	return st == ST_NOT_FOUND ? ST_CORRUPT : st;
}

static enum status build_one(struct node *n, uint32_t height, struct arena *a,
			     uint32_t *n_tx)
{
	struct filter_row f = {0};
	struct bytes raw, *spent;
	struct block_row row;
	size_t inputs = 0;
	struct block b;
	struct buf out;
	enum status st = store_block_by_height(n->db, height, &row);

	arena_reset(a);
	if (st == ST_OK)
		st = query_block_raw(n, &row.hash, a, &raw);
	if (st == ST_OK)
		st = block_parse(&b, raw.p, raw.len, a);
	if (st != ST_OK)
		return st == ST_PARSE || st == ST_NOT_FOUND ? ST_CORRUPT : st;
	for (uint32_t i = 1; i < b.n_tx; i++)
		inputs += b.tx[i].n_in;
	spent = arena_array(a, inputs, struct bytes);
	if (!spent)
		return ST_NOMEM;
	buf_init(&out, FILTER_MAX);
	st = spent_scripts(n, &row, &b, a, spent);
	if (st == ST_OK)
		st = filter_basic(&out, &b, spent, (uint32_t)inputs, a);
	f.block = row.id;
	f.filter = buf_view(&out);
	if (st == ST_OK)
		st = filter_index_put(n->db, &f, row.prev_id);
	buf_free(&out);
	*n_tx += b.n_tx;
	return st;
}

/* The next blocks in one transaction. The chain may have changed since the last:
 * where to go on is looked up again. */
static enum status build_some(struct node *n, struct arena *a,
			      struct filter_state *out, uint32_t *tip_height)
{
	struct block_row tip;
	uint32_t n_tx = 0, height;
	enum status st = node_write_begin(n);

	if (st != ST_OK)
		return st;
	st = find_state(n, out);
	if (st == ST_OK)
		st = store_block_tip(n->db, &tip);
	*tip_height = st == ST_OK ? tip.height : 0;
	height = out->on ? out->height + 1 : 0;
	for (; st == ST_OK && n_tx < BUILD_TX && height <= *tip_height; height++) {
		st = build_one(n, height, a, &n_tx);
		out->height = height;
	}
	out->complete = out->height == *tip_height;
	return node_write_end(n, st);
}

enum status node_filter_build(struct node *n,
			      bool (*progress)(void *arg, uint32_t height,
					       uint32_t tip),
			      void *arg)
{
	struct filter_state s = {0};
	struct arena a;
	enum status st;
	uint32_t tip;

	arena_init(&a, BLOCK_ARENA_MAX);
	do {
		st = build_some(n, &a, &s, &tip);
		if (st == ST_OK && progress && !progress(arg, s.height, tip))
			st = ST_CANCELLED;
	} while (st == ST_OK && !s.complete);
	arena_free(&a);
	return st;
}

enum status node_filter_drop(struct node *n)
{
	int64_t gone;
	enum status st;

	/* The newest first, so that who has one has ancestors that have one at
	 * every moment: a child's block.id is above its parent's. */
	do {
		st = node_write_begin(n);
		if (st != ST_OK)
			return st;
		st = store_filter_del(n->db, DROP_AT_ONCE, &gone);
		st = node_write_end(n, st);
	} while (st == ST_OK && gone);
	return st;
}
