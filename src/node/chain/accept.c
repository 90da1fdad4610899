/* SPDX-License-Identifier: MIT */
/*
 * Blocks in. The order is the one that costs a hostile sender most: parse, proof of
 * work, header rules, block rules, and only then disk. Headers alone:
 * accept_headers.c.
 */
#include "node/chain/accept.h"

#include "base/bug.h"
#include "consensus/block_check.h"
#include "consensus/header_check.h"
#include "consensus/maker_turn.h"
#include "node/chain/accept_place.h"
#include "node/chain/activate.h"
#include "node/chain/bulk.h"
#include "node/chain/finality_state.h"
#include "node/chain/tried.h"
#include "node/core/events.h"

/* All rules that need no coins, in the order of Bitcoin Core's ProcessNewBlock:
 * the answers are API. v says VALID when it may be stored. made: it has its work
 * and, where that is asked for, its signature; else it is a proposal. */
static enum status judge_form(struct node *n, struct plan *p, bool made,
			      struct place *at, struct verdict *v)
{
	const struct header *h = &p->block.header;
	struct chain_view view;
	enum status st = place_self(n, h, &p->block.id, at);

	if (st != ST_OK)
		return st;
	if (at->known && block_is_invalid(at->row.status)) {
		st = finality_judge_marked(n, &at->row, v);
		if (st != ST_OK || v->code != VALID)
			return st;
	}
	if (at->here && at->row.status != BLOCK_STORED &&
	    at->row.status != BLOCK_INVALID_UNTRIED)
		return ST_OK;
	st = made ? block_check(&n->params, &p->block, &p->arena, v) :
		    block_check_unsigned(&p->block, &p->arena, v);
	if (st != ST_OK || v->code != VALID || at->here)
		return st;
	st = place_parent(n, h, at);
	if (st != ST_OK)
		return st;
	if (!at->has_parent) {
		verdict_refuse(v, V_PREV_NOT_FOUND, "%s", "");
		return ST_OK;
	}
	if (at->known)
		st = branch_set(&n->branch, &at->parent);
	else
		st = place_judge(n, h, &p->block.id, at, v);
	if (st != ST_OK || v->code != VALID)
		return st;
	at->passed_form = true;
	view = branch_view(&n->branch);
	st = block_check_context(&n->params, &view, &p->block, &p->arena, v);
	if (st == ST_OK && made && v->code == VALID)
		st = maker_turn_check(&n->params, &view, &p->block, &p->arena,
				      v);
	at->row.n_tx = p->block.n_tx;
	at->row.size = (uint32_t)p->block.raw.len;
	at->row.weight = block_weight(&p->block);
	return st;
}

/* Stores a block that will not be connected right now. */
static enum status store_block(struct node *n, struct place *at,
			       const struct plan *p, const char *source)
{
	struct block_row now, parent;
	enum status st = node_write_begin(n);

	if (st != ST_OK)
		return st;
	/* another process may have been quicker: with the block, or with the
	 * verdict on what it builds on */
	st = store_block_by_hash(n->db, &at->row.hash, &now);
	if (st == ST_NOT_FOUND) {
		st = store_block_by_id(n->db, at->row.prev_id, &parent);
		if (st != ST_OK)
			return node_write_end(n, st);
		at->row.status = block_is_invalid(parent.status)
					 ? BLOCK_INVALID_PARENT : BLOCK_STORED;
		st = store_block_insert(n->db, &at->row, source);
	} else if (st == ST_OK && (now.status == BLOCK_HEADER ||
		   (now.status == BLOCK_INVALID_UNTRIED && !now.size))) {
		at->row.id = now.id;
		at->row.status = now.status ? now.status : BLOCK_STORED;
		st = store_block_set_data(n->db, &at->row);
		if (st == ST_OK)
			st = block_tried_with_data(n, &at->row);
	} else if (st == ST_OK) {
		at->row = now;
		return node_write_end(n, ST_OK);
	}
	if (st == ST_OK)
		st = store_block_data_put(n->db, at->row.id, p->block.raw.p,
					  p->block.raw.len);
	return node_write_end(n, st == ST_OK ? finality_update(n) : st);
}

/* Commits the open batch of an import, so that rows may be written. */
static enum status settle(struct node *n)
{
	struct block_result bad;
	enum status st;

	if (!n->bulk)
		return ST_OK;
	st = bulk_flush(n, &bad);
	if (st == ST_OK && bad.verdict.code != VALID)
		n->bulk->bad = bad;
	return st;
}

/* A refusal: a row that says why. The hash is remembered only where header and
 * block form were good, as Bitcoin Core does: what fails earlier costs nothing to
 * find again, and what may have been mutated on the way says nothing about the
 * hash. */
