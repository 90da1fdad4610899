/* SPDX-License-Identifier: MIT */
/*
 * See mempool.h. Scripts depend on nothing but the transaction and the outputs
 * it names, which its inputs commit to: verified once against a snapshot, they
 * stay good. Everything else is judged again under the write lock when another
 * process has committed meanwhile.
 */
#include "node/pool/mempool.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/bug.h"
#include "crypto/sha256.h"
#include "node/core/checks.h"
#include "node/core/events.h"
#include "node/pool/pool.h"
#include "node/pool/poolin.h"
#include "node/pool/poollimit.h"
#include "node/pool/poolpackage.h"

static const char *source_of(const struct tx_options *o)
{
	return o->source ? o->source : "";
}

enum status pool_judge_scripts(const struct pool_candidate *c, struct verdict *v)
{
	const struct consensus_flags all = {CF_ALL};
	const struct policy_flags policy = {PF_STANDARD};

	return checks_run_tx(&c->tx, c->coin, all, policy, v);
}

enum status pool_begin_write(struct node *n, bool *changed)
{
	int64_t version = n->data_version;
	enum status st = node_write_begin(n);

	*changed = version != n->data_version;
	return st;
}

enum status pool_commit(struct node *n)
{
	enum status st = events_trim(n);

	st = node_write_end(n, st);
	if (st != ST_OK)
		return st;
	if (n->coins.bytes > n->coins.max_bytes)
		coins_settle(&n->coins);
	return ST_OK;
}

/* A pool that had no room for the newcomer remembers what it would have taken. */
enum status pool_refuse_full(struct node *n, int64_t evicted, struct verdict *v)
{
	bool changed;
	enum status st;

	db_rollback(n->db);
	verdict_refuse(v, V_MEMPOOL_FULL, "%s", "");
	st = pool_begin_write(n, &changed);
	if (st != ST_OK)
		return st;
	st = pool_raise_rate(n, evicted);
	if (st != ST_OK) {
		db_rollback(n->db);
		return st;
	}
	return pool_commit(n);
}

/* The judged candidate becomes rows. */
static enum status write_candidate(struct node *n, struct pool_candidate *c,
				   const struct tx_options *o,
				   struct verdict *v)
{
	struct mempool_row row;
	int64_t evicted = 0;
	bool changed;
	enum status st = pool_begin_write(n, &changed);

	if (st != ST_OK)
		return st;
	if (changed)
		st = pool_judge(n, c, v);
	if (st == ST_OK && v->code == VALID)
		st = poolin_insert(n, c, source_of(o), o->own);
	if (st == ST_OK && v->code == VALID)
		st = pool_trim(n, &evicted);
	if (st != ST_OK || v->code != VALID) {
		db_rollback(n->db);
		return st;
	}
	if (evicted) {
		st = store_mempool_by_txid(n->db, &c->tx.txid, &row);
		if (st == ST_NOT_FOUND)
			return pool_refuse_full(n, evicted, v);
		if (st != ST_OK) {
			db_rollback(n->db);
			return st;
		}
	}
	st = pool_commit(n);
	n->txs_taken += st == ST_OK;
	return st;
}

static enum status judge_candidate(struct node *n, struct pool_candidate *c,
				   const struct tx_options *o, struct verdict *v)
{
	bool own;
	enum status st = node_read_begin(n, &own);

	BUG_ON(st == ST_OK && !own && !o->test_only);
	if (st != ST_OK)
		return st;
	st = pool_judge(n, c, v);
	node_read_end(n, own);
	if (st == ST_OK && v->code == VALID)
		st = pool_judge_scripts(c, v);
	if (st == ST_OK && v->code == VALID && o->max_fee_sat &&
	    c->fee > o->max_fee_sat)
		verdict_refuse(v, V_MAX_FEE, "%" PRId64 " > %" PRId64, c->fee,
			       o->max_fee_sat);
	return st;
}

void pool_result(struct tx_result *out, const struct pool_candidate *c)
{
	out->txid = c->tx.txid;
	out->wtxid = c->tx.wtxid;
	out->fee_sat = c->fee;
	out->vsize = c->vsize ? c->vsize : tx_vsize(&c->tx);
	out->judged = true;
	out->group_fee_sat = pool_modified_fee(c);
	out->group_vsize = out->vsize;
	out->known = out->verdict.code == V_IN_MEMPOOL ||
		     out->verdict.code == V_SAME_NONWITNESS;
}

/* The hash that bytes which are no transaction are filed under. */
static struct hash256 hash_of(const void *raw, size_t len)
{
	struct hash256 h;

	sha256d(h.b, raw, len);
	return h;
}

/* What is here already was judged before: peers that send it again, each as it
 * hears of it, shall not fill the list of what broke a rule. */
static bool is_refusal(enum verdict_code code)
{
	return code != VALID && code != V_IN_MEMPOOL &&
	       code != V_ALREADY_KNOWN;
}

