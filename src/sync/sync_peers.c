/* SPDX-License-Identifier: MIT */
/* One peer: who it is, what it offers, and what its answers say about it. */
#include "sync/sync_priv.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/hex.h"
#include "node/chain/presync.h"
#include "node/pool/mempool.h"
#include "node/query/query.h"

#define MEMPOOL_PAGES_MAX 8

struct peer_at sync_peer_at(struct sync *s, unsigned i, uint64_t tag)
{
	struct sync_peer *p = &s->peers[i];

	return (struct peer_at){.url = p->info.url, .pin = p->info.pin,
				.owner = p, .tag = tag};
}

bool sync_is_lie(const struct verdict *v)
{
	switch (verdict_class(v->code)) {
	case VC_CONSENSUS:
	case VC_MUTATED:
	case VC_HEADER:
		return true;
	case VC_VALID:
	case VC_FUTURE:
	case VC_CONTEXT:
	case VC_POLICY:
	case VC_CONFLICT:
		return false;
	}
	return false;
}

enum status sync_peer_failed(struct sync *s, unsigned i, const char *why)
{
	struct sync_peer *p = &s->peers[i];

	if (p->stage == STAGE_DROPPED)
		return ST_OK;
	p->stage = STAGE_DROPPED;
	/* our time ended while it was sending: no fault of its */
	if (p->report->answered && clock_mono_ms() >= s->deadline_ms)
		return ST_OK;
	snprintf(p->report->what, sizeof(p->report->what), "failed: %.150s", why);
	return peers_bad(s->node, p->info.id, why);
}

enum status sync_peer_lied(struct sync *s, unsigned i, const char *why)
{
	struct sync_peer *p = &s->peers[i];

	p->stage = STAGE_DROPPED;
	snprintf(p->report->what, sizeof(p->report->what), "banned: %.150s", why);
	return peers_ban(s->node, p->info.id, why);
}

enum status sync_peer_begin(struct sync *s, unsigned i)
{
	struct peer_at at = sync_peer_at(s, i, 0);
	struct sync_peer *p = &s->peers[i];
	enum status st = peer_challenge(p->challenge);

	p->stage = STAGE_ASKED;
	return st == ST_OK ? peer_ask_status(s->fetch, &at, p->challenge) : st;
}

enum status sync_peer_ask_headers(struct sync *s, unsigned i)
{
	struct sync_peer *p = &s->peers[i];
	struct peer_at at = sync_peer_at(s, i, 0);
	struct blkid locator[1 + 64];
	size_t n = 0, own = 0;
	enum status st;

	if (p->goes_on)
		locator[n++] = p->after;
	else if (p->n_branch)
		locator[n++] = p->branch[p->n_branch - 1];
	st = query_locator(s->node, locator + n, &own);
	if (st != ST_OK)
		return st;
	n += own;
	if (n > PEER_LOCATOR_MAX) {
		/* the last one is genesis: keep it */
		locator[PEER_LOCATOR_MAX - 1] = locator[n - 1];
		n = PEER_LOCATOR_MAX;
	}
	p->stage = STAGE_ASKED;
	return peer_ask_headers(s->fetch, &at, locator, n);
}

static bool same_chain(const struct params *ours, const struct peer_status *p)
{
	char text[65];

	if (!hash256_equal(&p->genesis.h, &ours->genesis_id.h))
		return false;
	/* as sha256sum prints it */
	hex_text(text, ours->document.b, 32);
	return !ours->own || strcmp(text, p->document) == 0;
}

static enum status take_status(struct sync *s, unsigned i)
{
	struct sync_peer *p = &s->peers[i];
	char why[PEER_WHY_SIZE];
	bool more, wanted;
	struct node_tip tip;
	enum status st;

