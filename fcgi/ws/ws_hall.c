/* SPDX-License-Identifier: MIT */
#include "fcgi/ws/ws_hall.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "fcgi/http/request.h"
#include "fcgi/ws/ws_tell.h"

#define ORDER_ARENA_MAX ((size_t)8 << 20)
#define ROWS_ARENA_MAX ((size_t)8 << 20)
#define ROWS_A_TIME 64
/* How often the pool's figures are told at most, and a point of the graph. */
#define POOL_EVERY_MS 1000
#define CHART_EVERY_MS 60000
/* All messages that wait, of all clients. */
#define WAITING_MAX ((size_t)128 << 20)

struct ws_hall {
	struct app *app;
	struct ws_limits limits;
	struct watches watches;
	struct ws_news news;
	struct ws_tell tell;
	struct arena order;	/* of the order in hand */
	struct arena rows;
	struct ws_client *client;
	unsigned n;
	int64_t cursor;		/* rows up to this one were told */
	bool again;		/* there is, or may be, more to read */
	bool pool_moved;	/* since it was told of */
	bool replaced;		/* something, or mined, since then */
	int64_t pool_ms, chart_ms;
};

enum status ws_hall_open(struct ws_hall **out, struct app *app,
			 const struct ws_limits *limits)
{
	struct ws_hall *h = calloc(1, sizeof(*h));
	enum status st;

	*out = NULL;
	if (!h)
		return ST_NOMEM;
	h->app = app;
	h->limits = *limits;
	arena_init(&h->order, ORDER_ARENA_MAX);
	arena_init(&h->rows, ROWS_ARENA_MAX);
	ws_news_init(&h->news, app, &h->watches);
	ws_tell_init(&h->tell, app);
	st = watches_init(&h->watches);
	if (st == ST_OK)
		st = query_last_event(app->node, &h->cursor);
	if (st != ST_OK) {
		ws_hall_close(h);
		return st;
	}
	*out = h;
	return ST_OK;
}

void ws_hall_close(struct ws_hall *h)
{
	if (!h)
		return;
	while (h->client)
		ws_hall_leave(h, h->client);
	ws_news_free(&h->news);
	ws_tell_free(&h->tell);
	watches_free(&h->watches);
	arena_free(&h->order);
	arena_free(&h->rows);
	free(h);
}

/* --- who may come --- */

int ws_hall_refusal(const struct ws_hall *h, const char *remote)
{
	uint8_t network[16];
	unsigned same = 0;

	if (h->n >= h->limits.clients)
		return 503;
	request_network(remote, network);
	for (const struct ws_client *c = h->client; c; c = c->next)
		same += memcmp(c->network, network, sizeof(network)) == 0;
	return same >= h->limits.per_address ? 429 : 0;
}

struct ws_client *ws_hall_enter(struct ws_hall *h, void *conn,
				const char *remote)
{
	struct ws_client *c;
	uint8_t network[16];

	request_network(remote, network);
	c = ws_client_new(conn, network, clock_mono_ms());
	if (!c)
		return NULL;
	c->next = h->client;
	h->client = c;
	h->n++;
	return c;
}

void ws_hall_leave(struct ws_hall *h, struct ws_client *c)
{
	for (struct ws_client **at = &h->client; *at; at = &(*at)->next)
		if (*at == c) {
			*at = c->next;
			h->n--;
			break;
		}
	ws_client_free(c, &h->watches);
}

struct ws_client *ws_hall_next(struct ws_hall *h, const struct ws_client *c)
{
	return c ? c->next : h->client;
}

/* --- orders --- */

static enum status carry_out(struct ws_hall *h, struct ws_client *c,
			     const struct ws_order *o)
{
	enum status st = ST_OK;

	if (o->has & WS_WANT)
		c->wants = (c->wants & WS_WANT_REPLACEMENTS) | o->wants;
	if (o->has & WS_RBF)
		c->wants = (c->wants & ~(WS_WANT_RBF | WS_WANT_FULL_RBF)) | o->rbf;
	if (o->has & WS_SUMMARY)
		c->wants = o->summary ? c->wants | WS_WANT_RBF_SUMMARY
				      : c->wants & ~WS_WANT_RBF_SUMMARY;
	if (o->has & WS_ADDRESS)
		st = ws_names_set(&c->address, &h->watches, &o->address,
				  o->address.name ? 1 : 0);
	if (st == ST_OK && (o->has & WS_ADDRESSES))
		st = ws_names_set(&c->addresses, &h->watches, o->addresses,
				  o->n_addresses);
	if (st == ST_OK && (o->has & WS_SCRIPTS))
		st = ws_names_set(&c->scripts, &h->watches, o->scripts,
				  o->n_scripts);
	if (st == ST_OK && (o->has & WS_TX))
		st = ws_client_follow(c, &h->watches,
				      o->stop_tx ? NULL : &o->txid);
	if (o->has & WS_POOL_BLOCK) {
		c->pool_block = o->pool_block;
		c->pool_block_due = true;
	}
	return st;
}

static enum status answer(struct ws_hall *h, struct ws_client *c,
			  const struct ws_order *o, unsigned wanted)
{
	struct ws_client *next = c->next;
	enum status st = node_snapshot(h->app->node);

	if (st != ST_OK)
		return st;
	ws_tell_begin(&h->tell);
	if (o->has & WS_TX) {
		/* of this one alone */
		c->next = NULL;
		st = ws_tell_places(&h->tell, c);
		c->next = next;
	}
	if (st == ST_OK)
		st = ws_tell_answer(&h->tell, c, o, wanted);
	node_snapshot_end(h->app->node);
	return st;
}

