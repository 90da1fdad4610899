/* SPDX-License-Identifier: MIT */
/*
 * Packages: a child and its parents, so that a child may pay for parents that
 * would be refused alone. Scripts are verified against a snapshot, where the
 * child finds its parents' outputs in the package; then all members are judged
 * and written in one transaction, in order.
 */
#include "node/poolpackage.h"

#include <inttypes.h>
#include <stdlib.h>

#include "node/events.h"
#include "node/poolin.h"
#include "node/poollimit.h"

#define PACKAGE_WEIGHT_MAX 404000u

struct package {
	struct node *n;
	const struct tx_options *o;
	struct pool_candidate *c;	/* count of them */
	uint32_t count;
	struct tx_result *out;
	bool pending[PACKAGE_TX_MAX];	/* to be tried together */
	bool inserted[PACKAGE_TX_MAX];
};

static bool spends(const struct tx *child, const struct tx *parent)
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

/* What can be said of the package by its bytes, in Bitcoin Core's order. */
static bool judge_shape(const struct package *p, struct verdict *v)
{
	const struct pool_candidate *c = p->c, *child = &c[p->count - 1];
	uint64_t weight = 0;

	for (uint32_t i = 0; i < p->count; i++)
		weight += tx_weight(&c[i].tx);
	if (p->count > 1 && weight > PACKAGE_WEIGHT_MAX)
		return verdict_refuse(v, V_PACKAGE_SIZE, "weight %" PRIu64,
				      weight);
	for (uint32_t i = 0; i < p->count; i++) {
		for (uint32_t k = 0; k < i; k++) {
			if (hash256_equal(&c[i].tx.txid.h, &c[k].tx.txid.h))
				return verdict_refuse(v, V_PACKAGE_DUPLICATE,
						      "%s", "");
		}
	}
	for (uint32_t i = 0; i < p->count; i++) {
		for (uint32_t k = 0; k < i; k++) {
			if (spends(&c[k].tx, &c[i].tx))
				return verdict_refuse(v, V_PACKAGE_ORDER, "%s",
						      "");
		}
	}
	for (uint32_t i = 0; i < p->count; i++) {
		for (uint32_t k = 0; k < i; k++) {
			if (in_conflict(&c[i].tx, &c[k].tx))
				return verdict_refuse(v, V_PACKAGE_CONFLICT,
						      "%s", "");
		}
	}
	for (uint32_t i = 0; i + 1 < p->count; i++) {
		if (!spends(&child->tx, &c[i].tx))
			return verdict_refuse(v, V_PACKAGE_TOPOLOGY, "%s", "");
	}
	return true;
}

static const struct tx *member(const struct package *p, const struct txid *id)
{
	for (uint32_t i = 0; i + 1 < p->count; i++) {
		if (hash256_equal(&p->c[i].tx.txid.h, &id->h))
			return &p->c[i].tx;
	}
	return NULL;
}

/* Whether what the child spends outside the package is in the chain: a parent
 * that waits in the pool must be a member too. */
static enum status judge_parents(struct package *p, struct verdict *v)
{
	const struct tx *child = &p->c[p->count - 1].tx;
	enum status st = ST_OK;

	for (uint32_t i = 0; p->count > 1 && st == ST_OK && i < child->n_in;
	     i++) {
		const struct txid *id = &child->in[i].prevout.txid;
		struct coin_tx *t;

		if (member(p, id))
			continue;
		st = coins_find(&p->n->coins, id, &t);
		if (st == ST_NOT_FOUND) {
			verdict_refuse(v, V_PACKAGE_PARENTS, "input %" PRIu32,
				       i);
			return ST_OK;
		}
	}
	return st;
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
	     i++)
		st = pool_judge_coins(p->n, &p->c[i], p->c, i,
				      &p->out[i].verdict);
	node_read_end(p->n, own);
	for (uint32_t i = 0; st == ST_OK && v->code == VALID && i < p->count;
	     i++) {
		struct tx_result *r = &p->out[i];

		if (r->verdict.code != VALID)
			continue;
		st = pool_judge_scripts(&p->c[i], &r->verdict);
		if (st == ST_OK && r->verdict.code == VALID &&
		    p->o->max_fee_sat && p->c[i].fee > p->o->max_fee_sat)
			verdict_refuse(&r->verdict, V_MAX_FEE,
				       "%" PRId64 " > %" PRId64, p->c[i].fee,
				       p->o->max_fee_sat);
	}
	return st;
}

/* Could a refusal be mended by the rest of the package? */
static bool is_pending(const struct pool_candidate *c, const struct verdict *v)
{
	return v->code == V_MEMPOOL_MIN_FEE || v->code == V_RBF_FEE ||
	       v->code == V_MISSING_INPUTS ||
	       (v->code == V_MIN_RELAY_FEE && c->tx.version == 3);
}

/* Each alone, in order. False: one is beyond help. */
static enum status try_alone(struct package *p, bool *go_on)
{
	enum status st = ST_OK;

