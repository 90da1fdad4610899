/* SPDX-License-Identifier: MIT */
/* See plan.h. The order of checks is Bitcoin Core's ConnectBlock. */
#include "node/chain/plan.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/bug.h"
#include "consensus/block_check.h"
#include "consensus/locktime.h"
#include "consensus/tx_inputs.h"
#include "node/core/branch.h"
#include "primitives/script.h"

/* A block of 4 MB holds at most so much as parsed data. */
#define PLAN_ARENA_MAX ((size_t)512 << 20)

enum status plan_new(struct plan **out, const void *raw, size_t len,
		     const char *source)
{
	struct plan *p = calloc(1, sizeof(*p));
	enum status st = ST_NOMEM;

	if (!p)
		return ST_NOMEM;
	arena_init(&p->arena, PLAN_ARENA_MAX);
	snprintf(p->source, sizeof(p->source), "%s", source);
	p->raw = malloc(len ? len : 1);
	if (p->raw) {
		memcpy(p->raw, raw, len);
		st = block_parse(&p->block, p->raw, len, &p->arena);
	}
	if (st != ST_OK) {
		plan_free(p);
		return st;
	}
	*out = p;
	return ST_OK;
}

void plan_free(struct plan *p)
{
	if (!p)
		return;
	arena_free(&p->arena);
	buf_free(&p->filter);
	free(p->raw);
	free(p);
}

static enum status plan_alloc(struct plan *p)
{
	const struct block *b = &p->block;
	uint64_t n = 0;

	for (uint32_t i = 1; i < b->n_tx; i++)
		n += b->tx[i].n_in;
	p->made = arena_array(&p->arena, b->n_tx, struct coin_tx *);
	p->fee = arena_array(&p->arena, b->n_tx, int64_t);
	p->coin = arena_array(&p->arena, n, struct coin);
	p->spend = arena_array(&p->arena, n, struct plan_spend);
	p->n_made = p->n_spent = p->n_coin = 0;
	return p->made && p->fee && p->coin && p->spend ? ST_OK : ST_NOMEM;
}

/* What can never be spent is no coin either: as if it were not there. */
static bool is_coin(const struct coin_out *o)
{
	return !o->spent_tx && !script_is_unspendable(o->spk);
}

static void blame(const struct plan *p, uint32_t i, struct verdict *v)
{
	v->has_tx = true;
	v->tx = p->block.tx[i].txid;
}

static enum status check_bip30(struct plan *p, struct coins *coins,
			       struct verdict *v)
{
	for (uint32_t i = 0; i < p->block.n_tx; i++) {
		struct coin_tx *t;
		struct coin_out *o;
		enum status st = coins_find(coins, &p->block.tx[i].txid, &t);

		/* the genesis block's output was never a coin */
		if (st == ST_NOT_FOUND || (st == ST_OK && t->height == 0))
			continue;
		for (uint32_t n = 0; st == ST_OK && n < t->n_out; n++) {
			st = coins_output(coins, t, n, &o);
			if (st == ST_OK && is_coin(o)) {
				verdict_init(v);
				verdict_refuse(v, V_BIP30, "transaction %u", i);
				blame(p, i, v);
				return ST_OK;
			}
		}
		if (st != ST_OK)
			return st;
	}
	return ST_OK;
}

/* Refuses what BIP30 does not allow; else leaves *v as it is. */
static enum status bip30_reason(struct plan *p, const struct params *params,
				struct coins *coins,
				const struct chain_view *view,
				struct verdict *v)
{
	bool needed = false;
	enum status st = block_needs_bip30(params, view, &p->row.hash, &needed);

	return st == ST_OK && needed ? check_bip30(p, coins, v) : st;
}

/* Resolves and takes the coins of one transaction. */
static enum status take_coins(struct plan *p, uint32_t i, struct coins *coins,
			      struct verdict *v)
{
	const struct tx *tx = &p->block.tx[i];
	int64_t id = p->first_tx + i;

