/* SPDX-License-Identifier: MIT */
#include "fcgi/ws/ws_tell.h"

#include <stdlib.h>

#include "fcgi/esplora/mempool_json.h"
#include "fcgi/esplora/mempool_parts.h"
#include "fcgi/ws/ws_rbf.h"
#include "json/write.h"

#define PARTS_MAX ((size_t)32 << 20)
#define MESSAGE_MAX WS_OUT_MAX

/* --- flow --- */

void ws_flow_add(struct ws_flow *f, int64_t now_s, uint32_t vsize)
{
	unsigned i = (unsigned)((uint64_t)now_s % WS_FLOW_S);

	if (f->second[i] != now_s) {
		f->second[i] = now_s;
		f->vsize[i] = 0;
	}
	f->vsize[i] += vsize;
}

double ws_flow_rate(const struct ws_flow *f, int64_t now_s)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < WS_FLOW_S; i++)
		if (now_s - f->second[i] < WS_FLOW_S)
			sum += f->vsize[i];
	return (double)sum / WS_FLOW_S;
}

/* --- parts --- */

void ws_tell_init(struct ws_tell *t, struct app *app)
{
	*t = (struct ws_tell){.app = app};
	arena_init(&t->arena, PARTS_MAX);
	buf_init(&t->text, MESSAGE_MAX);
	buf_init(&t->message, MESSAGE_MAX);
}

void ws_tell_free(struct ws_tell *t)
{
	arena_free(&t->arena);
	buf_free(&t->text);
	buf_free(&t->message);
}

void ws_tell_begin(struct ws_tell *t)
{
	arena_reset(&t->arena);
	memset(t->part, 0, sizeof(t->part));
	t->news = NULL;
	t->block = NULL;
	t->pool_due = t->chart_due = t->all_due = t->rbf_due = false;
	t->place = NULL;
	t->n_place = 0;
}

/* The last two hours' graph gets one more point. */
static enum status put_point(struct ws_tell *t, struct json_writer *w)
{
	static const unsigned above[] = {
		1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 30, 40, 50, 60, 70, 80, 90,
		100, 125, 150, 175, 200, 250, 300, 350, 400, 500, 600, 700, 800,
		900, 1000, 1200, 1400, 1600, 1800, 2000,
	};
	const unsigned n = sizeof(above) / sizeof(above[0]);
	int64_t now_s = node_now_s(t->app->node);
	uint64_t sum[sizeof(above) / sizeof(above[0])] = {0}, weight = 0;
	const struct pool_view *v;
	unsigned k = n - 1;
	enum status st = pool_view_get(t->app, &v);

	if (st != ST_OK)
		return st;
	/* best first: the class only falls */
	for (uint32_t i = 0; i < v->n; i++) {
		while (k && v->rate[i].rate < above[k])
			k--;
		sum[k] += v->rate[i].vsize;
		weight += v->rate[i].weight;
	}
	json_key(w, "live-2h-chart");
	json_obj_begin(w);
	json_put_int(w, "added", now_s);
	json_put_int(w, "count", v->info.count);
	json_put_double(w, "vbytes_per_second", ws_flow_rate(&t->flow, now_s));
	json_put_int(w, "total_fee", v->info.fees_sat);
	json_put_uint(w, "mempool_byte_weight", weight);
	json_key(w, "vsizes");
	json_arr_begin(w);
	for (unsigned i = 0; i < n; i++)
		json_uint(w, sum[i]);
	json_arr_end(w);
	json_obj_end(w);
	return ST_OK;
}

