/* SPDX-License-Identifier: MIT */
/* See checks.h. A queue of parts under one mutex; workers take a few at a time. */
#include "node/core/checks.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/bug.h"
#include "base/clock.h"
#include "consensus/script_trace.h"

#define TAKE_MAX 16
/* A job is cut into parts of no fewer inputs than this, and of no more parts for
 * each thread: every part computes anew what its inputs share. */
#define PART_INPUTS_MIN 64
#define PARTS_PER_THREAD 4
#define STACK_BYTES ((size_t)1 << 20)

struct part {
	struct check_job job;
	uint32_t first, end;	/* of its inputs */
};

struct check_pool {
	pthread_mutex_t lock;
	pthread_cond_t work;	/* parts came, or it is time to stop */
	pthread_cond_t done;	/* the last part under way is finished */
	struct part *part;	/* head .. tail are waiting */
	size_t head, tail, room;
	size_t busy;		/* taken and not finished */
	bool stop;
	atomic_bool failed;
	struct check_failure failure;
	int n_thread;
	pthread_t thread[];
};

static enum status check_inputs(const struct part *part,
				struct check_failure *f)
{
	const struct check_job *j = &part->job;
	struct sighash_cache *cache = sighash_cache_new(j->tx, j->coins);
	enum status st = ST_OK;

	f->input = part->first;
	if (!cache)
		return ST_NOMEM;
	for (uint32_t i = part->first; i < part->end; i++) {
		st = script_check(j->tx, i, j->coins, cache, j->flags,
				  (struct policy_flags){0}, NULL, &f->error,
				  &f->pos);
		f->input = i;
		if (st != ST_OK || f->error != SCRIPT_ERR_OK)
			break;
	}
	sighash_cache_free(cache);
	return st;
}

/* Whether an input comes before the first failure known; the lock is held. */
static bool is_before(const struct check_pool *p, uint64_t seq, uint32_t input)
{
	return seq < p->failure.seq ||
	       (seq == p->failure.seq && input < p->failure.input);
}

static void note_failure(struct check_pool *p, const struct check_failure *f)
{
	pthread_mutex_lock(&p->lock);
	/* a status (no judgement) never hides behind a later verdict */
	if (!atomic_load(&p->failed) || is_before(p, f->seq, f->input))
		p->failure = *f;
	atomic_store(&p->failed, true);
	pthread_mutex_unlock(&p->lock);
}

static void run_parts(struct check_pool *p, const struct part *parts, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct check_failure f = {.seq = parts[i].job.seq};

		if (atomic_load(&p->failed)) {
			bool matters;

			pthread_mutex_lock(&p->lock);
			matters = is_before(p, f.seq, parts[i].first);
			pthread_mutex_unlock(&p->lock);
			if (!matters)
				continue;
		}
		f.st = check_inputs(&parts[i], &f);
		if (f.st != ST_OK || f.error != SCRIPT_ERR_OK)
			note_failure(p, &f);
	}
}

/* Takes up to TAKE_MAX waiting parts; the lock is held. */
static size_t take(struct check_pool *p, struct part out[TAKE_MAX])
{
	size_t n = p->tail - p->head;
	size_t share = n / (size_t)(p->n_thread + 1) / 2 + 1;

	n = n < share ? n : share;
	n = n < TAKE_MAX ? n : TAKE_MAX;
	for (size_t i = 0; i < n; i++)
		out[i] = p->part[p->head + i];
	p->head += n;
	p->busy += n;
	return n;
}

static void give_back(struct check_pool *p, size_t n)
{
	pthread_mutex_lock(&p->lock);
	p->busy -= n;
	if (p->busy == 0 && p->head == p->tail)
		pthread_cond_broadcast(&p->done);
	pthread_mutex_unlock(&p->lock);
}

static void *worker(void *arg)
{
	struct check_pool *p = arg;
	struct part parts[TAKE_MAX];

	for (;;) {
		size_t n;

		pthread_mutex_lock(&p->lock);
		while (!p->stop && p->head == p->tail)
			pthread_cond_wait(&p->work, &p->lock);
		n = take(p, parts);
		pthread_mutex_unlock(&p->lock);
		if (n == 0)
			return NULL;
		run_parts(p, parts, n);
		give_back(p, n);
	}
}

