/* SPDX-License-Identifier: MIT */
/*
 * Blocks and headers in. The order is the one that costs a hostile sender most:
 * parse, proof of work, header rules, block rules, and only then disk.
 */
#include "node/accept.h"

#include <stdio.h>

#include "base/bug.h"
#include "consensus/block_check.h"
#include "consensus/header_check.h"
#include "node/activate.h"
#include "node/bulk.h"
#include "node/events.h"
#include "primitives/target.h"

/* Where a block or header stands: known, or with which parent. */
struct place {
	struct block_row row;	/* known: as stored; else to be filled */
	struct block_row parent;
	bool known;
	bool has_parent;
	bool passed_form;	/* header and block_check: from here on a refusal
				 * is one of the very data the hash commits to */
};

/* The row of a block that is in the open batch or in the database. */
static enum status find_block(struct node *n, const struct blkid *id,
			      struct block_row *row)
{
	if (n->bulk && n->bulk->has_batch) {
		const struct batch *b = &n->bulk->batch;

		for (uint32_t i = b->n_plan; i-- > 0;) {
			*row = b->plan[i]->row;
			row->status = BLOCK_CONNECTED;
			if (hash256_equal(&row->hash.h, &id->h))
				return ST_OK;
		}
	}
	return store_block_by_hash(n->db, id, row);
}

static enum status find_place(struct node *n, const struct header *h,
			      const struct blkid *id, struct place *at)
{
	enum status st = find_block(n, id, &at->row);

	*at = (struct place){.row = at->row, .known = st == ST_OK};
	if (st != ST_OK && st != ST_NOT_FOUND)
		return st;
	if (at->known && at->row.height == 0)
		return ST_OK;
	st = find_block(n, &h->prev, &at->parent);
	at->has_parent = st == ST_OK;
	return st == ST_NOT_FOUND ? ST_OK : st;
}

/* The rules for a header with its parent known; fills the row. */
static enum status judge_header(struct node *n, const struct header *h,
				const struct blkid *id, struct place *at,
				struct verdict *v)
{
	struct chain_view view;
	struct u256 work = target_work(h->bits);
	enum status st;

	if (at->parent.status == BLOCK_INVALID ||
	    at->parent.status == BLOCK_INVALID_PARENT) {
		verdict_refuse(v, V_BAD_PREV, "%s", "");
		return ST_OK;
	}
	st = branch_set(&n->branch, &at->parent);
	if (st != ST_OK)
		return st;
	view = branch_view(&n->branch);
	st = header_check_context(&n->params, &view, h, node_now_s(n), v);
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

static bool is_invalid(const struct block_row *row)
{
	return row->status == BLOCK_INVALID ||
	       row->status == BLOCK_INVALID_PARENT;
}

/* All rules that need no coins; v says VALID when it may be stored. made: it has
 * its work and, where that is asked for, its signature; else it is a proposal. */
static enum status judge_form(struct node *n, struct plan *p, bool made,
			      struct place *at, struct verdict *v)
{
	const struct header *h = &p->block.header;
	struct chain_view view;
	enum status st = find_place(n, h, &p->block.id, at);

	if (st != ST_OK)
		return st;
	if (at->known && is_invalid(&at->row)) {
		verdict_refuse(v, V_DUPLICATE_INVALID, "%s", "");
		return ST_OK;
	}
	if (at->known && at->row.status != BLOCK_HEADER)
		return ST_OK;
	if (!at->has_parent) {
		verdict_refuse(v, V_PREV_NOT_FOUND, "%s", "");
		return ST_OK;
	}
	if (at->known) {
		st = branch_set(&n->branch, &at->parent);
	} else {
		st = judge_header(n, h, &p->block.id, at, v);
	}
	if (st != ST_OK || v->code != VALID)
		return st;
	st = made ? block_check(&n->params, &p->block, &p->arena, v) :
		    block_check_unsigned(&p->block, &p->arena, v);
	if (st != ST_OK || v->code != VALID)
		return st;
	at->passed_form = true;
	view = branch_view(&n->branch);
	st = block_check_context(&n->params, &view, &p->block, &p->arena, v);
	at->row.n_tx = p->block.n_tx;
	at->row.size = (uint32_t)p->block.raw.len;
	at->row.weight = block_weight(&p->block);
	return st;
}

/* Stores a block that will not be connected right now. */
static enum status store_block(struct node *n, struct place *at,
			       const struct plan *p, const char *source)
{
	struct block_row now;
	enum status st = db_begin_write(n->db);

	if (st != ST_OK)
		return st;
	/* another process may have been quicker */
	st = store_block_by_hash(n->db, &at->row.hash, &now);
	if (st == ST_NOT_FOUND) {
		at->row.status = BLOCK_STORED;
		st = store_block_insert(n->db, &at->row, source);
	} else if (st == ST_OK && now.status == BLOCK_HEADER) {
		at->row.id = now.id;
		at->row.status = BLOCK_STORED;
		st = store_block_set_data(n->db, &at->row);
	} else if (st == ST_OK) {
		db_rollback(n->db);
		return ST_OK;
	}
	if (st == ST_OK)
		st = store_block_data_put(n->db, at->row.id, p->block.raw.p,
					  p->block.raw.len);
	if (st == ST_OK)
		st = db_commit(n->db);
	if (st != ST_OK)
		db_rollback(n->db);
	else
		node_committed(n);
	return st;
}

/* Commits the open batch of an import, so that rows may be written. */
static enum status settle(struct node *n)
{
	struct block_result bad;