	if (!same_chain(node_params(s->node), &p->status))
		return sync_peer_lied(s, i, "another chain");
	if (!peers_is_same(s->node, &p->info, p->status.key, why))
		return sync_peer_failed(s, i, why);
	p->report->answered = true;
	p->report->height = p->status.height;
	st = peers_good(s->node, p->info.id, &p->status.tip, p->status.height,
			p->pin_is_new ? p->info.pin : "", p->status.key);
	if (st == ST_OK)
		st = node_tip(s->node, &tip);
	if (st != ST_OK)
		return st;
	p->stage = STAGE_READY;
	more = u256_cmp(&p->status.chainwork, &tip.chainwork) > 0;
	st = query_is_wanted(s->node, &p->status.tip, &wanted);
	p->offers = more && wanted;
	snprintf(p->report->what, sizeof(p->report->what), "%s",
		 p->offers ? "more work than ours"
		 : more ? "more work, on a branch that is not to be followed"
		 : hash256_equal(&p->status.tip.h, &tip.id.h)
			 ? "the same tip as ours"
			 : "no more work than ours");
	p->report->astray = more && !wanted;
	if (st == ST_OK && sync_has_votes(s, i))
		return sync_votes_ask(s, i);
	return st == ST_OK && p->offers ? sync_peer_ask_headers(s, i) : st;
}

static enum status status_result(struct sync *s, unsigned i,
				 const struct fetch_result *r)
{
	struct sync_peer *p = &s->peers[i];
	struct peer_at at = sync_peer_at(s, i, 0);
	char why[PEER_WHY_SIZE];
	enum status st;

	/* A key that no authority vouches for is taken at the first contact and
	 * only then. */
	if (r->tls == FETCH_TLS_UNTRUSTED && !p->info.pin[0] && !p->info.seen_at)
		return peer_ask_probe(s->fetch, &at);
	st = peer_read_status(r, p->info.url, p->challenge, &p->status, why);
	if (st == ST_OK)
		return take_status(s, i);
	if (st == ST_NOMEM)
		return st;
	if (st == ST_TOO_BIG)
		return sync_peer_lied(s, i, why);
	return sync_peer_failed(s, i, why);
}

static enum status probe_result(struct sync *s, unsigned i,
				const struct fetch_result *r)
{
	struct sync_peer *p = &s->peers[i];

	if (r->st != ST_OK)
		return sync_peer_failed(s, i, r->why);
	snprintf(p->info.pin, sizeof(p->info.pin), "%s", r->pin);
	p->pin_is_new = true;
	return sync_peer_begin(s, i);
}

/* Remembers the branch that these headers describe. */
static enum status keep_branch(struct sync_peer *p, const uint8_t *headers,
			       size_t n)
{
	if (!p->branch)
		p->branch = malloc(PEER_HEADERS_MAX * sizeof(*p->branch));
	if (!p->branch)
		return ST_NOMEM;
	for (size_t i = 0; i < n; i++)
		header_hash_raw(&p->branch[i], headers + i * HEADER_SIZE);
	p->n_branch = n;
	return ST_OK;
}

static enum status refused(struct sync *s, unsigned i, const char *what,
			   const struct verdict *v)
{
	char why[PEER_WHY_SIZE], reason[100];

	verdict_reject(reason, sizeof(reason), v);
	snprintf(why, sizeof(why), "%s: %s", what, reason);
	if (sync_is_lie(v))
		return sync_peer_lied(s, i, why);
	return sync_peer_failed(s, i, why);
}

/* It does not know what is final, or had other votes first: none of its blocks is
 * asked for, and its votes and transactions are as good as anybody's. */
static enum status leave_astray(struct sync *s, unsigned i)
{
	struct sync_peer *p = &s->peers[i];

	p->offers = false;
	p->report->astray = true;
	snprintf(p->report->what, sizeof(p->report->what),
		 "more work, on a branch that leaves ours below a final block");
	return ST_OK;
}

static enum status take_headers(struct sync *s, unsigned i,
				const uint8_t *headers, size_t n)
{
	struct sync_peer *p = &s->peers[i];
	struct headers_answer a;
	enum status st;

	p->stage = STAGE_READY;
	if (n == 0) {
		if (!p->n_branch)
			snprintf(p->report->what, sizeof(p->report->what),
				 "claims more work than it shows");
		return ST_OK;
	}
	st = node_take_headers(s->node, &p->presync, headers, n, p->info.url, &a);
	if (st != ST_OK)
		return st;
	p->report->headers += (uint32_t)a.stored;
	s->report.headers += (uint32_t)a.stored;
	if (a.verdict.code == V_PRIOR_TO_FINAL)
		return leave_astray(s, i);
	if (a.verdict.code != VALID)
		return refused(s, i, "invalid header", &a.verdict);
	p->goes_on = a.held && a.more;
	p->after = a.after;
	if (a.held && !a.more)
		return ST_OK;
	if (!a.held)
		st = keep_branch(p, headers, n);
	if (st == ST_OK && n == PEER_HEADERS_MAX &&
	    p->report->headers < SYNC_HEADERS_PER_RUN)
		st = sync_peer_ask_headers(s, i);
	return st;
}

