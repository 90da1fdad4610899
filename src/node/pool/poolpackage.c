/* SPDX-License-Identifier: MIT */
/*
 * Packages: a child and its parents, so that a child may pay for parents that
 * would be refused alone. Scripts are verified against a snapshot, where the
 * child finds its parents' outputs in the package; then each member is judged by
 * itself, and those that were not worth it are judged as one, all in one write
 * transaction.
 */
#include "node/pool/poolpackage.h"

#include <inttypes.h>
#include <stdlib.h>

#include "node/core/events.h"
#include "node/pool/poolgroup.h"
#include "node/pool/poolin.h"
#include "node/pool/poollimit.h"
#include "primitives/script.h"

struct package {
	struct node *n;
	const struct tx_options *o;
	struct pool_candidate *c;	/* count of them */
	uint32_t count;
	struct tx_result *out;
	struct verdict before[PACKAGE_TX_MAX];	/* of the snapshot */
	bool pending[PACKAGE_TX_MAX];	/* to be tried together */
	bool inserted[PACKAGE_TX_MAX];
};

/* One child, last, and its parents, which do not spend each other. */
static bool is_child_with_parents(const struct package *p)
{
	const struct tx *child = &p->c[p->count - 1].tx;

	for (uint32_t i = 0; i + 1 < p->count; i++) {
		if (!pool_tx_spends(child, &p->c[i].tx))
			return false;
		for (uint32_t k = 0; k < i; k++) {
			if (pool_tx_spends(&p->c[i].tx, &p->c[k].tx))
				return false;
		}
	}
	return p->count > 1;
}

static bool judge_shape(const struct package *p, struct verdict *v)
{
	if (!pool_group_shape(p->c, p->count, v))
		return false;
	if (!is_child_with_parents(p))
		return verdict_refuse(v, V_PACKAGE_TOPOLOGY, "%s", "");
	return true;
}

static bool is_member(const struct package *p, const struct txid *id)
{
	for (uint32_t i = 0; i + 1 < p->count; i++) {
		if (hash256_equal(&p->c[i].tx.txid.h, &id->h))
			return true;
	}
	return false;
}

static enum status is_coin(struct node *n, const struct outpoint *at, bool *is)
{
	struct coin_out *o;
	struct coin_tx *t;
	enum status st = coins_find(&n->coins, &at->txid, &t);

	*is = false;
	if (st == ST_OK)
		st = coins_output(&n->coins, t, at->n, &o);
	if (st == ST_OK)
		*is = !o->spent_tx && t->height &&
		      !script_is_unspendable(o->spk);
	return st == ST_NOT_FOUND ? ST_OK : st;
}

/* What the child spends outside the package must be in the chain: a parent that
 * waits in the pool must be a member too. */
static enum status judge_parents(struct package *p, struct verdict *v)
{
	const struct tx *child = &p->c[p->count - 1].tx;
	enum status st = ST_OK;

	for (uint32_t i = 0; st == ST_OK && i < child->n_in; i++) {
		bool is = is_member(p, &child->in[i].prevout.txid);

		if (!is)
			st = is_coin(p->n, &child->in[i].prevout, &is);
		if (st == ST_OK && !is) {
			verdict_refuse(v, V_PACKAGE_PARENTS, "%s", "");
			break;
		}
	}
	return st;
}

static void keep_family(struct package *p, uint32_t i, bool keep)
{
	p->c[i].family = p->c;
	p->c[i].n_family = keep ? i : 0;
}

/* Coins and scripts of each member; what is refused here stays refused unless it
 * turns out to be in the pool. */
static enum status prepare(struct package *p, struct verdict *v)
{
	bool own;
	enum status st = node_read_begin(p->n, &own);

