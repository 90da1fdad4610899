/* SPDX-License-Identifier: MIT */
/*
 * See poolin.h. The rows of a transaction hold the sums over its ancestors and
 * over its descendants, itself included; whoever comes or leaves keeps those of
 * its family right.
 */
#include "node/pool/poolin.h"

#include "node/core/events.h"
#include "node/core/scripts.h"
#include "node/pool/pool.h"
#include "node/pool/poollimit.h"
#include "node/pool/poolpackage.h"
#include "store/store_tx.h"

/* Deeper reorganisations than this give their transactions up. */
#define RULES_SETTLED_BLOCKS 4096

static enum status insert_inputs(struct node *n, const struct pool_candidate *c,
				 int64_t id)
{
	enum status st = ST_OK;

	for (uint32_t i = 0; st == ST_OK && i < c->tx.n_in; i++) {
		struct mempool_in_row in = {
			.tx = id,
			.n = i,
			.prevout = c->tx.in[i].prevout,
			.value = c->coin[i].value,
			.script = c->script[i],
		};

		if (!in.script)
			st = script_id(n->db, &n->params, c->coin[i].script,
				       &in.script);
		if (st == ST_OK)
			st = store_mempool_in_insert(n->db, &in);
		if (st == ST_OK)
			st = store_mempool_history_spend(n->db, in.script, id,
							 in.value);
	}
	return st;
}

static enum status insert_outputs(struct node *n, const struct tx *tx,
				  int64_t id)
{
	enum status st = ST_OK;

	for (uint32_t i = 0; st == ST_OK && i < tx->n_out; i++) {
		struct mempool_out_row out = {
			.tx = id, .n = i, .value = tx->out[i].value};

		st = script_id(n->db, &n->params, tx->out[i].script,
			       &out.script);
		if (st == ST_OK)
			st = store_mempool_out_insert(n->db, &out);
		if (st == ST_OK)
			st = store_mempool_history_fund(n->db, out.script, id,
							out.value);
	}
	return st;
}

static enum status add_descendant(struct node *n, int64_t to, int64_t vsize,
				  int64_t fee)
{
	struct mempool_row row;
	enum status st = store_mempool_by_id(n->db, to, &row);

	if (st != ST_OK)
		return st;
	row.n_desc++;
	row.vsize_desc += vsize;
	row.fee_desc += fee;
	return store_mempool_update(n->db, &row);
}

/* Sums over the ancestors into row; the ancestors count one descendant more. */
static enum status join_ancestors(struct node *n, const struct poolset *up,
				  struct mempool_row *row)
{
	enum status st = ST_OK;

	for (size_t i = 0; st == ST_OK && i < up->n; i++) {
		struct mempool_row a;

		st = store_mempool_by_id(n->db, up->id[i], &a);
		if (st != ST_OK)
			break;
		row->n_anc++;
		row->vsize_anc += a.vsize;
		row->fee_anc += a.fee + a.fee_delta;
		a.n_desc++;
		a.vsize_desc += row->vsize;
		a.fee_desc += row->fee + row->fee_delta;
		st = store_mempool_update(n->db, &a);
	}
	return st;
}

/* A transaction comes back below one that waited for it: `id` and those of its
 * ancestors that `kid` did not have yet become ancestors of kid. had: the
 * ancestors of kid before. */
static enum status adopt(struct node *n, int64_t kid, const struct poolset *had,
			 int64_t id, const struct poolset *up)
{
	struct mempool_row k, a;
	enum status st = store_mempool_by_id(n->db, kid, &k);

	for (size_t i = 0; st == ST_OK && i <= up->n; i++) {
		int64_t who = i < up->n ? up->id[i] : id;

		if (poolset_has(had, who))
			continue;
		st = store_mempool_by_id(n->db, who, &a);
		if (st == ST_OK) {
			k.n_anc++;
			k.vsize_anc += a.vsize;
			k.fee_anc += a.fee + a.fee_delta;
			st = add_descendant(n, who, k.vsize,
					    k.fee + k.fee_delta);
		}
	}
	if (st == ST_OK)
		st = store_mempool_update(n->db, &k);
	return st;
}

/* Ancestors of kid without id and without what it has through id alone: the way
 * up does not go on at id. */
static enum status ancestors_before(struct node *n, int64_t kid, int64_t id,
				    struct poolset *out)
{
	enum status st = poolset_parents(n, out, kid);

	for (size_t i = 0; st == ST_OK && i < out->n; i++) {
		if (out->id[i] != id)
			st = poolset_parents(n, out, out->id[i]);
	}
	for (size_t i = 0; i < out->n; i++) {
		if (out->id[i] == id) {
			out->id[i] = out->id[--out->n];
			break;
		}
	}
	return st;
}

static enum status join_descendants(struct node *n, int64_t id,
				    const struct poolset *up)
{
	struct poolset down;
	bool added;
	enum status st;

	poolset_init(&down);
	st = poolset_add(&down, id, &added);
	if (st == ST_OK)
		st = poolset_descendants(n, &down);
	for (size_t i = 1; st == ST_OK && i < down.n; i++) {
		struct poolset had;

		poolset_init(&had);
		st = ancestors_before(n, down.id[i], id, &had);
		if (st == ST_OK)
			st = adopt(n, down.id[i], &had, id, up);
		poolset_free(&had);
	}
	poolset_free(&down);
	return st;
}

static enum status evict_conflicts(struct node *n, const struct pool_candidate *c)
{
	enum status st = ST_OK;

