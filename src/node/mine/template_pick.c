/* SPDX-License-Identifier: MIT */
/* See template_pick.h. */
#include "node/mine/template_pick.h"

#include <stdlib.h>
#include <string.h>

#include "base/bug.h"
#include "primitives/amount.h"

/* When the block is nearly full and so many in a row did not fit, it is done. */
#define FAILURES_MAX 1000
#define NEARLY_FULL_WEIGHT 4000

struct pick_item {
	int64_t rate;
	uint32_t tx;
	uint32_t turn;
};

struct pick_run {
	struct pick *p;
	struct pick_item *heap;
	size_t n_heap, room_heap;
	uint32_t *set;		/* the package, or descendants */
	size_t n_set;
	uint32_t mark;
	uint64_t weight, sigop_cost;
	enum status st;
};

void pick_init(struct pick *p)
{
	*p = (struct pick){0};
}

void pick_free(struct pick *p)
{
	free(p->tx);
	free(p->link);
	free(p->order);
	*p = (struct pick){0};
}

static enum status grow(void **p, size_t *room, size_t size)
{
	size_t n = *room ? 2 * *room : 256;
	void *q = realloc(*p, n * size);

	if (!q)
		return ST_NOMEM;
	*p = q;
	*room = n;
	return ST_OK;
}

enum status pick_add(struct pick *p, struct pick_tx **out)
{
	if (p->n == p->room &&
	    grow((void **)&p->tx, &p->room, sizeof(*p->tx)) != ST_OK)
		return ST_NOMEM;
	*out = &p->tx[p->n++];
	**out = (struct pick_tx){0};
	return ST_OK;
}

enum status pick_parent(struct pick *p, uint32_t of, uint32_t parent)
{
	struct pick_tx *t = &p->tx[of];

	if (!t->n_parent)
		t->parent = (uint32_t)p->n_link;
	BUG_ON(t->parent + t->n_parent != p->n_link);
	for (uint32_t i = 0; i < t->n_parent; i++) {
		if (p->link[t->parent + i] == parent)
			return ST_OK;
	}
	if (p->n_link == p->room_link &&
	    grow((void **)&p->link, &p->room_link, sizeof(*p->link)) != ST_OK)
		return ST_NOMEM;
	p->link[p->n_link++] = parent;
	t->n_parent++;
	return ST_OK;
}

/* Turns the lists of parents round. */
static enum status list_children(struct pick *p)
{
	size_t up = p->n_link, at = up;

	while (p->room_link < 2 * up) {
		if (grow((void **)&p->link, &p->room_link,
			 sizeof(*p->link)) != ST_OK)
			return ST_NOMEM;
	}
	for (size_t i = 0; i < up; i++)
		p->tx[p->link[i]].n_child++;
	for (size_t i = 0; i < p->n; i++) {
		p->tx[i].child = (uint32_t)at;
		at += p->tx[i].n_child;
		p->tx[i].n_child = 0;
	}
	for (size_t i = 0; i < p->n; i++) {
		const struct pick_tx *t = &p->tx[i];

		for (uint32_t k = 0; k < t->n_parent; k++) {
			struct pick_tx *up_tx = &p->tx[p->link[t->parent + k]];

			p->link[up_tx->child + up_tx->n_child++] = (uint32_t)i;
		}
	}
	p->n_link = at;
	return ST_OK;
}

/* Deltas can make fees as large as anybody likes: bounded, so that the product
 * fits. */
static int64_t rate_of(int64_t fee, int64_t vsize)
{
	fee = fee > MONEY_MAX_SAT ? MONEY_MAX_SAT : fee;
	fee = fee < -MONEY_MAX_SAT ? -MONEY_MAX_SAT : fee;
	return vsize > 0 ? fee * 1000 / vsize : 0;
}

static int64_t score(const struct pick_tx *t)
{
	int64_t own = rate_of(t->fee, t->vsize);
	int64_t all = rate_of(t->fee_anc, t->vsize_anc);

	return own < all ? own : all;
}

/* Is a better than b? Of equals the older one. */
static bool better(const struct pick *p, const struct pick_item *a,
		   const struct pick_item *b)
{
	if (a->rate != b->rate)
		return a->rate > b->rate;
	return p->tx[a->tx].id < p->tx[b->tx].id;
}

static void heap_push(struct pick_run *r, uint32_t tx)
{
	struct pick_item it = {score(&r->p->tx[tx]), tx, ++r->p->tx[tx].turn};
	size_t i;

	if (r->n_heap == r->room_heap &&
	    grow((void **)&r->heap, &r->room_heap, sizeof(*r->heap)) != ST_OK) {
		r->st = ST_NOMEM;
		return;
	}
	for (i = r->n_heap++; i; i = (i - 1) / 2) {
		if (!better(r->p, &it, &r->heap[(i - 1) / 2]))
			break;
		r->heap[i] = r->heap[(i - 1) / 2];
	}
	r->heap[i] = it;
}

static struct pick_item heap_pop(struct pick_run *r)
{
	struct pick_item top = r->heap[0], it = r->heap[--r->n_heap];
	size_t i = 0;