static enum status put_pool_block(struct ws_tell *t, struct json_writer *w,
				  unsigned index)
{
	struct pool_view_block b[POOL_VIEW_BLOCKS];
	const struct pool_view *v;
	enum status st = pool_view_get(t->app, &v);
	unsigned n;

	if (st != ST_OK)
		return st;
	n = pool_view_blocks(v, b);
	json_key(w, "projected-block-transactions");
	json_obj_begin(w);
	json_put_uint(w, "index", index);
	json_put_int(w, "sequence", t->sequence);
	json_key(w, "blockTransactions");
	json_arr_begin(w);
	for (uint32_t i = 0; index < n && i < b[index].n; i++) {
		const struct pool_rate *r = &v->rate[b[index].first + i];
		struct pool_recent m;

		st = query_pool_member(t->app->node, r->id, &m);
		if (st != ST_OK)
			return st;
		json_arr_begin(w);
		json_hash(w, &m.txid.h);
		json_int(w, m.fee_sat);
		json_uint(w, m.vsize);
		json_int(w, m.value);
		json_double(w, r->rate);
		json_arr_end(w);
	}
	json_arr_end(w);
	json_obj_end(w);
	return ST_OK;
}

static enum status put_part(struct ws_tell *t, struct json_writer *w,
			    unsigned which)
{
	switch (which) {
	case WS_PART_BLOCK:
		json_key(w, "block");
		return mempool_put_block(t->app, w, t->block);
	case WS_PART_STATS:
		json_put_double(w, "vBytesPerSecond",
				ws_flow_rate(&t->flow, node_now_s(t->app->node)));
		return mempool_put_stats(t->app, w);
	case WS_PART_RECENT:
		json_key(w, "transactions");
		return mempool_put_recent(t->app, w);
	case WS_PART_TO_COME:
		json_key(w, "mempool-blocks");
		return mempool_put_blocks_to_come(t->app, w);
	case WS_PART_CHART:
		return put_point(t, w);
	case WS_PART_NEWEST:
		return mempool_put_newest(t->app, w);
	case WS_PART_RBF:
		return ws_rbf_put(t->app, w, WS_RBF_ALL);
	case WS_PART_FULL_RBF:
		return ws_rbf_put(t->app, w, WS_RBF_FULL);
	case WS_PART_RBF_SUMMARY:
		return ws_rbf_put(t->app, w, WS_RBF_SUMMARY);
	default:
		return put_pool_block(t, w, which - WS_PART_POOL_BLOCK);
	}
}

/* Members, made when somebody first needs them. */
static enum status part(struct ws_tell *t, struct json_writer *out, unsigned which)
{
	struct json_writer w;
	enum status st;

	if (!t->part[which].made) {
		buf_reset(&t->text);
		json_begin(&w, &t->text);
		json_obj_begin(&w);
		st = put_part(t, &w, which);
		if (st != ST_OK)
			return st;
		json_obj_end(&w);
		if (buf_status(&t->text) != ST_OK)
			return buf_status(&t->text);
		/* without the braces */
		t->part[which].json =
			bytes_of(arena_copy(&t->arena, t->text.p + 1,
					    t->text.len - 2), t->text.len - 2);
		if (!t->part[which].json.p)
			return ST_NOMEM;
		t->part[which].made = true;
	}
	json_members(out, t->part[which].json.p, t->part[which].json.len);
	return ST_OK;
}

/* --- addresses --- */

static void put_notes(struct json_writer *w, const char *key,
		      const struct ws_note *v, uint32_t n, enum ws_note_kind kind,
		      bool even_none)
{
	bool begun = even_none;

	if (begun) {
		json_key(w, key);
		json_arr_begin(w);
	}
	for (uint32_t i = 0; i < n; i++) {
		if (v[i].kind != kind)
			continue;
		if (!begun) {
			json_key(w, key);
			json_arr_begin(w);
			begun = true;
		}
		json_raw(w, v[i].json.p, v[i].json.len);
	}
	if (begun)
		json_arr_end(w);
}

static void put_address(struct ws_tell *t, struct json_writer *w,
			const struct ws_client *c)
{
	const struct ws_note *v;
	uint32_t n;

	if (!c->address.n)
		return;
	v = ws_news_of(t->news, c->address.v[0].watch, &n);
	put_notes(w, "address-transactions", v, n, WS_NOTE_CAME, false);
	put_notes(w, "address-removed-transactions", v, n, WS_NOTE_GONE, false);
	put_notes(w, "block-transactions", v, n, WS_NOTE_CONFIRMED, false);
}