	for (uint32_t k = 0; k < tx->n_in; k++) {
		const struct outpoint *at = &tx->in[k].prevout;
		struct coin *c = &p->coin[p->n_coin + k];
		struct coin_tx *t;
		struct coin_out *o;
		enum status st = coins_find(coins, &at->txid, &t);

		if (st == ST_OK)
			st = coins_output(coins, t, at->n, &o);
		if (st == ST_OK && (!is_coin(o) || t->height == 0))
			st = ST_NOT_FOUND;
		if (st == ST_NOT_FOUND) {
			char text[HASH_TEXT_SIZE];

			verdict_refuse(v, V_INPUTS_MISSING, "input %u of %s", k,
				       hash256_text(text, &tx->txid.h));
			v->input = (int32_t)k;
			return ST_OK;
		}
		if (st != ST_OK)
			return st;
		*c = (struct coin){
			.value = o->value,
			.script = o->spk,
			.height = t->height,
			.coinbase = t->coinbase,
		};
		o->spent_tx = id;
		o->spent_n = k;
		p->spend[p->n_spent++] = (struct plan_spend){t, at->n};
	}
	return ST_OK;
}

static enum status check_bip68(const struct plan *p, const struct tx *tx,
			       const struct coin *coin,
			       const struct chain_view *view, int64_t mtp,
			       struct verdict *v)
{
	int64_t min_height, min_time;
	enum status st =
		locktime_sequence(tx, coin, view, &min_height, &min_time);

	if (st == ST_OK && !locktime_sequence_met(min_height, min_time,
						  p->row.height, mtp))
		verdict_refuse(v, V_BLOCK_BIP68, "%s", "");
	return st;
}

static enum status submit(struct plan *p, struct check_pool *pool,
			  uint64_t seq, struct consensus_flags flags)
{
	const struct block *b = &p->block;
	struct check_job *jobs = arena_array(&p->arena, b->n_tx, struct check_job);
	uint32_t at = 0;
	size_t n = 0;

	if (!jobs)
		return ST_NOMEM;
	for (uint32_t i = 1; i < b->n_tx; i++) {
		if (!p->verified || !p->verified[i])
			jobs[n++] = (struct check_job){
				.tx = &b->tx[i],
				.coins = p->coin + at,
				.flags = flags,
				.seq = seq + i,
			};
		at += b->tx[i].n_in;
	}
	return checks_submit(pool, jobs, n);
}

/* The outputs that BIP30's exceptions lose, to be found under the new entry. */
static enum status load_covered(struct coins *coins, const struct txid *txid)
{
	struct coin_tx *t;
	struct coin_out *o;
	enum status st = coins_find(coins, txid, &t);

	if (st == ST_NOT_FOUND)
		return ST_OK;
	for (uint32_t k = 0; st == ST_OK && k < t->n_out; k++)
		st = coins_output(coins, t, k, &o);
	return st;
}

/* Everything but scripts, in block order. Returns with the coins moved as far
 * as n_made and n_spent say. */
static enum status walk(struct plan *p, const struct params *params,
			struct coins *coins, struct branch *branch,
			struct consensus_flags flags, struct verdict *v)
{
	const struct block *b = &p->block;
	struct chain_view view = branch_view(branch);
	int64_t fees = 0, mtp = 0, paid = 0;
	uint64_t sigop_cost = 0;
	uint32_t i;
	enum status st = chain_median_time(&view, view.height, &mtp);

