/* SPDX-License-Identifier: MIT */
/*
 * One run: takes the lease, starts every peer, and hands each result to the
 * peer or the block it belongs to until nothing is left or time is up.
 */
#include "sync/sync_priv.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/url.h"
#include "node/chain/presync.h"

#define LEASE "resolve"
#define LEASE_MS 20000
#define LEASE_RENEW_MS 4000
#define LEASE_POLL_MS 200
#define WAITING_ASKED 4
#define ARENA_MAX ((size_t)16 << 20)

static bool is_listed(const struct sync_options *o, const char *url)
{
	for (size_t i = 0; i < o->n_urls; i++) {
		if (strcmp(o->urls[i], url) == 0)
			return true;
	}
	return false;
}

static void add_peer(struct sync *s, const struct peer_info *info)
{
	struct sync_peer *p = &s->peers[s->n_peers];
	struct sync_peer_report *r = &s->report.peers[s->n_peers];

	p->info = *info;
	p->report = r;
	p->stage = STAGE_DONE;
	p->p2p = url_is_p2p(info->url);
	snprintf(r->url, sizeof(r->url), "%s", info->url);
	r->height = -1;
	s->report.n_peers = ++s->n_peers;
}

static int better(const void *a, const void *b)
{
	const struct peer_info *x = a, *y = b;

	if (x->score != y->score)
		return x->score < y->score ? 1 : -1;
	return x->id < y->id ? -1 : x->id > y->id;
}

static bool is_asked(const struct sync *s, const struct peer_info *p, bool waiting)
{
	if (s->o.own_url && strcmp(p->url, s->o.own_url) == 0)
		return false;
	if (s->o.n_urls)
		return is_listed(&s->o, p->url);
	return p->state != PEER_BANNED &&
	       (waiting || p->next_try_at <= node_now_s(s->node));
}

static void add_up_to(struct sync *s, const struct peer_info *all, uint32_t n,
		      unsigned max, bool waiting)
{
	for (uint32_t i = 0; i < n && s->n_peers < max; i++) {
		if (is_asked(s, &all[i], waiting))
			add_peer(s, &all[i]);
	}
}

/* Those to ask, the well-tried first, so that a flood of new names cannot push
 * them out. When all wait out failures a few are asked nevertheless: a run that
 * asks nobody would be worth nothing. */
static enum status choose(struct sync *s)
{
	struct peer_info *all, *p2p = NULL;
	uint32_t n, n_p2p = 0;
	enum status st = peers_list(s->node, &s->arena, &all, &n);

	if (st == ST_OK && s->o.p2p)
		st = peers_list_p2p(s->node, &s->arena, &p2p, &n_p2p);
	if (st != ST_OK)
		return st;
	qsort(all, n, sizeof(*all), better);
	add_up_to(s, all, n, SYNC_PEERS_MAX - SYNC_P2P_MAX, false);
	if (n_p2p) {
		qsort(p2p, n_p2p, sizeof(*p2p), better);
		add_up_to(s, p2p, n_p2p, s->n_peers + SYNC_P2P_MAX, false);
	}
	if (s->n_peers)
		return ST_OK;
	add_up_to(s, all, n, WAITING_ASKED, true);
	if (n_p2p)
		add_up_to(s, p2p, n_p2p, s->n_peers + WAITING_ASKED, true);
	return ST_OK;
}

static enum status take_lease(struct sync *s)
{
	enum status st = node_lease_take(s->node, LEASE, LEASE_MS);

	if (st == ST_OK) {
		s->has_lease = true;
		s->lease_ms = clock_mono_ms() + LEASE_RENEW_MS;
	}
	return st;
}

enum status sync_keep_lease(struct sync *s)
{
	return clock_mono_ms() < s->lease_ms ? ST_OK : take_lease(s);
}

static enum status begin(struct sync *s)
{
	struct fetch_options fo = {
		.guard = s->o.guard,
		.allow_http = s->o.allow_http,
		.per_peer = SYNC_PER_PEER,
		.deadline_ms = s->deadline_ms,
		.stop = s->o.stop,
	};
	enum status st = take_lease(s);

	if (st == ST_OK)
		st = node_tip(s->node, &s->report.before);
	if (st == ST_OK)
		st = fetch_open(&s->fetch, &fo);
	if (st == ST_OK)
		st = choose(s);
	s->report.after = s->report.before;
	for (unsigned i = 0; st == ST_OK && i < s->n_peers; i++) {
		if (!s->peers[i].p2p)
			st = sync_peer_begin(s, i);
	}
	return st;
}

