/* SPDX-License-Identifier: MIT */
/*
 * Votes for finality, on chains that have it: those of a peer are taken before its
 * headers are asked for, so that it is known which branch is wanted; at the end it
 * is given those that it did not show. Nodes that speak HTTPS alone, with or
 * without a relay, make blocks final by this.
 */
#include "sync/sync_priv.h"

#include <stdlib.h>

#include "base/bytes.h"
#include "node/finality/finality.h"
#include "node/query/query.h"

/* Votes taken from a peer before its blocks are asked for: what is beyond comes
 * when these have made something final, or with the next run. */
#define PAGES_MAX 16
#define ROUNDS_MAX 64

bool sync_has_votes(const struct sync *s, unsigned i)
{
	return node_has_finality(s->node) && s->peers[i].status.votes > 0;
}

enum status sync_votes_ask(struct sync *s, unsigned i)
{
	struct peer_at at = sync_peer_at(s, i, 0);
	struct sync_peer *p = &s->peers[i];
	struct finality_info info;
	enum status st = node_finality(s->node, &info);

	if (st != ST_OK)
		return st;
	p->stage = STAGE_ASKED;
	p->votes.final = info.final.height;
	p->votes.pages = 1;
	p->votes.rest = false;
	return peer_ask_votes_above(s->fetch, &at, info.final.height, INT64_MAX);
}