static enum status refuse(struct node *n, const struct place *at,
			  const struct blkid *id, const struct verdict *v,
			  const char *source)
{
	enum verdict_class c = verdict_class(v->code);
	bool passed = at && at->passed_form;
	enum status st;

	/* the row with the true reason is there */
	if (v->code == V_DUPLICATE_INVALID)
		return ST_OK;
	/* an importer keeps it until its parent comes */
	if (v->code == V_PREV_NOT_FOUND && n->bulk)
		return ST_OK;
	st = settle(n);
	if (st == ST_OK && v->code == V_BAD_PREV)
		st = block_built_on(n, &at->parent);
	if (st == ST_OK && passed && c == VC_CONSENSUS)
		st = block_mark_invalid(n, &at->row, source);
	else if (st == ST_OK && passed && c == VC_MUTATED && !at->known)
		st = block_keep_header(n, &at->row, source);
	if (st == ST_OK)
		st = reject_write(n, "block", &id->h, v, source);
	return st;
}

/* One that fails by its coins alone had all its work: it is kept to be looked at, as
 * Bitcoin Core keeps it. */
static enum status keep_refused(struct node *n, const struct place *at,
				struct bytes raw)
{
	struct block_row row;
	enum status st = node_write_begin(n);

	if (st != ST_OK)
		return st;
	st = store_block_by_hash(n->db, &at->row.hash, &row);
	if (st == ST_OK && row.status == BLOCK_INVALID && !row.size) {
		row.n_tx = at->row.n_tx;
		row.size = at->row.size;
		row.weight = at->row.weight;
		st = store_block_set_data(n->db, &row);
		if (st == ST_OK)
			st = store_block_data_put(n->db, row.id, raw.p, raw.len);
	}
	return node_write_end(n, st == ST_NOT_FOUND ? ST_OK : st);
}

/* Connects a block that builds on the tip without storing it first. */
static enum status extend_tip(struct node *n, struct plan *p,
			      const struct place *at, struct block_result *out)
{
	struct batch b;
	struct block_row bad;
	char source[64];
	struct verdict *v = &out->verdict;
	enum status st = batch_begin(&b, n);

	if (st == ST_OK && !hash256_equal(&b.base.hash.h, &at->parent.hash.h))
		st = ST_STALE;
	if (st != ST_OK) {
		db_rollback(n->db);
		plan_free(p);
		batch_end(&b);
		db_rollback(n->db);
		return st;
	}
	p->row = at->row;
	st = batch_connect(&b, p, v);
	if (st == ST_OK && v->code == VALID)
		st = batch_check(&b, v, &bad, source);
	db_rollback(n->db);	/* the snapshot */
	if (st == ST_OK && v->code == VALID)
		st = batch_write(&b);
	if (st == ST_OK && v->code == VALID) {
		out->active = out->tip_changed = true;
		st = branch_push(&n->branch, &at->row.hash, &at->row.header);
	}
	batch_end(&b);
	return st;
}

static bool on_tip(const struct place *at, const struct blkid *tip)
{
	return hash256_equal(&at->parent.hash.h, &tip->h);
}

/* The snapshot a block is judged against, and its tip. */
static enum status open_snapshot(struct node *n, struct blkid *tip)
{
	struct block_row row;
	enum status st;
	bool own;

	if (n->bulk) {
		st = bulk_open(n);
		if (st == ST_OK)
			*tip = batch_tip(&n->bulk->batch)->hash;
		return st;
	}
	st = node_read_begin(n, &own);
	BUG_ON(st == ST_OK && !own);
	if (st != ST_OK)
		return st;
	st = store_block_tip(n->db, &row);
	*tip = row.hash;
	if (st != ST_OK)
		db_rollback(n->db);
	return st;
}

static void close_snapshot(struct node *n)
{
	if (!n->bulk)
		db_rollback(n->db);
}

/* A stored block may be what the best branch waited for. */
static enum status wake(struct node *n, const struct block_row *row,
			const char *source, struct block_result *out)
{
	struct watch watch = {.id = out->id};
	bool own, may = false;
	enum status st = node_read_begin(n, &own);

	verdict_init(&watch.verdict);
	if (st != ST_OK)
		return st;
	st = block_may_activate(n, row, &may);
	node_read_end(n, own);
	if (st == ST_OK && may)
		st = activate_best(n, &watch, &out->tip_changed);
	/* also when nothing was done: another process may have been quicker */
	if (st == ST_OK)
		st = activation_result(n, &watch, out);
	/* the bad one below has its row */
	if (st == ST_OK && out->verdict.code == V_BAD_PREV)
		st = reject_write(n, "block", &out->id.h, &out->verdict, source);
	return st;
}

/* A block beside the tip: stored, then the best branch is made active. */
static enum status accept_aside(struct node *n, struct plan *p, struct place *at,
				const char *source, struct block_result *out)
{
	struct bulk *k = n->bulk;
	bool stale = k && k->has_batch && k->batch.n_plan;
	enum status st = settle(n);

	/* the batch is in the database now, or one of its blocks was bad */
	if (st == ST_OK && stale)
		st = ST_STALE;
	n->bulk = NULL;
	at->row.prev_id = at->parent.id;
	if (st == ST_OK)
		st = store_block(n, at, p, source);
	plan_free(p);
	out->stored = st == ST_OK;
	if (st == ST_OK)
		st = wake(n, &at->row, source, out);
	n->bulk = k;
	return st;
}

