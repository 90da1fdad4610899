/* SPDX-License-Identifier: MIT */
/* See turnout.h. */
#include "node/finality/turnout.h"

#include "node/core/priv.h"
#include "store/store_block.h"
#include "store/store_finality.h"

static enum status load_points(struct node *n, uint32_t tip, struct turnout *t)
{
	struct finality_info info;
	uint32_t height = tip / t->interval * t->interval;
	enum status st = node_finality(n, &info);

	for (; st == ST_OK && height && t->n_point < TURNOUT_POINTS;
	     height -= t->interval) {
		struct turnout_point *p = &t->point[t->n_point];
		struct point_row row;
		struct block_row b;

		st = store_block_by_height(n->db, height, &b);
		if (st != ST_OK)
			break;
		p->height = height;
		p->id = b.hash;
		p->final = height <= info.final.height;
		st = store_point_by_hash(n->db, &b.hash, &row);
		p->justified = st == ST_OK || p->final;
		st = st == ST_NOT_FOUND ? ST_OK : st;
		t->n_point++;
	}
	if (tip >= t->interval)
		t->due = (tip - t->interval) / t->interval * t->interval;
	return st;
}

struct counting {
	struct turnout *t;
	struct turnout_voter *v;
};

static enum status count(void *arg, const struct blkid *target, uint32_t height,
			 int64_t at)
{
	const struct counting *c = arg;

	for (uint32_t i = 0; i < c->t->n_point; i++) {
		struct turnout_point *p = &c->t->point[i];

		if (p->height != height ||
		    !hash256_equal(&p->id.h, &target->h) ||
		    (c->v->voted & 1u << i))
			continue;
		c->v->voted |= 1u << i;
		p->voters++;
		p->weight += c->v->of.weight;
		if (at > c->v->at)
			c->v->at = at;
	}
	return ST_OK;
}

static void judge(struct turnout *t, const struct turnout_voter *v)
{
	unsigned since = 0;

	for (uint32_t i = 0; i < t->n_point; i++)
		if (t->point[i].height >= t->due)
			since |= 1u << i;
	if (!t->due || v->of.convicted || (v->voted & since))
		return;
	t->missing++;
	t->missing_weight += v->of.weight;
}

static enum status load_voters(struct node *n, struct arena *a, struct turnout *t)
{
	struct finality_validator *of =
		arena_array(a, FINALITY_VALIDATORS_MAX, struct finality_validator);
	uint32_t from = t->n_point ? t->point[t->n_point - 1].height : 0;
	enum status st = of ? node_validators(n, of, &t->n) : ST_NOMEM;

	if (st == ST_OK) {
		t->voter = arena_array(a, t->n + 1, struct turnout_voter);
		st = t->voter ? ST_OK : ST_NOMEM;
	}
	for (uint32_t i = 0; st == ST_OK && i < t->n; i++) {
		struct counting c = {t, &t->voter[i]};

		t->voter[i] = (struct turnout_voter){.of = of[i]};
		t->weight += of[i].weight;
		st = store_votes_since(n->db, of[i].key, from, count, &c);
		judge(t, &t->voter[i]);
	}
	return st;
}

enum status node_turnout(struct node *n, struct arena *a, struct turnout *out)
{
	struct block_row tip;
	bool own;
	enum status st;

	*out = (struct turnout){.interval = n->params.finality_interval};
	if (!out->interval)
		return ST_NOT_FOUND;
	st = node_read_begin(n, &own);
	if (st != ST_OK)
		return st;
	st = store_block_tip(n->db, &tip);
	if (st == ST_OK)
		st = load_points(n, tip.height, out);
	if (st == ST_OK)
		st = load_voters(n, a, out);
	node_read_end(n, own);
	return st;
}
