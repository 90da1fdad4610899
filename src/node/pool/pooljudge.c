/* SPDX-License-Identifier: MIT */
/* See pooljudge.h. The order is that of Bitcoin Core's PreChecks. */
#include "node/pool/pooljudge.h"

#include <inttypes.h>

#include "consensus/locktime.h"
#include "consensus/standard.h"
#include "consensus/tx_check.h"
#include "consensus/tx_inputs.h"
#include "node/pool/poollimit.h"
#include "primitives/script.h"
#include "store/store_script.h"

#define CANDIDATE_BYTES_MAX ((size_t)512 << 20)
/* Bitcoin Core's DEFAULT_BYTES_PER_SIGOP: a transaction with many signature
 * operations counts as a larger one. */

enum status pool_candidate_init(struct pool_candidate *c, const void *raw,
				size_t len)
{
	*c = (struct pool_candidate){0};
	arena_init(&c->arena, CANDIDATE_BYTES_MAX);
	arena_init(&c->found, CANDIDATE_BYTES_MAX);
	return tx_parse(&c->tx, raw, len, &c->arena);
}

void pool_candidate_free(struct pool_candidate *c)
{
	arena_free(&c->arena);
	arena_free(&c->found);
	poolset_free(&c->conflicts);
	poolset_free(&c->ancestors);
}

static void reset(struct pool_candidate *c)
{
	arena_reset(&c->found);
	c->conflicts.n = 0;
	c->ancestors.n = 0;
	c->coin = NULL;
	c->spends_coinbase = c->sibling_eviction = false;
}

static bool judge_form(const struct node *n, const struct tx *tx,
		       struct verdict *v)
{
	const struct mempool_policy *p = &n->policy;
	const struct standard_rules rules = {
		.datacarrier_max = p->datacarrier_max,
		.bare_multisig = p->bare_multisig,
		.dust_sat_kvb = p->dust_sat_kvb,
	};

	if (!tx_check(tx, v))
		return false;
	if (tx_is_coinbase(tx))
		return verdict_refuse(v, V_COINBASE, "%s", "");
	if (p->require_standard && !standard_tx(tx, &rules, v))
		return false;
	if (tx->base_size < STANDARD_BASE_SIZE_MIN)
		return verdict_refuse(v, V_TX_SIZE_SMALL, "%" PRIu32 " bytes",
				      tx->base_size);
	return true;
}

static enum status judge_known(struct node *n, const struct tx *tx,
			       struct verdict *v)
{
	struct mempool_row row;
	enum status st = store_mempool_by_txid(n->db, &tx->txid, &row);

	if (st == ST_OK)
		verdict_refuse(v, hash256_equal(&row.wtxid.h, &tx->wtxid.h)
					  ? V_IN_MEMPOOL
					  : V_SAME_NONWITNESS, "%s", "");
	return st == ST_NOT_FOUND ? ST_OK : st;
}

/* BIP125: some input's sequence says that it may be replaced. */
static bool signals_replacement(struct bytes raw, struct arena *scratch,
				enum status *st)
{
	struct tx tx;

	*st = tx_parse(&tx, raw.p, raw.len, scratch);
	if (*st != ST_OK) {
		*st = *st == ST_PARSE ? ST_CORRUPT : *st;
		return false;
	}
	if (tx.version == TRUC_VERSION)
		return true;
	for (uint32_t i = 0; i < tx.n_in; i++) {
		if (tx.in[i].sequence <= SEQUENCE_FINAL - 2)
			return true;
	}
	return false;
}

static enum status find_conflicts(struct node *n, struct pool_candidate *c,
				  struct verdict *v)
{
	enum status st = ST_OK;

	for (uint32_t i = 0; st == ST_OK && i < c->tx.n_in; i++) {
		struct mempool_row row;
		int64_t id;
		uint32_t at;
		bool added;

		st = store_mempool_spender(n->db, &c->tx.in[i].prevout, &id, &at);
		if (st == ST_NOT_FOUND) {
			st = ST_OK;
			continue;
		}
		if (st == ST_OK && c->mode == POOL_TEST) {
			verdict_refuse(v, V_RBF_DISALLOWED, "%s", "");
			v->input = (int32_t)i;
			break;
		}
		if (st == ST_OK)
			st = poolset_add(&c->conflicts, id, &added);
		if (st != ST_OK || !added || n->policy.full_rbf)
			continue;
		st = store_mempool_by_id(n->db, id, &row);
		if (st == ST_OK &&
		    !signals_replacement(row.raw, &c->found, &st) &&
		    st == ST_OK) {
			verdict_refuse(v, V_MEMPOOL_CONFLICT,
				       "input %" PRIu32, i);
			v->input = (int32_t)i;
			break;
		}
	}
	return st == ST_NOT_FOUND ? ST_CORRUPT : st;
}

