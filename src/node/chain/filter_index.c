/* SPDX-License-Identifier: MIT */
/*
 * Filters as blocks are connected. Whether the index is on is seen from the
 * parent: who has a filter has children with filters.
 */
#include "node/chain/filter_index.h"

#include "primitives/gcs.h"

#define FILTER_MAX ((size_t)8 << 20)

enum status filter_index_make(struct plan *p, struct buf *out)
{
	struct bytes *spent;
	struct arena a;
	enum status st;

	arena_init(&a, (size_t)64 << 20);
	spent = arena_array(&a, p->n_spent, struct bytes);
	for (uint32_t i = 0; spent && i < p->n_spent; i++)
		spent[i] = p->spend[i].from->out[p->spend[i].n].spk;
	st = spent ? filter_basic(out, &p->block, spent, p->n_spent, &a)
		   : ST_NOMEM;
	arena_free(&a);
	return st;
}

static enum status has_filter(struct db *db, int64_t block, bool *has)
{
	struct filter_row row;
	enum status st = store_filter_head(db, block, &row);

	*has = st == ST_OK;
	return st == ST_NOT_FOUND ? ST_OK : st;
}

enum status filter_index_prepare(struct batch *b)
{
	int64_t parent = b->n_leave ? b->leave[b->n_leave].id : b->base.id;
	bool on = false;
	enum status st = ST_OK;

	if (b->n_plan)
		st = has_filter(b->n->db, parent, &on);
	for (uint32_t i = 0; st == ST_OK && on && i < b->n_plan; i++) {
		struct plan *p = b->plan[i];

		if (p->filter.len)
			continue;
		buf_free(&p->filter);
		buf_init(&p->filter, FILTER_MAX);
		st = filter_index_make(p, &p->filter);
	}
	return st;
}

enum status filter_index_put(struct db *db, struct filter_row *row,
			     int64_t prev_id)
{
	struct filter_row prev = {0};
	enum status st = ST_OK;

	if (prev_id)
		st = store_filter_head(db, prev_id, &prev);
	if (st != ST_OK)
		return st;
	filter_hash(&row->hash, row->filter);
	filter_header(&row->header, &row->hash, &prev.header);
	return store_filter_put(db, row);
}

enum status filter_index_write(struct db *db, struct plan *p)
{
	struct filter_row row = {.block = p->row.id};
	bool on = p->row.height == 0;
	enum status st = ST_OK;

	if (!on)
		st = has_filter(db, p->row.prev_id, &on);
	if (st != ST_OK || !on)
		return st;
	if (!p->filter.len) {
		buf_free(&p->filter);
		buf_init(&p->filter, FILTER_MAX);
		st = filter_index_make(p, &p->filter);
	}
	row.filter = buf_view(&p->filter);
	return st == ST_OK ? filter_index_put(db, &row, p->row.prev_id) : st;
}

/* The rows against what the block says. */
static enum status compare(struct db *db, struct plan *p,
			   const struct filter_row *prev, const char **fault)
{
	struct hash256 hash, header;
	struct filter_row row;
	struct buf b;
	enum status st = store_filter_get(db, p->row.id, &row);

	if (st == ST_NOT_FOUND) {
		*fault = p->row.height ? "it has no filter, but the block before "
					 "has one" : NULL;
		return ST_OK;
	}
	if (st != ST_OK)
		return st;
	buf_init(&b, FILTER_MAX);
	st = filter_index_make(p, &b);
	if (st == ST_OK) {
		filter_hash(&hash, buf_view(&b));
		filter_header(&header, &hash, &prev->header);
		if (!bytes_equal(buf_view(&b), row.filter) ||
		    !hash256_equal(&hash, &row.hash) ||
		    !hash256_equal(&header, &row.header))
			*fault = "its filter, or the filter's hash or header, is "
				 "wrong";
	}
	buf_free(&b);
	return st;
}

enum status filter_index_check(struct db *db, struct plan *p,
			       const char **fault)
{
	struct filter_row prev = {0};
	enum status st = ST_OK;

	*fault = NULL;
	if (p->row.height)
		st = store_filter_head(db, p->row.prev_id, &prev);
	if (st == ST_OK)
		return compare(db, p, &prev, fault);
	if (st != ST_NOT_FOUND)
		return st;
	st = store_filter_head(db, p->row.id, &prev);
	if (st == ST_OK)
		*fault = "it has a filter, but the block before has none";
	return st == ST_NOT_FOUND ? ST_OK : st;
}
