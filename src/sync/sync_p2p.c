/* SPDX-License-Identifier: MIT */
/*
 * Peers of Bitcoin's own protocol (bitcoin://host:port): after those of HTTPS
 * were heard, each is called in turn, asked for headers after our locator, and
 * for the blocks that are missing on the best branch. So a node whose relay does
 * not run converges with such peers, too.
 */
#include "sync/sync_priv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/url.h"
#include "node/chain/presync.h"
#include "node/query/query.h"
#include "remote/p2p_client.h"

#define ANSWER_MS 10000
#define BLOCKS_AT_ONCE 16

struct p2p_run {
	struct sync *s;
	unsigned i;		/* of the peer */
	struct p2p_client *client;
	struct arena arena;
	bool done;		/* failed or lied: no more of it */
};

/* A failure or a lie of the peer ends its part, not the run. */
static enum status blame(struct p2p_run *r, enum status st, const char *why)
{
	r->done = true;
	if (st == ST_NOMEM || st == ST_CANCELLED)
		return st;
	return sync_peer_failed(r->s, r->i, why);
}

static enum status judge(struct p2p_run *r, const char *what,
			 const struct verdict *v)
{
	char why[PEER_WHY_SIZE], reason[100];

	verdict_reject(reason, sizeof(reason), v);
	snprintf(why, sizeof(why), "%s: %s", what, reason);
	r->done = true;
	return sync_is_lie(v) ? sync_peer_lied(r->s, r->i, why)
			      : sync_peer_failed(r->s, r->i, why);
}

static bool time_is_up(const struct sync *s)
{
	return (s->o.stop && *s->o.stop) || clock_mono_ms() >= s->deadline_ms;
}

/* One page of headers; *more: there may be another. */
static enum status take_headers(struct p2p_run *r, bool *more)
{
	struct sync_peer *p = &r->s->peers[r->i];
	struct blkid locator[64 + 1];
	const uint8_t *raw;
	struct headers_answer a;
	size_t n = 0, own = 0;
	uint32_t count;
	enum status st;

	*more = false;
	if (p->n_branch)
		locator[n++] = p->branch[0];
	st = query_locator(r->s->node, locator + n, &own);
	if (st != ST_OK)
		return st;
	arena_reset(&r->arena);
	st = p2p_client_headers(r->client, locator, (uint32_t)(n + own), &r->arena,
				&raw, &count);
	if (st != ST_OK)
		return blame(r, st, p2p_client_why(r->client));
	if (count == 0)
		return ST_OK;
	st = node_take_headers(r->s->node, &p->presync, raw, count, p->info.url, &a);
	if (st != ST_OK)
		return st;
	p->report->headers += (uint32_t)a.stored;
	r->s->report.headers += (uint32_t)a.stored;
	if (a.verdict.code == V_PRIOR_TO_FINAL)
		p->report->astray = true;
	else if (a.verdict.code != VALID)
		return judge(r, "invalid header", &a.verdict);
	if (p->report->astray)
		return ST_OK;
	p->n_branch = 1;
	if (a.held) {
		p->branch[0] = a.after;
		*more = a.more;
		return ST_OK;
	}
	header_hash_raw(&p->branch[0], raw + (size_t)(count - 1) * HEADER_SIZE);
	*more = count == PEER_HEADERS_MAX &&
		p->report->headers < SYNC_HEADERS_PER_RUN;
	return ST_OK;
}

static enum status take_block(struct p2p_run *r, const struct blkid *id)
{
	struct sync_peer *p = &r->s->peers[r->i];
	struct block_result b;
	struct bytes raw;
	enum status st = p2p_client_block(r->client, id, &raw);