/* Puts a block that passed all rules but those of coins where it belongs; takes
 * over p. The snapshot is open, and closed afterwards. */
static enum status accept_good(struct node *n, struct plan *p, struct place *at,
			       const struct blkid *tip, struct bytes raw,
			       const char *source, struct block_result *out)
{
	struct blkid id = out->id;
	enum status st;

	if (!on_tip(at, tip)) {
		close_snapshot(n);
		return accept_aside(n, p, at, source, out);
	}
	if (!n->bulk)
		st = extend_tip(n, p, at, out);
	else
		st = bulk_connect(n, p, &at->row, out);
	/* refused while its coins were looked at (or later: then it is done) */
	if (st == ST_OK && out->verdict.code != VALID &&
	    hash256_equal(&out->id.h, &id.h) && !out->active) {
		st = refuse(n, at, &id, &out->verdict, source);
		if (st == ST_OK)
			st = keep_refused(n, at, raw);
	}
	return st;
}

/* One try; ST_STALE when another process moved the tip meanwhile. */
static enum status accept_once(struct node *n, const void *raw, size_t len,
			       const char *source, struct block_result *out)
{
	struct place at;
	struct blkid tip;
	struct plan *p;
	enum status st = plan_new(&p, raw, len, source);

	if (st == ST_PARSE) {
		verdict_refuse(&out->verdict, V_BLOCK_DECODE, "%s", "");
		return ST_OK;
	}
	if (st != ST_OK)
		return st;
	out->id = p->block.id;
	if (!header_check_work(&n->params, &p->block.header, &p->block.id,
			       &out->verdict)) {
		plan_free(p);
		return refuse(n, NULL, &out->id, &out->verdict, source);
	}
	st = open_snapshot(n, &tip);
	if (st == ST_OK)
		st = judge_form(n, p, true, &at, &out->verdict);
	else {
		plan_free(p);
		return st;
	}
	out->height = at.row.height;
	out->known = st == ST_OK && at.here;
	if (st == ST_OK && out->verdict.code == VALID && !out->known)
		return accept_good(n, p, &at, &tip, bytes_of(raw, len), source,
				   out);
	out->active = out->known && at.row.status == BLOCK_CONNECTED;
	close_snapshot(n);
	plan_free(p);
	if (st == ST_OK && out->verdict.code != VALID)
		st = refuse(n, &at, &out->id, &out->verdict, source);
	/* stored when the environment failed before it could be connected */
	else if (st == ST_OK && at.row.status == BLOCK_STORED && !n->bulk)
		st = wake(n, &at.row, source, out);
	return st;
}

/* After a new tip: blocks that waited for it. */
static enum status wake_children(struct node *n, const struct block_result *out)
{
	struct block_row row;
	int64_t kid;
	int kids = 0;
	bool own, more;
	enum status st = node_read_begin(n, &own);

	if (st != ST_OK)
		return st;
	st = store_block_by_hash(n->db, &out->id, &row);
	if (st == ST_OK)
		st = store_block_children(n->db, row.id, 0, &kid, 1, &kids);
	node_read_end(n, own);
	return st == ST_OK && kids ? node_activate_best(n, &more) : st;
}

enum status node_accept_block(struct node *n, const void *raw, size_t len,
			      const char *source, struct block_result *out)
{
	enum status st;

	do {
		*out = (struct block_result){0};
		verdict_init(&out->verdict);
		st = accept_once(n, raw, len, source, out);
	} while (st == ST_STALE);
	if (st == ST_OK && out->tip_changed && !n->bulk)
		st = wake_children(n, out);
	return st;
}

enum status node_judge_block(struct node *n, const void *raw, size_t len,
			     struct verdict *v)
{
	struct place at;
	struct batch b;
	struct block_row bad;
	char source[64];
	struct plan *p;
	bool own;
	enum status st = plan_new(&p, raw, len, "proposal");

	verdict_init(v);
	if (st == ST_PARSE) {
		verdict_refuse(v, V_BLOCK_DECODE, "%s", "");
		return ST_OK;
	}
	if (st != ST_OK)
		return st;
	st = node_read_begin(n, &own);
	if (st == ST_OK)
		st = judge_form(n, p, false, &at, v);
	if (st == ST_OK && v->code == VALID)
		st = batch_begin(&b, n);
	if (st != ST_OK || v->code != VALID) {
		node_read_end(n, own);
		plan_free(p);
		return st;
	}
	if (at.here) {
		plan_free(p);
	} else if (!hash256_equal(&b.base.hash.h, &at.parent.hash.h)) {
		verdict_refuse(v, V_PREV_NOT_FOUND, "not on the tip");
		plan_free(p);
	} else {
		p->row = at.row;
		st = batch_connect(&b, p, v);
		if (st == ST_OK && v->code == VALID)
			st = batch_check(&b, v, &bad, source);
	}
	batch_end(&b);
	node_read_end(n, own);
	return st;
}