static enum status headers_result(struct sync *s, unsigned i,
				  const struct fetch_result *r)
{
	char why[PEER_WHY_SIZE];
	const uint8_t *headers;
	enum status st;
	size_t n;

	st = peer_read_headers(r, &headers, &n, why);
	if (st == ST_OK)
		return take_headers(s, i, headers, n);
	if (st == ST_NOMEM)
		return st;
	if (st == ST_TOO_BIG || st == ST_PARSE)
		return sync_peer_lied(s, i, why);
	return sync_peer_failed(s, i, why);
}

static enum status ask_mempool(struct sync *s, unsigned i, uint64_t after)
{
	struct peer_at at = sync_peer_at(s, i, after);

	s->peers[i].stage = STAGE_MEMPOOL;
	s->peers[i].pages++;
	return peer_ask_mempool(s->fetch, &at, after);
}

enum status sync_peer_finish(struct sync *s, unsigned i)
{
	if (s->o.mempool)
		return ask_mempool(s, i, 0);
	s->peers[i].stage = STAGE_DONE;
	return ST_OK;
}

/* A transaction that we refuse says little about who passed it on, unless it
 * can be valid nowhere; the pool of an honest node holds none of those. */
static enum status take_txs(struct sync *s, unsigned i, struct peer_mempool *m)
{
	struct sync_peer *p = &s->peers[i];
	struct tx_options o = {.source = p->info.url};
	struct tx_result t;
	struct bytes raw;

	while (peer_mempool_next(m, &raw)) {
		enum status st = node_accept_tx(s->node, raw.p, raw.len, &o, &t);

		if (st != ST_OK)
			return st;
		if (t.verdict.code == VALID) {
			p->report->txs++;
			s->report.txs++;
		} else if (t.verdict.code == V_TX_DECODE) {
			return refused(s, i, "invalid transaction", &t.verdict);
		}
		if (s->o.stop && *s->o.stop)
			return ST_OK;
	}
	return m->broken ? sync_peer_lied(s, i, "its transactions are cut off")
			 : ST_OK;
}

static enum status mempool_result(struct sync *s, unsigned i,
				  const struct fetch_result *r)
{
	struct sync_peer *p = &s->peers[i];
	char why[PEER_WHY_SIZE];
	struct peer_mempool m;
	enum status st;

	st = peer_read_mempool(r, &m, why);
	if (st == ST_NOMEM)
		return st;
	p->stage = STAGE_DONE;
	if (st == ST_TOO_BIG || st == ST_PARSE)
		return sync_peer_lied(s, i, why);
	/* a peer without this call is still a good one */
	if (st != ST_OK)
		return ST_OK;
	st = take_txs(s, i, &m);
	if (st != ST_OK || p->stage != STAGE_DONE || m.next <= r->tag ||
	    p->pages >= MEMPOOL_PAGES_MAX)
		return st;
	return ask_mempool(s, i, m.next);
}

enum status sync_peer_result(struct sync *s, unsigned i,
			     const struct fetch_result *r)
{
	if (s->peers[i].stage == STAGE_DROPPED)
		return ST_OK;
	switch (r->kind) {
	case PEER_STATUS:
		return status_result(s, i, r);
	case PEER_PROBE:
		return probe_result(s, i, r);
	case PEER_HEADERS:
		return headers_result(s, i, r);
	case PEER_MEMPOOL:
		return mempool_result(s, i, r);
	case PEER_VOTES:
		return sync_votes_result(s, i, r);
	case PEER_SEND_VOTES:
		/* whatever it took: it is asked again by the next run */
		return sync_peer_finish(s, i);
	}
	return ST_OK;
}
