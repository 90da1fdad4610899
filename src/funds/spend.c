/* SPDX-License-Identifier: MIT */
/* A transaction made of coins that select.h chooses. */
#include "funds/spend.h"

#include <stdlib.h>

#include "crypto/rand.h"
#include "funds/funds_internal.h"
#include "wallet/select.h"
#include "wallet/spendsize.h"

#define SEQUENCE_REPLACEABLE 0xfffffffd
#define SEQUENCE_LOCKTIME 0xfffffffe
/* A tip older than this says nothing about the height of now. */
#define TIP_STALE_S (8 * 60 * 60)
#define SNIPE_BACK 100

/* --- rates --- */

static bool find_rate(struct funds *f, int64_t wanted, uint32_t target,
		      int64_t *rate, struct funds_fault *fault)
{
	enum status st;

	*rate = wanted;
	if (!wanted && !target)
		*rate = f->wallet.fee_rate_sat_kvb;
	if (*rate > FUNDS_RATE_MAX_SAT_KVB)
		return funds_bad(fault, FUNDS_USAGE, FUNDS_RATE_MISTAKE);
	if (*rate > 0)
		return true;
	st = funds_rate(f, target ? target : FUNDS_TARGET, rate);
	return st == ST_OK || funds_failed(fault, st);
}

/* --- coins on offer --- */

struct making {
	struct funds *f;
	const struct funds_order *o;
	struct funds_fault *fault;
	struct funds_coin *coin;
	size_t n_coin;
	struct select_coin *pick;	/* at: index into src */
	size_t n_pick;
	/* what each candidate is */
	struct source {
		struct outpoint at;
		struct txout out;
		uint32_t sequence;
		size_t order;		/* of inputs given: their place */
	} *src;
	int64_t rate;
	uint64_t rng;
};

