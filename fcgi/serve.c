/* SPDX-License-Identifier: MIT */
#include "fcgi/serve.h"

#include <errno.h>
#include <fcgiapp.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/uio.h>

#include "base/clock.h"
#include "base/log.h"
#include "fcgi/http/route.h"
#include "fcgi/live/hub.h"

#define REQUEST_ARENA_MAX (64u << 20)
/* What stays with a worker between requests. */
#define BODY_KEEP_MAX (1u << 20)
#define CONNECTION_TIMEOUT_S 30
#define ACCEPT_TIMEOUT_MS 500
/* Answers that a worker keeps waiting, and how often it looks at them. */
#define PARKED_MAX 1000
#define PARKED_LOOK_MS 50

/* One request with all that belongs to it; more than one only while answers are
 * parked (response.h). */
struct visit {
	struct visit *next;
	int64_t due_ms;		/* called again then, whatever happens */
	FCGX_Request fr;
	struct arena arena;
	struct request rq;
	struct response rs;
	struct buf head;	/* of the answer */
	bool timed;		/* its connection has its time limits */
};

/* A web server that hangs is not waited for. Short requests and answers fit the
 * buffers of the connection and need no limits. */
static void set_limits(struct visit *v)
{
	const struct timeval tv = {.tv_sec = CONNECTION_TIMEOUT_S};

	if (v->timed)
		return;
	v->timed = true;
	setsockopt(v->fr.ipcFd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
	setsockopt(v->fr.ipcFd, SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof(tv));
}

static const char *source_param(void *arg, const char *name)
{
	const struct visit *v = arg;

	return FCGX_GetParam(name, v->fr.envp);
}

static long source_read(void *arg, void *p, size_t n)
{
	struct visit *v = arg;
	int got;

	set_limits(v);
	got = FCGX_GetStr(p, n > 1 << 20 ? 1 << 20 : (int)n, v->fr.in);
	return got == 0 && FCGX_GetError(v->fr.in) ? -1 : got;
}

/* FastCGI's record of output: type 6 of version 1, at most 65,535 bytes. */
#define RECORD_MAX 65528u
#define RECORD_HEAD 8
/* The library cuts everything into records of 8 KiB, a system call each; what is
 * much longer goes past it. */
#define LONG_BYTES (24u << 10)

static bool put_record(int fd, int id, const uint8_t *p, size_t n)
{
	uint8_t head[RECORD_HEAD] = {
		1, 6, (uint8_t)(id >> 8), (uint8_t)id, (uint8_t)(n >> 8), (uint8_t)n,
	};
	struct iovec v[2] = {
		{.iov_base = head, .iov_len = sizeof(head)},
		{.iov_base = (void *)(uintptr_t)p, .iov_len = n},
	};

	while (v[0].iov_len + v[1].iov_len > 0) {
		struct msghdr m = {.msg_iov = v, .msg_iovlen = 2};
		ssize_t sent = sendmsg(fd, &m, MSG_NOSIGNAL);

		if (sent < 0 && errno == EINTR)
			continue;
		if (sent <= 0)
			return false;
		for (int i = 0; i < 2; i++) {
			size_t part = (size_t)sent < v[i].iov_len ? (size_t)sent
								  : v[i].iov_len;

			v[i].iov_base = (uint8_t *)v[i].iov_base + part;
			v[i].iov_len -= part;
			sent -= (ssize_t)part;
		}
	}
	return true;
}

static bool put(struct visit *v, const struct buf *b)
{
	if (b->len < LONG_BYTES)
		return FCGX_PutStr((const char *)b->p, (int)b->len, v->fr.out) >= 0;
	set_limits(v);
	if (FCGX_FFlush(v->fr.out) < 0)
		return false;
	for (size_t at = 0; at < b->len; at += RECORD_MAX) {
		size_t n = b->len - at < RECORD_MAX ? b->len - at : RECORD_MAX;

		if (!put_record(v->fr.ipcFd, v->fr.requestId, b->p + at, n))
			return false;
	}
	return true;
}

static bool send_head(struct visit *v)
{
	buf_reset(&v->head);
	response_head(&v->head, &v->rs);
	return buf_status(&v->head) == ST_OK && put(v, &v->head);
}

/* A piece of a long answer. */
static bool send_piece(void *arg, struct response *rs)
{
	struct visit *v = arg;
	bool first = !rs->streamed;

	rs->streamed = true;
	if (first && !send_head(v))
		return false;
	return v->rq.method == HTTP_HEAD || put(v, &rs->body);
}

/* Sends the answer, or what is left of it. A client that went away is no error. */
static void send_response(struct visit *v)
{
	const struct response *rs = &v->rs;

	if (rs->broken) {
		/* the web server must not take it for complete */
		shutdown(v->fr.ipcFd, SHUT_RDWR);
		return;
	}
	if (!rs->streamed && !send_head(v))
		return;
	if (v->rq.method != HTTP_HEAD && rs->status != 204 && rs->status != 304)
		put(v, &rs->body);
}

/* The web server hangs up when its client has gone. Reading would not tell: what
 * ends an empty body may still lie there. */
static bool has_gone(const struct visit *v)
{
	struct pollfd p = {.fd = v->fr.ipcFd};

	return poll(&p, 1, 0) > 0 && (p.revents & (POLLHUP | POLLERR | POLLNVAL));
}

static bool client_gone(void *arg)
{
	return has_gone(arg);
}

/* A worker's visits. */
struct hall {
	struct app *app;
	int listen_fd;
	struct visit *parked;	/* for events: the one in hand */
	unsigned n_parked;
	int64_t looked_ms;
	bool look_now;		/* this worker may have changed something */
};

static struct visit *visit_new(int listen_fd)
{
	struct visit *v = calloc(1, sizeof(*v));

	if (!v)
		return NULL;
	if (FCGX_InitRequest(&v->fr, listen_fd, FCGI_FAIL_ACCEPT_ON_INTR) != 0) {
		free(v);
		return NULL;
	}
	arena_init(&v->arena, REQUEST_ARENA_MAX);
	response_init(&v->rs);
	v->rs.sink = send_piece;
	v->rs.sink_arg = v;
	v->rs.gone = client_gone;
	buf_init(&v->head, 8192);
	return v;
}

static void visit_free(struct visit *v)
{
	response_free(&v->rs);
	buf_free(&v->head);
	arena_free(&v->arena);
	FCGX_Free(&v->fr, 1);
	free(v);
}

/* Ready for the next request, but for the library's part. */
static void visit_clear(struct visit *v)
{
	/* The arena may hold a private key: see teach_tx.c, which wipes
	 * it itself; memory beyond the usual goes back. */
	if (v->arena.used > BODY_KEEP_MAX) {
		arena_free(&v->arena);
		arena_init(&v->arena, REQUEST_ARENA_MAX);
	} else {
		arena_reset(&v->arena);
	}
	if (v->rs.body.cap > BODY_KEEP_MAX)
		buf_free(&v->rs.body);
	response_reset(&v->rs);
}

static void visit_reset(struct visit *v)
{
	/* Else the library waits until the web server has closed its end, lest
	 * something it still sends has the answer lost. A request without a body
	 * was read whole before it was answered. */
	if ((v->rq.method == HTTP_GET || v->rq.method == HTTP_HEAD) &&
	    v->rq.content_length <= 0 && !v->rs.broken)
		FCGX_Detach(&v->fr);
	FCGX_Finish_r(&v->fr);
	visit_clear(v);
}

static void finish(struct app *app, struct visit *v, int64_t begin_us)
{
	struct response *rs = &v->rs;
	char path[120];

	send_response(v);
	log_safe(path, sizeof(path), v->rq.path, strlen(v->rq.path));
	if (rs->status >= 500 && !rs->quiet)
		log_warn("%d for %s: %s", rs->status, path, node_error(app->node));
	else
		log_debug("%d for %s in %lld us", rs->status, path,
			  (long long)(clock_mono_us() - begin_us));
}

/* True: the answer is parked. */
static bool serve_one(struct hall *h, struct visit *v)
{
	const struct request_source src = {source_param, source_read, v};
	int64_t begin = clock_mono_us();

	v->timed = false;
	route_dispatch(h->app, &src, &v->arena, &v->rq, &v->rs);
	if (v->rq.method == HTTP_POST)
		h->look_now = true;
	if (v->rs.wait.parked && h->n_parked < PARKED_MAX) {
		v->due_ms = clock_mono_ms() + RESPONSE_WAIT_STEP_MS;
		return true;
	}
	if (v->rs.wait.parked) {
		v->rs.wait.possible = false;
		route_again(h->app, &v->rq, &v->rs);
	}
	if (!v->rs.stream)
		finish(h->app, v, begin);
	return false;
}

/* Looks whether parked answers are due: after every change of the database, and
 * each one once in a step. At the end all of them are. */
static void serve_parked(struct hall *h, bool end)
{
	int64_t now = clock_mono_ms();
	bool changed = false;

	if (!h->parked || (!end && !h->look_now && now - h->looked_ms < PARKED_LOOK_MS))
		return;
	if (node_changed(h->app->node, &changed) != ST_OK)
		changed = false;
	changed |= h->look_now;
	h->looked_ms = now;
	h->look_now = false;
	for (struct visit **at = &h->parked; *at;) {
		struct visit *v = *at;
		bool gone = has_gone(v);

		if (!gone && !end && !changed && now < v->due_ms) {
			at = &v->next;
			continue;
		}
		v->rs.wait.possible = !end;
		if (!gone)
			route_again(h->app, &v->rq, &v->rs);
		if (!gone && v->rs.wait.parked) {
			v->due_ms = now + RESPONSE_WAIT_STEP_MS;
			at = &v->next;
			continue;
		}
		if (!gone)
			finish(h->app, v, clock_mono_us());
		*at = v->next;
		h->n_parked--;
		FCGX_Finish_r(&v->fr);
		visit_free(v);
	}
}

/* How long accept() waits: short while answers are parked. */
static void set_patience(const struct hall *h)
{
	const struct timeval tv = {
		.tv_usec = (h->parked ? PARKED_LOOK_MS : ACCEPT_TIMEOUT_MS) * 1000,
	};

	(void)setsockopt(h->listen_fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
}

static enum status serve_loop(struct hall *h, struct visit **v,
			      const volatile sig_atomic_t *stop)
{
	while (!*stop) {
		struct visit *next;
		int rc = FCGX_Accept_r(&(*v)->fr);

		if (rc == 0) {
			if (!serve_one(h, *v)) {
				visit_reset(*v);
			} else if ((next = visit_new(h->listen_fd))) {
				(*v)->next = h->parked;
				h->parked = *v;
				h->n_parked++;
				*v = next;
				set_patience(h);
			} else {
				(*v)->rs.wait.possible = false;
				route_again(h->app, &(*v)->rq, &(*v)->rs);
				finish(h->app, *v, clock_mono_us());
				visit_reset(*v);
			}
		} else if (rc == -EBADF || rc == -EINVAL || rc == -ENOTSOCK) {
			return ST_IO;
		} else if (rc != -EINTR && rc != -EAGAIN) {
			/* No more file descriptors, perhaps: it will pass. */
			log_warn("cannot accept requests now (errno %d)", -rc);
			clock_sleep_ms(20);
		}
		if (h->parked) {
			serve_parked(h, false);
			set_patience(h);
		}
		/* the answer that says so has gone out */
		if (h->app->stop_asked) {
			h->app->stop_asked = false;
			h->app->stop();
		}
	}
	return ST_OK;
}

enum status serve_run(struct app *app, int listen_fd,
		      const volatile sig_atomic_t *stop)
{
	const struct timeval tv = {.tv_usec = ACCEPT_TIMEOUT_MS * 1000};
	struct hall h = {.app = app, .listen_fd = listen_fd};
	enum status st;
	struct visit *v;

	if (setsockopt(listen_fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv)) != 0 ||
	    FCGX_Init() != 0)
		return ST_IO;
	v = visit_new(listen_fd);
	if (!v)
		return ST_NOMEM;
	st = serve_loop(&h, &v, stop);
	serve_parked(&h, true);
	visit_free(v);
	return st;
}

/* --- events --- */

/* The connection of an answer that never ends becomes the hub's. */
static void hand_over(struct hall *h, struct visit *v)
{
	int fd = v->fr.ipcFd;
	unsigned id = (unsigned)v->fr.requestId;
	enum status st;

	buf_reset(&v->head);
	response_head(&v->head, &v->rs);
	buf_bytes(&v->head, buf_view(&v->rs.body));
	st = hub_add(h->app->hub, fd, id, v->rs.stream, v->rq.remote,
		     buf_view(&v->head));
	if (st != ST_OK)
		log_warn("a client for events could not be taken: %s",
			 status_text(st));
	/* without closing it; the request's text goes with that */
	v->fr.ipcFd = -1;
	FCGX_Free(&v->fr, 0);
	(void)FCGX_InitRequest(&v->fr, h->listen_fd, FCGI_FAIL_ACCEPT_ON_INTR);
	visit_clear(v);
}

/* Takes one request for events, if one waits. */
static bool serve_event_client(void *arg)
{
	struct hall *h = arg;
	struct visit *v = h->parked;
	int rc = FCGX_Accept_r(&v->fr);

	if (rc != 0) {
		if (rc != -EINTR && rc != -EAGAIN)
			log_warn("cannot accept requests now (errno %d)", -rc);
		return false;
	}
	serve_one(h, v);
	if (v->rs.stream)
		hand_over(h, v);
	else
		visit_reset(v);
	return true;
}

enum status serve_events(struct app *app, int listen_fd,
			 const volatile sig_atomic_t *stop)
{
	const struct hub_limits limits = {
		.clients = (unsigned)conf_int(app->conf, CONF_EVENTS_CLIENTS),
		.per_address =
			(unsigned)conf_int(app->conf, CONF_EVENTS_PER_ADDRESS),
	};
	struct hall h = {.app = app, .listen_fd = listen_fd};
	int flags = fcntl(listen_fd, F_GETFL);
	enum status st;

	/* how long the library waits for a connection's first byte */
	if (setenv("LIBFCGI_IS_AF_UNIX_KEEPER_POLL_TIMEOUT", "200", 1) != 0 ||
	    flags < 0 || fcntl(listen_fd, F_SETFL, flags | O_NONBLOCK) != 0 ||
	    FCGX_Init() != 0)
		return ST_IO;
	h.parked = visit_new(listen_fd);
	if (!h.parked)
		return ST_NOMEM;
	st = hub_open(&app->hub, app->node, &limits);
	if (st == ST_OK)
		st = hub_run(app->hub, listen_fd, serve_event_client, &h, stop);
	hub_close(app->hub);
	app->hub = NULL;
	visit_free(h.parked);
	return st;
}
