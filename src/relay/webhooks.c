/* SPDX-License-Identifier: MIT */
#include "relay/webhooks.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

#include "base/clock.h"
#include "base/log.h"
#include "feed/event_feed.h"
#include "hooks/hooks.h"
#include "remote/fetch.h"

#define LEASE "webhooks"
#define LEASE_MS 10000
#define LEASE_RENEW_MS 3000
#define REFRESH_MS 1000
#define TICK_MS 50
#define ROWS_A_TIME 64
#define ARENA_MAX ((size_t)32 << 20)
/* A delivery; the events in it. */
#define BODY_MAX ((size_t)512 << 10)
#define BODY_ENOUGH ((size_t)128 << 10)
#define EVENTS_MAX 100
#define TIMEOUT_MS 15000
#define ANSWER_MAX 4096
#define RETRY_MIN_MS 1000
#define RETRY_MAX_MS 3600000
/* A place that moved over rows nobody wants is written this often. */
#define PLACE_EVERY_ROWS 1000

struct run {
	struct hook row;
	struct event_want want;
	bool listed, ready;	/* its filter and address are understood */
	bool under_way;
	int64_t written;	/* the cursor in the file */
	int64_t to_cursor;	/* where a delivery leads */
	uint32_t to_skip;
	struct url base;
	char path[HOOK_PATH_SIZE];
};

struct webhooks {
	struct node *node;
	struct hooks *hooks;
	struct fetch *fetch;
	bool allow_private;
	int64_t days;
	struct watches watches;
	struct event_feed feed;
	struct arena arena;
	int64_t last;		/* the newest event */
	struct run *run[HOOKS_MAX];
	unsigned n;
	int64_t refresh_ms;
};

/* --- the list --- */

/* Understands filter and address; what cannot be is in the row's last words. */
static void understand(struct webhooks *w, struct run *r)
{
	char why[EVENT_WHY_SIZE];
	const char *phrase = "";

	r->ready = false;
	if (event_want_text(&r->want, r->row.filter, node_params(w->node),
			    &w->watches, why) != ST_OK)
		snprintf(r->row.last, sizeof(r->row.last), "%.150s", why);
	else if (hook_url(r->row.url, w->allow_private, &r->base, r->path,
			  &phrase) != ST_OK)
		snprintf(r->row.last, sizeof(r->row.last),
			 "The address is refused: %s.", phrase);
	else
		r->ready = true;
}

static void drop(struct webhooks *w, unsigned i)
{
	struct run *r = w->run[i];

	fetch_drop_owner(w->fetch, r);
	event_want_drop(&r->want, &w->watches);
	free(r);
	w->run[i] = w->run[--w->n];
}

static struct run *find(struct webhooks *w, int64_t id)
{
	for (unsigned i = 0; i < w->n; i++)
		if (w->run[i]->row.id == id)
			return w->run[i];
	return NULL;
}

static enum status take_row(struct webhooks *w, const struct hook *row)
{
	struct run *r = find(w, row->id);

	if (!r) {
		r = w->n < HOOKS_MAX ? calloc(1, sizeof(*r)) : NULL;
		if (!r)
			return ST_NOMEM;
		r->row = *row;
		r->written = row->cursor;
		understand(w, r);
		w->run[w->n++] = r;
	} else if (!row->dead && (r->row.dead || row->fails < r->row.fails)) {
		/* somebody had it revived */
		r->row.dead = false;
		r->row.fails = 0;
		r->row.failing = r->row.next_ms = 0;
	}
	r->listed = true;
	return ST_OK;
}

static enum status refresh(struct webhooks *w)
{
	struct hook row = {.id = 0};
	bool changed;
	enum status st = hooks_changed(w->hooks, &changed);

	if (st != ST_OK || !changed)
		return st;
	for (unsigned i = 0; i < w->n; i++)
		w->run[i]->listed = false;
	while ((st = hooks_next(w->hooks, row.id, &row)) == ST_OK)
		if ((st = take_row(w, &row)) != ST_OK)
			return st;
	for (unsigned i = w->n; i-- > 0;)
		if (!w->run[i]->listed)
			drop(w, i);
	return st == ST_NOT_FOUND ? ST_OK : st;
}

/* --- a delivery --- */

static void put_event(struct buf *b, unsigned *n, const char *name, int64_t id,
		      uint32_t nth, const char *json)
{
	buf_text(b, (*n)++ ? ",\n" : "\n");
	/* what since= of /events takes, and no two are the same */
	buf_printf(b, "{\"event\":\"%s\",\"id\":\"%lld-%u\",\"data\":", name,
		   (long long)id, nth);
	buf_text(b, json);
	buf_text(b, "}");
}

/* Of one row what is wanted and was not sent; false: the rest is for another
 * delivery. */
static bool put_row(struct webhooks *w, struct run *r, const struct event_info *row,
		    struct buf *b, unsigned *n)
{
	uint32_t nth = 0;