enum status node_accept_tx(struct node *n, const void *raw, size_t len,
			   const struct tx_options *o, struct tx_result *out)
{
	struct pool_candidate c;
	enum status st = pool_candidate_init(&c, raw, len);

	c.max_rate_sat_kvb = o->max_rate_sat_kvb;
	*out = (struct tx_result){0};
	verdict_init(&out->verdict);
	if (st == ST_PARSE) {
		verdict_refuse(&out->verdict, V_TX_DECODE, "%s", "");
		out->txid.h = hash_of(raw, len);
		out->wtxid.h = out->txid.h;
		st = ST_OK;
	} else if (st == ST_OK) {
		st = judge_candidate(n, &c, o, &out->verdict);
		if (st == ST_OK && out->verdict.code == VALID && !o->test_only)
			st = write_candidate(n, &c, o, &out->verdict);
		pool_result(out, &c);
	}
	pool_candidate_free(&c);
	if (st == ST_OK && is_refusal(out->verdict.code) && !o->test_only)
		st = reject_write(n, "tx", &out->txid.h, &out->verdict,
				  source_of(o));
	return st;
}

uint64_t node_txs_taken(const struct node *n)
{
	return n->txs_taken;
}

static bool delta_ok(int64_t sat)
{
	return sat >= -MONEY_MAX_SAT && sat <= MONEY_MAX_SAT;
}

/* The rows of a member and its family follow. */
static enum status add_delta(struct node *n, const struct mempool_row *member,
			     int64_t delta_sat)
{
	struct poolset up, down;
	struct mempool_row row;
	bool added;
	enum status st;

	poolset_init(&up);
	poolset_init(&down);
	st = poolset_add(&up, member->id, &added);
	if (st == ST_OK)
		st = poolset_ancestors(n, &up);
	if (st == ST_OK)
		st = poolset_add(&down, member->id, &added);
	if (st == ST_OK)
		st = poolset_descendants(n, &down);
	for (size_t i = 0; st == ST_OK && i < up.n; i++) {
		st = store_mempool_by_id(n->db, up.id[i], &row);
		row.fee_desc += delta_sat;
		if (i == 0)
			row.fee_delta += delta_sat;
		if (st == ST_OK)
			st = store_mempool_update(n->db, &row);
	}
	for (size_t i = 0; st == ST_OK && i < down.n; i++) {
		st = store_mempool_by_id(n->db, down.id[i], &row);
		row.fee_anc += delta_sat;
		if (st == ST_OK)
			st = store_mempool_update(n->db, &row);
	}
	poolset_free(&up);
	poolset_free(&down);
	if (st == ST_OK)
		st = event_tx(n, "tx-fee", &member->txid, delta_sat,
			      member->vsize, "");
	return st == ST_NOT_FOUND ? ST_CORRUPT : st;
}

enum status node_prioritise_tx(struct node *n, const struct txid *txid,
			       int64_t delta_sat)
{
	struct mempool_row row;
	int64_t sum;
	bool changed;
	enum status st = pool_begin_write(n, &changed);

	if (st != ST_OK)
		return st;
	st = store_mempool_delta(n->db, txid, &sum);
	if (st == ST_OK && (!delta_ok(delta_sat) || !delta_ok(sum + delta_sat)))
		st = ST_TOO_BIG;
	if (st == ST_OK)
		st = store_mempool_delta_set(n->db, txid, sum + delta_sat);
	if (st == ST_OK) {
		st = store_mempool_by_txid(n->db, txid, &row);
		if (st == ST_OK)
			st = add_delta(n, &row, delta_sat);
		else if (st == ST_NOT_FOUND)
			st = ST_OK;
	}
	if (st == ST_OK)
		return pool_commit(n);
	db_rollback(n->db);
	return st;
}

enum status node_mempool_expire(struct node *n)
{
	int64_t evicted;
	bool own, due, changed;
	enum status st = node_read_begin(n, &own);

	BUG_ON(st == ST_OK && !own);
	if (st != ST_OK)
		return st;
	st = pool_is_due(n, &due);
	node_read_end(n, own);
	if (st != ST_OK || !due)
		return st;
	st = pool_begin_write(n, &changed);
	if (st != ST_OK)
		return st;
	st = pool_trim(n, &evicted);
	if (st == ST_OK)
		return pool_commit(n);
	db_rollback(n->db);
	return st;
}

enum status node_mempool_info(struct node *n, struct mempool_info *out)
{
	bool own;
	enum status st = node_read_begin(n, &own);

	if (st != ST_OK)
		return st;
	st = store_mempool_sums(n->db, &out->count, &out->vsize, &out->bytes,
				&out->fees_sat);
	out->usage_bytes = out->bytes + out->count * POOL_TX_OVERHEAD;
	if (st == ST_OK)
		st = pool_min_rate(n, &out->min_fee_sat_kvb);
	if (st == ST_OK)
		st = store_untold_count(n->db, &out->untold);
	if (out->min_fee_sat_kvb < n->policy.min_relay_sat_kvb)
		out->min_fee_sat_kvb = n->policy.min_relay_sat_kvb;
	node_read_end(n, own);
	return st;
}

enum status node_tx_untold(struct node *n, const struct txid *id, bool *untold)
{
	bool own;
	enum status st = node_read_begin(n, &own);

	if (st != ST_OK)
		return st;
	st = store_untold_has(n->db, id, untold);
	node_read_end(n, own);
	return st;
}

enum status node_tx_untold_next(struct node *n, struct txid *id)
{
	bool own;
	enum status st = node_read_begin(n, &own);

	if (st != ST_OK)
		return st;
	st = store_untold_next(n->db, id);
	node_read_end(n, own);
	return st;
}

enum status node_tx_told(struct node *n, const struct txid *id)
{
	bool untold;
	enum status st = node_tx_untold(n, id, &untold);

	if (st != ST_OK || !untold)
		return st;
	st = node_write_begin(n);
	return st == ST_OK ? node_write_end(n, store_untold_delete(n->db, id)) : st;
}
