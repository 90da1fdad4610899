/* SPDX-License-Identifier: MIT */
/*
 * See choose.h. The walk through a family of blocks is one for all: from a block
 * down to its descendants, a frame at a time.
 */
#include "node/chain/choose.h"

#include <stdlib.h>

#include "node/chain/activate.h"
#include "node/chain/apply.h"
#include "node/chain/batch.h"
#include "node/chain/finality_state.h"
#include "node/chain/tried.h"
#include "node/core/events.h"

static bool is_marked(enum block_status s)
{
	return block_is_invalid(s);
}

/* --- invalidate --- */

static enum status mark(struct node *n, void *arg)
{
	const int64_t *id = arg;
	struct block_row row, parent;
	enum status st = store_block_by_id(n->db, *id, &row);

	if (st == ST_OK)
		st = store_block_by_id(n->db, row.prev_id, &parent);
	if (st == ST_OK)
		st = store_block_set_status(n->db, *id, BLOCK_INVALID);
	/* what built on it was, or would be, the best branch */
	if (st == ST_OK)
		st = block_mark_children(n, *id, &parent.chainwork);
	return st == ST_NOT_FOUND ? ST_CORRUPT : st;
}

/* A block of the active chain: everything down to its parent leaves. The read
 * transaction ends here. */
static enum status leave_from(struct node *n, const struct block_row *row)
{
	int64_t id = row->id;
	struct batch b;
	enum status st = batch_begin(&b, n);

	while (st == ST_OK && batch_tip(&b)->id != row->prev_id)
		st = batch_disconnect(&b);
	node_read_end(n, true);
	b.also = mark;
	b.also_arg = &id;
	if (st == ST_OK)
		st = batch_write(&b);
	batch_end(&b);
	return st;
}

/* ST_STALE: the tip moved meanwhile. */
static enum status invalidate_once(struct node *n, const struct blkid *id)
{
	struct block_row row;
	bool own;
	enum status st = node_read_begin(n, &own);

	if (st != ST_OK)
		return st;
	st = store_block_by_hash(n->db, id, &row);
	if (st == ST_OK && row.height == 0)
		st = ST_DENIED;
	if (st == ST_OK && row.status == BLOCK_CONNECTED)
		return leave_from(n, &row);
	node_read_end(n, own);
	if (st == ST_OK)
		st = node_write_begin(n);
	if (st != ST_OK)
		return st;
	st = store_block_by_id(n->db, row.id, &row);
	if (st == ST_OK && row.status == BLOCK_CONNECTED)
		st = ST_STALE;
	if (st == ST_OK)
		st = mark(n, &row.id);
	return node_write_end(n, st);
}

/* By hand nobody gets across a final block either: a branch beside it stays
 * marked, and the refusal is a row. */
static enum status refuse_crossing(struct node *n, const struct blkid *id)
{
	struct block_row row;
	struct verdict v;
	bool own;
	enum status st;

	if (!n->params.finality_interval)
		return ST_OK;
	verdict_init(&v);
	st = node_read_begin(n, &own);
	if (st != ST_OK)
		return st;
	st = store_block_by_hash(n->db, id, &row);
	if (st == ST_OK && row.status != BLOCK_CONNECTED)
		st = finality_judge(n, &row, &v);
	node_read_end(n, own);
	if (st != ST_OK || v.code == VALID)
		return st;
	st = reject_write(n, "block", &id->h, &v, "operator");
	return st == ST_OK ? ST_DENIED : st;
}

/* What the validators made final stays: the refusal is a row. */
static enum status refuse_final(struct node *n, const struct blkid *id)
{
	struct point_row last;
	struct block_row row;
	struct verdict v;
	bool own, final;
	enum status st;

	if (!n->params.finality_interval)
		return ST_OK;
	st = node_read_begin(n, &own);
	if (st != ST_OK)
		return st;
	st = store_block_by_hash(n->db, id, &row);
	if (st == ST_OK)
		st = store_point_last_final(n->db, &last);
	final = st == ST_OK && row.status == BLOCK_CONNECTED &&
		row.height <= last.height;
	node_read_end(n, own);
	if (st != ST_OK || !final)
		return st;
	verdict_init(&v);
	verdict_refuse(&v, V_FINAL_STAYS, "height %u, %u is final", row.height,
		       last.height);
	st = reject_write(n, "block", &id->h, &v, "operator");
	return st == ST_OK ? ST_DENIED : st;
}

