/* SPDX-License-Identifier: MIT */
#include "fcgi/ws/ws_news.h"

#include <stdlib.h>

#include "fcgi/esplora/esplora_json.h"
#include "feed/event_feed.h"

/* Notes between two tellings: a block full of what somebody looks for fits. */
#define NOTES_MAX ((size_t)48 << 20)
#define SCRATCH_MAX ((size_t)96 << 20)
#define KEEP_MAX ((size_t)1 << 20)

void ws_news_init(struct ws_news *s, struct app *app, const struct watches *w)
{
	*s = (struct ws_news){.app = app, .watches = w};
	arena_init(&s->arena, NOTES_MAX);
	arena_init(&s->scratch, SCRATCH_MAX);
	response_init(&s->rs);
}

void ws_news_free(struct ws_news *s)
{
	arena_free(&s->arena);
	arena_free(&s->scratch);
	response_free(&s->rs);
}

static void empty(struct arena *a, size_t max)
{
	if (a->used > KEEP_MAX) {
		arena_free(a);
		arena_init(a, max);
	} else {
		arena_reset(a);
	}
}

void ws_news_reset(struct ws_news *s)
{
	empty(&s->arena, NOTES_MAX);
	s->note = NULL;
	s->n = s->room = 0;
}

static enum status note(struct ws_news *s, const struct watch *w,
			enum ws_note_kind kind, struct bytes json)
{
	if (s->n == s->room) {
		uint32_t room = s->room ? 2 * s->room : 16;
		struct ws_note *v = arena_array(&s->arena, room, struct ws_note);

		if (!v)
			return ST_NOMEM;
		if (s->n)
			memcpy(v, s->note, s->n * sizeof(*v));
		s->note = v;
		s->room = room;
	}
	s->note[s->n] = (struct ws_note){w, s->n, kind, json};
	s->n++;
	return ST_OK;
}

/* One note a watch for each transaction, whatever it does to it. */
static enum status note_once(struct ws_news *s, const struct watch *w,
			     enum ws_note_kind kind, struct bytes json,
			     uint32_t from)
{
	for (uint32_t i = from; i < s->n; i++)
		if (s->note[i].watch == w && s->note[i].kind == kind)
			return ST_OK;
	return note(s, w, kind, json);
}

/* --- transactions --- */

static enum status write_tx(struct ws_news *s, const struct full_tx *t,
			    struct bytes *out)
{
	struct buf *b = &s->rs.body;

	buf_reset(b);
	esplora_put_tx(&s->rs, node_params(s->app->node), t);
	if (buf_status(b) != ST_OK)
		return buf_status(b);
	*out = bytes_of(arena_copy(&s->arena, b->p, b->len), b->len);
	return out->p ? ST_OK : ST_NOMEM;
}

/* Of an input that spends an output of a transaction looked for. */
static enum status note_spent(struct ws_news *s, const struct full_tx *t,
			      uint32_t in)
{
	const struct outpoint *o = &t->tx.in[in].prevout;
	const struct watch *w = watch_find(s->watches, WATCH_TX,
					   bytes_of(o->txid.h.b, 32));
	struct buf b;
	uint8_t *p;
	enum status st;

	if (!w)
		return ST_OK;
	buf_init(&b, 256);
	PUT(&b, "\"");
	put_uint(&b, o->n);
	PUT(&b, "\":{\"vin\":");
	put_uint(&b, in);
	PUT(&b, ",\"txid\":\"");
	put_hash(&b, &t->tx.txid.h);
	PUT(&b, "\"}");
	p = arena_copy(&s->arena, b.p, b.len);
	st = p ? note(s, w, WS_NOTE_SPENT, bytes_of(p, b.len)) : ST_NOMEM;
	buf_free(&b);
	return st;
}

/* The scripts of a transaction's outputs and of those it spends, one by one. */
static struct bytes script_of(const struct full_tx *t, uint32_t i)
{
	uint32_t n_in = t->coin ? t->tx.n_in : 0;

	return i < n_in ? t->coin[i].script : t->tx.out[i - n_in].script;
}

static enum status note_tx(struct ws_news *s, const struct full_tx *t,
			   enum ws_note_kind kind)
{
	uint32_t from = s->n, n = (t->coin ? t->tx.n_in : 0) + t->tx.n_out;
	const struct watch *w = watch_find(s->watches, WATCH_TX,
					   bytes_of(t->tx.txid.h.b, 32));
	struct bytes json = {0};
	enum status st = ST_OK;

	for (uint32_t i = 0; t->coin && kind != WS_NOTE_GONE && st == ST_OK &&
	     s->watches->n[WATCH_TX] && i < t->tx.n_in; i++)
		st = note_spent(s, t, i);
	if (st == ST_OK && w && kind != WS_NOTE_GONE) {
		st = write_tx(s, t, &json);
		if (st == ST_OK)
			st = note(s, w, kind, json);
	}
	for (uint32_t i = 0; st == ST_OK && s->watches->n[WATCH_SCRIPT] && i < n;
	     i++) {
		w = watch_find(s->watches, WATCH_SCRIPT, script_of(t, i));
		if (w && !json.p)
			st = write_tx(s, t, &json);
		if (w && st == ST_OK)
			st = note_once(s, w, kind, json, from);
	}
	return st;
}