static void put_names(struct ws_tell *t, struct json_writer *w, const char *key,
		      const struct ws_names *names)
{
	bool begun = false;

	for (unsigned i = 0; i < names->n; i++) {
		uint32_t n;
		const struct ws_note *v =
			ws_news_of(t->news, names->v[i].watch, &n);

		if (!n)
			continue;
		if (!begun) {
			json_key(w, key);
			json_obj_begin(w);
			begun = true;
		}
		json_key(w, names->v[i].name);
		json_obj_begin(w);
		put_notes(w, "mempool", v, n, WS_NOTE_CAME, true);
		put_notes(w, "confirmed", v, n, WS_NOTE_CONFIRMED, true);
		put_notes(w, "removed", v, n, WS_NOTE_GONE, true);
		json_obj_end(w);
	}
	if (begun)
		json_obj_end(w);
}

/* --- a transaction --- */

static int by_id(const void *a, const void *b)
{
	const struct ws_place *x = a, *y = b;

	return x->id < y->id ? -1 : x->id > y->id;
}

enum status ws_tell_places(struct ws_tell *t, const struct ws_client *clients)
{
	struct pool_view_block b[POOL_VIEW_BLOCKS];
	const struct pool_view *v;
	uint32_t max = 0;
	unsigned n;
	enum status st = pool_view_get(t->app, &v);

	for (const struct ws_client *c = clients; c; c = c->next)
		max += c->tx != NULL;
	if (!max || st != ST_OK)
		return st;
	t->place = arena_array(&t->arena, max, struct ws_place);
	if (!t->place)
		return ST_NOMEM;
	for (const struct ws_client *c = clients; st == ST_OK && c; c = c->next) {
		struct ws_place *p = &t->place[t->n_place];
		struct txid id;

		if (!c->tx)
			continue;
		memcpy(id.h.b, c->tx->b, 32);
		*p = (struct ws_place){.watch = c->tx};
		st = query_pool_id(t->app->node, &id, &p->id);
		t->n_place += st == ST_OK;
		st = st == ST_NOT_FOUND ? ST_OK : st;
	}
	if (st != ST_OK)
		return st;
	qsort(t->place, t->n_place, sizeof(*t->place), by_id);
	n = pool_view_blocks(v, b);
	for (unsigned k = 0; t->n_place && k < n; k++) {
		double before = 0;

		for (uint32_t i = b[k].first; i < b[k].first + b[k].n; i++) {
			const struct ws_place key = {.id = v->rate[i].id};
			struct ws_place *p = bsearch(&key, t->place, t->n_place,
						     sizeof(key), by_id);

			/* several may follow the same */
			while (p && p > t->place && p[-1].id == key.id)
				p--;
			for (; p && p < t->place + t->n_place && p->id == key.id;
			     p++) {
				p->found = true;
				p->block = k;
				p->vsize = before + (double)v->rate[i].vsize / 2;
			}
			before += v->rate[i].vsize;
		}
	}
	return ST_OK;
}

static void put_place(struct ws_tell *t, struct json_writer *w,
		      struct ws_client *c)
{
	const struct ws_place *p = t->place;
	struct hash256 id;

	while (p < t->place + t->n_place && p->watch != c->tx)
		p++;
	if (!p || p == t->place + t->n_place || !p->found ||
	    (c->place_told && c->place_block == p->block &&
	     !(c->place_vsize < p->vsize) && !(c->place_vsize > p->vsize)))
		return;
	c->place_told = true;
	c->place_block = p->block;
	c->place_vsize = p->vsize;
	memcpy(id.b, c->tx->b, 32);
	json_key(w, "txPosition");
	json_obj_begin(w);
	json_put_hash(w, "txid", &id);
	json_key(w, "position");
	json_obj_begin(w);
	json_put_uint(w, "block", p->block);
	json_put_double(w, "vsize", p->vsize);
	json_obj_end(w);
	json_obj_end(w);
}

