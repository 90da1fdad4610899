/* SPDX-License-Identifier: MIT */
/*
 * The branch with the most work becomes the active chain.
 *
 * The best candidate whose blocks are all here, and that votes do not rule out, is
 * taken; blocks of the old branch leave and those of the new one join in one batch.
 * A block that turns out to be invalid is marked with all that build on it, and the
 * search starts again: nothing was written until then.
 */
#include "node/chain/activate.h"

#include <stdio.h>
#include <stdlib.h>

#include "node/chain/apply.h"
#include "node/chain/batch.h"
#include "node/chain/finality_state.h"
#include "node/chain/tried.h"
#include "node/core/events.h"
#include "store/store_event.h"

/* Blocks whose raw bytes are held for one batch. */
#define ACTIVATE_BYTES ((size_t)64 << 20)

struct path {
	int64_t *id;	/* blocks to connect, highest first */
	uint32_t n, room;
	int64_t fork;	/* the last common block */
	bool equal;	/* as much work as now is enough */
	bool any;	/* votes prefer it: any work is enough */
	struct finality_wish wish;
};

static enum status path_add(struct path *p, int64_t id)
{
	if (p->n == p->room) {
		uint32_t room = p->room ? 2 * p->room : 64;
		int64_t *q = realloc(p->id, room * sizeof(*q));

		if (!q)
			return ST_NOMEM;
		p->id = q;
		p->room = room;
	}
	p->id[p->n++] = id;
	return ST_OK;
}

static bool has_data(const struct block_row *row)
{
	return row->status == BLOCK_STORED || row->status == BLOCK_STALE;
}

/* From a candidate down to the active chain. ST_NOT_FOUND: a block on the way is
 * not here, or invalid. */
static enum status find_path(struct node *n, int64_t from,
			     const struct idset *dead, struct path *p)
{
	struct block_row row;
	enum status st = store_block_by_id(n->db, from, &row);

	p->n = 0;
	while (st == ST_OK && row.status != BLOCK_CONNECTED) {
		if (!has_data(&row) || idset_has(dead, row.id))
			return ST_NOT_FOUND;
		st = path_add(p, row.id);
		if (st == ST_OK)
			st = store_block_by_id(n->db, row.prev_id, &row);
	}
	p->fork = row.id;
	return st == ST_NOT_FOUND ? ST_CORRUPT : st;
}

/* The same, unless votes prefer another branch. */
static enum status try_path(struct node *n, int64_t from,
			    const struct idset *dead, struct path *p)
{
	const struct finality_wish *w = &p->wish;
	struct block_row row;
	bool follows = true;
	enum status st = ST_OK;

	p->n = 0;
	if (w->on && (w->best_active || p->any)) {
		st = store_block_by_id(n->db, from, &row);
		if (st == ST_OK)
			st = finality_follows(n, w, &row, &follows);
	}
	if (st == ST_OK && !follows)
		return ST_NOT_FOUND;
	return st == ST_OK ? find_path(n, from, dead, p) : st;
}

#define CANDIDATES_AT_ONCE 256

/* Most work first, of what has more than `than`. Each block is walked over once
 * however many branches end at the same gap. ST_NOT_FOUND: there is none. */
static enum status path_above(struct node *n, struct path *p,
			      const struct u256 *than)
{
	int64_t id[CANDIDATES_AT_ONCE];
	struct idset dead = {0};
	enum status st = ST_OK;
	int skip = 0, count = CANDIDATES_AT_ONCE;
	bool found = false;

	while (st == ST_OK && !found && count == CANDIDATES_AT_ONCE) {
		st = store_block_candidates(n->db, than, skip, id,
					    CANDIDATES_AT_ONCE, &count);
		skip += count;
		for (int i = 0; st == ST_OK && !found && i < count; i++) {
			st = try_path(n, id[i], &dead, p);
			found = st == ST_OK;
			if (st != ST_NOT_FOUND)
				continue;
			st = p->n ? idset_add(&dead, id[i]) : ST_OK;
			for (uint32_t k = 0; st == ST_OK && k < p->n; k++)
				st = idset_add(&dead, p->id[k]);
		}
	}
	idset_free(&dead);
	return st == ST_OK && !found ? ST_NOT_FOUND : st;
}

