/* SPDX-License-Identifier: MIT */
/* Transactions that wait, made to wait less: replaced, or with a child that pays
 * for both. */
#include "funds/spend.h"

#include "funds/funds_internal.h"
#include "node/pool/mempool.h"
#include "node/query/query_mempool.h"
#include "wallet/select.h"

/* What a replacement pays more by itself, satoshi per 1,000 vbytes: above what
 * nodes ask for, so that it holds where they ask for more. */
#define STEP_SAT_KVB 5000
#define ROUNDS 6

struct bumping {
	struct funds *f;
	const struct funds_bump *b;
	struct funds_fault *fault;
	struct funds_tx x;
	struct pool_entry e;
	int64_t rate;
	int64_t incremental;
};

static bool look(struct bumping *k)
{
	const struct funds_bump *b = k->b;
	char text[HASH_TEXT_SIZE], by[HASH_TEXT_SIZE];
	enum status st = funds_tx(k->f, &b->txid, &k->x);

	if (st == ST_NOT_FOUND)
		return funds_bad(k->fault, FUNDS_USAGE,
				 "Invalid or non-wallet transaction id");
	if (st != ST_OK)
		return funds_failed(k->fault, st);
	if (k->x.note && k->x.note->has_replaced_by)
		return funds_bad(k->fault, FUNDS_REFUSED,
				 "Cannot bump transaction %s which was already "
				 "bumped by transaction %s",
				 hash256_text(text, &b->txid.h),
				 hash256_text(by, &k->x.note->replaced_by.h));
	if (k->x.state != FUNDS_WAITING)
		return funds_bad(k->fault, FUNDS_REFUSED,
				 "Transaction has been mined, or is conflicted "
				 "with a mined transaction");
	st = query_pool_entry(k->f->at.node, &b->txid, k->f->arena, &k->e);
	return st == ST_OK || funds_failed(k->fault, st);
}

static int64_t rate_of(int64_t fee, uint32_t vsize)
{
	return fee * 1000 / (vsize ? vsize : 1);
}

static bool choose_rate(struct bumping *k, int64_t least)
{
	int64_t estimate;
	enum status st;

	k->rate = k->b->rate_sat_kvb;
	if (k->rate > FUNDS_RATE_MAX_SAT_KVB)
		return funds_bad(k->fault, FUNDS_USAGE, FUNDS_RATE_MISTAKE);
	if (k->rate)
		return true;
	st = funds_rate(k->f, k->b->target ? k->b->target : FUNDS_TARGET,
			&estimate);
	if (st != ST_OK)
		return funds_failed(k->fault, st);
	k->rate = estimate > least ? estimate : least;
	return true;
}

/* --- replaced --- */

static bool may_replace(struct bumping *k)
{
	if (k->e.n_descendants > 1)
		return funds_bad(k->fault, FUNDS_USAGE,
				 "Transaction has descendants in the mempool");
	if (!k->x.replaceable && !node_mempool_policy(k->f->at.node)->full_rbf)
		return funds_bad(k->fault, FUNDS_REFUSED,
				 "Transaction is not BIP 125 replaceable");
	return true;
}

/* Who was paid, without the change; where that goes. */
static bool payees(struct bumping *k, struct funds_payee **to, size_t *n,
		   struct bytes *change)
{
	const struct tx *tx = &k->x.t.tx;

	*change = (struct bytes){0};
	*to = arena_calloc(k->f->arena, tx->n_out + 1, sizeof(**to));
	if (!*to)
		return funds_failed(k->fault, ST_NOMEM);
	*n = 0;
	for (uint32_t i = 0; i < tx->n_out; i++) {
		const struct funds_script *s = funds_find(k->f, tx->out[i].script);

		if (s && !change->p && funds_is_change(k->f, s) && tx->n_out > 1)
			*change = tx->out[i].script;
		else
			(*to)[(*n)++] = (struct funds_payee){
				.script = tx->out[i].script,
				.amount_sat = tx->out[i].value};
	}
	return true;
}

static bool check_total(struct bumping *k, uint32_t vsize)
{
	int64_t old = k->e.fee_sat + k->e.delta_sat;
	int64_t least = old + k->incremental * vsize / 1000;
	char a[AMOUNT_TEXT_SIZE], b[AMOUNT_TEXT_SIZE], c[AMOUNT_TEXT_SIZE],
		d[AMOUNT_TEXT_SIZE];

	if (!k->b->rate_sat_kvb || k->rate * vsize / 1000 >= least)
		return true;
	return funds_bad(k->fault, FUNDS_USAGE,
			 "Insufficient total fee %s, must be at least %s (oldFee %s "
			 "+ incrementalFee %s)",
			 amount_text(a, k->rate * vsize / 1000),
			 amount_text(b, least), amount_text(c, old),
			 amount_text(d, k->incremental * vsize / 1000));
}