/* id: with its quotes. */
static void put_successor(struct json_writer *w, const char *key, struct bytes id)
{
	json_key(w, key);
	json_obj_begin(w);
	json_key(w, "txid");
	json_raw(w, id.p, id.len);
	json_obj_end(w);
}

/* Who begins to follow one that was replaced already hears by what. */
static enum status put_replaced(struct ws_tell *t, struct json_writer *w,
				const struct ws_client *c)
{
	struct gone_info info;
	struct txid id;
	struct tx_info at;
	enum status st;

	if (!c->tx)
		return ST_OK;
	memcpy(id.h.b, c->tx->b, 32);
	st = query_tx_status(t->app->node, &id, &at);
	if (st == ST_NOT_FOUND)
		st = query_gone(t->app->node, &id, &info);
	else if (st == ST_OK)
		return ST_OK;
	if (st == ST_OK && info.has_by && strcmp(info.why, "replaced") == 0) {
		json_key(w, "txReplaced");
		json_obj_begin(w);
		json_put_hash(w, "txid", &info.by);
		json_obj_end(w);
	}
	return st == ST_NOT_FOUND ? ST_OK : st;
}

static void put_tx(struct ws_tell *t, struct json_writer *w, struct ws_client *c)
{
	const struct ws_note *v, *last = NULL;
	bool spent = false;
	struct hash256 id;
	uint32_t n;

	if (!c->tx)
		return;
	put_place(t, w, c);
	if (!t->news)
		return;
	v = ws_news_of(t->news, c->tx, &n);
	for (uint32_t i = 0; i < n; i++) {
		if (v[i].kind != WS_NOTE_SPENT) {
			last = &v[i];
			continue;
		}
		if (!spent) {
			json_key(w, "utxoSpent");
			json_obj_begin(w);
		}
		spent = true;
		json_members(w, v[i].json.p, v[i].json.len);
	}
	if (spent)
		json_obj_end(w);
	if (!last)
		return;
	memcpy(id.b, c->tx->b, 32);
	if (last->kind == WS_NOTE_GONE && last->json.len) {
		put_successor(w, "rbfTransaction", last->json);
		put_successor(w, "txReplaced", last->json);
	} else if (last->kind == WS_NOTE_CAME ||
		   last->kind == WS_NOTE_CONFIRMED) {
		if (last->kind == WS_NOTE_CONFIRMED)
			json_put_hash(w, "txConfirmed", &id);
		json_key(w, "tx");
		json_raw(w, last->json.p, last->json.len);
	}
	c->place_told &= last->kind == WS_NOTE_CAME;
}

/* --- messages --- */

static void begin(struct ws_tell *t, struct json_writer *w)
{
	buf_reset(&t->message);
	json_begin(w, &t->message);
	json_obj_begin(w);
}

/* A message that says nothing is not sent. */
static void end(struct ws_tell *t, struct json_writer *w, struct ws_client *c)
{
	json_obj_end(w);
	if (buf_status(&t->message) != ST_OK)
		c->drop = true;
	else if (t->message.len > 2)
		ws_client_say(c, buf_view(&t->message));
}

static enum status put_rbf(struct ws_tell *t, struct json_writer *w, unsigned wants)
{
	enum status st = ST_OK;

	if (wants & WS_WANT_RBF)
		st = part(t, w, WS_PART_RBF);
	else if (wants & WS_WANT_FULL_RBF)
		st = part(t, w, WS_PART_FULL_RBF);
	if (st == ST_OK && (wants & WS_WANT_RBF_SUMMARY))
		st = part(t, w, WS_PART_RBF_SUMMARY);
	return st;
}

