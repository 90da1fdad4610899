/* SPDX-License-Identifier: MIT */
/* See pooltruc.h. The texts are Bitcoin Core's. */
#include "node/pool/pooltruc.h"

#include <inttypes.h>

#include "consensus/standard.h"
#include "node/pool/poolfamily.h"

/* Who is a parent: in the pool, or of the same group. */
struct relative {
	struct txid txid;
	struct wtxid wtxid;
	uint32_t version;
	bool has_child;		/* in the pool */
};

static uint32_t version_of(const struct mempool_row *row)
{
	return row->raw.len >= 4 ? le32_get(row->raw.p) : 0;
}

static struct relative relative_of_row(const struct mempool_row *row)
{
	return (struct relative){row->txid, row->wtxid, version_of(row),
				 row->n_desc > 1};
}

static struct relative relative_of_tx(const struct tx *tx)
{
	return (struct relative){tx->txid, tx->wtxid, tx->version, false};
}

/* Version 3 goes with version 3 alone. */
static bool same_kind(const struct tx *tx, const struct relative *parent,
		      struct verdict *v)
{
	char me[PAIR_TEXT_SIZE], other[PAIR_TEXT_SIZE];
	bool truc = tx->version == TRUC_VERSION;

	if (truc == (parent->version == TRUC_VERSION))
		return true;
	return verdict_refuse(v, V_TRUC, "%sversion=3 tx %s cannot spend from "
			      "%sversion=3 tx %s", truc ? "" : "non-",
			      pair_text(me, &tx->txid, &tx->wtxid),
			      truc ? "non-" : "",
			      pair_text(other, &parent->txid, &parent->wtxid));
}

static bool refuse_size(const struct pool_candidate *c, const char *what,
			int max, struct verdict *v)
{
	char me[PAIR_TEXT_SIZE];

	return verdict_refuse(v, V_TRUC, "version=3 %s %s is too big: %" PRIu32
			      " > %d virtual bytes", what,
			      pair_text(me, &c->tx.txid, &c->tx.wtxid),
			      c->vsize, max);
}

static bool refuse_ancestors(const struct tx *tx, struct verdict *v)
{
	char me[PAIR_TEXT_SIZE];

	return verdict_refuse(v, V_TRUC, "tx %s would have too many ancestors",
			      pair_text(me, &tx->txid, &tx->wtxid));
}

static bool refuse_descendants(const struct relative *parent, struct verdict *v)
{
	char other[PAIR_TEXT_SIZE];

	return verdict_refuse(v, V_TRUC, "tx %s would exceed descendant count "
			      "limit", pair_text(other, &parent->txid,
						 &parent->wtxid));
}

/* Of the ancestors that are of the other kind the one with the least txid. */
static enum status judge_kind(struct node *n, const struct pool_candidate *c,
			      struct verdict *v)
{
	bool truc = c->tx.version == TRUC_VERSION, found = false;
	struct relative least = {.version = 0};
	enum status st = ST_OK;

	for (size_t i = 0; st == ST_OK && i < c->ancestors.n; i++) {
		struct mempool_row row;

		st = store_mempool_by_id(n->db, c->ancestors.id[i], &row);
		if (st != ST_OK || (version_of(&row) == TRUC_VERSION) == truc)
			continue;
		if (!found || memcmp(row.txid.h.b, least.txid.h.b, 32) < 0)
			least = relative_of_row(&row);
		found = true;
	}
	if (st == ST_OK && found)
		same_kind(&c->tx, &least, v);
	return st;
}

/* The parent has another descendant already: when that is one child alone, it
 * may be replaced as if it were a conflict. */
static enum status judge_sibling(struct node *n, struct pool_candidate *c,
				 struct verdict *v)
{
	bool may = c->mode != POOL_GROUP && c->mode != POOL_TEST, added;
	struct mempool_row parent, kid;
	struct relative r;
	int64_t id[2];
	int found;
	enum status st = store_mempool_by_id(n->db, c->ancestors.id[0], &parent);