	if (st != ST_OK)
		return blame(r, st, p2p_client_why(r->client));
	st = node_accept_block(r->s->node, raw.p, raw.len, p->info.url, &b);
	if (st != ST_OK)
		return st;
	if (b.verdict.code != VALID)
		return judge(r, "invalid block", &b.verdict);
	r->s->report.replaced |= b.tip_changed;
	r->s->report.blocks += !b.known;
	p->report->blocks += !b.known;
	return ST_OK;
}

/* Asks for the next blocks before the last ones are judged, so that the line
 * is never idle. */
static enum status take_blocks(struct p2p_run *r)
{
	struct sync *s = r->s;
	enum status st = ST_OK;

	while (st == ST_OK && !r->done && !time_is_up(s)) {
		struct blkid *ids;
		uint32_t n, asked = 0;

		arena_reset(&r->arena);
		st = query_missing_blocks(s->node, SYNC_WANTED_MAX, &r->arena, &ids,
					  &n);
		if (st != ST_OK || n == 0)
			return st;
		for (uint32_t i = 0; st == ST_OK && i < n && !r->done; i++) {
			while (st == ST_OK && asked < n && asked < i + BLOCKS_AT_ONCE) {
				uint32_t k = n - asked < BLOCKS_AT_ONCE / 2
					     ? n - asked : BLOCKS_AT_ONCE / 2;

				st = p2p_client_ask_blocks(r->client, ids + asked, k);
				asked += k;
			}
			if (st != ST_OK)
				return blame(r, st, p2p_client_why(r->client));
			st = take_block(r, &ids[i]);
			if (time_is_up(s))
				return st;
			if (st == ST_OK)
				st = sync_keep_lease(s);
		}
	}
	return st;
}

static enum status work_with(struct p2p_run *r)
{
	struct sync_peer *p = &r->s->peers[r->i];
	struct node_tip before, after;
	bool more = true;
	enum status st = node_tip(r->s->node, &before);

	p->report->answered = true;
	p->report->height = p2p_client_height(r->client);
	p->branch = malloc(sizeof(*p->branch));
	if (!p->branch)
		return ST_NOMEM;
	while (st == ST_OK && more && !r->done && !time_is_up(r->s)) {
		st = take_headers(r, &more);
		if (st == ST_OK)
			st = sync_keep_lease(r->s);
	}
	if (st == ST_OK && !r->done && p2p_client_has_blocks(r->client))
		st = take_blocks(r);
	if (st == ST_OK)
		st = node_tip(r->s->node, &after);
	if (st != ST_OK || r->done)
		return st;
	snprintf(p->report->what, sizeof(p->report->what), "%s",
		 p->report->astray ? "a branch that leaves ours below a final block"
		 : hash256_equal(&before.id.h, &after.id.h) ? "no more work than ours"
							  : "more work than ours");
	return peers_good(r->s->node, p->info.id, NULL, -1, "", NULL);
}

enum status sync_p2p_peer(struct sync *s, unsigned i)
{
	struct p2p_client_options o = {
		.guard = &s->o.guard,
		.params = node_params(s->node),
		.deadline_ms = s->deadline_ms,
		.answer_ms = ANSWER_MS,
		.stop = s->o.stop,
	};
	struct p2p_run r = {.s = s, .i = i};
	struct sync_peer *p = &s->peers[i];
	struct node_tip tip;
	struct url u;
	const char *why;
	enum status st;

	if (url_parse_p2p(&u, p->info.url, strlen(p->info.url), 0, &why) != ST_OK)
		return ST_OK;
	st = node_tip(s->node, &tip);
	if (st != ST_OK)
		return st;
	o.host = u.host;
	o.port = u.port;
	o.height = tip.height;
	arena_init(&r.arena, (size_t)16 << 20);
	st = p2p_client_open(&r.client, &o);
	if (st == ST_OK)
		st = work_with(&r);
	else if (r.client)
		st = blame(&r, st, p2p_client_why(r.client));
	p2p_client_close(r.client);
	arena_free(&r.arena);
	return st == ST_CANCELLED ? ST_OK : st;
}
