/* SPDX-License-Identifier: MIT */
/*
 * /tree: branches and reorganisations, drawn from the newest block downwards, a
 * row for each block: the active chain on the left, a lane to its right for each
 * branch from its tip down to where it left. Stretches of the active chain that
 * no branch runs beside are one row.
 *
 * The drawing is cut into rows: each has a small picture of its own, so that the
 * text beside it is ordinary text.
 */
#include <stdlib.h>

#include "fcgi/http/handlers.h"
#include "fcgi/page/page.h"
#include "node/query/query_chain.h"
#include "node/query/query_search.h"

#define TIPS_MAX 24
#define ROWS_MAX 400
#define LANES_MAX 6
/* Of a branch longer than that the upper part. */
#define BRANCH_MAX 40
#define ACTIVE_ALWAYS 6		/* blocks below the tip that are shown anyway */
#define REORGS 15

#define LANE 20			/* units of the drawing */
#define ROW 44

struct row {
	struct block_info b;
	int branch;		/* -1: the active chain */
	bool gap;		/* blocks left out below this one: */
	uint32_t left_out;
};

struct branch {
	struct blkid fork;	/* the block it leaves from */
	bool cut;		/* not walked down to there */
	int top, low;		/* rows: its tip; of the block it leaves from */
	int lane, parent;	/* -1: the active chain */
};

struct forest {
	struct page *pg;
	struct row row[ROWS_MAX];
	int n;
	struct branch branch[TIPS_MAX];
	int n_branch;
};

static bool has(const struct forest *f, const struct blkid *id)
{
	for (int i = 0; i < f->n; i++)
		if (hash256_equal(&f->row[i].b.id.h, &id->h))
			return true;
	return false;
}

static void add(struct forest *f, const struct block_info *b, int branch)
{
	if (f->n < ROWS_MAX && !has(f, &b->id))
		f->row[f->n++] = (struct row){.b = *b, .branch = branch};
}

/* A branch from its tip down to the active chain or to one drawn before. */
static enum status add_branch(struct forest *f, const struct blkid *tip)
{
	struct branch *br = &f->branch[f->n_branch];
	struct blkid id = *tip;
	struct block_info b;

	*br = (struct branch){.cut = true, .lane = -1};
	for (int i = 0; i < BRANCH_MAX && f->n < ROWS_MAX; i++) {
		enum status st = query_block(f->pg->app->node, &id, &b);

		if (st != ST_OK)
			return st;
		if (b.active || has(f, &b.id)) {
			br->cut = false;
			break;
		}
		add(f, &b, f->n_branch);
		id = b.header.prev;
	}
	br->fork = id;
	f->n_branch++;
	return ST_OK;
}

static enum status add_active(struct forest *f, uint32_t height)
{
	struct block_info b;
	enum status st = query_block_at(f->pg->app->node, height, &b);

	if (st == ST_OK)
		add(f, &b, -1);
	return st == ST_NOT_FOUND ? ST_OK : st;
}

/* Beside each branch, and at the top. */
static enum status add_beside(struct forest *f)
{
	int n = f->n;
	enum status st = ST_OK;

	for (int i = 0; st == ST_OK && i < n; i++)
		st = add_active(f, f->row[i].b.height);
	for (int i = 0; st == ST_OK && i < f->n_branch; i++) {
		struct block_info b;

		st = query_block(f->pg->app->node, &f->branch[i].fork, &b);
		if (st == ST_OK && b.active)
			add(f, &b, -1);
	}
	for (uint32_t i = 0; st == ST_OK && i < ACTIVE_ALWAYS; i++)
		if (i <= f->pg->tip_height)
			st = add_active(f, f->pg->tip_height - i);
	return st;
}

static int lower(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	if (x->b.height != y->b.height)
		return x->b.height < y->b.height ? 1 : -1;
	return (x->branch > y->branch) - (x->branch < y->branch);
}

/* Rows of each branch, and a lane that no other has beside it. */
static void arrange(struct forest *f)
{
	qsort(f->row, (size_t)f->n, sizeof(f->row[0]), lower);
	for (int i = 0; i < f->n_branch; i++) {
		struct branch *br = &f->branch[i];

		br->top = -1;
		br->low = f->n - 1;
		br->parent = -1;
		for (int r = 0; r < f->n; r++) {
			if (f->row[r].branch == i && br->top < 0)
				br->top = r;
			if (hash256_equal(&f->row[r].b.id.h, &br->fork.h)) {
				br->low = r;
				br->parent = f->row[r].branch;
			} else if (br->cut && f->row[r].branch == i) {
				br->low = r;
			}
		}
	}
	for (int i = 0; i < f->n_branch; i++) {
		bool taken[LANES_MAX] = {true};
		int lane = 1;

		for (int k = 0; k < i; k++)
			if (f->branch[k].top <= f->branch[i].low &&
			    f->branch[i].top <= f->branch[k].low)
				taken[f->branch[k].lane] = true;
		while (lane < LANES_MAX - 1 && taken[lane])
			lane++;
		f->branch[i].lane = lane;
	}
	for (int r = 0; r < f->n; r++) {
		struct row *row = &f->row[r];
		int next = r + 1;

		while (next < f->n && f->row[next].branch >= 0)
			next++;
		if (row->branch >= 0)
			continue;
		if (next < f->n)
			row->left_out = row->b.height - f->row[next].b.height - 1;
		else
			row->left_out = row->b.height;
		row->gap = row->left_out > 0;
	}
}