	*go_on = true;
	for (uint32_t i = 0; st == ST_OK && *go_on && i < p->count; i++) {
		struct verdict before = p->out[i].verdict;
		struct verdict *v = &p->out[i].verdict;

		verdict_init(v);
		p->c[i].mode = POOL_ALONE;
		st = pool_judge(p->n, &p->c[i], v);
		pool_result(&p->out[i], &p->c[i]);
		if (st != ST_OK || p->out[i].known)
			continue;
		if (before.code != VALID &&
		    (v->code == VALID || v->code == V_MISSING_INPUTS))
			*v = before;
		if (v->code == VALID) {
			st = poolin_insert(p->n, &p->c[i], p->o->source);
			p->inserted[i] = true;
		} else if (before.code == VALID && is_pending(&p->c[i], v)) {
			p->pending[i] = true;
		} else {
			*go_on = false;
		}
	}
	return st;
}

static enum status insert_pending(struct package *p, int64_t *fee,
				  int64_t *vsize, bool *good)
{
	enum status st = ST_OK;

	*good = true;
	for (uint32_t i = 0; st == ST_OK && *good && i < p->count; i++) {
		struct verdict *v = &p->out[i].verdict;

		if (!p->pending[i])
			continue;
		verdict_init(v);
		p->c[i].mode = POOL_PACKAGE;
		st = pool_judge(p->n, &p->c[i], v);
		if (st != ST_OK)
			break;
		pool_result(&p->out[i], &p->c[i]);
		*fee += p->c[i].fee;
		*vsize += p->c[i].vsize;
		*good = v->code == VALID;
		if (*good)
			st = poolin_insert(p->n, &p->c[i], p->o->source);
	}
	return st;
}

/* The rest as one, by the fee rate of the whole. */
static enum status try_together(struct package *p)
{
	int64_t fee = 0, vsize = 0;
	struct verdict rate;
	bool good;
	enum status st = db_savepoint(p->n->db);

	if (st != ST_OK)
		return st;
	st = insert_pending(p, &fee, &vsize, &good);
	verdict_init(&rate);
	if (st == ST_OK && good)
		st = pool_judge_rate(p->n, vsize, fee, &rate);
	if (st != ST_OK)
		return st;
	for (uint32_t i = 0; i < p->count; i++) {
		if (!p->pending[i])
			continue;
		p->inserted[i] = good && rate.code == VALID;
		p->out[i].group_fee_sat = fee;
		p->out[i].group_vsize = (uint32_t)vsize;
		if (good)
			p->out[i].verdict = rate;
	}
	return good && rate.code == VALID ? db_savepoint_release(p->n->db)
					  : db_savepoint_undo(p->n->db);
}

/* Who was inserted and evicted again at once. */
static enum status note_evicted(struct package *p)
{
	enum status st = ST_OK;

	for (uint32_t i = 0; st == ST_OK && i < p->count; i++) {
		struct mempool_row row;

		if (!p->inserted[i])
			continue;
		st = store_mempool_by_txid(p->n->db, &p->c[i].tx.txid, &row);
		if (st == ST_NOT_FOUND) {
			verdict_refuse(&p->out[i].verdict, V_MEMPOOL_FULL, "%s",
				       "");
			st = ST_OK;
		}
	}
	return st;
}

static enum status write_package(struct package *p)
{
	int64_t evicted = 0;
	bool changed, go_on, any = false;
	enum status st = pool_begin_write(p->n, &changed);

	if (st != ST_OK)
		return st;
	st = try_alone(p, &go_on);
	for (uint32_t i = 0; i < p->count; i++)
		any |= p->pending[i];
	if (st == ST_OK && go_on && any)
		st = try_together(p);
	if (st == ST_OK)
		st = pool_trim(p->n, &evicted);
	if (st == ST_OK && evicted)
		st = note_evicted(p);
	if (st != ST_OK || p->o->test_only) {
		db_rollback(p->n->db);
		return st;
	}
	return pool_commit(p->n);
}

static enum status run(struct package *p, struct verdict *v)
{
	enum status st;

	if (!judge_shape(p, v))
		return ST_OK;
	st = prepare(p, v);
	if (st != ST_OK || v->code != VALID)
		return st;
	st = write_package(p);
	for (uint32_t i = 0; st == ST_OK && i < p->count; i++) {
		struct tx_result *r = &p->out[i];

		if (r->verdict.code == VALID || r->known)
			continue;
		verdict_refuse(v, V_PACKAGE_TX, "transaction %" PRIu32, i);
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
	enum status st = ST_OK;

	verdict_init(package);
	own.source = o->source ? o->source : "";
	if (count == 0 || count > PACKAGE_TX_MAX) {
		verdict_refuse(package, V_PACKAGE_COUNT, "%" PRIu32, count);
		return ST_OK;
	}
	p.c = calloc(count, sizeof(*p.c));
	if (!p.c)
		return ST_NOMEM;
	for (uint32_t i = 0; st == ST_OK && i < count; i++) {
		out[i] = (struct tx_result){0};
		verdict_init(&out[i].verdict);
		st = pool_candidate_init(&p.c[i], raw[i].p, raw[i].len);
		if (st == ST_PARSE) {
			verdict_refuse(&out[i].verdict, V_TX_DECODE, "%s", "");
			verdict_refuse(package, V_PACKAGE_TX,
				       "transaction %" PRIu32, i);
			st = ST_OK;
		} else if (st == ST_OK) {
			pool_result(&out[i], &p.c[i]);
		}
	}
	if (st == ST_OK && package->code == VALID)
		st = run(&p, package);
	for (uint32_t i = 0; i < count; i++)
		pool_candidate_free(&p.c[i]);
	free(p.c);
	return st;
}