/* The branch that should be active. ST_NOT_FOUND: the tip is the best. */
static enum status best_path(struct node *n, struct path *p)
{
	const struct u256 none = u256_from(0);
	struct block_row tip;
	enum status st = store_block_tip(n->db, &tip);

	p->any = false;
	if (st == ST_OK)
		st = finality_wish(n, &p->wish);
	if (st == ST_OK && p->wish.on && !p->wish.best_active) {
		p->any = true;
		st = path_above(n, p, &none);
		if (st != ST_NOT_FOUND)
			return st;
		/* not all of it is here: the best of the rest meanwhile */
		p->any = false;
		st = ST_OK;
	}
	return st == ST_OK ? path_above(n, p, &tip.chainwork) : st;
}

/* Whether a child's data waits for this block. */
static enum status has_waiting_child(struct node *n, int64_t id, bool *has)
{
	struct block_row row;
	int64_t kid[16];
	int found = 0;
	enum status st = store_block_children(n->db, id, 0, kid, 16, &found);

	/* so many that they are not looked at one by one */
	*has = found == 16;
	for (int i = 0; st == ST_OK && !*has && i < found; i++) {
		st = store_block_by_id(n->db, kid[i], &row);
		*has = st == ST_OK && has_data(&row);
	}
	return st;
}

enum status block_may_activate(struct node *n, const struct block_row *from,
			       bool *may)
{
	struct block_row row = *from, tip;
	struct finality_wish wish;
	enum status st = store_block_tip(n->db, &tip);

	*may = false;
	if (st == ST_OK)
		st = finality_wish(n, &wish);
	if (st == ST_OK && (u256_cmp(&from->chainwork, &tip.chainwork) > 0 ||
			    (wish.on && !wish.best_active)))
		*may = true;
	else if (st == ST_OK)
		st = has_waiting_child(n, from->id, may);
	/* the walk down comes last: a branch with little work that grows by a
	 * block at a time would be walked for each of them */
	while (st == ST_OK && *may && has_data(&row))
		st = store_block_by_id(n->db, row.prev_id, &row);
	*may = *may && row.status == BLOCK_CONNECTED;
	return st == ST_NOT_FOUND ? ST_CORRUPT : st;
}

/* The stored block as a plan; the branch of headers is set to its parent. */
static enum status load_plan(struct node *n, int64_t id, struct plan **out)
{
	struct block_row row, parent;
	struct bytes raw;
	enum status st = store_block_by_id(n->db, id, &row);

	if (st == ST_OK)
		st = store_block_by_id(n->db, row.prev_id, &parent);
	if (st == ST_OK)
		st = branch_set(&n->branch, &parent);
	if (st == ST_OK)
		st = store_block_data_get(n->db, id, &raw);
	if (st == ST_OK)
		st = plan_new(out, raw.p, raw.len, "stored");
	if (st == ST_OK)
		(*out)->row = row;
	return st == ST_NOT_FOUND || st == ST_PARSE ? ST_CORRUPT : st;
}

struct attempt {
	struct verdict verdict;
	struct block_row bad;	/* the invalid block */
	bool wrote;
};

/* One batch along the path. In a reorganisation it must reach beyond the old
 * branch's work, so it is not cut by size until then. */
static enum status collect(struct node *n, struct batch *b,
			   const struct path *path, struct attempt *a)
{
	struct u256 old_work = b->base.chainwork;
	enum status st = ST_OK;

	while (st == ST_OK && batch_tip(b)->id != path->fork)
		st = batch_disconnect(b);
	for (uint32_t i = path->n; st == ST_OK && i-- > 0;) {
		struct plan *p;

		if (b->bytes > ACTIVATE_BYTES &&
		    u256_cmp(&batch_tip(b)->chainwork, &old_work) > 0)
			break;
		st = load_plan(n, path->id[i], &p);
		if (st != ST_OK)
			break;
		a->bad = p->row;
		/* its scripts were found good when it was connected before */
		b->no_scripts = p->row.status == BLOCK_STALE;
		st = batch_connect(b, p, &a->verdict);
		if (a->verdict.code != VALID)
			break;
	}
	return st;
}