static int by_number(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static uint64_t mark_of(const uint8_t raw[VOTE_SIZE])
{
	struct hash256 id;

	vote_id(&id, raw);
	return le64_get(id.b);
}

/* What it shows it has: a mark of each. */
static enum status note_shown(struct sync_peer *p, const uint8_t *raw, size_t n)
{
	uint64_t *q = realloc(p->votes.shown,
			      (p->votes.n_shown + n) * sizeof(*q));

	if (!q)
		return ST_NOMEM;
	p->votes.shown = q;
	for (size_t i = 0; i < n; i++)
		q[p->votes.n_shown++] = mark_of(raw + i * VOTE_SIZE);
	return ST_OK;
}

static enum status take(struct sync *s, unsigned i, const uint8_t *raw, size_t n)
{
	struct sync_peer *p = &s->peers[i];
	struct vote_result *result = calloc(n, sizeof(*result));
	struct vote *vote = calloc(n, sizeof(*vote));
	bool moved = false;
	enum status st = result && vote ? note_shown(p, raw, n) : ST_NOMEM;

	for (size_t k = 0; st == ST_OK && k < n; k++)
		vote_read(&vote[k], raw + k * VOTE_SIZE);
	if (st == ST_OK)
		st = node_vote_accept(s->node, vote, n, p->info.url, result,
				      &moved);
	s->report.replaced |= moved;
	for (size_t k = 0; st == ST_OK && k < n; k++) {
		enum verdict_code code = result[k].verdict.code;

		p->report->votes += result[k].added;
		s->report.votes += result[k].added;
		/* this node is behind: again when it is not */
		p->votes.rest |= code == V_VOTE_STRANGER || code == V_VOTE_FAR;
		if (code != V_VOTE_SIGNATURE && code != V_VOTE_FORM)
			continue;
		st = sync_peer_lied(s, i, verdict_name(code));
		break;
	}
	free(result);
	free(vote);
	return st;
}

/* All that was wanted of its votes is here. */
static enum status go_on(struct sync *s, unsigned i)
{
	struct sync_peer *p = &s->peers[i];
	struct block_info known;
	bool lack = false;
	enum status st = query_block(s->node, &p->status.tip, &known);

	/* it may be on the branch that votes speak of, whatever its work */
	if (st == ST_NOT_FOUND)
		st = node_votes_lack_blocks(s->node, &lack);
	p->offers |= lack;
	p->stage = STAGE_READY;
	return st == ST_OK && p->offers ? sync_peer_ask_headers(s, i) : st;
}

enum status sync_votes_result(struct sync *s, unsigned i,
			      const struct fetch_result *r)
{
	struct peer_at at = sync_peer_at(s, i, 0);
	struct sync_peer *p = &s->peers[i];
	char why[PEER_WHY_SIZE];
	const uint8_t *raw;
	uint64_t next;
	size_t n;
	enum status st = peer_read_votes(r, &next, &raw, &n, why);

	if (st == ST_NOMEM)
		return st;
	if (st == ST_TOO_BIG || st == ST_PARSE)
		return sync_peer_lied(s, i, why);
	/* without its votes it is still a good peer */
	if (st != ST_OK || n == 0)
		return go_on(s, i);
	st = take(s, i, raw, n);
	if (st != ST_OK || p->stage == STAGE_DROPPED)
		return st;
	p->votes.rest |= n == PEER_VOTES_MAX && p->votes.pages == PAGES_MAX;
	if (n < PEER_VOTES_MAX || p->votes.pages == PAGES_MAX)
		return go_on(s, i);
	p->votes.pages++;
	return peer_ask_votes_above(s->fetch, &at,
				    le32_get(raw + (n - 1) * VOTE_SIZE + 36),
				    next);
}

enum status sync_votes_again(struct sync *s, bool *asked)
{
	struct finality_info info;
	enum status st;

	*asked = false;
	if (!node_has_finality(s->node) || s->vote_rounds == ROUNDS_MAX)
		return ST_OK;
	st = node_finality(s->node, &info);
	for (unsigned i = 0; st == ST_OK && i < s->n_peers; i++) {
		struct sync_peer *p = &s->peers[i];

		if (p->stage != STAGE_READY || !p->votes.rest ||
		    info.final.height <= p->votes.final)
			continue;
		st = sync_votes_ask(s, i);
		*asked = true;
	}
	s->vote_rounds += *asked;
	return st;
}

/* Ours above the last final block that it did not show, one message full. */
static enum status collect(struct sync *s, struct sync_peer *p, struct buf *out)
{
	struct vote *vote = calloc(PEER_VOTES_MAX, sizeof(*vote));
	int64_t after = INT64_MAX;
	struct finality_info info;
	uint32_t height = 0;
	int n = PEER_VOTES_MAX;
	enum status st = vote ? node_finality(s->node, &info) : ST_NOMEM;

	if (st == ST_OK)
		height = info.final.height;
	if (p->votes.n_shown)
		qsort(p->votes.shown, p->votes.n_shown, sizeof(uint64_t),
		      by_number);
	for (unsigned page = 0; st == ST_OK && page < PAGES_MAX &&
	     n == PEER_VOTES_MAX; page++) {
		st = node_votes_above(s->node, height, after, PEER_VOTES_MAX,
				      vote, &n, &after);
		for (int k = 0; st == ST_OK && k < n; k++) {
			uint8_t raw[VOTE_SIZE];
			uint64_t mark;

			height = vote[k].target_height;
			vote_write(raw, &vote[k]);
			mark = mark_of(raw);
			if (out->len == PEER_VOTES_MAX * VOTE_SIZE ||
			    (p->votes.n_shown &&
			     bsearch(&mark, p->votes.shown, p->votes.n_shown,
				     sizeof(mark), by_number)))
				continue;
			buf_add(out, raw, sizeof(raw));
		}
	}
	free(vote);
	return st == ST_OK ? buf_status(out) : st;
}

enum status sync_votes_give(struct sync *s, unsigned i, bool *asked)
{
	struct peer_at at = sync_peer_at(s, i, 0);
	struct sync_peer *p = &s->peers[i];
	struct blob *raw;
	struct buf out;
	enum status st = ST_OK;

	*asked = false;
	if (!node_has_finality(s->node) || p->p2p)
		return ST_OK;
	buf_init(&out, PEER_VOTES_MAX * VOTE_SIZE);
	st = collect(s, p, &out);
	if (st == ST_OK && out.len) {
		raw = blob_new(out.p, out.len);
		st = raw ? peer_send(s->fetch, &at, PEER_SEND_VOTES, raw,
				     &node_params(s->node)->genesis_id)
			 : ST_NOMEM;
		blob_drop(raw);
		*asked = st == ST_OK;
		p->stage = STAGE_MEMPOOL;
	}
	buf_free(&out);
	return st;
}

void sync_votes_free(struct sync_peer *p)
{
	free(p->votes.shown);
}