	for (;;) {
		size_t k = 2 * i + 1;

		if (k >= r->n_heap)
			break;
		if (k + 1 < r->n_heap &&
		    better(r->p, &r->heap[k + 1], &r->heap[k]))
			k++;
		if (!better(r->p, &r->heap[k], &it))
			break;
		r->heap[i] = r->heap[k];
		i = k;
	}
	if (r->n_heap)
		r->heap[i] = it;
	return top;
}

static void set_add(struct pick_run *r, uint32_t tx)
{
	struct pick_tx *t = &r->p->tx[tx];

	if (t->mark == r->mark)
		return;
	t->mark = r->mark;
	r->set[r->n_set++] = tx;
}

/* tx and its ancestors outside the block. */
static void package_of(struct pick_run *r, uint32_t tx)
{
	r->mark++;
	r->n_set = 0;
	set_add(r, tx);
	for (size_t i = 0; i < r->n_set; i++) {
		const struct pick_tx *t = &r->p->tx[r->set[i]];

		for (uint32_t k = 0; k < t->n_parent; k++) {
			uint32_t up = r->p->link[t->parent + k];

			if (!r->p->tx[up].taken)
				set_add(r, up);
		}
	}
}

static bool fits(struct pick_run *r, uint64_t *weight, uint64_t *sigop_cost)
{
	*weight = *sigop_cost = 0;
	for (size_t i = 0; i < r->n_set; i++) {
		const struct pick_tx *t = &r->p->tx[r->set[i]];

		if (t->barred)
			return false;
		*weight += t->weight;
		*sigop_cost += t->sigop_cost;
	}
	return r->weight + *weight <= r->p->max_weight &&
	       r->sigop_cost + *sigop_cost <= r->p->max_sigop_cost;
}

/* Ancestors first: whoever has more of them comes later. */
static bool before(const struct pick *p, uint32_t a, uint32_t b)
{
	if (p->tx[a].n_anc != p->tx[b].n_anc)
		return p->tx[a].n_anc < p->tx[b].n_anc;
	return p->tx[a].id < p->tx[b].id;
}

static void sort_package(struct pick_run *r)
{
	for (size_t i = 1; i < r->n_set; i++) {
		uint32_t x = r->set[i];
		size_t k = i;

		for (; k && before(r->p, x, r->set[k - 1]); k--)
			r->set[k] = r->set[k - 1];
		r->set[k] = x;
	}
}

/* The packages of its descendants are smaller by a transaction taken. */
static void shrink_descendants(struct pick_run *r, uint32_t tx)
{
	const struct pick_tx *gone = &r->p->tx[tx];

	r->mark++;
	r->n_set = 0;
	r->set[r->n_set++] = tx;
	for (size_t i = 0; i < r->n_set; i++) {
		const struct pick_tx *t = &r->p->tx[r->set[i]];

		for (uint32_t k = 0; k < t->n_child; k++)
			set_add(r, r->p->link[t->child + k]);
	}
	for (size_t i = 1; i < r->n_set; i++) {
		struct pick_tx *t = &r->p->tx[r->set[i]];

		if (t->taken)
			continue;
		t->vsize_anc -= gone->vsize;
		t->fee_anc -= gone->fee;
		heap_push(r, r->set[i]);
	}
}

static void take_package(struct pick_run *r)
{
	struct pick *p = r->p;
	size_t first = p->n_order;

	sort_package(r);
	for (size_t i = 0; i < r->n_set; i++) {
		p->tx[r->set[i]].taken = true;
		p->order[p->n_order++] = r->set[i];
	}
	for (size_t i = first; r->st == ST_OK && i < p->n_order; i++)
		shrink_descendants(r, p->order[i]);
}

static void run(struct pick_run *r)
{
	struct pick *p = r->p;
	uint32_t failures = 0;

	for (uint32_t i = 0; r->st == ST_OK && i < p->n; i++)
		heap_push(r, i);
	while (r->st == ST_OK && r->n_heap) {
		struct pick_item it = heap_pop(r);
		const struct pick_tx *t = &p->tx[it.tx];
		uint64_t weight, sigop_cost;

		if (t->taken || it.turn != t->turn)
			continue;
		if (rate_of(t->fee_anc, t->vsize_anc) < p->min_rate_sat_kvb)
			break;
		package_of(r, it.tx);
		if (!fits(r, &weight, &sigop_cost)) {
			if (++failures > FAILURES_MAX &&
			    r->weight + NEARLY_FULL_WEIGHT > p->max_weight)
				break;
			continue;
		}
		failures = 0;
		r->weight += weight;
		r->sigop_cost += sigop_cost;
		take_package(r);
	}
}

enum status pick_run(struct pick *p)
{
	struct pick_run r = {.p = p};

	r.st = list_children(p);
	p->n_order = 0;
	free(p->order);
	p->order = calloc(p->n + 1, sizeof(*p->order));
	r.set = calloc(p->n + 1, sizeof(*r.set));
	if (!p->order || !r.set)
		r.st = ST_NOMEM;
	if (r.st == ST_OK)
		run(&r);
	free(r.heap);
	free(r.set);
	return r.st;
}
