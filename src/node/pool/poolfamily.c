/* SPDX-License-Identifier: MIT */
/*
 * Limits on families of unconfirmed transactions, so that an eviction, a
 * replacement or a block never has to touch many rows: ancestors and descendants
 * by number and size. BIP431's narrower ones are in pooltruc.c.
 */
#include "node/pool/poolfamily.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "consensus/standard.h"
#include "node/pool/pooltruc.h"

/* One more child, not larger than this, of a transaction whose other
 * descendants fill its limit: what payment channels need. */
#define CARVE_OUT_VSIZE 10000

struct family_limits family_limits_of(const struct node *n)
{
	return (struct family_limits){
		.anc = n->policy.ancestors_max,
		.anc_vb = n->policy.ancestors_max_vb,
		.desc = n->policy.descendants_max,
		.desc_vb = n->policy.descendants_max_vb,
	};
}

void family_walk_init(struct family_walk *w)
{
	*w = (struct family_walk){0};
	poolset_init(&w->staged);
	poolset_init(&w->done);
}

void family_walk_free(struct family_walk *w)
{
	poolset_free(&w->staged);
	poolset_free(&w->done);
	free(w->txid);
	family_walk_init(w);
}

static enum status stage(struct family_walk *w, int64_t id,
			 const struct txid *txid)
{
	bool added;
	enum status st;

	if (poolset_has(&w->done, id))
		return ST_OK;
	if (w->staged.n == w->room) {
		size_t room = w->room ? 2 * w->room : 32;
		struct txid *q = realloc(w->txid, room * sizeof(*q));

		if (!q)
			return ST_NOMEM;
		w->txid = q;
		w->room = room;
	}
	st = poolset_add(&w->staged, id, &added);
	if (st == ST_OK && added)
		w->txid[w->staged.n - 1] = *txid;
	return st;
}

static int64_t take_least(struct family_walk *w)
{
	size_t least = 0, last = w->staged.n - 1;
	int64_t id;

	for (size_t i = 1; i < w->staged.n; i++) {
		if (memcmp(w->txid[i].h.b, w->txid[least].h.b, 32) < 0)
			least = i;
	}
	id = w->staged.id[least];
	w->staged.id[least] = w->staged.id[last];
	w->txid[least] = w->txid[last];
	w->staged.n--;
	return id;
}

enum status family_walk_from(struct family_walk *w, struct node *n,
			     const struct tx *tx, int64_t count, int64_t max,
			     bool *over)
{
	enum status st = ST_OK;

	*over = false;
	for (uint32_t i = 0; st == ST_OK && !*over && i < tx->n_in; i++) {
		struct mempool_row row;

		st = store_mempool_by_txid(n->db, &tx->in[i].prevout.txid, &row);
		if (st == ST_OK)
			st = stage(w, row.id, &row.txid);
		else if (st == ST_NOT_FOUND)
			st = ST_OK;
		*over = (int64_t)w->staged.n + count > max;
	}
	return st;
}

/* A member of the walk against the limits; total: vsize of the walk so far. */
static bool fits(const struct mempool_row *row, const struct family_limits *max,
		 int64_t count, int64_t vsize, int64_t total,
		 enum verdict_code code, const char *prefix, struct verdict *v)
{
	char id[HASH_TEXT_SIZE];

	if (row->vsize_desc + vsize > max->desc_vb)
		return verdict_refuse(v, code, "%sexceeds descendant size limit "
				      "for tx %s [limit: %" PRId64 "]", prefix,
				      hash256_text(id, &row->txid.h),
				      max->desc_vb);
	if (row->n_desc + count > max->desc)
		return verdict_refuse(v, code, "%stoo many descendants for tx "
				      "%s [limit: %" PRId64 "]", prefix,
				      hash256_text(id, &row->txid.h), max->desc);
	if (total > max->anc_vb)
		return verdict_refuse(v, code, "%sexceeds ancestor size limit "
				      "[limit: %" PRId64 "]", prefix,
				      max->anc_vb);
	return true;
}

static enum status stage_parents(struct family_walk *w, struct node *n,
				 int64_t id)
{
	struct poolset up;
	enum status st;

	poolset_init(&up);
	st = poolset_parents(n, &up, id);
	for (size_t i = 0; st == ST_OK && i < up.n; i++) {
		struct mempool_row row;

		st = store_mempool_by_id(n->db, up.id[i], &row);
		if (st == ST_OK)
			st = stage(w, row.id, &row.txid);
	}
	poolset_free(&up);
	return st;
}

enum status family_walk_up(struct family_walk *w, struct node *n,
			   const struct family_limits *max, int64_t count,
			   int64_t vsize, enum verdict_code code,
			   const char *prefix, struct verdict *v)
{
	int64_t total = vsize;
	enum status st = ST_OK;

	while (st == ST_OK && w->staged.n) {
		struct mempool_row row;
		int64_t id = take_least(w);
		bool added;

		st = poolset_add(&w->done, id, &added);
		if (st == ST_OK)
			st = store_mempool_by_id(n->db, id, &row);
		if (st != ST_OK)
			break;
		total += row.vsize;
		if (!fits(&row, max, count, vsize, total, code, prefix, v))
			break;
		st = stage_parents(w, n, id);
		if (st == ST_OK && (int64_t)(w->staged.n + w->done.n) + count >
					   max->anc) {
			verdict_refuse(v, code, "%stoo many unconfirmed "
				       "ancestors [limit: %" PRId64 "]", prefix,
				       max->anc);
			break;
		}
	}
	return st == ST_NOT_FOUND ? ST_CORRUPT : st;
}

