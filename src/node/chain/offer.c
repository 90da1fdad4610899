/* SPDX-License-Identifier: MIT */
/* See offer.h. */
#include "node/chain/offer.h"

#include "consensus/block_check.h"
#include "node/chain/plan.h"
#include "node/core/priv.h"
#include "primitives/target.h"

/* *less: the block would stand on a known parent with too little work. */
static enum status has_less_work(struct node *n, const struct header *h,
				 const struct blkid *id, bool *less)
{
	struct u256 work = target_work(h->bits), slack;
	struct block_row tip, row;
	bool own;
	enum status st = node_read_begin(n, &own);

	*less = false;
	if (st != ST_OK)
		return st;
	st = store_block_tip(n->db, &tip);
	if (st == ST_OK)
		st = store_block_by_hash(n->db, id, &row);
	/* what is here already has its own answer */
	if (st == ST_NOT_FOUND) {
		st = store_block_by_hash(n->db, &h->prev, &row);
		if (st == ST_OK) {
			work = u256_add(&row.chainwork, &work);
			slack = target_work(tip.header.bits);
			slack = u256_mul64(&slack, OFFER_BEHIND_BLOCKS);
			work = u256_add(&work, &slack);
			*less = u256_cmp(&work, &tip.chainwork) < 0;
		}
	}
	node_read_end(n, own);
	return st == ST_NOT_FOUND ? ST_OK : st;
}

enum status node_offer_block(struct node *n, const void *raw, size_t len,
			     const char *source, struct block_result *out)
{
	struct header h;
	struct blkid id;
	bool less = false;
	enum status st = ST_OK;

	if (len >= HEADER_SIZE) {
		header_read(&h, raw);
		header_hash_raw(&id, raw);
		st = has_less_work(n, &h, &id, &less);
	}
	if (st != ST_OK)
		return st;
	if (!less)
		return node_accept_block(n, raw, len, source, out);
	*out = (struct block_result){.id = id};
	verdict_init(&out->verdict);
	verdict_refuse(&out->verdict, V_TOO_LITTLE_WORK,
		       "its branch is too far behind the tip");
	return ST_OK;
}

static enum status may_be_best(struct node *n, const struct header *h,
			       const struct blkid *id, bool *may)
{
	struct u256 work = target_work(h->bits);
	struct block_row tip, row;
	bool own;
	enum status st = node_read_begin(n, &own);

	*may = true;
	if (st != ST_OK)
		return st;
	st = store_block_tip(n->db, &tip);
	if (st == ST_OK)
		st = store_block_by_hash(n->db, id, &row);
	if (st == ST_NOT_FOUND || (st == ST_OK && row.status == BLOCK_HEADER)) {
		st = store_block_by_hash(n->db, &h->prev, &row);
		if (st == ST_OK) {
			work = u256_add(&row.chainwork, &work);
			*may = u256_cmp(&work, &tip.chainwork) >= 0 &&
			       u256_cmp(&work, &n->params.min_chainwork) >= 0 &&
			       row.height + 1 <= tip.height + OFFER_AHEAD_BLOCKS;
		}
	}
	node_read_end(n, own);
	return st == ST_NOT_FOUND ? ST_OK : st;
}

enum status node_offer_unasked(struct node *n, const void *raw, size_t len,
			       const char *source, bool *take, struct verdict *v)
{
	struct plan *p;
	size_t accepted;
	enum status st = plan_new(&p, raw, len, source);

	verdict_init(v);
	*take = true;
	if (st != ST_OK)
		return st == ST_PARSE ? ST_OK : st;
	st = may_be_best(n, &p->block.header, &p->block.id, take);
	if (st == ST_OK && !*take)
		st = node_accept_headers(n, raw, 1, source, &accepted, v);
	/* who sends another block's transactions is told apart all the same */
	if (st == ST_OK && !*take && v->code == VALID)
		st = block_check(&n->params, &p->block, &p->arena, v);
	plan_free(p);
	return st;
}
