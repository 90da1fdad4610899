/* SPDX-License-Identifier: MIT */
/*
 * Branches as votes see them. Below the last final block nothing but its own
 * branch counts: blocks beside it are marked invalid as soon as it is final, with
 * all that build on them, and a refusal says why. Above it branches with the
 * highest justified block go before others: see finality_follows.
 */
#include "node/chain/finality_state.h"

#include <stdlib.h>

#include "node/chain/tried.h"
#include "store/store_event.h"

enum status finality_wish(struct node *n, struct finality_wish *out)
{
	struct finality_state *s;
	struct finality_view view;
	struct block_row row;
	uint32_t best;
	enum status st;

	*out = (struct finality_wish){0};
	if (!n->params.finality_interval)
		return ST_OK;
	s = malloc(sizeof(*s));
	if (!s)
		return ST_NOMEM;
	st = finality_load(s, n, false);
	view = finality_view_of(s);
	if (st == ST_OK)
		st = finality_best(&s->f, &view, &best);
	if (st == ST_OK) {
		const struct finality_point *p = &s->f.point[s->f.last];

		out->on = true;
		out->final = (struct finality_mark){p->id, p->height};
		p = &s->f.point[best];
		out->best = (struct finality_mark){p->id, p->height};
		st = store_block_by_hash(n->db, &p->id, &row);
		out->best_active = st == ST_OK && row.status == BLOCK_CONNECTED;
	}
	finality_unload(s);
	free(s);
	/* the file is being made */
	return st == ST_NOT_FOUND ? ST_OK : st;
}

/* --- what builds on the best justified block --- */

/* Adds a walk that ended at `end` to those known to lead elsewhere. */
static enum status note_stray(struct node *n, const struct block_row *from,
			      const struct block_row *end)
{
	struct block_row row = *from;
	enum status st = ST_OK;

	while (st == ST_OK && row.id != end->id) {
		st = idset_add(&n->strays.ids, row.id);
		if (st == ST_OK)
			st = store_block_by_id(n->db, row.prev_id, &row);
	}
	return st;
}

enum status finality_follows(struct node *n, const struct finality_wish *wish,
			     const struct block_row *from, bool *follows)
{
	struct strays *known = &n->strays;
	struct block_row row = *from;
	enum status st = ST_OK;

	*follows = false;
	if (!hash256_equal(&known->of.h, &wish->best.id.h)) {
		idset_free(&known->ids);
		known->of = wish->best.id;
	}
	while (st == ST_OK && row.status != BLOCK_CONNECTED &&
	       row.height > wish->best.height && !idset_has(&known->ids, row.id))
		st = store_block_by_id(n->db, row.prev_id, &row);
	if (st != ST_OK)
		return st == ST_NOT_FOUND ? ST_CORRUPT : st;
	if (row.status == BLOCK_CONNECTED && row.height > wish->best.height)
		*follows = wish->best_active;
	else
		*follows = hash256_equal(&row.hash.h, &wish->best.id.h);
	/* the chain may take in another branch; what is beside it stays there */
	return *follows ? ST_OK : note_stray(n, from, &row);
}

#define HEADERS_AT_ONCE 256

/* The header with most work that builds on the best justified block. */
static enum status best_that_follows(struct node *n,
				     const struct finality_wish *wish,
				     struct block_row *out)
{
	int64_t id[HEADERS_AT_ONCE];
	struct block_row row;
	int skip = 0, count = HEADERS_AT_ONCE;
	bool follows = false;
	enum status st = store_block_by_hash(n->db, &wish->best.id, out);

	while (st == ST_OK && !follows && count == HEADERS_AT_ONCE) {
		st = store_block_headers(n->db, &out->chainwork, skip, id,
					 HEADERS_AT_ONCE, &count);
		skip += count;
		for (int i = 0; st == ST_OK && !follows && i < count; i++) {
			if (idset_has(&n->strays.ids, id[i]))
				continue;
			st = store_block_by_id(n->db, id[i], &row);
			if (st == ST_OK)
				st = finality_follows(n, wish, &row, &follows);
		}
	}
	if (follows)
		*out = row;
	return st;
}

enum status finality_best_header(struct node *n, struct block_row *out)
{
	struct finality_wish wish;
	bool follows = true;
	enum status st = finality_wish(n, &wish);

	if (st == ST_OK)
		st = store_block_best_header(n->db, out);
	if (st == ST_OK && wish.on)
		st = finality_follows(n, &wish, out, &follows);
	return st == ST_OK && !follows ? best_that_follows(n, &wish, out) : st;
}

/* --- nothing crosses a final block --- */

static void refuse_crossing(struct verdict *v, uint32_t final)
{
	verdict_refuse(v, V_PRIOR_TO_FINAL, "height %u is final", final);
}

enum status finality_judge(struct node *n, const struct block_row *parent,
			   struct verdict *v)
{
	struct block_row at = *parent;
	struct point_row last;
	enum status st;

	if (!n->params.finality_interval)
		return ST_OK;
	st = store_point_last_final(n->db, &last);
	if (st != ST_OK)
		return st == ST_NOT_FOUND ? ST_OK : st;
	while (st == ST_OK && at.status != BLOCK_CONNECTED &&
	       at.height > last.height)
		st = store_block_by_id(n->db, at.prev_id, &at);
	if (st == ST_OK && (at.height < last.height ||
			    (at.height == last.height &&
			     !hash256_equal(&at.hash.h, &last.hash.h))))
		refuse_crossing(v, last.height);
	return st == ST_NOT_FOUND ? ST_CORRUPT : st;
}

enum status finality_judge_marked(struct node *n, const struct block_row *row,
				  struct verdict *v)
{
	enum status st = finality_judge(n, row, v);

	if (st == ST_OK && v->code == VALID && block_told_invalid(row))
		verdict_refuse(v, V_DUPLICATE_INVALID, "%s", "");
	return st;
}

/* Blocks beside a final one of the active chain, and all that build on them. */
static enum status seal_one(struct node *n, int64_t id, uint32_t final)
{
	struct block_row row, parent;
	struct verdict v;
	enum status st = store_block_by_id(n->db, id, &row);

	if (st == ST_OK)
		st = store_block_by_id(n->db, row.prev_id, &parent);
	/* marked a moment ago with its parent */
	if (st != ST_OK || block_is_invalid(row.status))
		return st;
	verdict_init(&v);
	refuse_crossing(&v, final);
	st = store_block_set_status(n->db, id, BLOCK_INVALID);
	if (st == ST_OK)
		st = block_mark_children(n, id, &parent.chainwork);
	if (st == ST_OK)
		st = store_reject_add(n->db, node_now_s(n), "block", &row.hash.h,
				      &v, "votes");
	return st;
}

enum status finality_seal(struct node *n, uint32_t from)
{
	struct point_row last;
	struct block_row row;
	int64_t id[64];
	int count = 64;
	enum status st = store_point_last_final(n->db, &last);

	if (st == ST_OK)
		st = store_block_by_hash(n->db, &last.hash, &row);
	/* nothing is final whose state was not known */
	if (st == ST_OK && row.status != BLOCK_CONNECTED)
		st = ST_CORRUPT;
	while (st == ST_OK && count == 64) {
		st = store_block_beside(n->db, from, last.height, id, 64, &count);
		for (int i = 0; st == ST_OK && i < count; i++)
			st = seal_one(n, id[i], last.height);
	}
	return st == ST_NOT_FOUND ? ST_CORRUPT : st;
}
