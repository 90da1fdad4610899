/* SPDX-License-Identifier: MIT */
#include "wallet/select.h"

#include <stdlib.h>

#include "primitives/amount.h"
#include "primitives/script.h"

#define EXACT_TRIES 100000
#define EXACT_HITS 1000
#define KNAPSACK_ROUNDS 1000
#define CHANGE_LOW_SAT 50000	/* change of less tells what is change */
#define CHANGE_HIGH_SAT 1000000

/* --- sizes --- */

int64_t select_fee(uint32_t weight, int64_t rate)
{
	int64_t vsize = (weight + 3) / 4;

	return (vsize * rate + 999) / 1000;
}

static uint32_t count_size(size_t n)
{
	return n < 0xfd ? 1 : n <= 0xffff ? 3 : 5;
}

uint32_t select_weight(size_t n_in, size_t n_base, uint64_t in_weight,
		       size_t n_out, uint64_t out_weight)
{
	uint64_t w = 4 * (8 + count_size(n_in) + count_size(n_out)) + in_weight +
		     out_weight;

	if (n_base < n_in)
		w += 2 + n_base;	/* marker, flag, empty witnesses */
	return w > UINT32_MAX ? UINT32_MAX : (uint32_t)w;
}

uint32_t select_out_size(struct bytes script)
{
	return 8 + count_size(script.len) + (uint32_t)script.len;
}

int64_t select_dust(struct bytes script, int64_t rate)
{
	struct bytes program;
	uint8_t version;
	int64_t size = select_out_size(script);

	if (script_is_unspendable(script))
		return 0;
	/* what spends it: 41 bytes and a signature with its key */
	size += script_is_witness_program(script, &version, &program)
			? 41 + 107 / 4 : 41 + 107;
	return size * rate / 1000;
}

/* --- the search --- */

struct search {
	const struct select_order *o;
	struct arena *a;
	size_t n;		/* coins that may be taken: first in o->coin */
	int64_t *worth;		/* of each: its value less what spending costs */
	uint64_t rng;

	/* what is spent in any case */
	size_t must_n, must_base;
	uint64_t must_weight;
	int64_t must_sat;

	bool *best;
	bool have;
	int64_t best_waste;
	enum select_way best_way;
	/* that pays more than a satoshi per vbyte too much, if there is none else */
	bool *loose;
	bool have_loose;
	int64_t least_dropped;
};

