/* SPDX-License-Identifier: MIT */
/* The coins a wallet has, and which of them can be relied on. */
#include "funds/funds.h"

#include <stdlib.h>

#include "funds/funds_internal.h"

#define ANCESTORS_MAX 64	/* the pool allows 25 */

/* --- a set of txids --- */

static size_t home(const struct funds_ids *s, const struct txid *id)
{
	return (size_t)le64_get(id->h.b) & (s->room - 1);
}

static struct funds_ids_slot *seek(const struct funds_ids *s,
				   const struct txid *id)
{
	size_t at = home(s, id);

	while (s->slot[at].taken && !hash256_equal(&s->slot[at].id.h, &id->h))
		at = (at + 1) & (s->room - 1);
	return &s->slot[at];
}

static bool grow(struct funds_ids *s)
{
	struct funds_ids old = *s;

	s->room = old.room ? old.room * 2 : 64;
	s->slot = arena_calloc(s->arena, s->room, sizeof(*s->slot));
	if (!s->slot)
		return false;
	for (size_t i = 0; i < old.room; i++)
		if (old.slot[i].taken)
			*seek(s, &old.slot[i].id) = old.slot[i];
	return true;
}

struct funds_ids_slot *funds_ids_at(struct funds_ids *s, const struct txid *id,
				    bool *is_new)
{
	struct funds_ids_slot *at;

	if (s->n * 2 >= s->room && !grow(s))
		return NULL;
	at = seek(s, id);
	*is_new = !at->taken;
	if (*is_new) {
		*at = (struct funds_ids_slot){.id = *id, .taken = true};
		s->n++;
	}
	return at;
}

const struct funds_ids_slot *funds_ids_find(const struct funds_ids *s,
					    const struct txid *id)
{
	const struct funds_ids_slot *at = s->room ? seek(s, id) : NULL;

	return at && at->taken ? at : NULL;
}

/* --- coins --- */

struct gather {
	struct funds *f;
	const struct funds_script *script;
	struct funds_coin *v;
	size_t n, room;
};

static enum status take_coin(void *arg, const struct full_utxo *u)
{
	struct gather *g = arg;
	struct funds *f = g->f;
	struct funds_coin *c;

	if (g->n == g->room) {
		size_t room = g->room ? g->room * 2 : 64;
		struct funds_coin *v = arena_alloc(f->arena, room, sizeof(*v));

		if (!v)
			return ST_NOMEM;
		if (g->n)
			memcpy(v, g->v, g->n * sizeof(*v));
		g->v = v;
		g->room = room;
	}
	c = &g->v[g->n++];
	*c = (struct funds_coin){.at = u->at, .value = u->value,
				 .script = g->script, .confirmed = u->confirmed};
	if (u->confirmed) {
		c->coinbase = u->coinbase;
		c->height = u->height;
		c->block = u->block;
		c->block_time = u->block_time;
		c->confirmations = (int64_t)f->tip.height - u->height + 1;
		c->immature = u->coinbase &&
			      c->confirmations <=
				      node_params(f->at.node)->maturity;
		c->trusted = c->safe = true;
	}
	c->locked = funds_is_locked(f, &u->at);
	return ST_OK;
}

/* Whether a transaction of the pool spends our coins alone, and what it builds on
 * does so too. */
static enum status is_own(struct funds *f, struct funds_ids *known,
			  const struct txid *id, unsigned depth, bool *own)
{
	const struct funds_ids_slot *seen = funds_ids_find(known, id);
	struct funds_ids_slot *slot;
	struct full_tx t;
	struct arena a;
	bool is_new;
	enum status st;

	*own = false;
	if (seen || depth > ANCESTORS_MAX) {
		*own = seen && seen->value;
		return ST_OK;
	}
	arena_init(&a, (size_t)64 << 20);
	st = query_full_tx(f->at.node, id, &a, &t);
	if (st == ST_OK && t.confirmed) {
		*own = true;
	} else if (st == ST_OK) {
		*own = !t.coinbase;
		for (uint32_t i = 0; *own && i < t.tx.n_in; i++)
			*own = t.coin && funds_find(f, t.coin[i].script);
		for (uint32_t i = 0; st == ST_OK && *own && i < t.tx.n_in; i++)
			st = is_own(f, known, &t.tx.in[i].prevout.txid, depth + 1,
				    own);
	}
	arena_free(&a);
	if (st == ST_NOT_FOUND)
		return ST_OK;
	if (st != ST_OK)
		return st;
	slot = funds_ids_at(known, id, &is_new);
	if (!slot)
		return ST_NOMEM;
	slot->value = *own;
	return ST_OK;
}

static int by_age(const void *a, const void *b)
{
	const struct funds_coin *x = a, *y = b;
	int c;

	if (x->confirmed != y->confirmed)
		return x->confirmed ? -1 : 1;
	if (x->height != y->height)
		return x->height < y->height ? -1 : 1;
	c = memcmp(x->at.txid.h.b, y->at.txid.h.b, 32);
	return c ? c : (x->at.n > y->at.n) - (x->at.n < y->at.n);
}

enum status funds_coins(struct funds *f, struct funds_coin **out, size_t *n)
{
	struct funds_ids known = {.arena = f->arena};
	struct gather g = {.f = f};
	enum status st = ST_OK;

	for (size_t i = 0; st == ST_OK && i < f->n_script; i++) {
		g.script = &f->script[i];
		if (g.script->id)
			st = query_full_utxos(f->at.node, g.script->id, UINT32_MAX,
					      take_coin, &g);
	}
	for (size_t i = 0; st == ST_OK && i < g.n; i++) {
		struct funds_coin *c = &g.v[i];
		const struct purse_sent *note;

		if (c->confirmed)
			continue;
		st = is_own(f, &known, &c->at.txid, 0, &c->trusted);
		note = funds_note(f, &c->at.txid);
		c->safe = c->trusted && !(note && note->has_replaces);
	}
	if (st == ST_OK && g.n)
		qsort(g.v, g.n, sizeof(*g.v), by_age);
	*out = g.v;
	*n = g.n;
	return st;
}

void funds_sum(const struct funds_coin *c, size_t n, struct funds_balance *out)
{
	*out = (struct funds_balance){0};
	for (size_t i = 0; i < n; i++) {
		if (c[i].immature)
			out->immature += c[i].value;
		else if (c[i].trusted)
			out->confirmed += c[i].value;
		else
			out->unconfirmed += c[i].value;
		if (c[i].locked && c[i].trusted && !c[i].immature)
			out->locked += c[i].value;
	}
}

enum status funds_balance(struct funds *f, struct funds_balance *out)
{
	struct funds_coin *c;
	size_t n;
	enum status st = funds_coins(f, &c, &n);

	if (st == ST_OK)
		funds_sum(c, n, out);
	return st;
}
