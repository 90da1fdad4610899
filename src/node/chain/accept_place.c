/* SPDX-License-Identifier: MIT */
/* See accept_place.h. */
#include "node/chain/accept_place.h"

#include "consensus/header_check.h"
#include "node/chain/bulk.h"
#include "node/chain/finality_state.h"
#include "node/chain/tried.h"
#include "primitives/target.h"

/* The row of a block that is in the open batch or in the database. */
static enum status find_block(struct node *n, const struct blkid *id,
			      struct block_row *row)
{
	if (n->bulk && n->bulk->has_batch) {
		const struct batch *b = &n->bulk->batch;

		for (uint32_t i = b->n_plan; i-- > 0;) {
			if (!hash256_equal(&b->plan[i]->row.hash.h, &id->h))
				continue;
			*row = b->plan[i]->row;
			row->status = BLOCK_CONNECTED;
			return ST_OK;
		}
	}
	return store_block_by_hash(n->db, id, row);
}

/* Whether it builds on the newest block of the open batch: then it is not one
 * of the batch itself, and the batch need not be searched. */
static bool on_batch(const struct node *n, const struct header *h)
{
	const struct batch *b = n->bulk ? &n->bulk->batch : NULL;

	return b && n->bulk->has_batch && b->n_plan &&
	       hash256_equal(&batch_tip(b)->hash.h, &h->prev.h);
}

enum status place_self(struct node *n, const struct header *h,
		       const struct blkid *id, struct place *at)
{
	enum status st = on_batch(n, h)
				 ? store_block_by_hash(n->db, id, &at->row)
				 : find_block(n, id, &at->row);

	*at = (struct place){.row = at->row, .known = st == ST_OK};
	if (st == ST_NOT_FOUND)
		at->row = (struct block_row){0};
	at->here = at->known && at->row.status != BLOCK_HEADER &&
		   (at->row.status != BLOCK_INVALID_UNTRIED || at->row.size);
	return st == ST_NOT_FOUND ? ST_OK : st;
}

enum status place_parent(struct node *n, const struct header *h,
			 struct place *at)
{
	enum status st = find_block(n, &h->prev, &at->parent);

	at->has_parent = st == ST_OK;
	return st == ST_NOT_FOUND ? ST_OK : st;
}

enum status place_judge(struct node *n, const struct header *h,
			const struct blkid *id, struct place *at,
			struct verdict *v)
{
	struct chain_view view;
	struct u256 work = target_work(h->bits);
	enum status st;

	st = finality_judge(n, &at->parent, v);
	if (st != ST_OK || v->code != VALID)
		return st;
	if (block_told_invalid(&at->parent)) {
		verdict_refuse(v, V_BAD_PREV, "%s", "");
		return ST_OK;
	}
	st = branch_set(&n->branch, &at->parent);
	if (st != ST_OK)
		return st;
	view = branch_view(&n->branch);
	st = header_check_context(&n->params, &view, h, node_now_s(n), v);
	if (st == ST_OK && v->code == VALID &&
	    at->parent.status == BLOCK_INVALID_UNTRIED)
		verdict_refuse(v, V_BAD_PREV, "%s", "");
	if (st != ST_OK || v->code != VALID)
		return st;
	at->row = (struct block_row){
		.hash = *id,
		.header = *h,
		.prev_id = at->parent.id,
		.height = at->parent.height + 1,
		.chainwork = u256_add(&at->parent.chainwork, &work),
		.status = BLOCK_HEADER,
		.fees = -1,
		.received_at = node_now_s(n),
	};
	/* the median that includes the new block itself */
	st = branch_push(&n->branch, id, h);
	if (st != ST_OK)
		return st;
	view = branch_view(&n->branch);
	st = chain_median_time(&view, at->row.height, &at->row.mtp);
	if (st == ST_OK)
		st = branch_set(&n->branch, &at->parent);
	return st;
}
