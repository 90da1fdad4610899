/* SPDX-License-Identifier: MIT */
/*
 * One lock guards everything. A thread takes a piece of the nonce range, about
 * 20 ms of work, searches it unlocked, and comes back. Dropping a header sets
 * the `cut` flag of each thread, which powscan looks at every few thousand
 * nonces; a thread clears its own when it takes its next piece, under the lock,
 * so no cut is ever lost or meant for the wrong header.
 */
#include "miner/pool.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

#include "base/bug.h"
#include "base/bytes.h"
#include "base/clock.h"

#define RANGE (UINT64_C(1) << 32)
#define SLICE_US 20000
#define PIECE_MIN 1024u
#define PIECE_MAX (1u << 26)

struct worker {
	struct pool *pool;
	pthread_t thread;
	atomic_bool cut;
	uint32_t piece;		/* nonces in SLICE_US, by the last piece */
};

struct pool {
	pthread_mutex_t lock;
	pthread_cond_t work;	/* for threads: a header, or the end */
	pthread_cond_t news;	/* for the owner */
	const struct powscan_kernel *kernel;
	unsigned duty;
	bool quit;
	bool searching;		/* there is a header, and no answer yet */
	bool found;		/* answer: job.header has its nonce */
	struct powscan_job job;
	uint64_t round;		/* counts headers started */
	uint64_t next;		/* first nonce not given out */
	unsigned busy;		/* threads with a piece */
	uint64_t hashes;
	unsigned n;
	struct worker *worker;
};

/* An absolute time on the clock of the conditions. */
static struct timespec deadline(int64_t us)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_sec += (time_t)(us / 1000000);
	t.tv_nsec += (long)(us % 1000000) * 1000;
	if (t.tv_nsec >= 1000000000) {
		t.tv_nsec -= 1000000000;
		t.tv_sec++;
	}
	return t;
}

static int64_t thread_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void cut_all(struct pool *p)
{
	for (unsigned i = 0; i < p->n; i++)
		atomic_store_explicit(&p->worker[i].cut, true, memory_order_relaxed);
}

static bool exhausted(const struct pool *p)
{
	return p->searching && p->next == RANGE && p->busy == 0;
}

/* Rests so that cpu_us is the wanted share of the time since it began. */
static void rest(struct pool *p, int64_t cpu_us, int64_t wall_us)
{
	int64_t left = cpu_us * 100 / p->duty - wall_us;
	struct timespec until;

	if (left <= 0)
		return;
	until = deadline(left);
	while (!p->quit &&
	       pthread_cond_timedwait(&p->work, &p->lock, &until) == 0)
		;
}

/* Searches one piece; the lock is held on entry and on return. */
static void search_piece(struct pool *p, struct worker *w)
{
	const struct powscan_job job = p->job;
	const uint64_t round = p->round, first = p->next;
	uint64_t count = RANGE - first < w->piece ? RANGE - first : w->piece;
	int64_t cpu = 0, wall, us;
	struct powscan_result r;
	enum powscan_end end;

	p->next += count;
	p->busy++;
	atomic_store_explicit(&w->cut, false, memory_order_relaxed);
	pthread_mutex_unlock(&p->lock);

	wall = clock_mono_us();
	if (p->duty < 100)
		cpu = thread_us();
	end = powscan(p->kernel, &job, (uint32_t)first, count, &w->cut, &r);
	us = clock_mono_us() - wall;
	if (p->duty < 100)
		cpu = thread_us() - cpu;
	if (r.hashes > PIECE_MIN) {
		uint64_t fit = r.hashes * SLICE_US / (us > 0 ? (uint64_t)us : 1);

		w->piece = fit < PIECE_MIN   ? PIECE_MIN
			   : fit > PIECE_MAX ? PIECE_MAX
					     : (uint32_t)fit;
	}

	pthread_mutex_lock(&p->lock);
	p->busy--;
	p->hashes += r.hashes;
	if (end == POWSCAN_FOUND && round == p->round && p->searching) {
		le32_put(p->job.header + 76, r.nonce);
		p->found = true;
		p->searching = false;
		cut_all(p);
		pthread_cond_signal(&p->news);
	} else if (exhausted(p)) {
		pthread_cond_signal(&p->news);
	}
	if (p->duty < 100)
		rest(p, cpu, us);
}