	if (st != ST_OK)
		return st;
	st = judge_parents(p, v);
	for (uint32_t i = 0; st == ST_OK && v->code == VALID && i < p->count;
	     i++) {
		verdict_init(&p->before[i]);
		keep_family(p, i, true);
		st = pool_judge_coins(p->n, &p->c[i], &p->before[i]);
	}
	node_read_end(p->n, own);
	for (uint32_t i = 0; st == ST_OK && v->code == VALID && i < p->count;
	     i++) {
		struct verdict *b = &p->before[i];

		if (b->code != VALID)
			continue;
		st = pool_judge_scripts(&p->c[i], b);
		if (st == ST_OK && b->code == VALID && p->o->max_fee_sat &&
		    p->c[i].fee > p->o->max_fee_sat)
			verdict_refuse(b, V_MAX_FEE, "%" PRId64 " > %" PRId64,
				       p->c[i].fee, p->o->max_fee_sat);
	}
	return st;
}

/* Could a refusal be mended by the rest of the package? */
static bool is_pending(const struct pool_candidate *c, const struct verdict *v)
{
	return v->code == V_MEMPOOL_MIN_FEE || v->code == V_RBF_FEE ||
	       v->code == V_RBF_FEE_SIBLING || v->code == V_MISSING_INPUTS ||
	       (v->code == V_MIN_RELAY_FEE && c->tx.version == 3);
}

/* It, or the same with another witness, may be waiting. */
static enum status find_member(struct package *p, uint32_t i, bool *known)
{
	struct tx_result *r = &p->out[i];
	struct mempool_row row;
	enum status st = store_mempool_by_txid(p->n->db, &r->txid, &row);

	*known = st == ST_OK;
	if (st != ST_OK)
		return st == ST_NOT_FOUND ? ST_OK : st;
	verdict_refuse(&r->verdict, hash256_equal(&row.wtxid.h, &r->wtxid.h) ?
		       V_IN_MEMPOOL : V_SAME_NONWITNESS, "%s", "");
	r->known = true;
	r->pool_wtxid = row.wtxid;
	r->fee_sat = r->group_fee_sat = row.fee;
	r->vsize = r->group_vsize = row.vsize;
	return ST_OK;
}

static enum status try_one(struct package *p, uint32_t i, bool *hopeless)
{
	struct pool_candidate *c = &p->c[i];
	struct verdict *v = &p->out[i].verdict;
	enum status st;

	verdict_init(v);
	c->mode = POOL_MEMBER;
	keep_family(p, i, false);
	st = pool_judge(p->n, c, v);
	if (st != ST_OK)
		return st;
	if (v->code == VALID && p->before[i].code != VALID)
		*v = p->before[i];
	pool_result(&p->out[i], c);
	if (v->code == VALID) {
		st = poolin_insert(p->n, c, p->o->source, p->o->own);
		p->inserted[i] = true;
	} else if (is_pending(c, v)) {
		p->pending[i] = true;
	} else {
		*hopeless = true;
	}
	return st;
}

/* Each by itself, in order. *hopeless: the rest cannot mend one of them. */
static enum status try_alone(struct package *p, bool *hopeless)
{
	enum status st = ST_OK;

	*hopeless = false;
	for (uint32_t i = 0; st == ST_OK && i < p->count; i++) {
		bool known;

		st = find_member(p, i, &known);
		if (st == ST_OK && !known)
			st = try_one(p, i, hopeless);
	}
	return st;
}

/* Which member is the k-th of those pending. */
static uint32_t pending_at(const struct package *p, uint32_t k)
{
	uint32_t i = 0;

	while (!p->pending[i] || k--)
		i++;
	return i;
}

static void gather(struct package *p, struct pool_group *g)
{
	*g = (struct pool_group){0};
	for (uint32_t i = 0; i < p->count; i++) {
		if (!p->pending[i])
			continue;
		p->c[i].mode = POOL_GROUP;
		keep_family(p, i, true);
		g->c[g->n++] = &p->c[i];
	}
}

static enum status insert_group(struct package *p, struct pool_group *g)
{
	enum status st = ST_OK;