static enum status attempt_path(struct node *n, const struct path *path,
				struct attempt *a)
{
	struct verdict late;
	struct block_row bad;
	char source[64];
	struct batch b;
	bool enough;
	enum status st = batch_begin(&b, n);

	if (st == ST_OK)
		st = collect(n, &b, path, a);
	verdict_init(&late);
	if (st == ST_OK)
		st = batch_check(&b, &late, &bad, source);
	if (st == ST_OK && late.code != VALID) {
		/* a script failed in a block before the one that failed at once */
		a->verdict = late;
		a->bad = bad;
	}
	enough = st == ST_OK && b.n_plan &&
		 (path->any ||
		  u256_cmp(&batch_tip(&b)->chainwork, &b.base.chainwork) >=
			 (path->equal ? 0 : 1));
	db_rollback(n->db);	/* the snapshot */
	if (enough && (a->verdict.code == VALID || b.n_leave == 0)) {
		st = batch_write(&b);
		a->wrote = st == ST_OK;
	}
	batch_end(&b);
	return st;
}

/* What became of an attempt that came to an end: the bad block is marked. */
static enum status note_attempt(struct node *n, const struct attempt *a,
				struct watch *watch)
{
	enum status st;

	if (a->verdict.code == VALID)
		return ST_OK;
	if (watch && hash256_equal(&watch->id.h, &a->bad.hash.h))
		watch->verdict = a->verdict;
	st = block_mark_invalid(n, &a->bad, "stored");
	if (st == ST_OK)
		st = reject_write(n, "block", &a->bad.hash.h, &a->verdict,
				  "stored");
	return st;
}

enum status activate_best(struct node *n, struct watch *watch, bool *changed)
{
	struct path path = {0};
	enum status st;

	*changed = false;
	for (;;) {
		struct attempt a = {0};
		bool own;

		verdict_init(&a.verdict);
		st = node_read_begin(n, &own);
		if (st != ST_OK)
			break;
		st = best_path(n, &path);
		if (st != ST_OK) {
			node_read_end(n, own);
			break;
		}
		st = attempt_path(n, &path, &a);
		*changed |= a.wrote;
		if (st == ST_STALE)
			continue;
		if (st == ST_OK)
			st = note_attempt(n, &a, watch);
		if (st != ST_OK)
			break;
	}
	free(path.id);
	return st == ST_NOT_FOUND ? ST_OK : st;
}

enum status activate_equal(struct node *n, int64_t id, bool *changed)
{
	const struct idset none = {0};
	struct path path = {.equal = true};
	struct attempt a = {0};
	bool own;
	enum status st;

	*changed = false;
	do {
		a = (struct attempt){0};
		verdict_init(&a.verdict);
		st = node_read_begin(n, &own);
		if (st != ST_OK)
			break;
		st = finality_wish(n, &path.wish);
		if (st == ST_OK)
			st = try_path(n, id, &none, &path);
		if (st == ST_OK)
			st = attempt_path(n, &path, &a);
		else
			node_read_end(n, own);
		*changed |= a.wrote;
	} while (st == ST_STALE);
	free(path.id);
	if (st == ST_OK)
		st = note_attempt(n, &a, NULL);
	return st == ST_NOT_FOUND ? ST_OK : st;
}

enum status node_activate_best(struct node *n, bool *changed)
{
	return activate_best(n, NULL, changed);
}

enum status block_mark_invalid(struct node *n, const struct block_row *bad,
			       const char *source)
{
	struct block_row row;
	enum status st = node_write_begin(n);

	if (st != ST_OK)
		return st;
	st = store_block_by_hash(n->db, &bad->hash, &row);
	if (st == ST_NOT_FOUND) {
		struct block_row parent;

		row = *bad;
		row.status = BLOCK_INVALID;
		row.id = 0;
		row.n_tx = row.size = row.weight = 0;
		st = store_block_by_hash(n->db, &row.header.prev, &parent);
		row.prev_id = parent.id;
		if (st == ST_OK)
			st = store_block_insert(n->db, &row, source);
		/* an import's block whose parent fell before it was stored:
		 * its hash leads nowhere */
		else if (st == ST_NOT_FOUND)
			st = ST_OK;
	} else if (st == ST_OK && row.status != BLOCK_CONNECTED) {
		struct block_row tip;

		st = store_block_set_status(n->db, row.id, BLOCK_INVALID);
		if (st == ST_OK)
			st = store_block_tip(n->db, &tip);
		if (st == ST_OK)
			st = block_mark_children(n, row.id, &tip.chainwork);
	}
	return node_write_end(n, st);
}