	if (st != ST_OK)
		return st;
	r = relative_of_row(&parent);
	st = store_mempool_children(n->db, &parent.txid, id, 2, &found);
	for (int i = 0; st == ST_OK && i < found; i++) {
		if (poolset_has(&c->conflicts, id[i]))
			return ST_OK;
	}
	if (st != ST_OK || parent.n_desc + 1 <= TRUC_FAMILY_MAX)
		return st;
	if (may && found == 1 && parent.n_desc == 2) {
		st = store_mempool_by_id(n->db, id[0], &kid);
		if (st == ST_OK && kid.n_anc == 2) {
			c->sibling_eviction = true;
			return poolset_add(&c->conflicts, id[0], &added);
		}
	}
	if (st == ST_OK)
		refuse_descendants(&r, v);
	return st;
}

enum status pool_judge_truc(struct node *n, struct pool_candidate *c,
			    struct verdict *v)
{
	enum status st = judge_kind(n, c, v);

	if (st != ST_OK || v->code != VALID || c->tx.version != TRUC_VERSION)
		return st;
	if (c->vsize > TRUC_VSIZE_MAX)
		refuse_size(c, "tx", TRUC_VSIZE_MAX, v);
	else if (c->ancestors.n + 1 > TRUC_FAMILY_MAX)
		refuse_ancestors(&c->tx, v);
	else if (c->ancestors.n && c->vsize > TRUC_CHILD_VSIZE_MAX)
		refuse_size(c, "child tx", TRUC_CHILD_VSIZE_MAX, v);
	/* what comes back from a block had a sibling there by right */
	else if (c->ancestors.n && c->mode != POOL_AGAIN)
		return judge_sibling(n, c, v);
	return ST_OK;
}

static bool spends(const struct tx *tx, const struct txid *id)
{
	for (uint32_t i = 0; i < tx->n_in; i++) {
		if (hash256_equal(&tx->in[i].prevout.txid.h, &id->h))
			return true;
	}
	return false;
}

/* The only parent of the i-th must have no other child, the i-th none at all. */
static bool judge_relatives(struct pool_candidate *const *c, uint32_t count,
			    uint32_t i, const struct relative *parent,
			    struct verdict *v)
{
	const struct tx *tx = &c[i]->tx;

	if (!same_kind(tx, parent, v))
		return false;
	for (uint32_t k = 0; k < count; k++) {
		const struct tx *other = &c[k]->tx;

		for (uint32_t m = 0; k != i && m < other->n_in; m++) {
			const struct txid *id = &other->in[m].prevout.txid;

			if (hash256_equal(&id->h, &parent->txid.h))
				return refuse_descendants(parent, v);
			if (hash256_equal(&id->h, &tx->txid.h))
				return refuse_ancestors(other, v);
		}
	}
	return !parent->has_child || refuse_descendants(parent, v);
}

enum status pool_judge_truc_of_group(struct node *n,
				     struct pool_candidate *const *c,
				     uint32_t count, uint32_t i,
				     struct verdict *v)
{
	const struct pool_candidate *me = c[i];
	struct relative parent = {.version = 0};
	struct mempool_row row;
	size_t parents = me->ancestors.n;
	enum status st = ST_OK;

	if (parents) {
		st = store_mempool_by_id(n->db, me->ancestors.id[0], &row);
		if (st == ST_OK)
			parent = relative_of_row(&row);
	}
	if (st == ST_OK && me->tx.version != TRUC_VERSION && parents)
		st = judge_kind(n, me, v);
	for (uint32_t k = 0; st == ST_OK && v->code == VALID && k < i; k++) {
		struct relative r = relative_of_tx(&c[k]->tx);

		if (!spends(&me->tx, &r.txid))
			continue;
		if (me->tx.version != TRUC_VERSION)
			same_kind(&me->tx, &r, v);
		else if (!parents++)
			parent = r;
	}
	if (st != ST_OK || v->code != VALID || me->tx.version != TRUC_VERSION)
		return st;
	if (parents + 1 > TRUC_FAMILY_MAX)
		refuse_ancestors(&me->tx, v);
	else if (parents && me->vsize > TRUC_CHILD_VSIZE_MAX)
		refuse_size(me, "child tx", TRUC_CHILD_VSIZE_MAX, v);
	else if (parents)
		judge_relatives(c, count, i, &parent, v);
	return ST_OK;
}
