/* SPDX-License-Identifier: MIT */
/*
 * Limits on families of unconfirmed transactions, so that an eviction, a
 * replacement or a block never has to touch many rows: ancestors and descendants
 * by number and size, and BIP431's narrower ones for version 3.
 */
#include <inttypes.h>

#include "consensus/standard.h"
#include "node/pooljudge.h"

#define TRUC_VSIZE_MAX 10000
#define TRUC_CHILD_VSIZE_MAX 1000
#define TRUC_FAMILY_MAX 2
/* One more child, not larger than this, of a transaction whose other
 * descendants fill its limit: what payment channels need. */
#define CARVE_OUT_VSIZE 10000

struct family_limits {
	int64_t anc, anc_vb, desc, desc_vb;
};

static enum status parents_of(struct node *n, struct pool_candidate *c)
{
	enum status st = ST_OK;
	bool added;

	c->ancestors.n = 0;
	for (uint32_t i = 0; st == ST_OK && i < c->tx.n_in; i++) {
		struct mempool_row row;

		st = store_mempool_by_txid(n->db, &c->tx.in[i].prevout.txid,
					   &row);
		if (st == ST_OK)
			st = poolset_add(&c->ancestors, row.id, &added);
		else if (st == ST_NOT_FOUND)
			st = ST_OK;
	}
	return st;
}

