/* SPDX-License-Identifier: MIT */
/*
 * Old votes go. Those with targets in the last FINALITY_WINDOW checkpoints up to
 * the last final one, and all above it, stay: whoever contradicts one of them is
 * convicted. Of the time before only the way of links by which the final blocks
 * were reached is kept, each with no more votes than it takes: so a node that was
 * away for long can still follow, and certificates of old blocks can be written.
 * Evidence is kept on its own.
 */
#include "node/chain/finality_state.h"

#include <stdlib.h>

/* Heaviest first; equal ones by key, so that all nodes keep the same. */
struct weighed {
	int64_t id;
	uint64_t weight[2];
	uint8_t key[32];
};

static int by_weight(const void *x, const void *y)
{
	const struct weighed *a = x, *b = y;

	for (int i = 0; i < 2; i++)
		if (a->weight[i] != b->weight[i])
			return a->weight[i] > b->weight[i] ? -1 : 1;
	return memcmp(a->key, b->key, 32);
}

static enum status set_of(struct finality_state *s, const struct blkid *id,
			  struct finality_set *out)
{
	struct finality_view view = finality_view_of(s);
	const struct finality_set *set;
	struct point_row row;
	enum status st = store_point_by_hash(s->n->db, id, &row);

	if (st == ST_OK)
		st = view.set(view.arg, id, row.height, &set);
	if (st == ST_OK)
		*out = *set;
	return st == ST_NOT_FOUND ? ST_CORRUPT : st;
}

/* Keeps as many votes of the link as make two thirds of both sets. */
static enum status thin_out(struct finality_state *s, const struct point_row *from,
			    const struct vote *link)
{
	struct finality_set *set = calloc(2, sizeof(*set));
	struct vote_list l = {0};
	struct weighed *w = NULL;
	uint64_t sum[2] = {0, 0};
	enum status st = set ? store_votes_of_link(s->n->db, link, &l) : ST_NOMEM;

	for (int i = 0; st == ST_OK && i < 2; i++)
		st = set_of(s, &from->set[i], &set[i]);
	if (st == ST_OK && l.n) {
		w = calloc(l.n, sizeof(*w));
		st = w ? ST_OK : ST_NOMEM;
	}
	for (size_t k = 0; st == ST_OK && k < l.n; k++) {
		w[k].id = l.id[k];
		memcpy(w[k].key, l.v[k].key, 32);
		for (int i = 0; i < 2; i++) {
			const struct finality_member *m =
				finality_member_of(&set[i], l.v[k].key);

			w[k].weight[i] = m ? m->weight : 0;
		}
	}
	if (st == ST_OK && l.n)
		qsort(w, l.n, sizeof(*w), by_weight);
	for (size_t k = 0; st == ST_OK && k < l.n; k++) {
		bool enough = true;

		for (int i = 0; i < 2; i++)
			enough &= finality_two_thirds(sum[i], set[i].total);
		if (enough)
			st = store_vote_drop(s->n->db, w[k].id);
		for (int i = 0; i < 2; i++)
			sum[i] += w[k].weight[i];
	}
	store_votes_free(&l);
	free(set);
	free(w);
	return st;
}

enum status finality_prune(struct finality_state *s, uint32_t before)
{
	uint32_t window = FINALITY_WINDOW * s->f.interval;
	uint32_t now = s->f.point[s->f.last].height;
	struct point_row to, from;
	enum status st;

	if (now <= window)
		return ST_OK;
	st = store_point_by_id(s->n->db, s->row[s->f.last], &to);
	/* the links that lead to points which have left the window since */
	while (st == ST_OK && to.height && to.height + window > before) {
		st = store_point_by_id(s->n->db, to.source, &from);
		if (st == ST_OK && to.height + window <= now) {
			const struct vote link = {from.height, to.height,
						  from.hash, to.hash, {0}, {0}};

			st = store_votes_prune(s->n->db, from.height, &link);
			if (st == ST_OK)
				st = thin_out(s, &from, &link);
		}
		to = from;
	}
	return st == ST_NOT_FOUND ? ST_CORRUPT : st;
}
