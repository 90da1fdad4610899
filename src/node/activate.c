/* SPDX-License-Identifier: MIT */
/*
 * The branch with the most work becomes the active chain.
 *
 * The best candidate whose blocks are all here is taken; blocks of the old
 * branch leave and those of the new one join in one batch. A block that turns out
 * to be invalid is marked with all that build on it, and the search starts again:
 * nothing was written until then.
 */
#include "node/activate.h"

#include <stdio.h>
#include <stdlib.h>

#include "node/apply.h"
#include "node/batch.h"
#include "node/events.h"
#include "store/store_event.h"

/* Blocks whose raw bytes are held for one batch. */
#define ACTIVATE_BYTES ((size_t)64 << 20)

struct path {
	int64_t *id;	/* blocks to connect, highest first */
	uint32_t n, room;
	int64_t fork;	/* the last common block */
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

/* From a candidate down to the active chain. ST_NOT_FOUND: a block on the way is
 * not here. */
static enum status find_path(struct node *n, const struct block_row *from,
			     struct path *p)
{
	struct block_row row = *from;
	enum status st = ST_OK;

	p->n = 0;
	while (st == ST_OK && row.status != BLOCK_CONNECTED) {
		if (row.status != BLOCK_STORED && row.status != BLOCK_STALE)
			return ST_NOT_FOUND;
		st = path_add(p, row.id);
		if (st == ST_OK)
			st = store_block_by_id(n->db, row.prev_id, &row);
	}
	p->fork = row.id;
	return st == ST_NOT_FOUND ? ST_CORRUPT : st;
}

static enum status best_path(struct node *n, struct path *p)
{
	struct block_row tip, cand;
	enum status st = store_block_tip(n->db, &tip);

	for (int skip = 0; st == ST_OK; skip++) {
		st = store_block_candidate(n->db, &tip.chainwork, skip, &cand);
		if (st != ST_OK)
			break;
		st = find_path(n, &cand, p);
		if (st != ST_NOT_FOUND)
			break;
		st = ST_OK;
	}
	return st;
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
		 u256_cmp(&batch_tip(&b)->chainwork, &b.base.chainwork) > 0;
	db_rollback(n->db);	/* the snapshot */
	if (enough && (a->verdict.code == VALID || b.n_leave == 0)) {
		st = batch_write(&b);
		a->wrote = st == ST_OK;
	}
	batch_end(&b);
	return st;
}

enum status node_activate_best(struct node *n, bool *changed)
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
		if (st == ST_OK && a.verdict.code != VALID) {
			st = block_mark_invalid(n, &a.bad, "stored");
			if (st == ST_OK)
				st = reject_write(n, "block", &a.bad.hash.h,
						  &a.verdict, "stored");
		}
		if (st != ST_OK)
			break;
	}
	free(path.id);
	return st == ST_NOT_FOUND ? ST_OK : st;
}

/* Children of an invalid block, level by level. */
static enum status mark_children(struct node *n, int64_t id)
{
	int64_t *todo = NULL;
	size_t n_todo = 0, room = 0;
	enum status st = ST_OK;

	for (;;) {
		int64_t kid[256];
		int found = 0;

		st = store_block_children(n->db, id, kid, 256, &found);
		for (int i = 0; st == ST_OK && i < found; i++) {
			st = store_block_set_status(n->db, kid[i],
						    BLOCK_INVALID_PARENT);
			if (n_todo == room) {
				size_t want = room ? 2 * room : 256;
				int64_t *q = realloc(todo, want * sizeof(*q));

				if (!q) {
					st = ST_NOMEM;
					break;
				}
				todo = q;
				room = want;
			}
			todo[n_todo++] = kid[i];
		}
		if (st != ST_OK || n_todo == 0)
			break;
		id = todo[--n_todo];
	}
	free(todo);
	return st;
}

enum status block_mark_invalid(struct node *n, const struct block_row *bad,
			       const char *source)
{
	struct block_row row;
	enum status st = db_begin_write(n->db);

	if (st != ST_OK)
		return st;
	st = store_block_by_hash(n->db, &bad->hash, &row);
	if (st == ST_NOT_FOUND) {
		struct block_row parent;

		row = *bad;
		row.status = BLOCK_INVALID;
		row.id = 0;
		st = store_block_by_hash(n->db, &row.header.prev, &parent);
		row.prev_id = parent.id;
		if (st == ST_OK)
			st = store_block_insert(n->db, &row, source);
	} else if (st == ST_OK && row.status != BLOCK_CONNECTED) {
		st = store_block_set_status(n->db, row.id, BLOCK_INVALID);
		if (st == ST_OK)
			st = mark_children(n, row.id);
	}
	if (st == ST_OK)
		st = db_commit(n->db);
	if (st != ST_OK)
		db_rollback(n->db);
	else
		node_committed(n);
	return st;
}

enum status activation_result(struct node *n, struct block_result *out)
{
	struct block_row row;
	struct reject_row why;
	bool own;
	enum status st = node_read_begin(n, &own);

	if (st != ST_OK)
		return st;
	st = store_block_by_hash(n->db, &out->id, &row);
	if (st == ST_OK) {
		out->active = row.status == BLOCK_CONNECTED;
		if (row.status == BLOCK_INVALID_PARENT) {
			verdict_refuse(&out->verdict, V_BAD_PREV, "%s", "");
		} else if (row.status == BLOCK_INVALID) {
			st = store_reject_get(n->db, &out->id.h, &why);
			if (st == ST_OK) {
				verdict_refuse(&out->verdict,
					       verdict_by_reject(why.reason),
					       "%s", why.detail);
				out->verdict.input = why.input;
				out->verdict.script_pos = why.script_pos;
			}
		}
	}
	node_read_end(n, own);
	return st;
}

enum status node_connect_genesis(struct node *n)
{
	struct batch b = {.n = n, .first_tx = 1, .next_tx = 1};
	struct block_row row;
	struct bytes raw;
	struct plan *p;
	enum status st = db_begin_write(n->db);

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
	if (st == ST_OK)
		st = db_commit(n->db);
	if (st != ST_OK)
		db_rollback(n->db);
	coins_clear(&n->coins);
	return st;
}