static void *worker_main(void *arg)
{
	struct worker *w = arg;
	struct pool *p = w->pool;

	pthread_mutex_lock(&p->lock);
	while (!p->quit) {
		if (p->searching && p->next < RANGE)
			search_piece(p, w);
		else
			pthread_cond_wait(&p->work, &p->lock);
	}
	pthread_mutex_unlock(&p->lock);
	return NULL;
}

static void init_sync(struct pool *p)
{
	pthread_condattr_t a;

	if (pthread_condattr_init(&a) != 0 ||
	    pthread_condattr_setclock(&a, CLOCK_MONOTONIC) != 0 ||
	    pthread_cond_init(&p->work, &a) != 0 ||
	    pthread_cond_init(&p->news, &a) != 0 ||
	    pthread_mutex_init(&p->lock, NULL) != 0)
		BUG("locks cannot be made");
	pthread_condattr_destroy(&a);
}

enum status pool_open(struct pool **out, unsigned threads, unsigned duty,
		      const struct powscan_kernel *kernel)
{
	struct pool *p = calloc(1, sizeof(*p));
	sigset_t all, old;

	BUG_ON(threads == 0 || duty == 0 || duty > 100);
	*out = NULL;
	if (!p)
		return ST_NOMEM;
	p->worker = calloc(threads, sizeof(*p->worker));
	if (!p->worker) {
		free(p);
		return ST_NOMEM;
	}
	p->kernel = kernel;
	p->duty = duty;
	init_sync(p);
	/* Signals are for the owner's thread. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	for (; p->n < threads; p->n++) {
		struct worker *w = &p->worker[p->n];

		w->pool = p;
		w->piece = PIECE_MIN * 16;
		if (pthread_create(&w->thread, NULL, worker_main, w) != 0)
			break;
	}
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (p->n < threads) {
		pool_close(p);
		return ST_NOMEM;
	}
	*out = p;
	return ST_OK;
}

void pool_close(struct pool *p)
{
	if (!p)
		return;
	pthread_mutex_lock(&p->lock);
	p->quit = true;
	p->searching = false;
	cut_all(p);
	pthread_cond_broadcast(&p->work);
	pthread_mutex_unlock(&p->lock);
	for (unsigned i = 0; i < p->n; i++)
		pthread_join(p->worker[i].thread, NULL);
	pthread_mutex_destroy(&p->lock);
	pthread_cond_destroy(&p->work);
	pthread_cond_destroy(&p->news);
	free(p->worker);
	free(p);
}

void pool_start(struct pool *p, const struct header *h, const struct u256 *target)
{
	pthread_mutex_lock(&p->lock);
	header_write(p->job.header, h);
	p->job.target = *target;
	p->round++;
	p->next = h->nonce;
	p->found = false;
	p->searching = true;
	cut_all(p);
	pthread_cond_broadcast(&p->work);
	pthread_mutex_unlock(&p->lock);
}

void pool_rest(struct pool *p)
{
	pthread_mutex_lock(&p->lock);
	p->searching = false;
	p->found = false;
	cut_all(p);
	pthread_mutex_unlock(&p->lock);
}

enum pool_event pool_wait(struct pool *p, int ms, struct header *h)
{
	struct timespec until = deadline((int64_t)ms * 1000);
	enum pool_event ev = POOL_NOTHING;

	pthread_mutex_lock(&p->lock);
	while (!p->found && !exhausted(p) &&
	       pthread_cond_timedwait(&p->news, &p->lock, &until) == 0)
		;
	if (p->found) {
		header_read(h, p->job.header);
		p->found = false;
		ev = POOL_FOUND;
	} else if (exhausted(p)) {
		p->searching = false;
		ev = POOL_EXHAUSTED;
	}
	pthread_mutex_unlock(&p->lock);
	return ev;
}

uint64_t pool_hashes(struct pool *p)
{
	uint64_t v;

	pthread_mutex_lock(&p->lock);
	v = p->hashes;
	pthread_mutex_unlock(&p->lock);
	return v;
}
