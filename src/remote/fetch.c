/* SPDX-License-Identifier: MIT */
/*
 * A job is in one of three lists: queued, running (its handle is in the multi
 * handle), done. curl's callbacks know only their job.
 */
#include "remote/fetch.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "remote/fetch_job.h"

#define SLICE_MS 100		/* how late a stop may be noticed */

struct list {
	struct job *first, **end;
	size_t n;
};

struct fetch {
	struct fetch_options o;
	struct fetch_loop loop;
	CURLM *multi;
	struct list queued, running, done;
};

struct blob *blob_new(const void *p, size_t len)
{
	struct blob *b = malloc(sizeof(*b) + len);

	if (!b)
		return NULL;
	b->refs = 1;
	b->len = len;
	if (len)
		memcpy(b->p, p, len);
	return b;
}

struct blob *blob_hold(struct blob *b)
{
	b->refs++;
	return b;
}

void blob_drop(struct blob *b)
{
	if (b && --b->refs == 0)
		free(b);
}

static void list_init(struct list *l)
{
	l->first = NULL;
	l->end = &l->first;
	l->n = 0;
}

static void list_add(struct list *l, struct job *j)
{
	j->next = NULL;
	*l->end = j;
	l->end = &j->next;
	l->n++;
}

/* Takes out the job that *at points to. */
static struct job *list_take(struct list *l, struct job **at)
{
	struct job *j = *at;

	*at = j->next;
	if (l->end == &j->next)
		l->end = at;
	l->n--;
	return j;
}

static void job_release(struct job *j)
{
	if (j->easy) {
		curl_multi_remove_handle(j->fetch->multi, j->easy);
		curl_easy_cleanup(j->easy);
		j->easy = NULL;
	}
	curl_slist_free_all(j->headers);
	j->headers = NULL;
	blob_drop(j->post);
	j->post = NULL;
}

static void job_free(struct job *j)
{
	job_release(j);
	buf_free(&j->result.body);
	free(j);
}

/* The handle is released at once, the answer waits to be asked for. */
static void job_finish(struct job *j, enum status st, const char *why)
{
	j->result.st = st;
	if (st != ST_OK) {
		log_safe(j->result.why, sizeof(j->result.why), why, strlen(why));
		buf_free(&j->result.body);
	}
	job_release(j);
	list_add(&j->fetch->done, j);
}

/* Puts the job into the multi handle or finishes it. */
static void job_begin(struct job *j)
{
	struct fetch *f = j->fetch;
	int64_t timeout_ms = j->timeout_ms;
	enum status st;
	const char *why;

	if (f->o.deadline_ms && f->o.deadline_ms - clock_mono_ms() < timeout_ms)
		timeout_ms = f->o.deadline_ms - clock_mono_ms();
	if (timeout_ms <= 0) {
		job_finish(j, ST_TIMEOUT, "no time was left");
		return;
	}
	st = job_prepare(j, f->o.allow_http, timeout_ms, &why);
	if (st == ST_OK && curl_multi_add_handle(f->multi, j->easy) == CURLM_OK) {
		list_add(&f->running, j);
		return;
	}
	/* the handle is in no multi handle that could give it back */
	curl_easy_cleanup(j->easy);
	j->easy = NULL;
	job_finish(j, st == ST_OK ? ST_NOMEM : st, why);
}

static int running_for(const struct fetch *f, const char *base)
{
	int n = 0;

	for (const struct job *j = f->running.first; j; j = j->next)
		n += strcmp(j->base, base) == 0;
	return n;
}

/* Begins what may begin, in the order of the queue. */
static void pump(struct fetch *f)
{
	struct job **at = &f->queued.first;

	while (*at && f->running.n < (size_t)f->o.total) {
		if (running_for(f, (*at)->base) < f->o.per_peer)
			job_begin(list_take(&f->queued, at));
		else
			at = &(*at)->next;
	}
}

static void collect(struct fetch *f)
{
	char why[FETCH_WHY_SIZE];
	CURLMsg *m;
	int left;

	while ((m = curl_multi_info_read(f->multi, &left))) {
		struct job **at = &f->running.first;
		CURLcode c = m->data.result;

		if (m->msg != CURLMSG_DONE)
			continue;
		while (*at && (*at)->easy != m->easy_handle)
			at = &(*at)->next;
		if (*at) {
			struct job *j = list_take(&f->running, at);
			enum status st = job_outcome(j, c, why);

			job_finish(j, st, why);
		}
	}
}

enum status fetch_global_init(void)
{
	return curl_global_init(CURL_GLOBAL_DEFAULT) ? ST_NOMEM : ST_OK;
}

enum status fetch_open(struct fetch **out, const struct fetch_options *o)
{
	struct fetch *f = calloc(1, sizeof(*f));

	*out = NULL;
	if (!f)
		return ST_NOMEM;
	f->o = *o;
	if (!f->o.total)
		f->o.total = 32;
	if (!f->o.per_peer)
		f->o.per_peer = 2;
	list_init(&f->queued);
	list_init(&f->running);
	list_init(&f->done);
	f->multi = curl_multi_init();
	if (!f->multi) {
		free(f);
		return ST_NOMEM;
	}
	curl_multi_setopt(f->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, (long)f->o.total);
	curl_multi_setopt(f->multi, CURLMOPT_PIPELINING, (long)CURLPIPE_NOTHING);
	*out = f;
	return ST_OK;
}