enum status block_keep_header(struct node *n, const struct block_row *header,
			      const char *source)
{
	struct block_row row = *header, there;
	enum status st = node_write_begin(n);

	if (st != ST_OK)
		return st;
	st = store_block_by_hash(n->db, &row.hash, &there);
	if (st != ST_NOT_FOUND)
		return node_write_end(n, st);
	row.n_tx = row.size = row.weight = 0;
	st = store_block_by_hash(n->db, &row.header.prev, &there);
	if (st == ST_OK) {
		row.prev_id = there.id;
		row.status = block_is_invalid(there.status)
				     ? BLOCK_INVALID_PARENT : BLOCK_HEADER;
		st = store_block_insert(n->db, &row, source);
	} else if (st == ST_NOT_FOUND) {
		st = ST_OK;	/* an import's parent fell before it was stored */
	}
	return node_write_end(n, st);
}

/* Another process found the block invalid: as its row says. */
static enum status read_verdict(struct node *n, const struct blkid *id,
				struct verdict *v)
{
	struct reject_row row;
	enum status st = store_reject_get(n->db, &id->h, &row);

	verdict_refuse(v, V_DUPLICATE_INVALID, "%s", "");
	if (st != ST_OK)
		return st == ST_NOT_FOUND ? ST_OK : st;
	verdict_refuse(v, verdict_by_reject(row.reason), "%s", row.detail);
	v->input = row.input;
	v->script_pos = row.script_pos;
	v->has_tx = row.has_txid;
	v->tx = row.txid;
	memcpy(v->script, row.script, sizeof(v->script));
	memcpy(v->stack, row.stack, sizeof(v->stack));
	return ST_OK;
}

enum status activation_result(struct node *n, const struct watch *watch,
			      struct block_result *out)
{
	struct block_row row;
	bool own;
	enum status st = node_read_begin(n, &own);

	if (st != ST_OK)
		return st;
	st = store_block_by_hash(n->db, &out->id, &row);
	out->active = st == ST_OK && row.status == BLOCK_CONNECTED;
	if (st == ST_OK && row.status == BLOCK_INVALID_PARENT)
		verdict_refuse(&out->verdict, V_BAD_PREV, "%s", "");
	else if (st == ST_OK && row.status == BLOCK_INVALID &&
		 watch->verdict.code != VALID)
		out->verdict = watch->verdict;
	else if (st == ST_OK && row.status == BLOCK_INVALID)
		st = read_verdict(n, &out->id, &out->verdict);
	node_read_end(n, own);
	return st;
}

enum status node_connect_genesis(struct node *n)
{
	struct batch b = {.n = n, .first_tx = 1, .next_tx = 1};
	struct block_row row;
	struct bytes raw;
	struct plan *p;
	enum status st = node_write_begin(n);

	if (st != ST_OK)
		return st;
	st = store_block_by_hash(n->db, &n->params.genesis_id, &row);
	if (st == ST_OK)
		st = store_block_data_get(n->db, row.id, &raw);
	if (st == ST_OK)
		st = plan_new(&p, raw.p, raw.len, "genesis");
	if (st == ST_OK) {
		p->row = row;
		p->row.fees = 0;
		b.plan = &p;
		b.n_plan = 1;
		b.next_tx += p->block.n_tx;
		st = plan_genesis(p, &n->coins, 1);
		if (st == ST_OK)
			st = apply_batch(&b);
		plan_free(p);
	}
	st = node_write_end(n, st);
	coins_clear(&n->coins);
	return st;
}