	if (event_feed_row(&w->feed, row) != ST_OK)
		log_warn("event %lld could not be told in full", (long long)row->id);
	for (uint32_t i = 0; i < w->feed.n; i++) {
		const struct event_item *e = &w->feed.item[i];

		if (!event_item_for(e, r->want.kinds, r->want.watch, r->want.n) ||
		    ++nth <= r->to_skip)
			continue;
		if (*n == EVENTS_MAX || b->len > BODY_ENOUGH) {
			r->to_skip = nth - 1;
			return false;
		}
		put_event(b, n, e->name, row->id, nth, e->json);
	}
	r->to_cursor = row->id;
	r->to_skip = 0;
	return true;
}

/* Rows that are no longer kept, or are not yet: another state was loaded. */
static void put_lost(struct run *r, int64_t next, struct buf *b, unsigned *n)
{
	char json[80];

	snprintf(json, sizeof(json), "{\"after\":%lld,\"next\":%lld}",
		 (long long)r->to_cursor, (long long)next);
	put_event(b, n, "lost", next, 0, json);
	r->to_cursor = next - 1;
	r->to_skip = 0;
}

/* The next events in b, *n of them; where that leads in to_. */
static enum status gather(struct webhooks *w, struct run *r, struct buf *b,
			  unsigned *n)
{
	struct event_info *row;
	uint32_t rows;
	enum status st = ST_OK;

	*n = 0;
	r->to_cursor = r->row.cursor;
	r->to_skip = r->row.skip;
	if (r->to_cursor > w->last)
		put_lost(r, w->last + 1, b, n);
	arena_reset(&w->arena);
	st = query_events(w->node, r->to_cursor, ROWS_A_TIME, &w->arena, &row,
			  &rows);
	for (uint32_t i = 0; st == ST_OK && i < rows; i++) {
		if (event_is_gap(r->to_cursor, &row[i]))
			put_lost(r, row[i].id, b, n);
		if (!put_row(w, r, &row[i], b, n))
			break;
	}
	return st;
}

static enum status post(struct webhooks *w, struct run *r, struct buf *b)
{
	char header[HOOK_SIGNATURE_SIZE];
	struct fetch_request rq = {
		.base = r->base.text,
		.path = r->path,
		.type = "application/json",
		.max_bytes = ANSWER_MAX,
		.timeout_ms = TIMEOUT_MS,
		.owner = r,
	};
	enum status st = buf_status(b);

	if (st != ST_OK)
		return st;
	r->row.tried = clock_wall_ms() / 1000;
	hook_sign(header, r->row.secret, r->row.tried, buf_view(b));
	rq.header = header;
	rq.post = blob_new(b->p, b->len);
	if (!rq.post)
		return ST_NOMEM;
	st = fetch_start(w->fetch, &rq);
	blob_drop(rq.post);
	r->under_way = st == ST_OK;
	return st;
}

static enum status step(struct webhooks *w, struct run *r)
{
	enum status st = ST_OK;
	struct buf b;
	unsigned n;

	if (r->under_way || r->row.dead || !r->ready ||
	    r->row.cursor == w->last || clock_wall_ms() < r->row.next_ms)
		return ST_OK;
	buf_init(&b, BODY_MAX);
	buf_printf(&b, "{\"webhook\":%lld,\"chain\":\"%s\",\"events\":[",
		   (long long)r->row.id, node_params(w->node)->name);
	st = gather(w, r, &b, &n);
	buf_text(&b, "\n]}\n");
	if (st == ST_OK && n) {
		st = post(w, r, &b);
	} else if (st == ST_OK) {
		r->row.cursor = r->to_cursor;
		r->row.skip = r->to_skip;
		if (r->row.cursor - r->written >= PLACE_EVERY_ROWS) {
			st = hooks_note(w->hooks, &r->row);
			r->written = r->row.cursor;
		}
	}
	buf_free(&b);
	return st;
}

/* --- what came of it --- */

static int64_t pause_ms(uint32_t fails)
{
	int64_t ms = fails > 12 ? RETRY_MAX_MS : (int64_t)RETRY_MIN_MS << (fails - 1);
	uint8_t noise = 0;

	if (ms > RETRY_MAX_MS)
		ms = RETRY_MAX_MS;
	/* so that many do not come back at the same moment */
	(void)!getrandom(&noise, 1, GRND_NONBLOCK);
	return ms + ms * noise / 1024;
}

static void failed(struct webhooks *w, struct hook *k, int http)
{
	int64_t now_ms = clock_wall_ms();

	if (!k->failing)
		k->failing = now_ms / 1000;
	k->fails++;
	k->next_ms = now_ms + pause_ms(k->fails);
	if (http == 410 || now_ms / 1000 - k->failing >= w->days * 86400) {
		char what[101];

		snprintf(what, sizeof(what), "%.100s", k->last);
		if (http == 410)
			snprintf(k->last, sizeof(k->last),
				 "given up: it says that it is gone (HTTP 410)");
		else
			snprintf(k->last, sizeof(k->last),
				 "given up after %lld days of failures: %s",
				 (long long)w->days, what);
		k->dead = true;
		log_warn("webhook %lld is %s", (long long)k->id, k->last);
	}
}

