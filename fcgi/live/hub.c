/* SPDX-License-Identifier: MIT */
#include "fcgi/live/hub.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "fcgi/http/request.h"
#include "fcgi/live/hub_client.h"

/* How often the database is looked at, with and without clients. */
#define LOOK_MS 25
#define IDLE_MS 500
#define HEARTBEAT_MS 15000
#define STALLED_MS 10000	/* unless the limits say otherwise */
/* Rows read at a time, and how long one turn goes on with those behind. */
#define ROWS_A_TIME 64
#define BEHIND_MS 20
#define ACCEPTS_A_TURN 64
#define READY_MAX 256

struct hub {
	struct node *node;
	struct hub_limits limits;
	struct watches watches;
	struct event_feed feed;
	struct arena arena;	/* of the rows in hand */
	struct buf text;
	struct hub_client **client;
	unsigned n, room;
	unsigned turn;		/* whose turn it is among those behind */
	int epoll;
	int64_t cursor;		/* rows up to this one were given out */
	struct node_tip tip;	/* at that place */
	int64_t tended_ms;
};

enum status hub_open(struct hub **out, struct node *n,
		     const struct hub_limits *limits)
{
	struct hub *h = calloc(1, sizeof(*h));
	struct rlimit r;
	enum status st;

	*out = NULL;
	if (!h)
		return ST_NOMEM;
	h->node = n;
	h->limits = *limits;
	if (!h->limits.stalled_ms)
		h->limits.stalled_ms = STALLED_MS;
	h->epoll = epoll_create1(EPOLL_CLOEXEC);
	arena_init(&h->arena, (size_t)8 << 20);
	buf_init(&h->text, (size_t)4 << 20);
	st = watches_init(&h->watches);
	event_feed_init(&h->feed, n, &h->watches);
	if (st == ST_OK && h->epoll < 0)
		st = ST_IO;
	if (st == ST_OK)
		st = node_snapshot(n);
	if (st == ST_OK) {
		st = query_last_event(n, &h->cursor);
		if (st == ST_OK)
			st = node_tip(n, &h->tip);
		node_snapshot_end(n);
	}
	if (st != ST_OK) {
		hub_close(h);
		return st;
	}
	if (getrlimit(RLIMIT_NOFILE, &r) == 0) {
		r.rlim_cur = r.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &r);
	}
	*out = h;
	return ST_OK;
}

static void remove_client(struct hub *h, unsigned i)
{
	hub_client_free(h->client[i], &h->watches);
	h->client[i] = h->client[--h->n];
}

void hub_close(struct hub *h)
{
	if (!h)
		return;
	while (h->n) {
		hub_client_end(h->client[h->n - 1]);
		remove_client(h, h->n - 1);
	}
	event_feed_free(&h->feed);
	watches_free(&h->watches);
	arena_free(&h->arena);
	buf_free(&h->text);
	free(h->client);
	if (h->epoll >= 0)
		close(h->epoll);
	free(h);
}

struct watches *hub_watches(struct hub *h)
{
	return &h->watches;
}

void hub_state(const struct hub *h, struct node_tip *tip, int64_t *cursor)
{
	*tip = h->tip;
	*cursor = h->cursor;
}

/* --- who may come --- */

int hub_refusal(const struct hub *h, const char *remote)
{
	uint8_t network[16];
	unsigned same = 0;

	if (h->n >= h->limits.clients)
		return 503;
	request_network(remote, network);
	for (unsigned i = 0; i < h->n; i++)
		same += memcmp(h->client[i]->network, network, 16) == 0;
	return same >= h->limits.per_address ? 429 : 0;
}

static enum status add_client(struct hub *h, struct hub_client *c)
{
	struct epoll_event e = {.events = EPOLLRDHUP, .data.ptr = c};

	if (h->n == h->room) {
		unsigned room = h->room ? 2 * h->room : 64;
		struct hub_client **p =
			realloc(h->client, room * sizeof(struct hub_client *));

		if (!p)
			return ST_NOMEM;
		h->client = p;
		h->room = room;
	}
	if (epoll_ctl(h->epoll, EPOLL_CTL_ADD, c->fd, &e) != 0)
		return ST_IO;
	h->client[h->n++] = c;
	return ST_OK;
}

enum status hub_add(struct hub *h, int fd, unsigned request_id,
		    const struct event_want *want, const char *remote,
		    struct bytes head)
{
	struct hub_client *c = hub_client_new(fd, request_id, want);
	struct event_want given = *want;
	int64_t now = clock_mono_ms();
	enum status st;

	if (!c) {
		event_want_drop(&given, &h->watches);
		close(fd);
		return ST_NOMEM;
	}
	request_network(remote, c->network);
	c->at = want->resumed ? want->after : h->cursor;
	c->skip = want->skip;
	c->moved_ms = now;
	st = add_client(h, c);
	if (st != ST_OK) {
		hub_client_free(c, &h->watches);
		return st;
	}
	hub_client_text(c, head, now);
	return ST_OK;
}

/* --- giving out --- */

/* A client that is to have rows the table has no more. */
static void say_lost(struct hub_client *c, int64_t next, int64_t now)
{
	char text[120];

	snprintf(text, sizeof(text),
		 "event: lost\ndata: {\"after\":%lld,\"next\":%lld}\n\n",
		 (long long)c->at, (long long)next);
	c->at = next - 1;
	c->skip = 0;
	hub_client_text(c, bytes_of(text, strlen(text)), now);
}

/* Makes the messages of a row; when that fails, of what there is. */
static void make_row(struct hub *h, const struct event_info *row)
{
	enum status st = event_feed_row(&h->feed, row);

	if (st != ST_OK)
		log_warn("event %lld could not be told in full: %s",
			 (long long)row->id, status_text(st));
}