enum status checks_open(struct check_pool **out, int threads)
{
	struct check_pool *p;
	pthread_attr_t attr;

	if (threads < 0)
		threads = 0;
	p = calloc(1, sizeof(*p) + (size_t)threads * sizeof(p->thread[0]));
	if (!p)
		return ST_NOMEM;
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->work, NULL);
	pthread_cond_init(&p->done, NULL);
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK_BYTES);
	for (int i = 0; i < threads; i++) {
		/* fewer threads only make it slower */
		if (pthread_create(&p->thread[p->n_thread], &attr, worker, p))
			break;
		p->n_thread++;
	}
	pthread_attr_destroy(&attr);
	*out = p;
	return ST_OK;
}

void checks_close(struct check_pool *p)
{
	struct check_failure f;

	if (!p)
		return;
	checks_wait(p, &f);
	pthread_mutex_lock(&p->lock);
	p->stop = true;
	pthread_cond_broadcast(&p->work);
	pthread_mutex_unlock(&p->lock);
	for (int i = 0; i < p->n_thread; i++)
		pthread_join(p->thread[i], NULL);
	pthread_cond_destroy(&p->done);
	pthread_cond_destroy(&p->work);
	pthread_mutex_destroy(&p->lock);
	free(p->part);
	free(p);
}

static uint32_t parts_of(const struct check_pool *p, const struct tx *tx)
{
	uint32_t n = tx->n_in / PART_INPUTS_MIN;
	uint32_t most = (uint32_t)(p->n_thread + 1) * PARTS_PER_THREAD;

	n = n < most ? n : most;
	return n && p->n_thread ? n : 1;
}

/* Room for n more parts behind the waiting ones; the lock is held. */
static enum status make_room(struct check_pool *p, size_t n)
{
	size_t room;
	struct part *q;

	if (p->head == p->tail)
		p->head = p->tail = 0;
	if (p->room - p->tail < n && p->head) {
		memmove(p->part, p->part + p->head,
			(p->tail - p->head) * sizeof(*p->part));
		p->tail -= p->head;
		p->head = 0;
	}
	if (p->room - p->tail >= n)
		return ST_OK;
	room = (p->tail + n) * 2;
	q = realloc(p->part, room * sizeof(*q));
	if (!q)
		return ST_NOMEM;
	p->part = q;
	p->room = room;
	return ST_OK;
}

static void add_parts(struct check_pool *p, const struct check_job *j)
{
	uint32_t n = parts_of(p, j->tx);

	for (uint64_t i = 0; i < n; i++)
		p->part[p->tail++] = (struct part){
			.job = *j,
			.first = (uint32_t)(i * j->tx->n_in / n),
			.end = (uint32_t)((i + 1) * j->tx->n_in / n),
		};
}

enum status checks_submit(struct check_pool *p, const struct check_job *jobs,
			  size_t n)
{
	size_t n_part = 0;
	enum status st;

	for (size_t i = 0; i < n; i++)
		n_part += parts_of(p, jobs[i].tx);
	pthread_mutex_lock(&p->lock);
	st = make_room(p, n_part);
	if (st == ST_OK && n) {
		for (size_t i = 0; i < n; i++)
			add_parts(p, &jobs[i]);
		pthread_cond_broadcast(&p->work);
	}
	pthread_mutex_unlock(&p->lock);
	return st;
}

bool checks_help(struct check_pool *p, int64_t budget_ms)
{
	int64_t end_ms = clock_mono_ms() + budget_ms;

	for (;;) {
		struct part part;
		bool got, idle;

		pthread_mutex_lock(&p->lock);
		got = p->head < p->tail && clock_mono_ms() < end_ms;
		if (got) {
			part = p->part[p->head++];
			p->busy++;
		}
		idle = p->head == p->tail && p->busy == 0;
		pthread_mutex_unlock(&p->lock);
		if (!got)
			return idle;
		run_parts(p, &part, 1);
		give_back(p, 1);
	}
}