static void drop_all(struct list *l, const void *owner, bool any)
{
	struct job **at = &l->first;

	while (*at) {
		if (any || (*at)->result.owner == owner)
			job_free(list_take(l, at));
		else
			at = &(*at)->next;
	}
}

void fetch_drop_owner(struct fetch *f, const void *owner)
{
	drop_all(&f->queued, owner, false);
	drop_all(&f->running, owner, false);
	drop_all(&f->done, owner, false);
}

void fetch_close(struct fetch *f)
{
	if (!f)
		return;
	drop_all(&f->queued, NULL, true);
	drop_all(&f->running, NULL, true);
	drop_all(&f->done, NULL, true);
	curl_multi_cleanup(f->multi);
	free(f);
}

enum status fetch_start(struct fetch *f, const struct fetch_request *r)
{
	struct job *j;

	if (f->queued.n >= FETCH_QUEUE_MAX)
		return ST_FULL;
	j = calloc(1, sizeof(*j));
	if (!j)
		return ST_NOMEM;
	j->fetch = f;
	j->guard = &f->o.guard;
	j->post = r->post ? blob_hold(r->post) : NULL;
	j->probe = r->probe;
	j->slow_is_bad = r->slow_is_bad;
	j->timeout_ms = r->timeout_ms;
	j->max_bytes = r->max_bytes;
	snprintf(j->base, sizeof(j->base), "%s", r->base);
	snprintf(j->path, sizeof(j->path), "%s", r->path);
	snprintf(j->header, sizeof(j->header), "%s", r->header ? r->header : "");
	snprintf(j->type, sizeof(j->type), "%s",
		 r->type ? r->type : "application/octet-stream");
	snprintf(j->pin, sizeof(j->pin), "%s", r->pin ? r->pin : "");
	j->result.owner = r->owner;
	j->result.kind = r->kind;
	j->result.tag = r->tag;
	buf_init(&j->result.body, r->max_bytes);
	list_add(&f->queued, j);
	return ST_OK;
}

size_t fetch_pending(const struct fetch *f)
{
	return f->queued.n + f->running.n;
}

static bool stopped(const struct fetch *f)
{
	return f->o.stop && *f->o.stop;
}

void fetch_wait(struct fetch *f, int timeout_ms, int extra_fd)
{
	struct curl_waitfd extra = {.fd = extra_fd, .events = CURL_WAIT_POLLIN};
	int64_t end_ms = clock_mono_ms() + timeout_ms, left;
	int running, ready;

	for (;;) {
		pump(f);
		if (curl_multi_perform(f->multi, &running) != CURLM_OK)
			return;
		collect(f);
		pump(f);
		left = end_ms - clock_mono_ms();
		if (f->done.n || stopped(f) || left <= 0)
			return;
		if (left > SLICE_MS)
			left = SLICE_MS;
		if (curl_multi_poll(f->multi, &extra, extra_fd >= 0, (int)left,
				    &ready) != CURLM_OK || extra.revents)
			return;
	}
}

/* curl has names of its own for what poll(2) says. */
static int on_socket(CURL *easy, curl_socket_t fd, int what, void *user, void *slot)
{
	struct fetch *f = user;
	short events = 0;

	if (what == CURL_POLL_IN || what == CURL_POLL_INOUT)
		events |= POLLIN;
	if (what == CURL_POLL_OUT || what == CURL_POLL_INOUT)
		events |= POLLOUT;
	f->loop.watch(f->loop.user, fd, events, &slot);
	if (events)
		curl_multi_assign(f->multi, fd, slot);
	return 0;
}

static int on_timer(CURLM *multi, long ms, void *user)
{
	struct fetch *f = user;

	f->loop.timer(f->loop.user, ms);
	return 0;
}

void fetch_attach(struct fetch *f, const struct fetch_loop *loop)
{
	f->loop = *loop;
	curl_multi_setopt(f->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
	curl_multi_setopt(f->multi, CURLMOPT_SOCKETDATA, f);
	curl_multi_setopt(f->multi, CURLMOPT_TIMERFUNCTION, on_timer);
	curl_multi_setopt(f->multi, CURLMOPT_TIMERDATA, f);
}

void fetch_ready(struct fetch *f, int fd, short events)
{
	int what = 0, running;

	if (events & POLLIN)
		what |= CURL_CSELECT_IN;
	if (events & POLLOUT)
		what |= CURL_CSELECT_OUT;
	if (curl_multi_socket_action(f->multi, fd < 0 ? CURL_SOCKET_TIMEOUT : fd,
				     what, &running) == CURLM_OK)
		collect(f);
}

bool fetch_pump(struct fetch *f)
{
	pump(f);
	return f->done.n > 0;
}

bool fetch_next(struct fetch *f, struct fetch_result *out)
{
	struct job *j;

	if (!f->done.first)
		return false;
	j = list_take(&f->done, &f->done.first);
	*out = j->result;
	/* the body moved to the caller */
	buf_init(&j->result.body, 0);
	job_free(j);
	return true;
}