	for (uint32_t k = 0; st == ST_OK && k < g->n; k++) {
		uint32_t i = pending_at(p, k);
		struct tx_result *r = &p->out[i];

		verdict_init(&r->verdict);
		pool_result(r, g->c[k]);
		r->group_fee_sat = g->fee;
		r->group_vsize = (uint32_t)g->vsize;
		/* the ones before it are in the pool now */
		st = pool_find_ancestors(p->n, g->c[k]);
		if (st == ST_OK)
			st = poolin_insert(p->n, g->c[k], p->o->source,
					   p->o->own);
		p->inserted[i] = true;
	}
	return st;
}

/* The rest as one, by the fee rate of the whole. */
static enum status try_together(struct package *p, struct verdict *v)
{
	struct pool_group g;
	enum status st;

	gather(p, &g);
	/* alone it was judged already */
	if (g.n < 2)
		return ST_OK;
	st = pool_group_judge(p->n, &g, v);
	for (uint32_t k = 0; st == ST_OK && v->code == VALID && k < g.n; k++) {
		g.why = p->before[pending_at(p, k)];
		g.bad = k;
		if (g.why.code != VALID)
			verdict_refuse(v, V_PACKAGE_TX, "%s", "");
	}
	if (st == ST_OK && v->code == V_PACKAGE_TX)
		p->out[pending_at(p, g.bad)].verdict = g.why;
	if (st == ST_OK && v->code == VALID)
		st = insert_group(p, &g);
	return st;
}

/* Who was inserted, or here before, and is evicted again at once. */
static enum status note_evicted(struct package *p)
{
	enum status st = ST_OK;

	for (uint32_t i = 0; st == ST_OK && i < p->count; i++) {
		struct tx_result *r = &p->out[i];
		struct mempool_row row;

		if (!p->inserted[i] && !r->known)
			continue;
		st = store_mempool_by_txid(p->n->db, &p->c[i].tx.txid, &row);
		if (st == ST_NOT_FOUND) {
			verdict_refuse(&r->verdict, V_MEMPOOL_FULL, "%s", "");
			r->known = false;
			st = ST_OK;
		}
	}
	return st;
}

static enum status write_package(struct package *p, struct verdict *v)
{
	int64_t evicted = 0;
	bool changed, hopeless;
	enum status st = pool_begin_write(p->n, &changed);

	if (st != ST_OK)
		return st;
	st = try_alone(p, &hopeless);
	if (st == ST_OK && !hopeless)
		st = try_together(p, v);
	if (st == ST_OK)
		st = pool_trim(p->n, &evicted);
	if (st == ST_OK && evicted)
		st = note_evicted(p);
	if (st != ST_OK || p->o->test_only) {
		db_rollback(p->n->db);
		return st;
	}
	st = pool_commit(p->n);
	p->n->txs_taken += st == ST_OK;
	return st;
}

static enum status run(struct package *p, struct verdict *v)
{
	enum status st;

	if (!judge_shape(p, v))
		return ST_OK;
	st = prepare(p, v);
	if (st != ST_OK || v->code != VALID)
		return st;
	st = write_package(p, v);
	for (uint32_t i = 0; st == ST_OK && i < p->count; i++) {
		struct tx_result *r = &p->out[i];

		if (r->verdict.code == VALID || r->known)
			continue;
		if (v->code == VALID)
			verdict_refuse(v, V_PACKAGE_TX, "%s", "");
		if (!p->o->test_only)
			st = reject_write(p->n, "tx", &r->txid.h, &r->verdict,
					  p->o->source);
	}
	return st;
}

enum status node_accept_package(struct node *n, const struct bytes *raw,
				uint32_t count, const struct tx_options *o,
				struct tx_result *out, struct verdict *package)
{
	struct tx_options own = *o;
	struct package p = {.n = n, .o = &own, .count = count, .out = out};
	enum status st;

	own.source = o->source ? o->source : "";
	st = pool_candidates(&p.c, raw, count, &own, out, package);
	if (st == ST_OK && package->code == VALID)
		st = run(&p, package);
	pool_candidates_free(p.c, count);
	return st;
}