enum status node_invalidate_block(struct node *n, const struct blkid *id)
{
	bool changed;
	enum status st = refuse_final(n, id);

	if (st != ST_OK)
		return st;
	do {
		st = invalidate_once(n, id);
	} while (st == ST_STALE);
	return st == ST_OK ? node_activate_best(n, &changed) : st;
}

/* --- reconsider --- */

struct family {
	int64_t *id;	/* blocks whose children are still to be looked at */
	size_t n, room;
};

static enum status family_add(struct family *f, int64_t id)
{
	if (f->n == f->room) {
		size_t room = f->room ? 2 * f->room : 64;
		int64_t *p = realloc(f->id, room * sizeof(*p));

		if (!p)
			return ST_NOMEM;
		f->id = p;
		f->room = room;
	}
	f->id[f->n++] = id;
	return ST_OK;
}

/* Children of `id` that lose their mark, each with its own children afterwards.
 * all: also those that were marked themselves. */
static enum status clear_children(struct node *n, struct family *f, int64_t id,
				  bool all)
{
	int64_t kid[256], after = 0;
	int found = 256;
	enum status st = ST_OK;

	while (st == ST_OK && found == 256) {
		st = store_block_children(n->db, id, after, kid, 256, &found);
		for (int i = 0; st == ST_OK && i < found; i++) {
			struct block_row row;

			after = kid[i];
			st = store_block_by_id(n->db, kid[i], &row);
			if (st != ST_OK || (!all && row.status == BLOCK_INVALID))
				continue;
			if (is_marked(row.status))
				st = store_block_unmark(n->db, row.id);
			if (st == ST_OK)
				st = family_add(f, row.id);
		}
	}
	return st;
}

static enum status clear_family(struct node *n, int64_t id, bool all)
{
	struct family f = {0};
	enum status st = family_add(&f, id);

	while (st == ST_OK && f.n)
		st = clear_children(n, &f, f.id[--f.n], all);
	free(f.id);
	return st;
}

static enum status clear_marks(struct node *n, const struct blkid *id)
{
	struct block_row row, up;
	enum status st = store_block_by_hash(n->db, id, &row);
	int64_t top = 0;

	if (st != ST_OK)
		return st;
	/* the ancestors; nothing below a block of the chain is marked */
	for (up = row; st == ST_OK && up.status != BLOCK_CONNECTED;) {
		if (is_marked(up.status)) {
			st = store_block_unmark(n->db, up.id);
			top = up.id;
		}
		if (st == ST_OK)
			st = store_block_by_id(n->db, up.prev_id, &up);
	}
	if (st == ST_OK)
		st = clear_family(n, row.id, true);
	/* branches beside it that were marked for an ancestor's sake alone */
	if (st == ST_OK && top && top != row.id)
		st = clear_family(n, top, false);
	return st == ST_NOT_FOUND ? ST_CORRUPT : st;
}

enum status node_reconsider_block(struct node *n, const struct blkid *id)
{
	struct block_row row;
	bool changed;
	enum status st = refuse_crossing(n, id);

	if (st == ST_OK)
		st = node_write_begin(n);
	if (st != ST_OK)
		return st;
	st = store_block_by_hash(n->db, id, &row);
	if (st == ST_OK)
		st = clear_marks(n, id);
	/* those beside a final block, which may build on this one, stay out */
	if (st == ST_OK && n->params.finality_interval)
		st = finality_seal(n, 0);
	st = node_write_end(n, st);
	return st == ST_OK ? node_activate_best(n, &changed) : st;
}

/* --- precious --- */

enum status node_precious_block(struct node *n, const struct blkid *id)
{
	struct block_row row, tip;
	bool own, changed;
	enum status st = refuse_crossing(n, id);

	if (st == ST_OK)
		st = node_read_begin(n, &own);
	if (st != ST_OK)
		return st;
	st = store_block_by_hash(n->db, id, &row);
	if (st == ST_OK)
		st = store_block_tip(n->db, &tip);
	node_read_end(n, own);
	if (st != ST_OK || row.status == BLOCK_CONNECTED ||
	    u256_cmp(&row.chainwork, &tip.chainwork) != 0)
		return st;
	return activate_equal(n, row.id, &changed);
}
