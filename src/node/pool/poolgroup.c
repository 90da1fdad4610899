/* SPDX-License-Identifier: MIT */
/* See poolgroup.h. The order is that of Bitcoin Core's
 * AcceptMultipleTransactions. */
#include "node/pool/poolgroup.h"

#include <inttypes.h>

#include "node/pool/poolfamily.h"
#include "node/pool/poollimit.h"
#include "node/pool/poolrbf.h"
#include "node/pool/pooltruc.h"

#define PACKAGE_WEIGHT_MAX 404000u

bool pool_tx_spends(const struct tx *child, const struct tx *parent)
{
	for (uint32_t i = 0; i < child->n_in; i++) {
		if (hash256_equal(&child->in[i].prevout.txid.h, &parent->txid.h))
			return true;
	}
	return false;
}

static bool in_conflict(const struct tx *a, const struct tx *b)
{
	for (uint32_t i = 0; i < a->n_in; i++) {
		for (uint32_t k = 0; k < b->n_in; k++) {
			if (outpoint_equal(&a->in[i].prevout, &b->in[k].prevout))
				return true;
		}
	}
	return false;
}

/* Whether any two, the later one given first, are so. */
static bool any_pair(const struct pool_candidate *c, uint32_t n,
		     bool (*is)(const struct tx *later, const struct tx *before))
{
	for (uint32_t i = 0; i < n; i++) {
		for (uint32_t k = 0; k < i; k++) {
			if (is(&c[i].tx, &c[k].tx))
				return true;
		}
	}
	return false;
}

static bool is_same(const struct tx *later, const struct tx *before)
{
	return hash256_equal(&later->txid.h, &before->txid.h);
}

static bool comes_too_late(const struct tx *later, const struct tx *before)
{
	return pool_tx_spends(before, later);
}

bool pool_group_shape(const struct pool_candidate *c, uint32_t n,
		      struct verdict *v)
{
	uint64_t weight = 0;

	for (uint32_t i = 0; i < n; i++)
		weight += tx_weight(&c[i].tx);
	if (n > 1 && weight > PACKAGE_WEIGHT_MAX)
		return verdict_refuse(v, V_PACKAGE_SIZE, "%s", "");
	if (any_pair(c, n, is_same))
		return verdict_refuse(v, V_PACKAGE_DUPLICATE, "%s", "");
	if (any_pair(c, n, comes_too_late))
		return verdict_refuse(v, V_PACKAGE_ORDER, "%s", "");
	if (any_pair(c, n, in_conflict))
		return verdict_refuse(v, V_PACKAGE_CONFLICT, "%s", "");
	return true;
}

static void blame(struct pool_group *g, uint32_t i, struct verdict *v)
{
	g->bad = i;
	verdict_refuse(v, V_PACKAGE_TX, "%s", "");
}

static enum status judge_each(struct node *n, struct pool_group *g,
			      struct verdict *v)
{
	enum status st = ST_OK;

	for (uint32_t i = 0; st == ST_OK && v->code == VALID && i < g->n; i++) {
		verdict_init(&g->why);
		st = pool_judge(n, g->c[i], &g->why);
		g->fee += pool_modified_fee(g->c[i]);
		g->vsize += g->c[i]->vsize;
		if (g->why.code != VALID)
			blame(g, i, v);
	}
	return st;
}

/* The sizes of the group alone. */
static bool fits_alone(const struct pool_group *g,
		       const struct family_limits *max, struct verdict *v)
{
	const char *what = NULL;
	int64_t limit = 0;
	bool count = true;

	if (g->n > max->anc) {
		what = "ancestor count";
		limit = max->anc;
	} else if (g->n > max->desc) {
		what = "descendant count";
		limit = max->desc;
	} else if (g->vsize > max->anc_vb) {
		what = "ancestor size";
		limit = max->anc_vb;
		count = false;
	} else if (g->vsize > max->desc_vb) {
		what = "descendant size";
		limit = max->desc_vb;
		count = false;
	}
	if (!what)
		return true;
	return verdict_refuse(v, V_PACKAGE_LIMITS, "package %s %" PRId64
			      " exceeds %s limit [limit: %" PRId64 "]",
			      count ? "count" : "size", count ? g->n : g->vsize,
			      what, limit);
}

