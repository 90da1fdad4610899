/* SPDX-License-Identifier: MIT */
/*
 * Is the pool worth more after a replacement of a parent and child? What miners
 * would take in order, as pieces of fee and size sorted by rate, makes a curve of
 * fees over size; the curve after must lie nowhere below the one before, and
 * somewhere above. It is computed only for what has one relative at most.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "node/pool/poolrbf.h"

__extension__ typedef __int128 i128;

struct chunk {
	int64_t fee, size;
};

struct chunks {
	struct chunk *c;
	size_t n;
};

static int by_rate(const void *a, const void *b)
{
	const struct chunk *x = a, *y = b;
	i128 one = (i128)x->fee * y->size, two = (i128)y->fee * x->size;

	return one > two ? -1 : one < two;
}

static bool is_better(struct chunk a, struct chunk b)
{
	return (i128)a.fee * b.size > (i128)b.fee * a.size;
}

static struct chunk own(const struct mempool_row *r)
{
	return (struct chunk){r->fee + r->fee_delta, r->vsize};
}

static void refuse_cluster(struct verdict *v, const struct mempool_row *row,
			   const char *what, const struct mempool_row *relative)
{
	char id[HASH_TEXT_SIZE], other[HASH_TEXT_SIZE];

	verdict_refuse(v, V_PACKAGE_RBF_CLUSTER, "%s %s %s",
		       hash256_text(id, &row->txid.h), what,
		       hash256_text(other, &relative->txid.h));
}

/* The one parent of row, or its one child. */
static enum status relative_of(struct node *n, const struct mempool_row *row,
			       bool parent, struct mempool_row *out)
{
	struct poolset up;
	int64_t id = 0;
	int found = 1;
	enum status st;

	poolset_init(&up);
	if (parent) {
		st = poolset_parents(n, &up, row->id);
		id = up.n ? up.id[0] : 0;
	} else {
		st = store_mempool_children(n->db, &row->txid, &id, 1, &found);
	}
	if (st == ST_OK)
		st = store_mempool_by_id(n->db, id, out);
	poolset_free(&up);
	return st == ST_NOT_FOUND ? ST_CORRUPT : st;
}

/* Whether row stands alone, or with one relative that has no other. */
static enum status judge_cluster(struct node *n, const struct mempool_row *row,
				 struct verdict *v)
{
	char id[HASH_TEXT_SIZE];
	struct mempool_row other;
	bool parent = row->n_anc > 1;
	enum status st;

	hash256_text(id, &row->txid.h);
	if (row->n_anc > 2)
		verdict_refuse(v, V_PACKAGE_RBF_CLUSTER, "%s has %" PRId64
			       " ancestors, max 1 allowed", id, row->n_anc - 1);
	else if (row->n_desc > 2)
		verdict_refuse(v, V_PACKAGE_RBF_CLUSTER, "%s has %" PRId64
			       " descendants, max 1 allowed", id,
			       row->n_desc - 1);
	else if (parent && row->n_desc > 1)
		verdict_refuse(v, V_PACKAGE_RBF_CLUSTER, "%s has both ancestor "
			       "and descendant, exceeding cluster limit of 2",
			       id);
	if (v->code != VALID || (!parent && row->n_desc < 2))
		return ST_OK;
	st = relative_of(n, row, parent, &other);
	if (st != ST_OK)
		return st;
	if (!parent && other.n_anc > 2)
		refuse_cluster(v, row, "is not the only parent of child", &other);
	else if (parent && other.n_desc > 2)
		refuse_cluster(v, row, "is not the only child of parent", &other);
	return ST_OK;
}

/* What the clusters of all that leaves are worth now. */
static enum status chunks_before(const struct replaced *r, struct node *n,
				 struct chunks *out)
{
	enum status st = ST_OK;

