/* SPDX-License-Identifier: MIT */
/*
 * What touched a wallet: the newest of each script's history put together, and
 * what was sent from here and is in neither chain nor pool.
 */
#include <stdlib.h>

#include "funds/funds_internal.h"
#include "node/query/query_mempool.h"


enum status funds_copy_tx(struct funds *f, const struct full_tx *t,
			  struct full_tx *out)
{
	const uint8_t *raw = arena_copy(f->arena, t->tx.raw.p, t->tx.raw.len);
	struct reader r;
	enum status st;

	*out = *t;
	if (!raw)
		return ST_NOMEM;
	r = reader_of(raw, t->tx.raw.len);
	st = tx_read_nohash(&out->tx, &r, f->arena);
	if (st != ST_OK)
		return st == ST_PARSE ? ST_CORRUPT : st;
	out->tx.raw = bytes_of(raw, t->tx.raw.len);
	out->tx.txid = t->tx.txid;
	if (!t->coin)
		return ST_OK;
	out->coin = arena_alloc(f->arena, t->tx.n_in + 1, sizeof(*out->coin));
	if (!out->coin)
		return ST_NOMEM;
	for (uint32_t i = 0; i < t->tx.n_in; i++) {
		struct bytes s = t->coin[i].script;
		const uint8_t *p = arena_copy(f->arena,
					      s.p ? s.p : (const uint8_t *)"",
					      s.len);

		if (!p)
			return ST_NOMEM;
		out->coin[i] = (struct full_coin){
			.value = t->coin[i].value,
			.script = bytes_of(p, s.len),
		};
	}
	return ST_OK;
}

struct gather {
	struct funds *f;
	struct funds_ids seen;
	struct funds_tx *v;
	size_t n, room;
};

static struct funds_tx *more(struct gather *g)
{
	if (g->n == g->room) {
		size_t room = g->room ? g->room * 2 : 64;
		struct funds_tx *v = arena_alloc(g->f->arena, room, sizeof(*v));

		if (!v)
			return NULL;
		if (g->n)
			memcpy(v, g->v, g->n * sizeof(*v));
		g->v = v;
		g->room = room;
	}
	g->v[g->n] = (struct funds_tx){0};
	return &g->v[g->n++];
}

static enum status take_tx(void *arg, const struct full_tx *t)
{
	struct gather *g = arg;
	struct funds_tx *x;
	bool is_new;

	if (!funds_ids_at(&g->seen, &t->tx.txid, &is_new))
		return ST_NOMEM;
	if (!is_new)
		return ST_OK;
	x = more(g);
	return x ? funds_copy_tx(g->f, t, &x->t) : ST_NOMEM;
}

/* What it comes to for the wallet; state and coins are set. */
static void weigh(const struct funds *f, struct funds_tx *x)
{
	const struct tx *tx = &x->t.tx;

	x->all_ours = x->t.coin && tx->n_in;
	for (uint32_t i = 0; x->t.coin && i < tx->n_in; i++) {
		if (x->t.coin[i].script.p && funds_find(f, x->t.coin[i].script))
			x->in_sat += x->t.coin[i].value;
		else
			x->all_ours = false;
	}
	for (uint32_t i = 0; i < tx->n_out; i++)
		if (funds_find(f, tx->out[i].script))
			x->out_sat += tx->out[i].value;
	x->note = funds_note(f, &tx->txid);
}

static enum status settle(struct funds *f, struct funds_tx *x)
{
	struct pool_entry e;
	enum status st = ST_OK;

	weigh(f, x);
	if (x->t.confirmed) {
		x->state = FUNDS_CONFIRMED;
		x->confirmations = (int64_t)f->tip.height - x->t.height + 1;
		x->time = x->t.block_time;
		return ST_OK;
	}
	x->state = FUNDS_WAITING;
	x->time = x->t.seen_at;
	st = query_pool_entry(f->at.node, &x->t.tx.txid, f->arena, &e);
	if (st == ST_OK)
		x->replaceable = e.replaceable;
	return st == ST_NOT_FOUND ? ST_OK : st;
}

/* --- sent, and gone --- */

/* How deep in the chain a spend of the same coin is; 0: there is none. */
static enum status conflict_depth(struct funds *f, const struct outpoint *o,
				  int64_t *depth)
{
	struct full_spend s;
	enum status st = query_spend(f->at.node, o, &s);

	if (st == ST_OK && s.spent && s.confirmed &&
	    (int64_t)f->tip.height - s.height + 1 > *depth)
		*depth = (int64_t)f->tip.height - s.height + 1;
	return st == ST_NOT_FOUND ? ST_OK : st;
}

/* The coins it spent, from wherever they are known. */
static enum status find_coins(struct funds *f, struct funds_tx *x)
{
	const struct tx *tx = &x->t.tx;
	int64_t in = 0, out = 0, depth = 0;
	bool all = true;
	enum status st = ST_OK;