/* An output of another transaction in the pool. */
static enum status pool_coin(struct node *n, struct pool_candidate *c,
			     uint32_t i)
{
	const struct outpoint *at = &c->tx.in[i].prevout;
	struct mempool_row parent;
	struct mempool_out_row out;
	struct script_row script;
	const uint8_t *copy;
	enum status st = store_mempool_by_txid(n->db, &at->txid, &parent);

	if (st == ST_OK)
		st = store_mempool_out_get(n->db, parent.id, at->n, &out);
	if (st != ST_OK)
		return st;
	st = store_script_get(n->db, out.script, &script);
	if (st != ST_OK)
		return st == ST_NOT_FOUND ? ST_CORRUPT : st;
	copy = arena_copy(&c->found, script.spk.p, script.spk.len);
	if (!copy)
		return ST_NOMEM;
	c->coin[i] = (struct coin){
		.value = out.value,
		.script = bytes_of(copy, script.spk.len),
		.height = c->height + 1,
	};
	c->script[i] = out.script;
	return ST_OK;
}

static enum status chain_coin(struct node *n, struct pool_candidate *c,
			      uint32_t i)
{
	const struct outpoint *at = &c->tx.in[i].prevout;
	const uint8_t *copy;
	struct coin_tx *t;
	struct coin_out *o;
	enum status st = coins_find(&n->coins, &at->txid, &t);

	if (st == ST_OK)
		st = coins_output(&n->coins, t, at->n, &o);
	if (st != ST_OK)
		return st;
	/* the genesis block's output was never a coin, nor is what no script
	 * can spend */
	if (o->spent_tx || t->height == 0 || script_is_unspendable(o->spk))
		return ST_NOT_FOUND;
	copy = arena_copy(&c->found, o->spk.p, o->spk.len);
	if (!copy)
		return ST_NOMEM;
	c->coin[i] = (struct coin){
		.value = o->value,
		.script = bytes_of(copy, o->spk.len),
		.height = t->height,
		.coinbase = t->coinbase,
	};
	c->script[i] = o->script;
	c->spends_coinbase |= t->coinbase;
	return ST_OK;
}

static enum status family_coin(struct pool_candidate *c, uint32_t i)
{
	const struct outpoint *at = &c->tx.in[i].prevout;

	for (uint32_t k = 0; k < c->n_family; k++) {
		const struct tx *tx = &c->family[k].tx;

		if (!hash256_equal(&tx->txid.h, &at->txid.h) || at->n >= tx->n_out)
			continue;
		c->coin[i] = (struct coin){
			.value = tx->out[at->n].value,
			.script = tx->out[at->n].script,
			.height = c->height + 1,
		};
		c->script[i] = 0;
		return ST_OK;
	}
	return ST_NOT_FOUND;
}

/* An input is missing: perhaps because the transaction itself is in the chain. */
static enum status refuse_missing(struct node *n, struct pool_candidate *c,
				  uint32_t i, struct verdict *v)
{
	char text[HASH_TEXT_SIZE];
	struct coin_tx *t;
	struct coin_out *o;
	enum status st = coins_find(&n->coins, &c->tx.txid, &t);

	for (uint32_t k = 0; st == ST_OK && k < t->n_out; k++) {
		st = coins_output(&n->coins, t, k, &o);
		if (st == ST_OK && !o->spent_tx &&
		    !script_is_unspendable(o->spk)) {
			verdict_refuse(v, V_ALREADY_KNOWN, "%s", "");
			return ST_OK;
		}
	}
	if (st != ST_OK && st != ST_NOT_FOUND)
		return st;
	verdict_refuse(v, V_MISSING_INPUTS, "input %" PRIu32 ": output %" PRIu32
		       " of %s is unknown or spent", i, c->tx.in[i].prevout.n,
		       hash256_text(text, &c->tx.in[i].prevout.txid.h));
	v->input = (int32_t)i;
	return ST_OK;
}

static enum status find_coins(struct node *n, struct pool_candidate *c,
			      struct verdict *v)
{
	c->coin = arena_array(&c->found, c->tx.n_in, struct coin);
	c->script = arena_array(&c->found, c->tx.n_in, int64_t);
	if (!c->coin || !c->script)
		return ST_NOMEM;
	for (uint32_t i = 0; i < c->tx.n_in; i++) {
		enum status st = family_coin(c, i);

		if (st == ST_NOT_FOUND)
			st = pool_coin(n, c, i);
		if (st == ST_NOT_FOUND)
			st = chain_coin(n, c, i);
		if (st == ST_NOT_FOUND)
			return refuse_missing(n, c, i, v);
		if (st != ST_OK)
			return st;
	}
	return ST_OK;
}

static enum status judge_bip68(struct node *n, struct pool_candidate *c,
			       const struct block_row *tip, struct verdict *v)
{
	struct chain_view view;
	int64_t min_height, min_time;
	enum status st = branch_set(&n->branch, tip);

	if (st != ST_OK)
		return st;
	view = branch_view(&n->branch);
	st = locktime_sequence(&c->tx, c->coin, &view, &min_height, &min_time);
	if (st == ST_OK && !locktime_sequence_met(min_height, min_time,
						  tip->height + 1, tip->mtp))
		verdict_refuse(v, V_BIP68_NONFINAL,
			       "may be in a block after height %" PRId64
			       " and median time past %" PRId64,
			       min_height, min_time);
	return st;
}