	for (size_t i = 0; st == ST_OK && i < r->all.n; i++) {
		struct mempool_row row;
		struct chunk me, both;

		st = store_mempool_by_id(n->db, r->all.id[i], &row);
		/* a parent is counted with its child */
		if (st != ST_OK || row.n_desc > 1)
			continue;
		me = own(&row);
		both = (struct chunk){row.fee_anc, row.vsize_anc};
		if (row.n_anc > 1 && is_better(me, both)) {
			out->c[out->n++] = both;
			continue;
		}
		out->c[out->n++] = me;
		if (row.n_anc > 1)
			out->c[out->n++] = (struct chunk){both.fee - me.fee,
							  both.size - me.size};
	}
	return st == ST_NOT_FOUND ? ST_CORRUPT : st;
}

/* The parents that stay, and the replacement. */
static enum status chunks_after(const struct replaced *r, struct node *n,
				struct chunk proposed, struct chunks *out)
{
	enum status st = ST_OK;

	out->c[out->n++] = proposed;
	for (size_t i = 0; st == ST_OK && i < r->n_direct; i++) {
		struct mempool_row parent;

		if (r->direct[i].n_anc < 2)
			continue;
		st = relative_of(n, &r->direct[i], true, &parent);
		if (st == ST_OK && !poolset_has(&r->all, parent.id))
			out->c[out->n++] = own(&parent);
	}
	return st;
}

/* A point that moves along a curve. */
struct walk {
	const struct chunks *all;
	size_t next;
	struct chunk at;	/* sums up to next */
};

/* The fee of w's curve at size x, not before w->at: as fee times *unit, which is
 * the size of the piece it lies on. Past its end the curve is level. */
static i128 fee_at(const struct walk *w, int64_t x, int64_t *unit)
{
	const struct chunk *c = w->all->c + w->next;

	if (w->next == w->all->n) {
		*unit = 1;
		return w->at.fee;
	}
	*unit = c->size;
	return (i128)w->at.fee * c->size + (i128)c->fee * (x - w->at.size);
}

static int64_t next_corner(const struct walk *w)
{
	return w->next < w->all->n ? w->at.size + w->all->c[w->next].size
				   : INT64_MAX;
}

static void advance(struct walk *w, int64_t to)
{
	if (next_corner(w) == to) {
		w->at.fee += w->all->c[w->next].fee;
		w->at.size += w->all->c[w->next].size;
		w->next++;
	}
}

/* Both sorted by rate. The curves bend at their corners alone, so it is enough
 * to compare them there. */
static bool lies_above(const struct chunks *curve, const struct chunks *other)
{
	struct walk a = {.all = curve}, b = {.all = other};
	bool above = false;

	while (a.next < curve->n || b.next < other->n) {
		int64_t x = next_corner(&a) < next_corner(&b) ? next_corner(&a)
							      : next_corner(&b);
		int64_t ua, ub;
		i128 fa = fee_at(&a, x, &ua), fb = fee_at(&b, x, &ub);

		if (fa * ub < fb * ua)
			return false;
		above |= fa * ub > fb * ua;
		advance(&a, x);
		advance(&b, x);
	}
	return above;
}

enum status replaced_by_better(const struct replaced *r, struct node *n,
			       int64_t fee, int64_t vsize, struct verdict *v)
{
	struct chunks before = {0}, after = {0};
	enum status st = ST_OK;

	for (size_t i = 0; st == ST_OK && v->code == VALID && i < r->n_direct;
	     i++)
		st = judge_cluster(n, &r->direct[i], v);
	if (st != ST_OK || v->code != VALID)
		return st;
	before.c = calloc(2 * r->all.n + 1, sizeof(*before.c));
	after.c = calloc(r->n_direct + 1, sizeof(*after.c));
	if (!before.c || !after.c)
		st = ST_NOMEM;
	if (st == ST_OK)
		st = chunks_before(r, n, &before);
	if (st == ST_OK)
		st = chunks_after(r, n, (struct chunk){fee, vsize}, &after);
	if (st == ST_OK) {
		qsort(before.c, before.n, sizeof(*before.c), by_rate);
		qsort(after.c, after.n, sizeof(*after.c), by_rate);
		if (!lies_above(&after, &before))
			verdict_refuse(v, V_PACKAGE_RBF_DIAGRAM, "%s", "");
	}
	free(before.c);
	free(after.c);
	return st;
}
