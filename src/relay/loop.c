/* SPDX-License-Identifier: MIT */
/* See loop.h. */
#include "relay/loop.h"

#include <event2/event.h>
#include <poll.h>
#include <stdlib.h>

struct loop {
	struct event_base *base;
	struct event *term, *intr;
	struct event *tick;		/* ends a wait; does nothing else */
	struct event *news;		/* NULL: none */
	struct event *curl;		/* curl's timer */
	struct fetch *fetch;
};

static struct timeval after_ms(int64_t ms)
{
	return (struct timeval){ms / 1000, ms % 1000 * 1000};
}

static void on_signal(evutil_socket_t sig, short what, void *arg)
{
	volatile sig_atomic_t *stop = arg;

	*stop = 1;
}

static void on_tick(evutil_socket_t fd, short what, void *arg)
{
}

static void on_news(evutil_socket_t fd, short what, void *arg)
{
	*(bool *)arg = true;
}

static void on_curl_timer(evutil_socket_t fd, short what, void *arg)
{
	struct loop *l = arg;

	fetch_ready(l->fetch, -1, 0);
}

static void on_curl_socket(evutil_socket_t fd, short what, void *arg)
{
	struct loop *l = arg;
	short events = 0;

	if (what & EV_READ)
		events |= POLLIN;
	if (what & EV_WRITE)
		events |= POLLOUT;
	fetch_ready(l->fetch, fd, events);
}

static void curl_watch(void *user, int fd, short events, void **slot)
{
	struct loop *l = user;
	struct event *e = *slot;
	short what = EV_PERSIST;

	*slot = NULL;
	if (e)
		event_free(e);
	if (events & POLLIN)
		what |= EV_READ;
	if (events & POLLOUT)
		what |= EV_WRITE;
	if (!events)
		return;
	/* without memory the transfer ends by its own time limit */
	e = event_new(l->base, fd, what, on_curl_socket, l);
	if (e && event_add(e, NULL) != 0) {
		event_free(e);
		e = NULL;
	}
	*slot = e;
}

static void curl_timer(void *user, int64_t ms)
{
	struct loop *l = user;
	struct timeval tv = after_ms(ms);

	if (ms < 0)
		event_del(l->curl);
	else
		event_add(l->curl, &tv);
}

enum status loop_open(struct loop **out, volatile sig_atomic_t *stop)
{
	struct loop *l = calloc(1, sizeof(*l));

	*out = l;
	signal(SIGPIPE, SIG_IGN);
	if (!l)
		return ST_NOMEM;
	l->base = event_base_new();
	if (l->base) {
		l->term = evsignal_new(l->base, SIGTERM, on_signal, (void *)stop);
		l->intr = evsignal_new(l->base, SIGINT, on_signal, (void *)stop);
		l->tick = evtimer_new(l->base, on_tick, l);
		l->curl = evtimer_new(l->base, on_curl_timer, l);
	}
	if (l->term && l->intr && l->tick && l->curl &&
	    event_add(l->term, NULL) == 0 && event_add(l->intr, NULL) == 0)
		return ST_OK;
	loop_close(l);
	*out = NULL;
	return ST_NOMEM;
}

void loop_close(struct loop *l)
{
	struct event *all[5];

	if (!l)
		return;
	all[0] = l->term;
	all[1] = l->intr;
	all[2] = l->tick;
	all[3] = l->news;
	all[4] = l->curl;
	for (unsigned i = 0; i < 5; i++) {
		if (all[i])
			event_free(all[i]);
	}
	if (l->base)
		event_base_free(l->base);
	free(l);
}

struct event_base *loop_base(struct loop *l)
{
	return l->base;
}

void loop_attach_fetch(struct loop *l, struct fetch *f)
{
	const struct fetch_loop by = {l, curl_watch, curl_timer};

	l->fetch = f;
	fetch_attach(f, &by);
}

bool loop_watch_news(struct loop *l, int fd, bool *ready)
{
	l->news = event_new(l->base, fd, EV_READ | EV_PERSIST, on_news, ready);
	return l->news && event_add(l->news, NULL) == 0;
}

void loop_wait(struct loop *l, int max_ms)
{
	struct timeval tv = after_ms(max_ms);

	if (max_ms > 0 && event_add(l->tick, &tv) == 0)
		event_base_loop(l->base, EVLOOP_ONCE);
	else
		event_base_loop(l->base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
}