	for (i = 0; st == ST_OK && i < b->n_tx; i++) {
		const struct tx *tx = &b->tx[i];
		const struct coin *coin = p->coin + p->n_coin;

		p->fee[i] = -1;
		if (i) {
			st = take_coins(p, i, coins, v);
			if (st != ST_OK || v->code != VALID)
				break;
			if (!tx_check_inputs(params, tx, coin, p->row.height,
					     &p->fee[i], v))
				break;
			fees += p->fee[i];
			if (!money_ok(fees)) {
				verdict_refuse(v, V_FEES_RANGE, "%s", "");
				break;
			}
			if (flags.bits & CF_CSV)
				st = check_bip68(p, tx, coin, &view, mtp, v);
			if (st != ST_OK || v->code != VALID)
				break;
		}
		sigop_cost += tx_sigop_cost(tx, i ? coin : NULL, flags);
		if (sigop_cost > BLOCK_SIGOP_COST_MAX) {
			verdict_refuse(v, V_BLOCK_SIGOPS, "%s", "");
			break;
		}
		if (i)
			p->n_coin += tx->n_in;
		if (p->bip30_overwrite)
			st = load_covered(coins, &tx->txid);
		if (st != ST_OK)
			break;
		st = coins_add(coins, tx, p->first_tx + i, p->row.height,
			       i == 0, &p->made[i]);
		if (st == ST_OK)
			p->n_made++;
	}
	if (v->code != VALID && v->code != V_FEES_RANGE &&
	    v->code != V_BLOCK_SIGOPS)
		blame(p, i, v);
	if (st != ST_OK || v->code != VALID)
		return st;
	for (uint32_t k = 0; k < b->tx[0].n_out; k++)
		paid += b->tx[0].out[k].value;
	if (paid > params_subsidy_sat(params, p->row.height) + fees)
		verdict_refuse(v, V_CB_AMOUNT, "pays %lld, may pay %lld",
			       (long long)paid,
			       (long long)(params_subsidy_sat(
						   params, p->row.height) +
					   fees));
	p->row.fees = fees;
	return ST_OK;
}

enum status plan_judge(struct plan *p, const struct params *params,
		       struct coins *coins, struct branch *branch,
		       struct check_pool *pool, uint64_t *seq, int64_t first_tx,
		       struct verdict *v)
{
	struct consensus_flags flags =
		consensus_flags_at(params, p->row.height, &p->row.hash);
	struct chain_view view = branch_view(branch);
	enum status st = plan_alloc(p);

	if (st != ST_OK)
		return st;
	p->first_tx = first_tx;
	p->first_seq = *seq;
	for (size_t i = 0; i < 2; i++) {
		if (params->bip30_exception[i].height == p->row.height &&
		    hash256_equal(&params->bip30_exception[i].id.h,
				  &p->row.hash.h))
			p->bip30_overwrite = true;
	}
	p->flags = flags;
	/* Where heights have been in every coinbase since the first block, no
	 * valid block repeats a transaction: nothing to look up but, for one
	 * that is refused, the reason that comes first. */
	if (params->bip34_height > 1)
		st = bip30_reason(p, params, coins, &view, v);
	if (st == ST_OK && v->code == VALID)
		st = walk(p, params, coins, branch, flags, v);
	if (st == ST_OK && v->code != VALID && params->bip34_height <= 1) {
		plan_undo(p, coins);
		st = bip30_reason(p, params, coins, &view, v);
	}
	if (st == ST_OK && v->code == VALID && pool && p->block.n_tx > 1)
		st = submit(p, pool, *seq, flags);
	if (st != ST_OK || v->code != VALID)
		plan_undo(p, coins);
	else
		*seq += p->block.n_tx;
	return st;
}

void plan_undo(struct plan *p, struct coins *coins)
{
	/* coins of this very block go with their entries: unspend first */
	while (p->n_spent) {
		struct plan_spend *s = &p->spend[--p->n_spent];

		s->from->out[s->n].spent_tx = 0;
	}
	while (p->n_made)
		coins_remove(coins, p->made[--p->n_made]);
	p->n_coin = 0;
}

enum status plan_refuse_script(const struct plan *p,
			       const struct check_failure *f, struct verdict *v)
{
	uint32_t i = (uint32_t)(f->seq - p->first_seq);
	const struct coin *coins = p->coin;

	BUG_ON(i == 0 || i >= p->block.n_tx);
	for (uint32_t k = 1; k < i; k++)
		coins += p->block.tx[k].n_in;
	blame(p, i, v);
	return checks_refuse(v, V_SCRIPT, &p->block.tx[i], coins, f, p->flags,
			     (struct policy_flags){0});
}

enum status plan_genesis(struct plan *p, struct coins *coins, int64_t first_tx)
{
	enum status st = plan_alloc(p);

	p->first_tx = first_tx;
	for (uint32_t i = 0; st == ST_OK && i < p->block.n_tx; i++) {
		p->fee[i] = -1;
		st = coins_add(coins, &p->block.tx[i], first_tx + i, 0, true,
			       &p->made[i]);
		if (st == ST_OK)
			p->n_made++;
	}
	return st;
}
