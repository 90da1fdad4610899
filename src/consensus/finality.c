/* SPDX-License-Identifier: MIT */
/*
 * What follows from votes. Links are looked at by ascending height of their
 * source: by then it is known whether the source is justified, and which sets
 * decide about links from it.
 */
#include "consensus/finality.h"

#include <stdlib.h>

bool finality_vote_form(const struct vote *v, uint32_t interval)
{
	return v->source_height % interval == 0 &&
	       v->target_height % interval == 0 &&
	       v->source_height < v->target_height;
}

enum status finality_init(struct finality *f, uint32_t interval,
			  const struct blkid *genesis)
{
	struct finality_point root = {.id = *genesis, .final = true};

	*f = (struct finality){.interval = interval};
	root.set[0] = root.set[1] = *genesis;
	return finality_add(f, &root);
}

void finality_free(struct finality *f)
{
	free(f->point);
	*f = (struct finality){0};
}

enum status finality_add(struct finality *f, const struct finality_point *p)
{
	if (f->n_point == f->room) {
		uint32_t room = f->room ? 2 * f->room : 16;
		struct finality_point *q = realloc(f->point, room * sizeof(*q));

		if (!q)
			return ST_NOMEM;
		f->point = q;
		f->room = room;
	}
	f->point[f->n_point] = *p;
	if (p->final && p->height >= f->point[f->last].height)
		f->last = f->n_point;
	f->n_point++;
	return ST_OK;
}

static int by_link(const void *x, const void *y)
{
	const struct vote *a = x, *b = y;
	int c;

	if (a->source_height != b->source_height)
		return a->source_height < b->source_height ? -1 : 1;
	if (a->target_height != b->target_height)
		return a->target_height < b->target_height ? -1 : 1;
	c = memcmp(a->source.h.b, b->source.h.b, 32);
	if (c == 0)
		c = memcmp(a->target.h.b, b->target.h.b, 32);
	return c ? c : memcmp(a->key, b->key, 32);
}

/* -1: not justified. */
static int64_t find_point(const struct finality *f, const struct blkid *id,
			  uint32_t height)
{
	for (uint32_t i = 0; i < f->n_point; i++)
		if (f->point[i].height == height &&
		    hash256_equal(&f->point[i].id.h, &id->h))
			return i;
	return -1;
}

/* Votes of one link, by ascending key. */
static uint64_t weigh(const struct finality_set *s, const struct vote *vote,
		      size_t n)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < n; i++) {
		const struct finality_member *m;

		if (i && memcmp(vote[i].key, vote[i - 1].key, 32) == 0)
			continue;
		m = finality_member_of(s, vote[i].key);
		sum += m ? m->weight : 0;
	}
	return sum;
}

enum status finality_link_weight(const struct finality_point *source,
				 const struct finality_view *view,
				 const struct vote *vote, size_t n,
				 bool *enough)
{
	*enough = true;
	for (int i = 0; *enough && i < 2; i++) {
		const struct finality_set *s;
		enum status st = view->set(view->arg, &source->set[i],
					   source->set_height[i], &s);

		if (st != ST_OK) {
			*enough = false;
			return st == ST_NOT_FOUND ? ST_OK : st;
		}
		*enough = finality_two_thirds(weigh(s, vote, n), s->total);
	}
	return ST_OK;
}

/* The source is final once the link to its direct child has its votes, and its
 * state is known here. */
static enum status try_final(struct finality *f, const struct finality_view *view,
			     uint32_t at)
{
	struct finality_point *p = &f->point[at];
	const struct finality_point *last = &f->point[f->last];
	const struct finality_set *s;
	enum status st;

	if (p->final || p->height <= last->height)
		return ST_OK;
	st = view->descends(view->arg, &p->id, p->height, &last->id,
			    last->height);
	if (st == ST_OK)
		st = view->set(view->arg, &p->id, p->height, &s);
	if (st == ST_OK) {
		p->final = true;
		f->last = at;
	}
	return st == ST_NOT_FOUND ? ST_OK : st;
}