	for (size_t i = 0; st == ST_OK && i < c->conflicts.n; i++) {
		struct mempool_row row;

		st = store_mempool_by_id(n->db, c->conflicts.id[i], &row);
		if (st == ST_OK)
			st = pool_remove(n, row.id, "replaced", &c->tx.txid.h);
		else if (st == ST_NOT_FOUND)	/* with one before it */
			st = ST_OK;
	}
	return st;
}

static bool replaceable(const struct tx *tx)
{
	for (uint32_t i = 0; i < tx->n_in; i++) {
		if (tx->in[i].sequence <= SEQUENCE_FINAL - 2)
			return true;
	}
	return false;
}

enum status poolin_insert(struct node *n, struct pool_candidate *c,
			  const char *source, bool own)
{
	struct mempool_row row = {
		.txid = c->tx.txid,
		.wtxid = c->tx.wtxid,
		.raw = c->tx.raw,
		.at = node_now_s(n),
		.height = c->height,
		.fee = c->fee,
		.fee_delta = c->fee_delta,
		.weight = tx_weight(&c->tx),
		.vsize = c->vsize,
		.sigop_cost = c->sigop_cost,
		.spends_coinbase = c->spends_coinbase,
		.replaceable = replaceable(&c->tx),
		.n_anc = 1, .vsize_anc = c->vsize, .fee_anc = pool_modified_fee(c),
		.n_desc = 1, .vsize_desc = c->vsize,
		.fee_desc = pool_modified_fee(c),
	};
	enum status st = evict_conflicts(n, c);

	if (st == ST_OK)
		st = join_ancestors(n, &c->ancestors, &row);
	if (st == ST_OK)
		st = store_mempool_insert(n->db, &row, source);
	if (st == ST_OK)
		st = insert_inputs(n, c, row.id);
	if (st == ST_OK)
		st = insert_outputs(n, &c->tx, row.id);
	/* only what was in a block can have descendants here before it */
	if (st == ST_OK && c->mode == POOL_AGAIN)
		st = join_descendants(n, row.id, &c->ancestors);
	if (st == ST_OK && own)
		st = store_untold_put(n->db, &row.txid);
	if (st == ST_OK)
		st = event_tx(n, "tx", &row.txid, row.fee, row.vsize, "");
	return st == ST_NOT_FOUND ? ST_CORRUPT : st;
}

/* A transaction of a block that left, and that cannot wait: with it goes what
 * spends it. */
static enum status give_up(struct node *n, const struct tx *tx)
{
	int64_t kid;
	int found;
	enum status st = store_mempool_gone_add(n->db, node_now_s(n), &tx->txid,
						"reorg", NULL, tx->raw);

	if (st == ST_OK)
		st = event_tx(n, "tx-gone", &tx->txid, 0, tx_vsize(tx), "reorg");
	while (st == ST_OK) {
		st = store_mempool_children(n->db, &tx->txid, &kid, 1, &found);
		if (st != ST_OK || !found)
			break;
		st = pool_remove(n, kid, "reorg", &tx->txid.h);
	}
	return st;
}

/* Far above every activation height: whatever stood in a block that left was
 * judged by all script rules. */
static bool all_rules_held(const struct node *n, uint32_t height)
{
	const struct params *p = &n->params;
	uint32_t last = p->bip65_height;

	last = p->bip66_height > last ? p->bip66_height : last;
	last = p->csv_height > last ? p->csv_height : last;
	last = p->segwit_height > last ? p->segwit_height : last;
	return last <= 1 || (height > RULES_SETTLED_BLOCKS &&
			     last < height - RULES_SETTLED_BLOCKS);
}

enum status poolin_again(struct node *n, const void *raw, size_t len)
{
	struct pool_candidate c;
	struct coin_tx *known;
	struct verdict v;
	enum status st = pool_candidate_init(&c, raw, len);

	verdict_init(&v);
	c.mode = POOL_AGAIN;
	if (st == ST_OK)
		st = coins_find(&n->coins, &c.tx.txid, &known);
	else if (st == ST_PARSE)
		st = ST_CORRUPT;
	/* unless the new branch has it as well */
	if (st == ST_NOT_FOUND) {
		st = pool_judge(n, &c, &v);
		/* a pool row says: good by every rule (batch.c relies on it) */
		if (st == ST_OK && v.code == VALID &&
		    !all_rules_held(n, c.height))
			st = pool_judge_scripts(&c, &v);
		if (st == ST_OK && v.code == VALID)
			st = poolin_insert(n, &c, "reorg", false);
		else if (st == ST_OK && v.code != V_IN_MEMPOOL &&
			 v.code != V_SAME_NONWITNESS)
			st = give_up(n, &c.tx);
	}
	pool_candidate_free(&c);
	return st;
}

enum status poolin_sweep(struct node *n)
{
	struct mempool_row row;
	int64_t after = 0, evicted;
	enum status st;

	for (;;) {
		struct pool_candidate c;
		struct verdict v;

		st = store_mempool_next(n->db, after, &row);
		if (st != ST_OK)
			break;
		after = row.id;
		verdict_init(&v);
		st = pool_candidate_init(&c, row.raw.p, row.raw.len);
		if (st == ST_OK)
			st = pool_judge_tip(n, &c, &v);
		else if (st == ST_PARSE)
			st = ST_CORRUPT;
		pool_candidate_free(&c);
		if (st == ST_OK && v.code != VALID)
			st = pool_remove(n, after, "reorg", NULL);
		if (st != ST_OK)
			return st;
	}
	return st == ST_NOT_FOUND ? pool_trim(n, &evicted) : st;
}