static uint64_t random_next(struct search *s)
{
	uint64_t z = s->rng += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

struct outcome {
	int64_t in, fee, change, dropped, waste;
	uint32_t weight;
	int64_t short_sat;	/* > 0: it does not reach */
	bool fee_short;		/* it is the fee it does not reach */
	bool loose;		/* more goes to the fee than a satoshi per vbyte */
};

static int64_t max64(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* The least fee of a weight: by its rate, and by what it replaces. */
static int64_t fee_of(const struct select_order *o, uint32_t weight)
{
	return max64(select_fee(weight, o->rate_sat_kvb) + o->add_fee_sat,
		     o->min_fee_sat);
}

/* What change must at least be, to be worth it. */
static int64_t change_least(const struct select_order *o)
{
	int64_t spend = (int64_t)o->change_spend_vb * o->long_rate_sat_kvb / 1000;

	return max64(o->change_dust_sat, spend + 1);
}

static int64_t long_waste(const struct select_order *o, uint64_t in_weight)
{
	return (int64_t)in_weight * (o->rate_sat_kvb - o->long_rate_sat_kvb) / 4000;
}

/* What a choice comes to. taken: of the n first coins; NULL: none. */
static void judge(const struct search *s, const bool *taken, struct outcome *r)
{
	const struct select_order *o = s->o;
	uint64_t weight = s->must_weight;
	size_t n = s->must_n, base = s->must_base;
	int64_t fee, left, need = o->subtract ? 0 : 1;
	uint32_t with;

	*r = (struct outcome){.in = s->must_sat};
	for (size_t i = 0; taken && i < s->n; i++) {
		if (!taken[i])
			continue;
		r->in += o->coin[i].value_sat;
		weight += o->coin[i].weight;
		n++;
		base += !o->coin[i].witness;
	}
	r->weight = select_weight(n, base, weight, o->n_out, o->out_weight);
	r->waste = long_waste(o, weight);
	fee = fee_of(o, r->weight);
	left = r->in - o->target_sat - fee * need;
	if (left < 0) {
		r->short_sat = -left;
		r->fee_short = r->in >= o->target_sat;
		return;
	}
	with = select_weight(n, base, weight, o->n_out + 1,
			     o->out_weight + 4 * (uint64_t)o->change_size);
	r->change = r->in - o->target_sat - fee_of(o, with) * need;
	if (!o->no_change && r->change >= change_least(o)) {
		r->weight = with;
		r->fee = fee_of(o, with);
		r->waste += (int64_t)o->change_size * o->rate_sat_kvb / 1000 +
			    (int64_t)o->change_spend_vb * o->long_rate_sat_kvb / 1000;
		return;
	}
	r->change = 0;
	r->fee = o->subtract ? max64(fee, left) : fee + left;
	r->dropped = r->fee - fee;
	r->loose = r->dropped > (r->weight + 3) / 4;
	r->waste += left;
}

/* Keeps a choice that is better than what there is. */
static void offer(struct search *s, const bool *taken, enum select_way way)
{
	uint32_t max = s->o->max_weight ? s->o->max_weight : SELECT_WEIGHT_MAX;
	struct outcome r;

	judge(s, taken, &r);
	if (r.short_sat > 0 || r.weight > max)
		return;
	if (r.loose && !s->o->no_change) {
		if (s->have_loose && r.dropped >= s->least_dropped)
			return;
		s->have_loose = true;
		s->least_dropped = r.dropped;
		if (s->n)
			memcpy(s->loose, taken, s->n * sizeof(*taken));
		return;
	}
	if (s->have && r.waste >= s->best_waste)
		return;
	s->have = true;
	s->best_waste = r.waste;
	s->best_way = way;
	if (s->n)
		memcpy(s->best, taken, s->n * sizeof(*taken));
}

/* --- coins that need no change --- */

/* By worth, greatest first; depth first, taking before leaving out. */
static void search_exact(struct search *s, bool *taken)
{
	const struct select_order *o = s->o;
	uint64_t weight = o->out_weight;
	int64_t target, room, sum = 0, left = 0;
	uint32_t empty = select_weight(s->must_n, s->must_base, s->must_weight,
				       o->n_out, weight);
	size_t at = 0, *stack = arena_alloc(s->a, s->n + 1, sizeof(*stack)), n = 0;

	if (!stack)
		return;
	target = o->target_sat - s->must_sat +
		 (o->subtract ? 0 : fee_of(o, empty));
	/* a satoshi per vbyte, of a size that is not known before; judge sees to
	 * it. Rounding of fees and of counts may cost some. */
	room = (int64_t)o->change_size * o->rate_sat_kvb / 1000 +
	       (int64_t)o->change_spend_vb * o->long_rate_sat_kvb / 1000;
	for (size_t i = 0; i < s->n; i++)
		left += s->worth[i];
	memset(taken, 0, s->n * sizeof(*taken));
	for (int tries = 0, hits = 0; tries < EXACT_TRIES && hits < EXACT_HITS;
	     tries++) {
		bool back = sum + left < target || sum > target + room;

		if (!back && sum >= target) {
			offer(s, taken, SELECT_EXACT);
			hits++;
			back = true;
		}
		if (at == s->n)
			back = true;
		if (back) {
			/* leave out the last that was taken */
			while (at > 0 && !(n > 0 && stack[n - 1] == at - 1)) {
				at--;
				left += s->worth[at];
			}
			if (n == 0)
				return;
			n--;
			at = stack[n];
			taken[at] = false;
			sum -= s->worth[at];
			at++;
			continue;
		}
		left -= s->worth[at];
		/* the same as one that was left out just now: no use */
		if (!(at > 0 && !taken[at - 1] && s->worth[at] == s->worth[at - 1] &&
		      o->coin[at].weight == o->coin[at - 1].weight)) {
			taken[at] = true;
			stack[n++] = at;
			sum += s->worth[at];
		}
		at++;
	}
}

/* --- coins with change --- */

/* What the taken coins must be worth for change of that much. */
static int64_t goal_with(const struct search *s, int64_t change)
{
	const struct select_order *o = s->o;
	uint32_t w = select_weight(s->must_n, s->must_base, s->must_weight,
				   o->n_out + 1,
				   o->out_weight + 4 * (uint64_t)o->change_size);

	return o->target_sat - s->must_sat + change +
	       (o->subtract ? 0 : fee_of(o, w));
}

static void search_random(struct search *s, bool *taken, int64_t goal)
{
	size_t *order = arena_alloc(s->a, s->n + 1, sizeof(*order));
	int64_t sum = 0;

	if (!order)
		return;
	memset(taken, 0, s->n * sizeof(*taken));
	for (size_t i = 0; i < s->n; i++)
		order[i] = i;
	for (size_t i = 0; i < s->n && sum < goal; i++) {
		size_t k = i + (size_t)(random_next(s) % (s->n - i)), t = order[k];

		order[k] = order[i];
		order[i] = t;
		taken[t] = true;
		sum += s->worth[t];
	}
	offer(s, taken, SELECT_RANDOM);
}

/* Two passes over the coins at random, taking until it suffices, the nearest sum
 * kept; then what is not needed goes. */
static void search_knapsack(struct search *s, bool *taken, int64_t goal)
{
	bool *near = arena_calloc(s->a, s->n + 1, sizeof(*near));
	int64_t best = INT64_MAX;
	size_t least = s->n;

	if (!near)
		return;
	for (size_t i = 0; i < s->n; i++)
		if (s->worth[i] >= goal)
			least = i;
	for (int round = 0; round < KNAPSACK_ROUNDS && best != goal; round++) {
		bool reached = false;
		int64_t sum = 0;

		memset(taken, 0, s->n * sizeof(*taken));
		for (int pass = 0; pass < 2 && !reached; pass++) {
			for (size_t i = 0; i < s->n; i++) {
				bool take = pass ? !taken[i]
						 : random_next(s) & 1;

				if (!take || s->worth[i] >= goal)
					continue;
				taken[i] = true;
				sum += s->worth[i];
				if (sum < goal)
					continue;
				reached = true;
				if (sum < best) {
					best = sum;
					memcpy(near, taken, s->n * sizeof(*near));
				}
				sum -= s->worth[i];
				taken[i] = false;
			}
		}
		if ((size_t)round * s->n > 2000000)
			break;
	}
	/* one coin that is enough by itself, and nearer */
	if (least < s->n && (best == INT64_MAX || s->worth[least] <= best)) {
		memset(near, 0, s->n * sizeof(*near));
		near[least] = true;
	}
	offer(s, near, SELECT_KNAPSACK);
}

static void search_largest(struct search *s, bool *taken, int64_t goal)
{
	int64_t sum = 0;

	memset(taken, 0, s->n * sizeof(*taken));
	for (size_t i = 0; i < s->n && !s->have; i++) {
		taken[i] = true;
		sum += s->worth[i];
		if (sum >= goal)
			offer(s, taken, SELECT_LARGEST);
	}
}

static void search_all(struct search *s, bool *taken)
{
	const struct select_order *o = s->o;
	int64_t least = change_least(o), low = max64(least, CHANGE_LOW_SAT);
	int64_t high = o->target_sat * 2 < CHANGE_HIGH_SAT ? o->target_sat * 2
							   : CHANGE_HIGH_SAT;
	int64_t wish = low;

	if (high > low)
		wish += (int64_t)(random_next(s) % (uint64_t)(high - low));
	memset(taken, 0, s->n * sizeof(*taken));
	offer(s, taken, SELECT_ALL);	/* what must be spent may do */
	if (s->have || !s->n)
		return;
	search_exact(s, taken);
	search_random(s, taken, goal_with(s, wish));
	search_knapsack(s, taken, goal_with(s, wish));
	if (s->have)
		return;
	search_knapsack(s, taken, goal_with(s, least));
	search_largest(s, taken, goal_with(s, least));
	if (s->have)
		return;
	for (size_t i = 0; i < s->n; i++)
		taken[i] = true;
	offer(s, taken, SELECT_ALL);
}

/* --- around it --- */

struct ranked {
	struct select_coin coin;
	int64_t worth;
};

static int by_worth(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	if (x->worth != y->worth)
		return x->worth > y->worth ? -1 : 1;
	if (x->coin.weight != y->coin.weight)
		return x->coin.weight < y->coin.weight ? -1 : 1;
	return (x->coin.at > y->coin.at) - (x->coin.at < y->coin.at);
}

/* Coins that are worth more than they cost go first, by worth; then those that
 * must be spent; the rest last. */
static bool sort_coins(struct search *s)
{
	const struct select_order *o = s->o;
	struct ranked *r = arena_alloc(s->a, o->n_coin + 1, sizeof(*r));
	size_t n = 0, end = o->n_coin;

	s->worth = arena_alloc(s->a, o->n_coin + 1, sizeof(*s->worth));
	if (!r || !s->worth)
		return false;
	for (size_t i = 0; i < o->n_coin; i++) {
		const struct select_coin *c = &o->coin[i];
		/* with what an empty witness beside others may cost */
		int64_t cost = ((int64_t)(c->weight + !c->witness) *
				o->rate_sat_kvb + 3999) / 4000;
		struct ranked k = {*c, c->value_sat - (o->subtract ? 0 : cost)};

		if (c->must) {
			s->must_n++;
			s->must_base += !c->witness;
			s->must_weight += c->weight;
			s->must_sat += c->value_sat;
		}
		if (c->must || o->only_must || k.worth <= 0)
			r[--end] = k;
		else
			r[n++] = k;
	}
	qsort(r, n, sizeof(*r), by_worth);
	for (size_t i = 0; i < o->n_coin; i++) {
		o->coin[i] = r[i].coin;
		s->worth[i] = r[i].worth;
	}
	s->n = n;
	return true;
}

/* Nothing fits: with all there is, is it too little, or too large? */
static enum select_result why_not(struct search *s, bool *taken,
				  struct outcome *r)
{

	for (size_t i = 0; i < s->n; i++)
		taken[i] = true;
	judge(s, taken, r);
	if (r->short_sat > 0)
		return r->fee_short ? SELECT_FEE_POOR : SELECT_POOR;
	return SELECT_HEAVY;
}

enum select_result select_coins(const struct select_order *o, struct arena *a,
				struct select_choice *out)
{
	struct search s = {.o = o, .a = a, .rng = o->seed};
	enum select_result result;
	struct outcome r;
	bool *taken;

	*out = (struct select_choice){0};
	if (!sort_coins(&s))
		return SELECT_NO_MEMORY;
	taken = arena_calloc(a, s.n + 1, sizeof(*taken));
	s.best = arena_calloc(a, s.n + 1, sizeof(*s.best));
	s.loose = arena_calloc(a, s.n + 1, sizeof(*s.loose));
	out->pick = arena_alloc(a, o->n_coin + 1, sizeof(*out->pick));
	if (!taken || !s.best || !s.loose || !out->pick)
		return SELECT_NO_MEMORY;
	search_all(&s, taken);
	if (!s.have && !s.have_loose) {
		result = why_not(&s, taken, &r);
		out->short_sat = r.short_sat;
		return result;
	}
	if (!s.have)
		s.best = s.loose;
	out->way = s.have ? s.best_way : SELECT_ALL;
	judge(&s, s.best, &r);
	for (size_t i = 0; i < o->n_coin; i++)
		if (i < s.n ? s.best[i] : o->coin[i].must)
			out->pick[out->n_pick++] = i;
	out->in_sat = r.in;
	out->fee_sat = r.fee;
	out->change_sat = r.change;
	out->dropped_sat = r.dropped;
	out->weight = r.weight;
	return SELECT_OK;
}