/* As if each of the group were below all that any of it is below. */
static enum status judge_limits(struct node *n, const struct pool_group *g,
				struct verdict *v)
{
	struct family_limits max = family_limits_of(n);
	struct family_walk w;
	bool over = false;
	enum status st = ST_OK;

	if (!fits_alone(g, &max, v))
		return ST_OK;
	family_walk_init(&w);
	for (uint32_t i = 0; st == ST_OK && !over && i < g->n; i++)
		st = family_walk_from(&w, n, &g->c[i]->tx, g->n, max.anc, &over);
	if (st == ST_OK && over)
		verdict_refuse(v, V_PACKAGE_LIMITS, "too many unconfirmed "
			       "parents [limit: %" PRId64 "]", max.anc);
	else if (st == ST_OK)
		st = family_walk_up(&w, n, &max, g->n, g->vsize,
				    V_PACKAGE_LIMITS, "possibly ", v);
	family_walk_free(&w);
	return st;
}

static bool raises_its_parent(const struct pool_group *g, struct verdict *v)
{
	int64_t parent = fee_rate_sat_kvb(pool_modified_fee(g->c[0]),
					  g->c[0]->vsize);
	int64_t all = fee_rate_sat_kvb(g->fee, g->vsize);
	char one[RATE_TEXT_SIZE], two[RATE_TEXT_SIZE];

	if (all > parent)
		return true;
	return verdict_refuse(v, V_PACKAGE_RBF_PARENT, "package feerate %s <= "
			      "parent feerate is %s", rate_text(one, all),
			      rate_text(two, parent));
}

/* One parent and its child in the place of what either conflicts with. */
static enum status judge_replacement(struct node *n, struct pool_group *g,
				     struct verdict *v)
{
	const struct txid *child = &g->c[g->n - 1]->tx.txid;
	struct poolset direct;
	struct replaced r;
	bool added;
	enum status st = ST_OK;

	if (g->n != 2 || !pool_tx_spends(&g->c[1]->tx, &g->c[0]->tx)) {
		verdict_refuse(v, V_PACKAGE_RBF_SHAPE, "%s", "");
		return ST_OK;
	}
	if (g->c[0]->ancestors.n || g->c[1]->ancestors.n) {
		verdict_refuse(v, V_PACKAGE_RBF_ANCESTORS, "%s", "");
		return ST_OK;
	}
	poolset_init(&direct);
	for (uint32_t i = 0; i < g->n; i++) {
		const struct poolset *s = &g->c[i]->conflicts;

		for (size_t k = 0; st == ST_OK && k < s->n; k++)
			st = poolset_add(&direct, s->id[k], &added);
	}
	r = (struct replaced){0};
	if (st == ST_OK)
		st = replaced_init(&r, n, &direct);
	if (st == ST_OK)
		st = replaced_count(&r, n, child, V_PACKAGE_RBF_TOO_MANY, v);
	if (st == ST_OK && v->code == VALID &&
	    replaced_paid(&r, n, child, g->fee, g->vsize, V_PACKAGE_RBF_FEES,
			  v) && raises_its_parent(g, v))
		st = replaced_by_better(&r, n, g->fee, g->vsize, v);
	replaced_free(&r);
	poolset_free(&direct);
	return st;
}

enum status pool_group_judge(struct node *n, struct pool_group *g,
			     struct verdict *v)
{
	bool replaces = false;
	enum status st;

	g->fee = g->vsize = 0;
	verdict_init(&g->why);
	st = judge_each(n, g, v);
	for (uint32_t i = 0; st == ST_OK && v->code == VALID && i < g->n; i++) {
		replaces |= g->c[i]->conflicts.n > 0;
		st = pool_judge_truc_of_group(n, g->c, g->n, i, v);
	}
	if (st == ST_OK && v->code == VALID && g->c[0]->mode == POOL_GROUP) {
		st = pool_judge_rate(n, g->vsize, g->fee, &g->why);
		if (g->why.code != VALID)
			blame(g, g->n - 1, v);
	}
	if (st == ST_OK && v->code == VALID && g->n > 1)
		st = judge_limits(n, g, v);
	if (st == ST_OK && v->code == VALID && replaces)
		st = judge_replacement(n, g, v);
	return st == ST_NOT_FOUND ? ST_CORRUPT : st;
}