static enum status result(struct webhooks *w, struct run *r,
			  const struct fetch_result *f)
{
	struct hook *k = &r->row;

	r->under_way = false;
	if (f->st == ST_CANCELLED)
		return ST_OK;
	if (f->http)
		snprintf(k->last, sizeof(k->last), "HTTP %d", f->http);
	else
		snprintf(k->last, sizeof(k->last), "%s",
			 f->why[0] ? f->why : status_text(f->st));
	/* a long answer is an answer */
	if ((f->st == ST_OK || f->st == ST_TOO_BIG) && f->http >= 200 &&
	    f->http < 300) {
		k->cursor = r->to_cursor;
		k->skip = r->to_skip;
		k->sent++;
		k->fails = 0;
		k->failing = k->next_ms = 0;
		r->written = k->cursor;
	} else {
		failed(w, k, f->http);
	}
	return hooks_note(w->hooks, k);
}

static enum status take_results(struct webhooks *w)
{
	enum status st = ST_OK;
	struct fetch_result f;

	while (st == ST_OK && fetch_next(w->fetch, &f)) {
		st = result(w, f.owner, &f);
		buf_free(&f.body);
	}
	return st;
}

/* --- the process --- */

static enum status turn(struct webhooks *w)
{
	enum status st = ST_OK;

	if (clock_mono_ms() >= w->refresh_ms) {
		w->refresh_ms = clock_mono_ms() + REFRESH_MS;
		st = refresh(w);
	}
	if (st == ST_OK)
		st = query_last_event(w->node, &w->last);
	for (unsigned i = 0; st == ST_OK && i < w->n; i++)
		st = step(w, w->run[i]);
	fetch_wait(w->fetch, TICK_MS, -1);
	return st == ST_OK ? take_results(w) : st;
}

static void loop(struct webhooks *w, const volatile sig_atomic_t *stop)
{
	int64_t lease_ms = 0;
	bool mine = false, trouble = false;

	while (!*stop) {
		enum status st = ST_OK;

		if (clock_mono_ms() >= lease_ms) {
			st = node_lease_take(w->node, LEASE, LEASE_MS);
			lease_ms = clock_mono_ms() + LEASE_RENEW_MS;
			mine = st == ST_OK;
		}
		if (mine)
			st = turn(w);
		else
			clock_sleep_ms(TICK_MS);
		if (st != ST_OK && st != ST_BUSY) {
			if (!trouble)
				log_error("webhooks: %s: %s", status_text(st),
					  node_error(w->node));
			clock_sleep_ms(1000);
		}
		trouble = st != ST_OK && st != ST_BUSY;
	}
	for (unsigned i = 0; i < w->n; i++)
		if (w->run[i]->row.cursor != w->run[i]->written)
			(void)!hooks_note(w->hooks, &w->run[i]->row);
	if (mine)
		node_lease_release(w->node, LEASE);
}

int webhooks_run(const struct opt_program *program, const struct conf *conf,
		 const volatile sig_atomic_t *stop)
{
	const char *db = conf_text(conf, CONF_DB);
	const struct node_options no = {.db_path = db, .app_name = "webhooks"};
	struct webhooks w = {
		.allow_private = conf_bool(conf, CONF_WEBHOOK_PRIVATE),
		.days = conf_int(conf, CONF_WEBHOOK_DAYS),
	};
	struct fetch_options fo = {
		.allow_http = w.allow_private, .per_peer = 4, .stop = stop,
	};
	char error[HOOKS_ERROR_SIZE], path[4096];

	_Static_assert(HOOKS_ERROR_SIZE >= NODE_ERROR_SIZE, "one buffer for both");
	if (!hooks_path(path, sizeof(path), db))
		return opt_failed(program, "The database's path is too long.");
	if (hooks_open(&w.hooks, path, false, error) != ST_OK)
		return opt_failed(program, "%s", error);
	net_guard_init(&fo.guard, w.allow_private);
	if (node_open(&w.node, &no, error) != ST_OK) {
		hooks_close(w.hooks);
		return opt_failed(program, "%s", error);
	}
	arena_init(&w.arena, ARENA_MAX);
	event_feed_init(&w.feed, w.node, &w.watches);
	if (fetch_global_init() != ST_OK || watches_init(&w.watches) != ST_OK ||
	    fetch_open(&w.fetch, &fo) != ST_OK) {
		(void)opt_failed(program, "There is no memory left.");
	} else {
		log_info("delivering webhooks for %s", db);
		loop(&w, stop);
	}
	while (w.n)
		drop(&w, w.n - 1);
	fetch_close(w.fetch);
	event_feed_free(&w.feed);
	watches_free(&w.watches);
	arena_free(&w.arena);
	hooks_close(w.hooks);
	node_close(w.node);
	return *stop ? 0 : EXIT_FAILED;
}