static bool replace(struct bumping *k, struct funds_bumped *out)
{
	const struct tx *tx = &k->x.t.tx;
	struct funds_input *in = arena_calloc(k->f->arena, tx->n_in, sizeof(*in));
	uint32_t vsize = (k->x.t.weight + 3) / 4;
	int64_t old = k->e.fee_sat + k->e.delta_sat;
	struct funds_order o = {.in = in, .n_in = tx->n_in, .confirmed_only = true,
				.final = k->b->final, .change_pos = -1,
				.version = tx->version};
	struct funds_payee *to = NULL;
	size_t n = 0;

	if (!in)
		return funds_failed(k->fault, ST_NOMEM);
	for (uint32_t i = 0; i < tx->n_in; i++) {
		in[i].at = tx->in[i].prevout;
		if (!funds_find(k->f, k->x.t.coin[i].script))
			in[i].weight = 1000;
	}
	if (!may_replace(k) || !payees(k, &to, &n, &o.change) ||
	    !choose_rate(k, rate_of(old, vsize) + STEP_SAT_KVB) ||
	    !check_total(k, vsize))
		return false;
	o.to = k->b->to ? k->b->to : to;
	o.n_to = k->b->to ? k->b->n_to : n;
	o.rate_sat_kvb = k->rate;
	o.min_fee_sat = old + (k->incremental * vsize + 999) / 1000;
	for (int round = 0; round < ROUNDS; round++) {
		int64_t least;

		if (!funds_draft(k->f, &o, &out->draft, k->fault))
			return false;
		/* larger than the old one: more to pay for */
		least = old + (k->incremental * out->draft.vsize + 999) / 1000;
		if (out->draft.fee_sat >= least)
			break;
		o.min_fee_sat = least;
	}
	out->old_fee_sat = old;
	return true;
}

/* --- with a child --- */

static bool pay_for(struct bumping *k, struct funds_bumped *out)
{
	struct funds *f = k->f;
	struct funds_coin *c;
	struct funds_input *in;
	struct funds_payee to = {.rest = true};
	struct funds_order o = {.to = &to, .n_to = 1, .only_in = true,
				.change_pos = -1, .final = k->b->final};
	const char *kind = funds_kind(f, true);
	size_t n, at;
	enum status st = funds_coins(f, &c, &n);

	if (st != ST_OK)
		return funds_failed(k->fault, st);
	o.in = in = arena_calloc(f->arena, n + 1, sizeof(*in));
	if (!in)
		return funds_failed(k->fault, ST_NOMEM);
	for (size_t i = 0; i < n; i++)
		if (hash256_equal(&c[i].at.txid.h, &k->b->txid.h) && !c[i].locked)
			in[o.n_in++].at = c[i].at;
	if (!o.n_in)
		return funds_bad(k->fault, FUNDS_REFUSED,
				 "Nothing of this transaction is left here that a "
				 "child could spend");
	if (!choose_rate(k, rate_of(k->e.ancestors_sat,
				    (uint32_t)k->e.ancestors_vb) + STEP_SAT_KVB))
		return false;
	o.rate_sat_kvb = k->rate;
	o.add_fee_sat = k->rate * k->e.ancestors_vb / 1000 - k->e.ancestors_sat;
	if (o.add_fee_sat <= 0)
		return funds_bad(k->fault, FUNDS_USAGE,
				 "It pays this rate already, with what it builds on");
	st = funds_address(f, "", kind != NULL, NULL, &to.script);
	if (st == ST_NOT_FOUND)
		return funds_bad(k->fault, FUNDS_REFUSED,
				 "This wallet has no address to send the child to");
	if (st != ST_OK)
		return funds_failed(k->fault, st);
	/* further coins, the newest first, until it pays */
	for (at = n;; at--) {
		if (funds_draft(f, &o, &out->draft, k->fault)) {
			out->child = true;
			return true;
		}
		if (k->fault->kind != FUNDS_POOR)
			return false;
		while (at > 0 && (!c[at - 1].confirmed || c[at - 1].locked ||
				  c[at - 1].immature))
			at--;
		if (!at)
			return false;
		in[o.n_in++].at = c[at - 1].at;
	}
}

bool funds_bump(struct funds *f, const struct funds_bump *b,
		struct funds_bumped *out, struct funds_fault *fault)
{
	struct bumping k = {.f = f, .b = b, .fault = fault};

	*out = (struct funds_bumped){0};
	k.incremental = node_mempool_policy(f->at.node)->incremental_sat_kvb;
	if (!look(&k))
		return false;
	if (b->child || (!k.x.all_ours && !b->foreign_ok && !b->no_child))
		return pay_for(&k, out);
	if (!k.x.all_ours && !b->foreign_ok)
		return funds_bad(fault, FUNDS_REFUSED, "Transaction contains inputs "
				 "that don't belong to this wallet");
	return replace(&k, out);
}