enum status sync_open(struct sync **out, struct node *n,
		      const struct sync_options *o)
{
	struct sync *s = calloc(1, sizeof(*s));
	enum status st;

	*out = NULL;
	if (!s)
		return ST_NOMEM;
	s->node = n;
	s->o = *o;
	s->only = -1;
	s->next_seq = 1;
	s->deadline_ms = clock_mono_ms() + o->budget_ms;
	arena_init(&s->arena, ARENA_MAX);
	st = begin(s);
	if (st == ST_OK)
		*out = s;
	else
		sync_close(s);
	return st;
}

void sync_close(struct sync *s)
{
	if (!s)
		return;
	fetch_close(s->fetch);
	sync_blocks_clear(s);
	for (unsigned i = 0; i < s->n_peers; i++) {
		free(s->peers[i].branch);
		presync_free(s->peers[i].presync);
		sync_votes_free(&s->peers[i]);
	}
	if (s->has_lease)
		node_lease_release(s->node, LEASE);
	arena_free(&s->arena);
	free(s);
}

static enum status take_results(struct sync *s)
{
	enum status st = ST_OK;
	struct fetch_result r;

	while (st == ST_OK && fetch_next(s->fetch, &r)) {
		struct sync_peer *p = r.owner;
		unsigned i = (unsigned)(p - s->peers);

		if (r.kind == PEER_BLOCK)
			st = sync_blocks_result(s, i, &r);
		else
			st = sync_peer_result(s, i, &r);
		buf_free(&r.body);
	}
	return st;
}

/* When all blocks are here: votes that need them; then what is given to peers, and
 * the transactions of those that can be asked. */
static enum status finish_peers(struct sync *s)
{
	bool asked;
	enum status st = sync_votes_again(s, &asked);

	for (unsigned i = 0; st == ST_OK && !asked && i < s->n_peers; i++) {
		bool given;

		if (s->peers[i].stage != STAGE_READY)
			continue;
		st = sync_votes_give(s, i, &given);
		if (st == ST_OK && !given)
			st = sync_peer_finish(s, i);
	}
	return st;
}

static bool any_in(const struct sync *s, enum sync_stage stage)
{
	for (unsigned i = 0; i < s->n_peers; i++) {
		if (s->peers[i].stage == stage)
			return true;
	}
	return false;
}

static bool is_over(struct sync *s)
{
	if (s->o.stop && *s->o.stop)
		return true;
	if (clock_mono_ms() < s->deadline_ms)
		return false;
	s->report.out_of_time = true;
	return true;
}

enum status sync_step(struct sync *s, int wait_ms, bool *more)
{
	bool blocks = false;
	enum status st = ST_OK;

	*more = false;
	if (is_over(s))
		return ST_OK;
	st = sync_keep_lease(s);
	if (st == ST_OK && fetch_pending(s->fetch))
		fetch_wait(s->fetch, wait_ms, -1);
	if (st == ST_OK)
		st = take_results(s);
	if (st == ST_OK)
		st = sync_blocks_step(s, &blocks);
	if (st == ST_OK && !blocks && !any_in(s, STAGE_ASKED))
		st = finish_peers(s);
	*more = st == ST_OK && (blocks || any_in(s, STAGE_ASKED) ||
				any_in(s, STAGE_MEMPOOL));
	return st;
}

const struct sync_report *sync_report(struct sync *s)
{
	struct node_tip tip;

	if (node_tip(s->node, &tip) == ST_OK)
		s->report.after = tip;
	return &s->report;
}

enum status sync_run(struct node *n, const struct sync_options *o,
		     struct sync_report *report)
{
	int64_t end_ms = clock_mono_ms() + o->budget_ms;
	struct sync_options rest = *o;
	bool more = true;
	struct sync *s;
	enum status st;

	memset(report, 0, sizeof(*report));
	for (;;) {
		rest.budget_ms = end_ms - clock_mono_ms();
		st = sync_open(&s, n, &rest);
		if (st != ST_BUSY || (o->stop && *o->stop) ||
		    clock_mono_ms() + LEASE_POLL_MS >= end_ms)
			break;
		clock_sleep_ms(LEASE_POLL_MS);
	}
	if (st != ST_OK)
		return st;
	while (st == ST_OK && more)
		st = sync_step(s, 100, &more);
	for (unsigned i = 0; st == ST_OK && i < s->n_peers && !is_over(s); i++) {
		if (s->peers[i].p2p)
			st = sync_p2p_peer(s, i);
	}
	*report = *sync_report(s);
	sync_close(s);
	return st;
}