bool checks_wait(struct check_pool *p, struct check_failure *f)
{
	struct part parts[TAKE_MAX];
	bool good;
	size_t n;

	for (;;) {
		pthread_mutex_lock(&p->lock);
		n = take(p, parts);
		pthread_mutex_unlock(&p->lock);
		if (n == 0)
			break;
		run_parts(p, parts, n);
		give_back(p, n);
	}
	pthread_mutex_lock(&p->lock);
	while (p->busy || p->head != p->tail)
		pthread_cond_wait(&p->done, &p->lock);
	good = !atomic_load(&p->failed);
	*f = p->failure;
	atomic_store(&p->failed, false);
	pthread_mutex_unlock(&p->lock);
	return good;
}

enum status checks_refuse(struct verdict *v, enum verdict_code code,
			  const struct tx *tx, const struct coin *coins,
			  const struct check_failure *f,
			  struct consensus_flags flags,
			  struct policy_flags policy)
{
	struct sighash_cache *cache = sighash_cache_new(tx, coins);
	struct script_fault fault;
	struct script_trace trace = script_fault_trace(&fault, f->pos, v->stack,
						       sizeof(v->stack));
	enum script_error again;
	enum status st;
	int32_t pos;

	if (!cache)
		return ST_NOMEM;
	verdict_refuse(v, code, "%s", script_error_text(f->error));
	v->input = (int32_t)f->input;
	v->script_pos = f->pos;
	st = script_check(tx, f->input, coins, cache, flags, policy, &trace,
			  &again, &pos);
	sighash_cache_free(cache);
	BUG_ON(st == ST_OK && again != f->error);
	snprintf(v->script, sizeof(v->script), "%s",
		 script_stage_name(fault.stage));
	return st;
}

/* Whether the script is right but for the rules of witnesses. */
static enum status is_stripped(const struct tx *tx,
			       const struct check_failure *f,
			       const struct coin *coins,
			       struct sighash_cache *cache,
			       struct consensus_flags flags, bool *stripped)
{
	enum script_error error;
	int32_t pos;
	enum status st;

	flags.bits &= ~((uint32_t)CF_WITNESS | (uint32_t)CF_TAPROOT);
	st = script_check(tx, f->input, coins, cache, flags,
			  (struct policy_flags){0}, NULL, &error, &pos);
	*stripped = st == ST_OK && error == SCRIPT_ERR_OK;
	return st;
}

enum status checks_run_tx(const struct tx *tx, const struct coin *coins,
			  struct consensus_flags flags,
			  struct policy_flags policy, struct verdict *v)
{
	struct sighash_cache *cache = sighash_cache_new(tx, coins);
	struct check_failure f = {.st = ST_OK};
	enum verdict_code code = V_SCRIPT;
	bool stripped = false;
	enum status st = ST_OK;

	if (!cache)
		return ST_NOMEM;
	for (uint32_t i = 0; st == ST_OK && i < tx->n_in; i++) {
		f.input = i;
		st = script_check(tx, i, coins, cache, flags, policy, NULL,
				  &f.error, &f.pos);
		if (st != ST_OK || f.error != SCRIPT_ERR_OK)
			break;
	}
	if (st == ST_OK && f.error != SCRIPT_ERR_OK && !tx->has_witness)
		st = is_stripped(tx, &f, coins, cache, flags, &stripped);
	/* a relay rule, or one that makes a block invalid? */
	if (st == ST_OK && f.error != SCRIPT_ERR_OK && policy.bits) {
		enum script_error hard;
		int32_t pos;

		st = script_check(tx, f.input, coins, cache, flags,
				  (struct policy_flags){0}, NULL, &hard, &pos);
		if (hard == SCRIPT_ERR_OK)
			code = V_SCRIPT_POLICY;
	}
	sighash_cache_free(cache);
	if (st == ST_OK && f.error != SCRIPT_ERR_OK)
		st = checks_refuse(v, code, tx, coins, &f, flags, policy);
	v->stripped = stripped;
	return st;
}