static uint64_t next_random(struct making *m)
{
	uint64_t z = m->rng += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

/* How large the input is that spends a coin. */
static bool size_of(const struct funds *f, struct bytes script,
		    struct spend_size *size)
{
	const struct funds_script *s = funds_find(f, script);
	const struct descriptor *d = s ? f->desc[s->desc].d : NULL;
	struct desc_scripts out;

	if (!d)
		return spend_size_of_script(script, size);
	if (desc_is_single_type(d))
		return spend_size(d, 0, size) || spend_size_of_script(script, size);
	if (!desc_expand(d, f->at.ec, s->n, f->arena, &out))
		return false;
	for (unsigned i = 0; i < out.n; i++)
		if (bytes_equal(out.script[i], script))
			return spend_size(d, i, size);
	return false;
}

static bool add_source(struct making *m, const struct outpoint *at,
		       const struct txout *out, const struct funds_input *in)
{
	struct source *s = &m->src[m->n_pick];
	struct select_coin *c = &m->pick[m->n_pick];
	char txid[HASH_TEXT_SIZE];
	struct spend_size size;

	*s = (struct source){.at = *at, .out = *out, .order = SIZE_MAX};
	s->sequence = m->o->final ? SEQUENCE_LOCKTIME : SEQUENCE_REPLACEABLE;
	*c = (struct select_coin){.value_sat = out->value, .at = m->n_pick,
				  .must = in != NULL};
	if (!size_of(m->f, out->script, &size)) {
		if (!in)
			return true;	/* nobody knows how it is spent */
		if (!in->weight)
			return funds_bad(m->fault, FUNDS_REFUSED,
					 "Not solvable pre-selected input COutPoint"
					 "(%.10s, %u)",
					 hash256_text(txid, &at->txid.h), at->n);
		size = (struct spend_size){in->weight, true};
	}
	c->weight = in && in->weight ? in->weight : size.weight;
	c->witness = size.witness;
	if (in) {
		s->order = (size_t)(in - m->o->in);
		if (in->has_sequence)
			s->sequence = in->sequence;
	}
	m->n_pick++;
	return true;
}

/* An input that was given: any output that is there, unspent or spent by what is
 * to be replaced. */
static bool add_given(struct making *m, const struct funds_input *in)
{
	char txid[HASH_TEXT_SIZE];
	struct output_info o;
	enum status st;

	for (const struct funds_input *i = m->o->in; i < in; i++)
		if (outpoint_equal(&i->at, &in->at))
			return funds_bad(m->fault, FUNDS_USAGE,
					 "Invalid parameter, duplicated input");
	st = query_output(m->f->at.node, &in->at, m->f->arena, &o);
	if (st == ST_NOT_FOUND)
		return funds_bad(m->fault, FUNDS_REFUSED, "Unable to find UTXO for "
				 "external input %.64s:%u",
				 hash256_text(txid, &in->at.txid.h), in->at.n);
	if (st != ST_OK)
		return funds_failed(m->fault, st);
	return add_source(m, &in->at, &(struct txout){o.value, o.script}, in);
}

static bool is_given(const struct making *m, const struct outpoint *at)
{
	for (size_t i = 0; i < m->o->n_in; i++)
		if (outpoint_equal(&m->o->in[i].at, at))
			return true;
	return false;
}

static bool may_take(const struct making *m, const struct funds_coin *c)
{
	const struct funds_order *o = m->o;

	if (c->locked || c->immature || is_given(m, &c->at))
		return false;
	if (!c->safe && !o->unsafe)
		return false;
	if (o->confirmed_only && !c->confirmed)
		return false;
	if (c->confirmations < o->min_conf ||
	    (o->max_conf && c->confirmations > o->max_conf))
		return false;
	return m->f->desc[c->script->desc].solvable;
}

static bool gather(struct making *m)
{
	struct funds *f = m->f;
	size_t room;
	enum status st = funds_coins(f, &m->coin, &m->n_coin);

	if (st != ST_OK)
		return funds_failed(m->fault, st);
	room = m->n_coin + m->o->n_in + 1;
	m->pick = arena_alloc(f->arena, room, sizeof(*m->pick));
	m->src = arena_alloc(f->arena, room, sizeof(*m->src));
	if (!m->pick || !m->src)
		return funds_failed(m->fault, ST_NOMEM);
	for (size_t i = 0; i < m->o->n_in; i++)
		if (!add_given(m, &m->o->in[i]))
			return false;
	for (size_t i = 0; i < m->n_coin && !m->o->only_in; i++) {
		const struct funds_coin *c = &m->coin[i];
		const struct txout out = {c->value, c->script->script};

		if (may_take(m, c) && !add_source(m, &c->at, &out, NULL))
			return false;
	}
	return true;
}

/* --- outputs --- */

static bool check_payees(struct making *m)
{
	const struct funds_order *o = m->o;
	int64_t sum = 0;

	for (size_t i = 0; i < o->n_to; i++) {
		const struct funds_payee *p = &o->to[i];

		if (p->rest)
			continue;
		if (!money_ok(p->amount_sat) || !money_ok(sum += p->amount_sat))
			return funds_bad(m->fault, FUNDS_USAGE,
					 "Transaction amounts must not be negative");
		if (!p->subtract &&
		    p->amount_sat < select_dust(p->script, DUST_RATE_SAT_KVB))
			return funds_bad(m->fault, FUNDS_REFUSED,
					 "Transaction amount too small");
	}
	return true;
}

/* The kind of address that change goes to: as most payees', so that it does not
 * stand out. */
static const char *change_kind(const struct making *m)
{
	const struct funds_order *o = m->o;
	const char *kind = NULL;

	if (o->change_kind)
		return o->change_kind;
	for (size_t i = 0; i < o->n_to && !kind; i++) {
		switch (script_classify(o->to[i].script).kind) {
		case SCRIPT_WITNESS_V1_TAPROOT:
			kind = "bech32m";
			break;
		case SCRIPT_WITNESS_V0_KEYHASH:
		case SCRIPT_WITNESS_V0_SCRIPTHASH:
			kind = "bech32";
			break;
		case SCRIPT_NONSTANDARD:
		case SCRIPT_EMPTY:
		case SCRIPT_PUBKEY:
		case SCRIPT_PUBKEYHASH:
		case SCRIPT_SCRIPTHASH:
		case SCRIPT_MULTISIG:
		case SCRIPT_NULL_DATA:
		case SCRIPT_ANCHOR:
		case SCRIPT_WITNESS_UNKNOWN:
			break;
		}
	}
	if (kind && funds_active(m->f, kind, true))
		return kind;
	return funds_kind(m->f, true);
}

/* Where change would go. p NULL: nowhere. Not handed out by this. */
static bool change_script(struct making *m, const char **kind,
			  struct bytes *script)
{
	const struct funds_desc *d;
	struct desc_scripts out;

	*script = m->o->change;
	*kind = NULL;
	if (script->p)
		return true;
	*kind = change_kind(m);
	d = *kind ? funds_active(m->f, *kind, true) : NULL;
	if (!d && !m->o->change_kind) {
		/* a wallet that has no descriptors for change */
		*kind = funds_kind(m->f, false);
		d = *kind ? funds_active(m->f, *kind, false) : NULL;
	}
	if (!d) {
		*kind = NULL;
		return true;
	}
	if (!desc_expand(d->d, m->f->at.ec, d->range ? d->row.next : 0, m->f->arena,
			 &out))
		return funds_failed(m->fault, ST_PARSE);
	*script = out.script[0];
	return true;
}

static bool take_change(struct making *m, const char *kind, struct bytes *script)
{
	bool internal = funds_active(m->f, kind, true) != NULL;
	enum status st;

	if (m->o->peek)
		return true;
	st = funds_address(m->f, kind, internal, NULL, script);
	return st == ST_OK || funds_failed(m->fault, st);
}

/* --- the transaction --- */

static uint32_t locktime(struct making *m)
{
	const struct node_tip *tip = &m->f->tip;
	uint32_t back;

	if (m->o->has_locktime)
		return m->o->locktime;
	/* a miner gains nothing by making the last block again; now and then
	 * further back, so that who waits for other reasons does not stand out */
	if (node_now_s(m->f->at.node) - (int64_t)tip->time > TIP_STALE_S)
		return 0;
	back = next_random(m) % 10 == 0 ? (uint32_t)(next_random(m) % SNIPE_BACK) : 0;
	return tip->height > back ? tip->height - back : 0;
}

static int by_order(const void *a, const void *b)
{
	const struct source *x = a, *y = b;

	return (x->order > y->order) - (x->order < y->order);
}

static bool put_inputs(struct making *m, const struct select_choice *c,
		       struct funds_draft *out)
{
	struct source *in = arena_alloc(m->f->arena, c->n_pick + 1, sizeof(*in));
	struct tx *tx = &out->tx;
	size_t given = 0;

	tx->in = arena_calloc(m->f->arena, c->n_pick + 1, sizeof(*tx->in));
	out->spent = arena_calloc(m->f->arena, c->n_pick + 1, sizeof(*out->spent));
	if (!in || !tx->in || !out->spent)
		return funds_failed(m->fault, ST_NOMEM);
	for (size_t i = 0; i < c->n_pick; i++) {
		in[i] = m->src[m->pick[c->pick[i]].at];
		given += in[i].order != SIZE_MAX;
	}
	qsort(in, c->n_pick, sizeof(*in), by_order);
	/* those chosen here in no order that means anything */
	for (size_t i = given; i + 1 < c->n_pick; i++) {
		size_t k = i + (size_t)(next_random(m) % (c->n_pick - i));
		struct source t = in[k];

		in[k] = in[i];
		in[i] = t;
	}
	for (size_t i = 0; i < c->n_pick; i++) {
		tx->in[i].prevout = in[i].at;
		tx->in[i].sequence = in[i].sequence;
		out->spent[i] = in[i].out;
	}
	tx->n_in = (uint32_t)c->n_pick;
	return true;
}

/* Takes the fee off those who pay it: the first pays what does not divide. */
static bool take_fee(struct making *m, struct txout *out, int64_t fee)
{
	const struct funds_order *o = m->o;
	int64_t n = 0, share;
	bool first = true;

	for (size_t i = 0; i < o->n_to; i++)
		n += o->to[i].subtract;
	if (!n || fee <= 0)
		return true;
	share = fee / n;
	for (size_t i = 0; i < o->n_to; i++) {
		if (!o->to[i].subtract)
			continue;
		out[i].value -= share + (first ? fee % n : 0);
		first = false;
		if (out[i].value < 0)
			return funds_bad(m->fault, FUNDS_REFUSED,
					 "The transaction amount is too small to "
					 "pay the fee");
		if (out[i].value < select_dust(out[i].script, DUST_RATE_SAT_KVB))
			return funds_bad(m->fault, FUNDS_REFUSED,
					 "The transaction amount is too small to "
					 "send after the fee has been deducted");
	}
	return true;
}

/* off: the fee that payees bear. */
static bool put_outputs(struct making *m, struct bytes change, int64_t off,
			struct funds_draft *out)
{
	const struct funds_order *o = m->o;
	struct tx *tx = &out->tx;
	size_t at;

	tx->out = arena_calloc(m->f->arena, o->n_to + 2, sizeof(*tx->out));
	if (!tx->out)
		return funds_failed(m->fault, ST_NOMEM);
	for (size_t i = 0; i < o->n_to; i++)
		tx->out[i] = (struct txout){o->to[i].amount_sat, o->to[i].script};
	tx->n_out = (uint32_t)o->n_to;
	out->change_pos = -1;
	if (!take_fee(m, tx->out, off))
		return false;
	if (!out->change_sat)
		return true;
	at = o->n_to;
	if (o->change_pos >= 0 && (size_t)o->change_pos <= o->n_to)
		at = (size_t)o->change_pos;
	else if (!o->keep_order)
		at = (size_t)(next_random(m) % (o->n_to + 1));
	memmove(&tx->out[at + 1], &tx->out[at], (o->n_to - at) * sizeof(*tx->out));
	tx->out[at] = (struct txout){out->change_sat, change};
	tx->n_out++;
	out->change_pos = (int)at;
	return true;
}

static bool explain(struct making *m, enum select_result r,
		    const struct select_choice *c)
{
	char sat[AMOUNT_TEXT_SIZE];

	switch (r) {
	case SELECT_OK:
		return true;
	case SELECT_POOR:
		if (m->o->only_in && m->o->n_in)
			return funds_bad(m->fault, FUNDS_POOR,
					 "The preselected coins total amount does "
					 "not cover the transaction target. Please "
					 "allow other inputs to be automatically "
					 "selected or include more coins manually");
		return funds_bad(m->fault, FUNDS_POOR, "Insufficient funds");
	case SELECT_FEE_POOR:
		return funds_bad(m->fault, FUNDS_POOR,
				 "The total exceeds your balance when the fee is "
				 "included: %s coins are missing",
				 amount_text(sat, c->short_sat));
	case SELECT_HEAVY:
		return funds_bad(m->fault, FUNDS_REFUSED,
				 "The inputs size exceeds the maximum weight. "
				 "Please try sending a smaller amount or manually "
				 "consolidating your wallet's UTXOs");
	case SELECT_NO_MEMORY:
		break;
	}
	return funds_failed(m->fault, ST_NOMEM);
}

static bool finish(struct making *m, struct funds_draft *out)
{
	if (out->fee_sat > FUNDS_FEE_MAX_SAT)
		return funds_bad(m->fault, FUNDS_REFUSED,
				 "Fee exceeds maximum configured by user (e.g. "
				 "-maxtxfee, maxfeerate)");
	out->tx.version = m->o->version ? m->o->version : 2;
	out->tx.locktime = locktime(m);
	return funds_psbt(m->f, &out->tx, &out->psbt, m->fault);
}

static bool make_payment(struct making *m, struct funds_draft *out)
{
	const struct funds_order *o = m->o;
	struct select_order s = {
		.coin = m->pick, .n_coin = m->n_pick, .rate_sat_kvb = m->rate,
		.long_rate_sat_kvb = SELECT_LONG_RATE_SAT_KVB,
		.min_fee_sat = o->min_fee_sat, .add_fee_sat = o->add_fee_sat,
		.max_weight = o->max_weight, .seed = next_random(m),
	};
	struct spend_size size = {272, true};
	struct select_choice c;
	struct bytes change;
	const char *kind;
	int64_t off;

	for (size_t i = 0; i < o->n_to; i++) {
		s.target_sat += o->to[i].amount_sat;
		s.n_out++;
		s.out_weight += 4 * select_out_size(o->to[i].script);
		s.subtract |= o->to[i].subtract;
	}
	if (!change_script(m, &kind, &change))
		return false;
	s.no_change = !change.p;
	if (change.p) {
		s.change_size = select_out_size(change);
		s.change_dust_sat = select_dust(change, DUST_RATE_SAT_KVB);
		if (!size_of(m->f, change, &size))
			size.weight = 272;
		s.change_spend_vb = (size.weight + 3) / 4;
	}
	if (!explain(m, select_coins(&s, m->f->arena, &c), &c))
		return false;
	if (s.no_change && c.dropped_sat > (int64_t)(c.weight + 3) / 4)
		return funds_bad(m->fault, FUNDS_REFUSED,
				 "Transaction needs a change address, but we can't "
				 "generate it. Error: This wallet has no available "
				 "keys");
	if (c.change_sat && kind && !take_change(m, kind, &change))
		return false;
	*out = (struct funds_draft){
		.fee_sat = c.fee_sat, .dropped_sat = c.dropped_sat,
		.change_sat = c.change_sat, .vsize = (c.weight + 3) / 4,
		.rate_sat_kvb = m->rate,
	};
	off = s.subtract ? s.target_sat - (c.in_sat - c.fee_sat - c.change_sat) : 0;
	return put_inputs(m, &c, out) && put_outputs(m, change, off, out) &&
	       finish(m, out);
}

/* --- all there is --- */

static bool make_sweep(struct making *m, struct funds_draft *out)
{
	const struct funds_order *o = m->o;
	struct select_choice c = {0};
	uint64_t in_weight = 0, out_weight = 0;
	size_t base = 0, n_rest = 0;
	int64_t fixed = 0, share, left;
	struct tx *tx = &out->tx;

	*out = (struct funds_draft){.change_pos = -1, .rate_sat_kvb = m->rate};
	c.pick = arena_alloc(m->f->arena, m->n_pick + 1, sizeof(*c.pick));
	if (!c.pick)
		return funds_failed(m->fault, ST_NOMEM);
	for (size_t i = 0; i < m->n_pick; i++) {
		const struct select_coin *k = &m->pick[i];

		/* what costs more than it brings stays where it is */
		if (!k->must && k->value_sat <= select_fee(k->weight + 3, m->rate))
			continue;
		c.pick[c.n_pick++] = i;
		c.in_sat += k->value_sat;
		in_weight += k->weight;
		base += !k->witness;
	}
	for (size_t i = 0; i < o->n_to; i++) {
		out_weight += 4 * select_out_size(o->to[i].script);
		fixed += o->to[i].rest ? 0 : o->to[i].amount_sat;
		n_rest += o->to[i].rest;
	}
	if (!c.n_pick)
		return funds_bad(m->fault, FUNDS_POOR,
				 "Total value of UTXO pool too low to pay for "
				 "transaction. Try using lower feerate or excluding "
				 "uneconomic UTXOs with 'send_max' option.");
	c.weight = select_weight(c.n_pick, base, in_weight, o->n_to, out_weight);
	if (c.weight > (o->max_weight ? o->max_weight : SELECT_WEIGHT_MAX))
		return explain(m, SELECT_HEAVY, &c);
	out->fee_sat = select_fee(c.weight, m->rate);
	if (out->fee_sat < o->min_fee_sat)
		out->fee_sat = o->min_fee_sat;
	out->fee_sat += o->add_fee_sat;
	out->vsize = (c.weight + 3) / 4;
	left = c.in_sat - fixed - out->fee_sat;
	if (left < 0 || left / (int64_t)n_rest == 0)
		return funds_bad(m->fault, FUNDS_POOR,
				 "Assigned more value to outputs than available "
				 "funds.");
	share = left / (int64_t)n_rest;
	if (!put_inputs(m, &c, out) || !put_outputs(m, (struct bytes){0}, 0, out))
		return false;
	for (size_t i = 0; i < o->n_to; i++) {
		if (!o->to[i].rest)
			continue;
		tx->out[i].value = share;
		left -= share;
		if (share < select_dust(tx->out[i].script, DUST_RATE_SAT_KVB))
			return funds_bad(m->fault, FUNDS_POOR,
					 "Dynamically assigned remainder results in "
					 "dust output.");
	}
	/* what does not divide goes to the first */
	for (size_t i = 0; i < o->n_to && left; i++) {
		if (o->to[i].rest) {
			tx->out[i].value += left;
			left = 0;
		}
	}
	return finish(m, out);
}

bool funds_draft(struct funds *f, const struct funds_order *o,
		 struct funds_draft *out, struct funds_fault *fault)
{
	struct making m = {.f = f, .o = o, .fault = fault};
	bool rest = false;

	for (size_t i = 0; i < o->n_to; i++)
		rest |= o->to[i].rest;
	if (!o->n_to)
		return funds_bad(fault, FUNDS_USAGE,
				 "Transaction must have at least one recipient");
	if (rand_bytes(&m.rng, sizeof(m.rng)) != ST_OK)
		return funds_failed(fault, ST_IO);
	if (!check_payees(&m) ||
	    !find_rate(f, o->rate_sat_kvb, o->target, &m.rate, fault) || !gather(&m))
		return false;
	return rest ? make_sweep(&m, out) : make_payment(&m, out);
}