	return n->bulk ? import_flush(n, &bad) : ST_OK;
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
	bool remember = at && at->passed_form && c == VC_CONSENSUS;
	enum status st = ST_OK;

	st = settle(n);
	if (st == ST_OK && remember && at->row.height)
		st = block_mark_invalid(n, &at->row, source);
	if (st == ST_OK)
		st = reject_write(n, "block", &id->h, v, source);
	return st;
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
		plan_free(p);
		batch_end(&b);
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

/* BIP30's two exceptions replace rows: these must be there. */
static bool overwrites(const struct node *n, uint32_t height)
{
	return height && (n->params.bip30_exception[0].height == height ||
			  n->params.bip30_exception[1].height == height);
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

/* A block beside the tip: stored, then the best branch is made active. */
static enum status accept_aside(struct node *n, struct plan *p, struct place *at,
				const char *source, struct block_result *out)
{
	struct bulk *k = n->bulk;
	enum status st = settle(n);

	/* the parent may have got its row just now */
	if (st == ST_OK && !at->parent.id)
		st = store_block_by_hash(n->db, &at->parent.hash, &at->parent);
	at->row.prev_id = at->parent.id;
	n->bulk = NULL;
	if (st == ST_OK)
		st = store_block(n, at, p, source);
	plan_free(p);
	if (st == ST_OK)
		st = node_activate_best(n, &out->tip_changed);
	if (st == ST_OK)
		st = activation_result(n, out);
	n->bulk = k;
	return st;
}

/* Puts a block that passed all rules but those of coins where it belongs; takes
 * over p. The snapshot is open, and closed afterwards. */
static enum status accept_good(struct node *n, struct plan *p, struct place *at,
			       const struct blkid *tip, const char *source,
			       struct block_result *out)
{
	struct blkid id = out->id;
	enum status st;

	if (!on_tip(at, tip)) {
		close_snapshot(n);
		return accept_aside(n, p, at, source, out);
	}
	if (!n->bulk)
		st = extend_tip(n, p, at, out);
	else if (!overwrites(n, at->row.height) || n->bulk->batch.n_plan == 0)
		st = bulk_connect(n, p, &at->row, out);
	else {
		plan_free(p);
		st = settle(n);
		return st == ST_OK ? ST_STALE : st;	/* judge it again */
	}
	/* refused while its coins were looked at (or later: then it is done) */
	if (st == ST_OK && out->verdict.code != VALID &&
	    hash256_equal(&out->id.h, &id.h) && !out->active)
		st = refuse(n, at, &id, &out->verdict, source);
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
	out->known = st == ST_OK && at.known && at.row.status != BLOCK_HEADER;
	if (st == ST_OK && out->verdict.code == VALID && !out->known)
		return accept_good(n, p, &at, &tip, source, out);
	out->active = out->known && at.row.status == BLOCK_CONNECTED;
	close_snapshot(n);
	plan_free(p);
	if (st == ST_OK && out->verdict.code != VALID)
		st = refuse(n, &at, &out->id, &out->verdict, source);
	return st;
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
	/* blocks that waited for this one */
	if (st == ST_OK && out->tip_changed && !n->bulk) {
		bool more;

		st = node_activate_best(n, &more);
	}
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
	if (at.known && at.row.status != BLOCK_HEADER) {
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

static enum status accept_header(struct node *n, const uint8_t *raw,
				 const char *source, struct verdict *v)
{
	struct place at;
	struct header h;
	struct blkid id;
	enum status st;

	header_read(&h, raw);
	header_hash_raw(&id, raw);
	if (!header_check_work(&n->params, &h, &id, v))
		return ST_OK;
	st = find_place(n, &h, &id, &at);
	if (st != ST_OK)
		return st;
	if (at.known) {
		if (is_invalid(&at.row))
			verdict_refuse(v, V_DUPLICATE_INVALID, "%s", "");
		return ST_OK;
	}
	if (!at.has_parent) {
		verdict_refuse(v, V_PREV_NOT_FOUND, "%s", "");
		return ST_OK;
	}
	st = judge_header(n, &h, &id, &at, v);
	if (st == ST_OK && v->code == VALID)
		st = store_block_insert(n->db, &at.row, source);
	return st;
}

enum status node_accept_headers(struct node *n, const uint8_t *raw,
				size_t count, const char *source,
				size_t *accepted, struct verdict *v)
{
	struct blkid id;
	enum status st;

	*accepted = 0;
	verdict_init(v);
	/* the work of all is checked before the database is touched */
	for (size_t i = 0; i < count; i++) {
		struct header h;

		header_read(&h, raw + i * HEADER_SIZE);
		header_hash(&id, &h);
		if (!header_check_work(&n->params, &h, &id, v)) {
			count = i;
			break;
		}
	}
	if (count) {
		struct verdict first;

		verdict_init(&first);
		st = db_begin_write(n->db);
		if (st == ST_OK)
			st = node_refresh(n);
		while (st == ST_OK && *accepted < count) {
			st = accept_header(n, raw + *accepted * HEADER_SIZE,
					   source, &first);
			if (st != ST_OK || first.code != VALID)
				break;
			(*accepted)++;
		}
		if (st == ST_OK)
			st = db_commit(n->db);
		if (st != ST_OK) {
			db_rollback(n->db);
			branch_clear(&n->branch);
			*accepted = 0;
			return st;
		}
		node_committed(n);
		if (first.code != VALID)
			*v = first;
	}
	if (v->code != VALID) {
		header_hash_raw(&id, raw + *accepted * HEADER_SIZE);
		return reject_write(n, "header", &id.h, v, source);
	}
	return ST_OK;
}