/* Walks up from the parents as far as the limits allow. */
static enum status walk_up(struct node *n, struct pool_candidate *c,
			   const struct family_limits *max, struct verdict *v)
{
	int64_t vsize = c->vsize;
	enum status st = parents_of(n, c);

	if (st == ST_OK && (int64_t)c->ancestors.n + 1 > max->anc)
		verdict_refuse(v, V_CHAIN_TOO_LONG,
			       "too many unconfirmed parents [limit: %" PRId64
			       "]", max->anc);
	for (size_t i = 0; st == ST_OK && v->code == VALID &&
			   i < c->ancestors.n; i++) {
		struct mempool_row row;

		st = store_mempool_by_id(n->db, c->ancestors.id[i], &row);
		if (st != ST_OK)
			break;
		vsize += row.vsize;
		if (row.vsize_desc + c->vsize > max->desc_vb)
			verdict_refuse(v, V_CHAIN_TOO_LONG,
				       "exceeds descendant size limit [limit: %"
				       PRId64 "]", max->desc_vb);
		else if (row.n_desc + 1 > max->desc)
			verdict_refuse(v, V_CHAIN_TOO_LONG,
				       "too many descendants [limit: %" PRId64
				       "]", max->desc);
		else if (vsize > max->anc_vb)
			verdict_refuse(v, V_CHAIN_TOO_LONG,
				       "exceeds ancestor size limit [limit: %"
				       PRId64 "]", max->anc_vb);
		if (v->code != VALID)
			break;
		st = poolset_parents(n, &c->ancestors, row.id);
		if (st == ST_OK && (int64_t)c->ancestors.n + 1 > max->anc)
			verdict_refuse(v, V_CHAIN_TOO_LONG,
				       "too many unconfirmed ancestors [limit: %"
				       PRId64 "]", max->anc);
	}
	return st == ST_NOT_FOUND ? ST_CORRUPT : st;
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

static uint32_t version_of(const struct mempool_row *row)
{
	return row->raw.len >= 4 ? le32_get(row->raw.p) : 0;
}

/* The parent of a version 3 child has another descendant already: when that is
 * one child alone, it may be replaced as if it were a conflict. */
static enum status judge_sibling(struct node *n, struct pool_candidate *c,
				 const struct mempool_row *parent,
				 struct verdict *v)
{
	int64_t kid[2];
	int found;
	struct mempool_row row;
	bool added;
	enum status st = store_mempool_children(n->db, &parent->txid, kid, 2,
						&found);

	for (int i = 0; st == ST_OK && i < found; i++) {
		if (poolset_has(&c->conflicts, kid[i]))
			return ST_OK;
	}
	if (st != ST_OK || parent->n_desc + 1 <= TRUC_FAMILY_MAX)
		return st;
	if (found == 1 && parent->n_desc == 2 && c->mode == POOL_ALONE) {
		st = store_mempool_by_id(n->db, kid[0], &row);
		if (st == ST_OK && row.n_anc == 2) {
			c->sibling_eviction = true;
			return poolset_add(&c->conflicts, kid[0], &added);
		}
	}
	verdict_refuse(v, V_TRUC, "would exceed descendant count limit");
	return st;
}

static enum status judge_truc(struct node *n, struct pool_candidate *c,
			      struct verdict *v)
{
	bool truc = c->tx.version == TRUC_VERSION;
	struct mempool_row row;
	enum status st = ST_OK;

	for (size_t i = 0; st == ST_OK && i < c->ancestors.n; i++) {
		st = store_mempool_by_id(n->db, c->ancestors.id[i], &row);
		if (st != ST_OK)
			break;
		if (truc && version_of(&row) != TRUC_VERSION) {
			verdict_refuse(v, V_TRUC, "version=3 tx cannot spend "
				       "from non-version=3 tx");
			return ST_OK;
		}
		if (!truc && version_of(&row) == TRUC_VERSION) {
			verdict_refuse(v, V_TRUC, "non-version=3 tx cannot "
				       "spend from version=3 tx");
			return ST_OK;
		}
	}
	if (st != ST_OK || !truc)
		return st;
	if (c->vsize > TRUC_VSIZE_MAX)
		verdict_refuse(v, V_TRUC, "version=3 tx is too big: %" PRIu32
			       " > %d virtual bytes", c->vsize, TRUC_VSIZE_MAX);
	else if (c->ancestors.n + 1 > TRUC_FAMILY_MAX)
		verdict_refuse(v, V_TRUC, "would have too many ancestors");
	else if (c->ancestors.n && c->vsize > TRUC_CHILD_VSIZE_MAX)
		verdict_refuse(v, V_TRUC, "version=3 child tx is too big: %"
			       PRIu32 " > %d virtual bytes", c->vsize,
			       TRUC_CHILD_VSIZE_MAX);
	else if (c->ancestors.n)	/* row is the only ancestor's */
		return judge_sibling(n, c, &row, v);
	return ST_OK;
}

enum status pool_judge_family(struct node *n, struct pool_candidate *c,
			      struct verdict *v)
{
	struct family_limits max = {
		.anc = n->policy.ancestors_max,
		.anc_vb = n->policy.ancestors_max_vb,
		.desc = n->policy.descendants_max,
		.desc_vb = n->policy.descendants_max_vb,
	};
	enum status st;

	/* a block may have held longer families than the pool does */
	if (c->mode == POOL_AGAIN) {
		st = walk_up(n, c, &max, v);
	} else {
		st = allow_replaced(n, c, &max);
		if (st == ST_OK)
			st = walk_up(n, c, &max, v);
		if (st == ST_OK && v->code != VALID && c->mode == POOL_ALONE &&
		    c->vsize <= CARVE_OUT_VSIZE &&
		    c->tx.version != TRUC_VERSION) {
			struct verdict first = *v;

			max.anc = 2;
			max.desc++;
			max.desc_vb += CARVE_OUT_VSIZE;
			verdict_init(v);
			st = walk_up(n, c, &max, v);
			if (v->code != VALID)
				*v = first;
		}
		if (st == ST_OK && v->code == VALID)
			st = judge_truc(n, c, v);
	}
	for (size_t i = 0; st == ST_OK && v->code == VALID &&
			   i < c->conflicts.n; i++) {
		if (poolset_has(&c->ancestors, c->conflicts.id[i]))
			verdict_refuse(v, V_RBF_SPENDS_CONFLICT, "%s", "");
	}
	return st == ST_NOT_FOUND ? ST_CORRUPT : st;
}