static int x_of(const struct forest *f, int branch)
{
	return LANE / 2 + LANE * (branch < 0 ? 0 : f->branch[branch].lane);
}

/* The lines through a row: those of the active chain, and of branches as `b`. */
static void put_lines(const struct forest *f, struct page_value *v, int r)
{
	struct page_tree *t = f->pg->tree;
	struct page_value *list = page_list(t, v, "lines"), *l;

	l = page_item(t, list);
	page_flag(t, l, "active", true);
	page_format(t, l, "path", "M%d %dV%d", LANE / 2, r == 0 ? ROW / 2 : 0,
		    r + 1 == f->n && !f->row[r].gap ? ROW / 2 : ROW);
	for (int i = 0; i < f->n_branch; i++) {
		const struct branch *br = &f->branch[i];
		int x = x_of(f, i), to = x_of(f, br->parent);

		if (r < br->top || r > br->low || br->top < 0)
			continue;
		l = page_item(t, list);
		page_flag(t, l, "active", false);
		if (r == br->low && !br->cut)
			page_format(t, l, "path", "M%d 0C%d %d %d %d %d %d", x, x,
				    ROW / 2, x, ROW / 2, to, ROW / 2);
		else
			page_format(t, l, "path", "M%d %dV%d", x,
				    r == br->top ? ROW / 2 : 0, ROW);
	}
}

static void put_rows(struct forest *f)
{
	struct page_tree *t = f->pg->tree;
	struct page_value *list = page_list(t, f->pg->root, "rows");
	int lanes = 1;

	for (int i = 0; i < f->n_branch; i++)
		if (f->branch[i].lane + 1 > lanes)
			lanes = f->branch[i].lane + 1;
	page_int(t, f->pg->root, "lanes_width", lanes * LANE);
	for (int r = 0; r < f->n; r++) {
		struct page_value *v = page_item(t, list);
		const struct row *row = &f->row[r];

		page_put_block(f->pg, v, &row->b);
		page_int(t, v, "x", x_of(f, row->branch));
		page_flag(t, v, "header_only", !row->b.has_data && !row->b.invalid);
		page_flag(t, v, "stale", row->b.has_data && !row->b.active &&
						 !row->b.invalid);
		page_flag(t, v, "is_tip", r == 0 || (row->b.active &&
			  row->b.height == f->pg->tip_height));
		put_lines(f, v, r);
		if (row->gap)
			page_int(t, v, "left_out", row->left_out);
	}
}

static enum status put_reorgs(struct page *pg)
{
	struct page_value *list = page_list(pg->tree, pg->root, "reorgs");
	struct reorg_info r[REORGS];
	int n;
	enum status st = query_reorgs(pg->app->node, INT64_MAX, REORGS, r, &n);

	for (int i = 0; st == ST_OK && i < n; i++) {
		struct page_value *v = page_item(pg->tree, list);

		page_int(pg->tree, v, "id", r[i].id);
		page_int(pg->tree, v, "at", r[i].at);
		page_int(pg->tree, v, "fork_height", r[i].fork_height);
		page_int(pg->tree, v, "depth", r[i].depth);
		page_hash(pg->tree, v, "old_tip", &r[i].old_tip.h);
		page_hash(pg->tree, v, "new_tip", &r[i].new_tip.h);
	}
	return st;
}

static enum status fill(struct page *pg)
{
	struct forest *f = arena_new(pg->arena, struct forest);
	struct chain_tip *tip;
	uint32_t n;
	enum status st;

	if (!f)
		return ST_NOMEM;
	f->pg = pg;
	page_text(pg->tree, pg->root, "title", "Branches");
	page_text(pg->tree, pg->root, "follow", "blocks=1&disconnects=1");
	st = query_chain_tips(pg->app->node, TIPS_MAX, pg->arena, &tip, &n);
	for (uint32_t i = 0; st == ST_OK && i < n; i++)
		if (tip[i].status != TIP_ACTIVE)
			st = add_branch(f, &tip[i].id);
	if (st == ST_OK)
		st = add_beside(f);
	if (st != ST_OK)
		return st;
	page_flag(pg->tree, pg->root, "any", f->n_branch > 0);
	page_int(pg->tree, pg->root, "branches", f->n_branch);
	arrange(f);
	put_rows(f);
	return put_reorgs(pg);
}

void page_tree_of_blocks(struct app *app, const struct request *rq,
			 struct response *rs)
{
	page_serve(app, rq, rs, "tree", "tree", fill);
}