/* One link with its votes. */
static enum status judge_link(struct finality *f, const struct finality_view *view,
			      const struct vote *vote, size_t n)
{
	const struct vote *v = &vote[0];
	int64_t at = find_point(f, &v->source, v->source_height);
	struct finality_point p = {
		.id = v->target,
		.height = v->target_height,
		.source = (uint32_t)at,
	};
	const struct finality_point *from, *last = &f->point[f->last];
	enum status st;
	bool enough;

	if (at < 0 || !finality_vote_form(v, f->interval) ||
	    v->source_height < last->height ||
	    find_point(f, &v->target, v->target_height) >= 0)
		return ST_OK;
	from = &f->point[at];
	st = finality_link_weight(from, view, vote, n, &enough);
	if (st != ST_OK || !enough)
		return st;
	st = view->descends(view->arg, &p.id, p.height, &from->id, from->height);
	if (st == ST_OK)
		st = view->descends(view->arg, &p.id, p.height, &last->id,
				    last->height);
	if (st != ST_OK)
		return st == ST_NOT_FOUND ? ST_OK : st;
	for (int i = 0; i < 2; i++) {
		p.set[i] = from->set[i];
		p.set_height[i] = from->set_height[i];
	}
	/* a direct child: the source is final, and its state names who decides
	 * from here on */
	if (p.height == from->height + f->interval) {
		p.set[1] = from->set[0];
		p.set_height[1] = from->set_height[0];
		p.set[0] = from->id;
		p.set_height[0] = from->height;
	}
	return finality_add(f, &p);
}

/* Sources of direct links, lowest first, whose state has become known. */
static enum status finalise(struct finality *f, const struct finality_view *view)
{
	enum status st = ST_OK;

	for (uint32_t i = 0; st == ST_OK && i < f->n_point; i++) {
		const struct finality_point *p = &f->point[i];

		if (p->source != i &&
		    p->height == f->point[p->source].height + f->interval)
			st = try_final(f, view, p->source);
	}
	return st;
}

enum status finality_advance(struct finality *f, const struct finality_view *view,
			     struct vote *vote, size_t n)
{
	enum status st = finalise(f, view);
	size_t i = 0;

	if (n > 1)
		qsort(vote, n, sizeof(*vote), by_link);
	while (st == ST_OK && i < n) {
		uint32_t before = f->n_point;
		size_t end = i + 1;

		while (end < n && vote_same_link(&vote[i], &vote[end]))
			end++;
		st = judge_link(f, view, vote + i, end - i);
		if (st == ST_OK && f->n_point > before)
			st = finalise(f, view);
		i = end;
	}
	return st;
}

enum status finality_best(const struct finality *f,
			  const struct finality_view *view, uint32_t *index)
{
	const struct finality_point *last = &f->point[f->last];
	enum status st = ST_OK;

	*index = f->last;
	for (uint32_t i = 0; st == ST_OK && i < f->n_point; i++) {
		const struct finality_point *p = &f->point[i];

		if (p->height <= f->point[*index].height)
			continue;
		st = view->descends(view->arg, &p->id, p->height, &last->id,
				    last->height);
		if (st == ST_OK)
			*index = i;
		else if (st == ST_NOT_FOUND)
			st = ST_OK;
	}
	return st;
}

enum status finality_propose(const struct finality *f,
			     const struct finality_view *view,
			     const struct blkid *target, uint32_t target_height,
			     struct vote *out)
{
	const struct finality_point *p;
	uint32_t best;
	enum status st = finality_best(f, view, &best);

	if (st != ST_OK)
		return st;
	p = &f->point[best];
	if (target_height <= p->height || target_height % f->interval)
		return ST_NOT_FOUND;
	st = view->descends(view->arg, target, target_height, &p->id, p->height);
	if (st != ST_OK)
		return st;
	*out = (struct vote){
		.source_height = p->height,
		.source = p->id,
		.target_height = target_height,
		.target = *target,
	};
	return ST_OK;
}