static bool wants_pool_block(const struct ws_tell *t, const struct ws_client *c)
{
	return c->pool_block >= 0 && c->pool_block < POOL_VIEW_BLOCKS &&
	       (t->pool_due || c->pool_block_due);
}

enum status ws_tell_client(struct ws_tell *t, struct ws_client *c)
{
	bool block = t->block && (c->wants & WS_WANT_BLOCKS);
	bool pool = t->pool_due || t->all_due;
	struct json_writer w;
	enum status st = ST_OK;

	begin(t, &w);
	if (block)
		st = part(t, &w, WS_PART_BLOCK);
	else if (t->all_due && (c->wants & WS_WANT_BLOCKS))
		st = part(t, &w, WS_PART_NEWEST);
	if (st == ST_OK && (block || (pool && (c->wants & WS_WANT_STATS))))
		st = part(t, &w, WS_PART_STATS);
	if (st == ST_OK && pool && (c->wants & WS_WANT_STATS))
		st = part(t, &w, WS_PART_RECENT);
	if (st == ST_OK && (pool || block) && (c->wants & WS_WANT_POOL_BLOCKS))
		st = part(t, &w, WS_PART_TO_COME);
	if (st == ST_OK && t->chart_due && (c->wants & WS_WANT_CHART))
		st = part(t, &w, WS_PART_CHART);
	if (st == ST_OK && wants_pool_block(t, c))
		st = part(t, &w, WS_PART_POOL_BLOCK + (unsigned)c->pool_block);
	if (st == ST_OK && t->rbf_due)
		st = put_rbf(t, &w, c->wants);
	if (st != ST_OK)
		return st;
	c->pool_block_due = false;
	if (t->news && t->news->n) {
		put_address(t, &w, c);
		put_names(t, &w, "multi-address-transactions", &c->addresses);
		put_names(t, &w, "multi-scriptpubkey-transactions", &c->scripts);
	}
	put_tx(t, &w, c);
	end(t, &w, c);
	return ST_OK;
}

enum status ws_tell_answer(struct ws_tell *t, struct ws_client *c,
			   const struct ws_order *o, unsigned wanted)
{
	bool init = o->has & WS_INIT;
	struct json_writer w;
	enum status st = ST_OK;

	begin(t, &w);
	if (o->has & WS_PING)
		json_put_bool(&w, "pong", true);
	if (o->address_error)
		json_put_str(&w, "track-address-error", o->address_error);
	if (o->addresses_error)
		json_put_str(&w, "track-addresses-error", o->addresses_error);
	if (o->scripts_error)
		json_put_str(&w, "track-scriptpubkeys-error", o->scripts_error);
	if (init) {
		json_put_double(&w, "vBytesPerSecond",
				ws_flow_rate(&t->flow, node_now_s(t->app->node)));
		st = mempool_put_init(t->app, &w);
	}
	if (st == ST_OK && !init &&
	    ((wanted & WS_WANT_BLOCKS) || (o->has & WS_REFRESH)))
		st = part(t, &w, WS_PART_NEWEST);
	if (st == ST_OK && !init && (wanted & WS_WANT_POOL_BLOCKS))
		st = part(t, &w, WS_PART_TO_COME);
	if (st == ST_OK && !init && (wanted & WS_WANT_STATS))
		st = part(t, &w, WS_PART_STATS);
	if (st == ST_OK && wants_pool_block(t, c))
		st = part(t, &w, WS_PART_POOL_BLOCK + (unsigned)c->pool_block);
	if (st != ST_OK)
		return st;
	c->pool_block_due = false;
	st = put_rbf(t, &w, o->rbf | (o->summary ? WS_WANT_RBF_SUMMARY : 0));
	if (st == ST_OK && (o->has & WS_TX))
		st = put_replaced(t, &w, c);
	if (st != ST_OK)
		return st;
	put_tx(t, &w, c);
	end(t, &w, c);
	return ST_OK;
}