static void judge_final(const struct tx *tx, const struct block_row *tip,
			struct verdict *v)
{
	if (!locktime_is_final(tx, tip->height + 1, tip->mtp))
		verdict_refuse(v, V_NONFINAL, "lock time %" PRIu32,
			       tx->locktime);
}

/* Standard inputs and witness, signature operations, the size that counts. */
static bool judge_spends(const struct node *n, struct pool_candidate *c,
			 struct verdict *v)
{
	const struct consensus_flags all = {CF_ALL};
	bool standard = n->policy.require_standard;
	uint64_t weight = tx_weight(&c->tx), least;

	if (!tx_check_inputs(&n->params, &c->tx, c->coin, c->height + 1, &c->fee,
			     v))
		return false;
	if (standard && !standard_inputs(&c->tx, c->coin, v))
		return false;
	if (standard && !standard_witness(&c->tx, c->coin, v))
		return false;
	c->sigop_cost = tx_sigop_cost(&c->tx, c->coin, all);
	least = (uint64_t)c->sigop_cost * n->policy.bytes_per_sigop;
	c->vsize = (uint32_t)(((weight > least ? weight : least) + 3) / 4);
	if (c->sigop_cost > STANDARD_SIGOP_COST_MAX)
		return verdict_refuse(v, V_TX_SIGOPS, "cost %" PRIu32,
				      c->sigop_cost);
	return true;
}

static enum status judge_fee(struct node *n, struct pool_candidate *c,
			     struct verdict *v)
{
	int64_t relay = fee_at_rate_sat(n->policy.min_relay_sat_kvb, c->vsize);
	int64_t fee = pool_modified_fee(c);

	if (c->mode == POOL_AGAIN)
		return ST_OK;
	if (fee < relay && c->tx.version != TRUC_VERSION) {
		verdict_refuse(v, V_MIN_RELAY_FEE, "%" PRId64 " < %" PRId64,
			       fee, relay);
		return ST_OK;
	}
	if (c->mode == POOL_GROUP)
		return ST_OK;
	return pool_judge_rate(n, c->vsize, fee, v);
}

enum status pool_judge(struct node *n, struct pool_candidate *c,
		       struct verdict *v)
{
	struct block_row tip;
	enum status st = store_block_tip(n->db, &tip);

	if (st != ST_OK)
		return st == ST_NOT_FOUND ? ST_CORRUPT : st;
	reset(c);
	c->height = tip.height;
	if (!judge_form(n, &c->tx, v))
		return ST_OK;
	judge_final(&c->tx, &tip, v);
	if (v->code == VALID)
		st = judge_known(n, &c->tx, v);
	if (st == ST_OK && v->code == VALID)
		st = find_conflicts(n, c, v);
	if (st == ST_OK && v->code == VALID)
		st = find_coins(n, c, v);
	if (st == ST_OK && v->code == VALID)
		st = judge_bip68(n, c, &tip, v);
	if (st != ST_OK || v->code != VALID || !judge_spends(n, c, v))
		return st;
	st = store_mempool_delta(n->db, &c->tx.txid, &c->fee_delta);
	if (st == ST_OK)
		st = judge_fee(n, c, v);
	if (st == ST_OK && v->code == VALID)
		st = pool_judge_family(n, c, v);
	if (st == ST_OK && v->code == VALID && c->max_rate_sat_kvb &&
	    fee_rate_sat_kvb(pool_modified_fee(c), c->vsize) >
		    c->max_rate_sat_kvb)
		verdict_refuse(v, V_MAX_FEERATE, "%s", "");
	if (st == ST_OK && v->code == VALID && c->conflicts.n &&
	    c->mode != POOL_GROUP)
		st = pool_judge_replacement(n, c, v);
	return st;
}

enum status pool_judge_coins(struct node *n, struct pool_candidate *c,
			     struct verdict *v)
{
	struct block_row tip;
	enum status st = store_block_tip(n->db, &tip);

	if (st != ST_OK)
		return st == ST_NOT_FOUND ? ST_CORRUPT : st;
	reset(c);
	c->height = tip.height;
	if (!judge_form(n, &c->tx, v))
		return ST_OK;
	st = find_coins(n, c, v);
	if (st == ST_OK && v->code == VALID)
		judge_spends(n, c, v);
	return st;
}

enum status pool_judge_tip(struct node *n, struct pool_candidate *c,
			   struct verdict *v)
{
	struct block_row tip;
	enum status st = store_block_tip(n->db, &tip);

	if (st != ST_OK)
		return st == ST_NOT_FOUND ? ST_CORRUPT : st;
	reset(c);
	c->height = tip.height;
	judge_final(&c->tx, &tip, v);
	if (v->code == VALID)
		st = find_coins(n, c, v);
	if (st == ST_OK && v->code == VALID)
		st = judge_bip68(n, c, &tip, v);
	if (st == ST_OK && v->code == VALID)
		tx_check_inputs(&n->params, &c->tx, c->coin, tip.height + 1,
				&c->fee, v);
	return st;
}