/* The ancestors of one transaction, as far as the limits allow. */
static enum status walk_one(struct node *n, struct pool_candidate *c,
			    const struct family_limits *max, struct verdict *v)
{
	struct family_walk w;
	bool over, added;
	enum status st;

	family_walk_init(&w);
	c->ancestors.n = 0;
	st = family_walk_from(&w, n, &c->tx, 1, max->anc, &over);
	if (st == ST_OK && over)
		verdict_refuse(v, V_CHAIN_TOO_LONG, "too many unconfirmed "
			       "parents [limit: %" PRId64 "]", max->anc);
	else if (st == ST_OK)
		st = family_walk_up(&w, n, max, 1, c->vsize, V_CHAIN_TOO_LONG,
				    "", v);
	for (size_t i = 0; st == ST_OK && i < w.done.n; i++)
		st = poolset_add(&c->ancestors, w.done.id[i], &added);
	family_walk_free(&w);
	return st;
}

enum status pool_find_ancestors(struct node *n, struct pool_candidate *c)
{
	const struct family_limits none = {INT64_MAX, INT64_MAX, INT64_MAX,
					   INT64_MAX};
	struct verdict v;

	verdict_init(&v);
	return walk_one(n, c, &none, &v);
}

/* A replacement of one transaction takes its place among the descendants. */
static enum status allow_replaced(struct node *n, const struct pool_candidate *c,
				  struct family_limits *max)
{
	struct mempool_row row;
	enum status st;

	if (c->conflicts.n != 1)
		return ST_OK;
	st = store_mempool_by_id(n->db, c->conflicts.id[0], &row);
	if (st == ST_OK) {
		max->desc++;
		max->desc_vb += row.vsize_desc;
	}
	return st;
}

static enum status judge_limits(struct node *n, struct pool_candidate *c,
				struct verdict *v)
{
	struct family_limits max = family_limits_of(n);
	bool carve = c->mode == POOL_ALONE || c->mode == POOL_AGAIN;
	struct verdict first;
	enum status st = carve ? allow_replaced(n, c, &max) : ST_OK;

	/* its descendants are here already, or come back after it */
	if (c->mode == POOL_AGAIN)
		max.desc = max.desc_vb = INT64_MAX;
	if (st == ST_OK)
		st = walk_one(n, c, &max, v);
	if (st != ST_OK || v->code == VALID || !carve ||
	    c->vsize > CARVE_OUT_VSIZE || c->tx.version == TRUC_VERSION)
		return st;
	first = *v;
	max.anc = 2;
	if (c->mode != POOL_AGAIN) {
		max.desc++;
		max.desc_vb += CARVE_OUT_VSIZE;
	}
	verdict_init(v);
	st = walk_one(n, c, &max, v);
	if (v->code != VALID)
		*v = first;
	return st;
}

/* What it replaces must not be what it spends. */
static enum status judge_disjoint(struct node *n, const struct pool_candidate *c,
				  struct verdict *v)
{
	char id[HASH_TEXT_SIZE], other[HASH_TEXT_SIZE];
	struct mempool_row row;
	enum status st = ST_OK;

	for (size_t i = 0; st == ST_OK && v->code == VALID &&
			   i < c->conflicts.n; i++) {
		if (!poolset_has(&c->ancestors, c->conflicts.id[i]))
			continue;
		st = store_mempool_by_id(n->db, c->conflicts.id[i], &row);
		if (st == ST_OK)
			verdict_refuse(v, V_RBF_SPENDS_CONFLICT, "%s spends "
				       "conflicting transaction %s",
				       hash256_text(id, &c->tx.txid.h),
				       hash256_text(other, &row.txid.h));
	}
	return st;
}

enum status pool_judge_family(struct node *n, struct pool_candidate *c,
			      struct verdict *v)
{
	enum status st = judge_limits(n, c, v);

	if (st == ST_OK && v->code == VALID)
		st = pool_judge_truc(n, c, v);
	if (st == ST_OK && v->code == VALID)
		st = judge_disjoint(n, c, v);
	return st == ST_NOT_FOUND ? ST_CORRUPT : st;
}

char *pair_text(char out[PAIR_TEXT_SIZE], const struct txid *txid,
		const struct wtxid *wtxid)
{
	char a[HASH_TEXT_SIZE], b[HASH_TEXT_SIZE];

	snprintf(out, PAIR_TEXT_SIZE, "%s (wtxid=%s)", hash256_text(a, &txid->h),
		 hash256_text(b, &wtxid->h));
	return out;
}