static enum status add_confirmed(void *arg, const struct full_tx *t)
{
	return note_tx(arg, t, WS_NOTE_CONFIRMED);
}

static enum status add_came(struct ws_news *s, const struct txid *id)
{
	struct full_tx t;
	enum status st = query_full_tx(s->app->node, id, &s->scratch, &t);

	/* one that is in a block by now is told of with that */
	if (st == ST_OK && t.confirmed)
		return ST_OK;
	return st == ST_OK ? note_tx(s, &t, WS_NOTE_CAME) : st;
}

/* Who looked for it by its id hears what took its place. */
static enum status add_successor(struct ws_news *s, const struct txid *id)
{
	const struct watch *w = watch_find(s->watches, WATCH_TX,
					   bytes_of(id->h.b, 32));
	char text[HASH_TEXT_SIZE + 2] = "";
	struct gone_info info;
	uint8_t *p;
	enum status st;

	if (!w)
		return ST_OK;
	st = query_gone(s->app->node, id, &info);
	if (st != ST_OK)
		return st;
	if (info.has_by && strcmp(info.why, "replaced") == 0) {
		text[0] = '"';
		hash256_text(text + 1, &info.by);
		text[HASH_TEXT_SIZE] = '"';
	}
	p = arena_copy(&s->arena, text, sizeof(text));
	return p ? note(s, w, WS_NOTE_GONE,
			bytes_of(p, strnlen(text, sizeof(text)))) : ST_NOMEM;
}

static enum status add_gone(struct ws_news *s, const struct txid *id)
{
	struct full_tx t = {0};
	struct bytes raw;
	enum status st = add_successor(s, id);

	if (st == ST_OK)
		st = query_pool_gone(s->app->node, id, &s->scratch, &raw);
	if (st == ST_OK)
		st = tx_parse(&t.tx, raw.p, raw.len, &s->scratch);
	if (st != ST_OK || tx_is_coinbase(&t.tx))
		return st;
	t.weight = tx_weight(&t.tx);
	t.coin = arena_array(&s->scratch, t.tx.n_in, struct full_coin);
	if (!t.coin)
		return ST_NOMEM;
	for (uint32_t i = 0; st == ST_OK && i < t.tx.n_in; i++) {
		st = event_feed_coin(s->app->node, &t.tx.in[i].prevout,
				     &s->scratch, &t.coin[i]);
		t.fee_sat += st == ST_OK ? t.coin[i].value : 0;
	}
	for (uint32_t i = 0; i < t.tx.n_out; i++)
		t.fee_sat -= t.tx.out[i].value;
	return st == ST_OK ? note_tx(s, &t, WS_NOTE_GONE) : st;
}

enum status ws_news_add(struct ws_news *s, const struct event_info *row)
{
	const struct txid txid = {row->hash};
	const struct blkid block = {row->hash};
	enum status st = ST_OK;

	if ((!s->watches->n[WATCH_SCRIPT] && !s->watches->n[WATCH_TX]) ||
	    !row->has_hash)
		return ST_OK;
	if (strcmp(row->kind, "block") == 0)
		st = query_full_block(s->app->node, &block, 0, UINT32_MAX,
				      add_confirmed, s);
	else if (strcmp(row->kind, "tx") == 0)
		st = add_came(s, &txid);
	else if (strcmp(row->kind, "tx-gone") == 0)
		st = add_gone(s, &txid);
	empty(&s->scratch, SCRATCH_MAX);
	/* what is gone since then is told of by a later row */
	return st == ST_NOT_FOUND ? ST_OK : st;
}

static int by_watch(const void *a, const void *b)
{
	const struct ws_note *x = a, *y = b;
	uintptr_t p = (uintptr_t)x->watch, q = (uintptr_t)y->watch;

	if (p != q)
		return p < q ? -1 : 1;
	return x->nth < y->nth ? -1 : x->nth > y->nth;
}

void ws_news_sort(struct ws_news *s)
{
	if (s->n > 1)
		qsort(s->note, s->n, sizeof(*s->note), by_watch);
}

const struct ws_note *ws_news_of(const struct ws_news *s, const struct watch *w,
				 uint32_t *n)
{
	uint32_t low = 0, high = s->n, end;

	while (low < high) {
		uint32_t mid = low + (high - low) / 2;

		if ((uintptr_t)s->note[mid].watch < (uintptr_t)w)
			low = mid + 1;
		else
			high = mid;
	}
	for (end = low; end < s->n && s->note[end].watch == w; end++)
		;
	*n = end - low;
	return s->note + low;
}