void ws_hall_order(struct ws_hall *h, struct ws_client *c, struct bytes text)
{
	static const char no_json[] =
		"{\"error\":\"A message is one JSON object.\"}";
	unsigned before = c->wants;
	struct ws_order o;
	enum status st;

	if (!ws_client_may_order(c, clock_mono_ms())) {
		c->drop = true;
		return;
	}
	arena_reset(&h->order);
	st = ws_order_read(&o, node_params(h->app->node), text, &h->order);
	if (st == ST_PARSE || st == ST_TOO_BIG) {
		ws_client_say(c, bytes_of(no_json, sizeof(no_json) - 1));
		return;
	}
	if (st == ST_OK)
		st = carry_out(h, c, &o);
	if (st == ST_OK)
		st = answer(h, c, &o, c->wants & ~before);
	if (st != ST_OK) {
		log_warn("a client of the WebSocket was let go: %s",
			 status_text(st));
		c->drop = true;
	}
}

/* --- telling --- */

/* Those who are slow wait with what they have; when that is too much for all of
 * them together, they are let go. */
static void spare_memory(struct ws_hall *h)
{
	size_t sum = 0;

	for (const struct ws_client *c = h->client; c; c = c->next)
		sum += c->out.len;
	for (struct ws_client *c = h->client; c && sum > WAITING_MAX; c = c->next) {
		sum -= c->out.len;
		c->drop |= c->out.len != 0;
	}
}

/* Tells a round to everybody, and begins another. What cannot be told to one who
 * follows something is never told again: it must come back and look. */
static void tell_all(struct ws_hall *h, bool whole)
{
	enum status st;

	ws_news_sort(&h->news);
	h->tell.news = &h->news;
	for (struct ws_client *c = h->client; c; c = c->next) {
		st = whole ? ws_tell_client(&h->tell, c) : ST_CANCELLED;
		if (st == ST_OK)
			continue;
		log_warn("a client of the WebSocket was let go: %s",
			 status_text(st));
		c->drop = true;
	}
	ws_news_reset(&h->news);
	ws_tell_begin(&h->tell);
	spare_memory(h);
}

static void tell_block(struct ws_hall *h, const struct event_info *row)
{
	const struct blkid id = {row->hash};
	struct block_info info;
	enum status st;

	if (h->news.n)
		tell_all(h, true);
	st = ws_news_add(&h->news, row);
	if (st == ST_OK)
		st = query_block(h->app->node, &id, &info);
	/* one that left the chain since then has a successor in another row */
	if (st == ST_OK && info.active)
		h->tell.block = &info;
	tell_all(h, st == ST_OK);
}

static uint32_t vsize_of(const char *json)
{
	const char *at = strstr(json, "\"vsize\":");

	return at ? (uint32_t)strtoul(at + 8, NULL, 10) : 0;
}

static void take_row(struct ws_hall *h, const struct event_info *row)
{
	h->cursor = row->id;
	if (strcmp(row->kind, "peer") == 0)
		return;
	h->pool_moved = true;
	if (strcmp(row->kind, "tx") == 0)
		ws_flow_add(&h->tell.flow, node_now_s(h->app->node),
			    vsize_of(row->json));
	if (!h->client)
		return;
	if (strcmp(row->kind, "load") == 0)
		h->tell.all_due = h->replaced = true;
	if (strstr(row->json, "\"why\":\"replaced\"") ||
	    strcmp(row->kind, "block") == 0)
		h->replaced = true;
	if (strcmp(row->kind, "block") == 0)
		tell_block(h, row);
	else if (ws_news_add(&h->news, row) != ST_OK)
		tell_all(h, false);
}

static void tell_rest(struct ws_hall *h)
{
	int64_t now = clock_mono_ms();
	enum status st = ST_OK;

	if (h->pool_moved && now - h->pool_ms >= POOL_EVERY_MS) {
		h->tell.pool_due = true;
		h->tell.rbf_due = h->replaced;
		h->pool_moved = h->replaced = false;
		h->pool_ms = now;
		h->tell.sequence++;
	}
	if (now - h->chart_ms >= CHART_EVERY_MS) {
		h->tell.chart_due = true;
		h->chart_ms = now;
	}
	if (!h->client)
		return;
	if (h->tell.pool_due || h->tell.all_due)
		st = ws_tell_places(&h->tell, h->client);
	if (h->news.n || h->tell.pool_due || h->tell.chart_due ||
	    h->tell.all_due)
		tell_all(h, st == ST_OK);
}

bool ws_hall_look(struct ws_hall *h)
{
	struct event_info *row;
	bool changed = false;
	uint32_t n = 0;

	if (node_changed(h->app->node, &changed) != ST_OK)
		return false;
	if (!changed && !h->again && !h->pool_moved &&
	    clock_mono_ms() - h->chart_ms < CHART_EVERY_MS)
		return false;
	h->again = true;
	if (node_snapshot(h->app->node) != ST_OK)
		return false;
	arena_reset(&h->rows);
	if (query_events(h->app->node, h->cursor, ROWS_A_TIME, &h->rows, &row,
			 &n) == ST_OK)
		h->again = n == ROWS_A_TIME;
	else
		n = 0;
	ws_tell_begin(&h->tell);
	for (uint32_t i = 0; i < n; i++)
		take_row(h, &row[i]);
	tell_rest(h);
	node_snapshot_end(h->app->node);
	return n == ROWS_A_TIME;
}