/* The next rows for a client that is behind. */
static enum status serve_behind(struct hub *h, struct hub_client *c)
{
	struct event_info *row;
	uint32_t n;
	int64_t now = clock_mono_ms();
	enum status st;

	arena_reset(&h->arena);
	st = query_events(h->node, c->at, ROWS_A_TIME, &h->arena, &row, &n);
	if (st != ST_OK)
		return st;
	if (c->at > h->cursor || !n) {
		if (c->at > h->cursor)
			say_lost(c, h->cursor + 1, now);
		c->at = h->cursor;
		return ST_OK;
	}
	for (uint32_t i = 0; i < n && !c->gone && !c->out.len; i++) {
		/* what came since the last look is given out with the next */
		if (row[i].id > h->cursor) {
			c->at = h->cursor;
			break;
		}
		if (event_is_gap(c->at, &row[i]))
			say_lost(c, row[i].id, now);
		make_row(h, &row[i]);
		hub_client_row(c, &h->feed, &h->text, now);
		if (c->at != row[i].id)
			break;
	}
	return ST_OK;
}

static bool is_behind(const struct hub *h, const struct hub_client *c)
{
	return !c->gone && !c->out.len && c->at != h->cursor;
}

/* One after the other, for a while; true when there is more to do. */
static bool serve_all_behind(struct hub *h)
{
	int64_t begin = clock_mono_ms();
	unsigned seen = 0;

	while (seen < h->n) {
		struct hub_client *c;

		if (h->turn >= h->n)
			h->turn = 0;
		c = h->client[h->turn];
		if (!is_behind(h, c)) {
			h->turn++;
			seen++;
			continue;
		}
		if (serve_behind(h, c) != ST_OK)
			return false;
		h->turn++;
		seen = 0;
		if (clock_mono_ms() - begin > BEHIND_MS)
			return true;
	}
	return false;
}

/* A new row, to all who have everything before it. */
static void give_out(struct hub *h, const struct event_info *row)
{
	int64_t now = clock_mono_ms();

	make_row(h, row);
	for (unsigned i = 0; i < h->n; i++) {
		struct hub_client *c = h->client[i];

		if (!c->gone && !c->out.len && c->at == h->cursor)
			hub_client_row(c, &h->feed, &h->text, now);
	}
	h->cursor = row->id;
}

/* Reads what is new. */
static void look(struct hub *h)
{
	struct event_info *row;
	bool changed = false;
	uint32_t n = ROWS_A_TIME;

	if (node_changed(h->node, &changed) != ST_OK || !changed)
		return;
	while (n == ROWS_A_TIME) {
		arena_reset(&h->arena);
		n = 0;
		if (node_snapshot(h->node) != ST_OK)
			return;
		if (query_events(h->node, h->cursor, ROWS_A_TIME, &h->arena,
				 &row, &n) != ST_OK ||
		    (n < ROWS_A_TIME && node_tip(h->node, &h->tip) != ST_OK))
			n = 0;
		node_snapshot_end(h->node);
		for (uint32_t i = 0; i < n; i++)
			give_out(h, &row[i]);
	}
}

/* --- the loop --- */

/* Has epoll tell when a connection takes more, while it is wanted. */
static void set_epoll(struct hub *h, struct hub_client *c)
{
	bool want = c->out.len > 0;
	struct epoll_event e = {
		.events = EPOLLRDHUP | (want ? EPOLLOUT : 0),
		.data.ptr = c,
	};

	if (want == c->waits_to_write)
		return;
	c->waits_to_write = want;
	if (epoll_ctl(h->epoll, EPOLL_CTL_MOD, c->fd, &e) != 0)
		c->gone = true;
}

/* Once for each turn of the loop: who has gone, who hangs, who must hear that we
 * are there. */
static void tend(struct hub *h)
{
	static const char beat[] = ": heartbeat\n\n";
	int64_t now = clock_mono_ms();
	bool second = now - h->tended_ms >= 1000;

	for (unsigned i = 0; i < h->n;) {
		struct hub_client *c = h->client[i];

		if (second && !c->out.len && now - c->moved_ms >= HEARTBEAT_MS)
			hub_client_text(c, bytes_of(beat, sizeof(beat) - 1), now);
		if (c->out.len && now - c->moved_ms >= h->limits.stalled_ms)
			c->gone = true;
		set_epoll(h, c);
		if (c->gone)
			remove_client(h, i);
		else
			i++;
	}
	if (second)
		h->tended_ms = now;
}

static void on_ready(struct hub_client *c, uint32_t events)
{
	if (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR))
		c->gone = true;
	else if (events & EPOLLOUT)
		hub_client_flush(c, clock_mono_ms());
}

enum status hub_run(struct hub *h, int listen_fd, bool (*accept)(void *arg),
		    void *arg, const volatile sig_atomic_t *stop)
{
	struct epoll_event at_door = {.events = EPOLLIN}, ready[READY_MAX];
	bool more = false;

	if (epoll_ctl(h->epoll, EPOLL_CTL_ADD, listen_fd, &at_door) != 0)
		return ST_IO;
	while (!*stop) {
		int n = epoll_wait(h->epoll, ready, READY_MAX,
				   more ? 0 : h->n ? LOOK_MS : IDLE_MS);
		bool door = false;

		if (n < 0 && errno != EINTR)
			return ST_IO;
		for (int i = 0; i < n; i++) {
			if (ready[i].data.ptr)
				on_ready(ready[i].data.ptr, ready[i].events);
			else
				door = true;
		}
		look(h);
		for (int i = 0; door && !*stop && i < ACCEPTS_A_TURN; i++)
			door = accept(arg);
		more = serve_all_behind(h);
		tend(h);
	}
	return ST_OK;
}
