/* SPDX-License-Identifier: MIT */
/* See tried.h. */
#include "node/chain/tried.h"

#include <stdlib.h>

/* A descendant whose children are still to be looked at. whole: the data of it
 * and of all down to the invalid block is here. */
struct kin {
	int64_t id;
	bool whole;
};

struct queue {
	struct kin *at;
	size_t n, room;
};

static enum status queue_add(struct queue *q, int64_t id, bool whole)
{
	if (q->n == q->room) {
		size_t room = q->room ? 2 * q->room : 64;
		struct kin *p = realloc(q->at, room * sizeof(*p));

		if (!p)
			return ST_NOMEM;
		q->at = p;
		q->room = room;
	}
	q->at[q->n++] = (struct kin){id, whole};
	return ST_OK;
}

enum status block_mark_tried(struct node *n, int64_t id)
{
	struct block_row row;
	enum status st = store_block_by_id(n->db, id, &row);

	while (st == ST_OK && row.status == BLOCK_INVALID_UNTRIED) {
		st = store_block_set_status(n->db, row.id, BLOCK_INVALID_PARENT);
		if (st == ST_OK)
			st = store_block_by_id(n->db, row.prev_id, &row);
	}
	return st == ST_NOT_FOUND ? ST_CORRUPT : st;
}

enum status block_built_on(struct node *n, const struct block_row *row)
{
	enum status st;

	if (row->status != BLOCK_INVALID_UNTRIED)
		return ST_OK;
	st = node_write_begin(n);
	return st == ST_OK ? node_write_end(n, block_mark_tried(n, row->id)) : st;
}

static enum status mark_kid(struct node *n, int64_t id, bool whole,
			    const struct u256 *tip_work, struct queue *q)
{
	struct block_row row;
	enum status st = store_block_by_id(n->db, id, &row);

	/* marked before, with all above it */
	if (st != ST_OK || block_is_invalid(row.status))
		return st;
	st = store_block_set_status(n->db, id, BLOCK_INVALID_UNTRIED);
	whole = whole && row.size;
	if (st == ST_OK && whole && u256_cmp(&row.chainwork, tip_work) > 0)
		st = block_mark_tried(n, id);
	return st == ST_OK ? queue_add(q, id, whole) : st;
}

enum status block_mark_children(struct node *n, int64_t id,
				const struct u256 *tip_work)
{
	struct queue q = {0};
	enum status st = queue_add(&q, id, true);

	while (st == ST_OK && q.n) {
		const struct kin of = q.at[--q.n];
		int64_t kid[256], after = 0;
		int found = 256;

		while (st == ST_OK && found == 256) {
			st = store_block_children(n->db, of.id, after, kid, 256,
						  &found);
			for (int i = 0; st == ST_OK && i < found; i++)
				st = mark_kid(n, kid[i], of.whole, tip_work, &q);
			if (found == 256)
				after = kid[255];
		}
	}
	free(q.at);
	return st == ST_NOT_FOUND ? ST_CORRUPT : st;
}

enum status block_tried_with_data(struct node *n, const struct block_row *row)
{
	struct block_row up = *row, tip;
	enum status st;

	if (row->status != BLOCK_INVALID_UNTRIED)
		return ST_OK;
	st = store_block_tip(n->db, &tip);
	if (st != ST_OK || u256_cmp(&row->chainwork, &tip.chainwork) <= 0)
		return st;
	while (st == ST_OK && up.status == BLOCK_INVALID_UNTRIED && up.size)
		st = store_block_by_id(n->db, up.prev_id, &up);
	/* a gap: it is not looked at */
	if (st == ST_OK && up.status != BLOCK_INVALID_UNTRIED)
		st = block_mark_tried(n, row->id);
	return st == ST_NOT_FOUND ? ST_CORRUPT : st;
}