	x->t.coin = arena_calloc(f->arena, tx->n_in + 1, sizeof(*x->t.coin));
	if (!x->t.coin)
		return ST_NOMEM;
	for (uint32_t i = 0; st == ST_OK && i < tx->n_in; i++) {
		struct output_info o;

		st = query_output(f->at.node, &tx->in[i].prevout, f->arena, &o);
		if (st == ST_OK)
			x->t.coin[i] = (struct full_coin){
				.value = o.value, .script = o.script};
		all &= st == ST_OK;
		in += st == ST_OK ? o.value : 0;
		if (st == ST_OK || st == ST_NOT_FOUND)
			st = conflict_depth(f, &tx->in[i].prevout, &depth);
	}
	for (uint32_t i = 0; i < tx->n_out; i++)
		out += tx->out[i].value;
	x->t.fee_sat = all ? in - out : 0;
	x->confirmations = -depth;
	return st;
}

static enum status take_gone(struct gather *g, const struct purse_sent *s)
{
	struct funds *f = g->f;
	struct funds_tx *x = more(g);
	enum status st;

	if (!x)
		return ST_NOMEM;
	st = tx_parse(&x->t.tx, s->raw.p, s->raw.len, f->arena);
	if (st != ST_OK)
		return st == ST_PARSE ? ST_CORRUPT : st;
	x->t.weight = tx_weight(&x->t.tx);
	x->state = FUNDS_GONE;
	x->time = s->at;
	st = find_coins(f, x);
	weigh(f, x);
	return st;
}

/* Newest first: what waits or is gone by its time, then the chain's. */
static int by_time(const void *a, const void *b)
{
	const struct funds_tx *x = a, *y = b;
	bool cx = x->state == FUNDS_CONFIRMED, cy = y->state == FUNDS_CONFIRMED;

	if (cx != cy)
		return cx ? 1 : -1;
	if (!cx && x->time != y->time)
		return x->time > y->time ? -1 : 1;
	if (x->t.id != y->t.id)
		return x->t.id > y->t.id ? -1 : 1;
	return memcmp(x->t.tx.txid.h.b, y->t.tx.txid.h.b, 32);
}

static enum status add_gone(struct gather *g)
{
	struct funds *f = g->f;
	enum status st = ST_OK;

	for (size_t i = 0; st == ST_OK && i < f->n_sent; i++) {
		struct tx_info t;

		st = query_tx_status(f->at.node, &f->sent[i].txid, &t);
		if (st == ST_NOT_FOUND)
			st = take_gone(g, &f->sent[i]);
	}
	return st;
}

enum status funds_history(struct funds *f, size_t skip, size_t max,
			  struct funds_tx **out, size_t *n)
{
	struct gather g = {.f = f, .seen = {.arena = f->arena}};
	uint32_t each = !max || max + skip > UINT32_MAX ? UINT32_MAX
							: (uint32_t)(max + skip);
	enum status st = ST_OK;
	bool found;

	for (size_t i = 0; st == ST_OK && i < f->n_script; i++) {
		int64_t id = f->script[i].id;

		if (!id)
			continue;
		st = query_pool_history(f->at.node, id, NULL, each, &found,
					take_tx, &g);
		if (st == ST_OK)
			st = query_history(f->at.node, id, NULL, each, &found,
					   take_tx, &g);
	}
	for (size_t i = 0; st == ST_OK && i < g.n; i++)
		st = settle(f, &g.v[i]);
	if (st == ST_OK)
		st = add_gone(&g);
	if (st == ST_OK && g.n)
		qsort(g.v, g.n, sizeof(*g.v), by_time);
	if (skip > g.n)
		skip = g.n;
	*out = g.v ? g.v + skip : NULL;
	*n = g.n - skip;
	if (max && *n > max)
		*n = max;
	return st;
}

enum status funds_tx(struct funds *f, const struct txid *id, struct funds_tx *out)
{
	const struct purse_sent *note = funds_note(f, id);
	struct gather g = {.f = f, .seen = {.arena = f->arena}};
	enum status st;

	*out = (struct funds_tx){0};
	st = query_full_tx(f->at.node, id, f->arena, &out->t);
	if (st == ST_OK) {
		st = settle(f, out);
		if (st == ST_OK && !note && !out->in_sat && !out->out_sat) {
			/* a coin of no value is a part, too */
			for (uint32_t i = 0; i < out->t.tx.n_out; i++)
				if (funds_find(f, out->t.tx.out[i].script))
					return ST_OK;
			st = ST_NOT_FOUND;
		}
		return st;
	}
	if (st != ST_NOT_FOUND || !note)
		return st;
	st = take_gone(&g, note);
	if (st == ST_OK)
		*out = g.v[0];
	return st;
}
