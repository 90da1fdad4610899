/* SPDX-License-Identifier: MIT */
/*
 * Headers.
 *
 * One peer is asked first for what comes after our best header: most peers have
 * the same chain, and its headers are wanted once. When it has no more, or says
 * nothing new for a while, or our chain is of today anyway, all others are asked,
 * who then answer with the few they have beyond it. Whoever speaks of a block
 * that we do not know is asked at once.
 */
#include "base/log.h"
#include "node/chain/accept.h"
#include "node/chain/presync.h"
#include "node/query/query.h"
#include "relay/p2p_priv.h"
#include "wire/msg_headers.h"

#define GETHEADERS_MS 120000	/* a second request meanwhile says nothing new */
#define LEADER_MS 5000		/* then others are asked, too */
#define ASTRAY_MS 60000		/* it may learn of the votes meanwhile */
#define TODAY_S (24 * 60 * 60)

static void put_getheaders(struct p2p *x, struct p2p_peer *p, struct blkid *have,
			   size_t n)
{
	struct msg_locator l = {
		.version = WIRE_PROTOCOL_VERSION,
		.have = have,
		.n = n < WIRE_LOCATOR_MAX ? (uint32_t)n : WIRE_LOCATOR_MAX,
	};
	size_t at = p2p_begin(x, p, WIRE_GETHEADERS);

	msg_locator_encode(&p->out, &l);
	p2p_end(p, at);
	p->blocks.asked = true;
	p->blocks.getheaders_ms = x->now_ms;
}

/* after: the last header it gave; NULL: from our best one on. first: our own best
 * header is left out, so that a peer on the same branch shows that it has it. */
static enum status ask(struct p2p *x, struct p2p_peer *p,
		       const struct blkid *after, bool first)
{
	struct blkid have[66];
	size_t n = 0, own;
	enum status st;

	if (after)
		have[n++] = *after;
	st = query_locator(x->node, have + n, &own);
	if (st != ST_OK)
		return st;
	if (first && own > 1)
		put_getheaders(x, p, have + 1, own - 1);
	else
		put_getheaders(x, p, have, n + own);
	return ST_OK;
}

enum status p2p_headers_ask(struct p2p *x, struct p2p_peer *p, bool again)
{
	const struct p2p_peer_blocks *b = &p->blocks;

	if (x->now_ms < b->astray_ms)
		return ST_OK;
	if (!again && b->getheaders_ms &&
	    x->now_ms < b->getheaders_ms + GETHEADERS_MS)
		return ST_OK;
	return ask(x, p, again && p->has_best ? &p->best : NULL, false);
}

enum status p2p_headers_ask_after(struct p2p *x, struct p2p_peer *p,
				  const struct blkid *after)
{
	return ask(x, p, after, false);
}

/* Who told of a block that we do not know. While one peer is asked for all headers,
 * each such block makes one more be asked: enough when the first is silent, and
 * less than asking all (Bitcoin Core does so). */
static enum status ask_teller(struct p2p *x, struct p2p_peer *p,
			      const struct hash256 *block)
{
	enum status st;

	if (p->blocks.asked)
		return p2p_headers_ask(x, p, false);
	if (p->blocks.inv_asked || hash256_equal(&x->blocks->inv_asked, block))
		return ST_OK;
	st = p2p_headers_ask(x, p, false);
	p->blocks.asked = false;
	p->blocks.inv_asked = true;
	x->blocks->inv_asked = *block;
	return st;
}

enum status p2p_blocks_inv(struct p2p *x, struct p2p_peer *p,
			   const struct wire_inv *at, uint32_t n)
{
	const struct hash256 *unknown = NULL;

	for (uint32_t i = 0; i < n; i++) {
		struct blkid id = {at[i].hash};
		struct block_info info;
		enum status st;

		if (at[i].type != INV_BLOCK)
			continue;
		p2p_note(p, &id.h);
		st = query_block(x->node, &id, &info);
		if (st != ST_OK && st != ST_NOT_FOUND)
			return st;
		if (st == ST_NOT_FOUND)
			unknown = &at[i].hash;
		if (st == ST_OK && !info.invalid) {
			/* its header is here: so it can serve up to there */
			p2p_peer_has(p, &id, info.height);
			x->blocks->look = true;
			p2p_window_offer(x, p);
		}
	}
	return unknown ? ask_teller(x, p, unknown) : ST_OK;
}

static bool are_linked(const struct msg_headers *h)
{
	for (uint32_t i = 1; i < h->n; i++) {
		const uint8_t *raw = h->raw + (size_t)i * HEADER_SIZE;
		struct blkid prev;

		header_hash_raw(&prev, raw - HEADER_SIZE);
		if (memcmp(prev.h.b, raw + 4, 32) != 0)
			return false;
	}
	return true;
}

/* The headers are good and stored: it has them all. */
static enum status note_headers(struct p2p *x, struct p2p_peer *p,
				const struct msg_headers *h)
{
	struct block_info info;
	struct blkid id;
	enum status st;

	for (uint32_t i = 0; i < h->n; i++) {
		header_hash_raw(&id, h->raw + (size_t)i * HEADER_SIZE);
		p2p_note(p, &id.h);
	}
	st = query_block(x->node, &id, &info);
	if (st != ST_OK)
		return st == ST_NOT_FOUND ? ST_OK : st;
	p->best = id;
	p->best_height = info.height;
	p->has_best = true;
	x->blocks->look = true;
	p2p_window_offer(x, p);
	return ST_OK;
}

/* Who was asked first answered: it stays so while it has more. One that had
 * nothing at all is given time to say that it learnt of something. */
static void note_leader(struct p2p *x, const struct p2p_peer *p, bool gave,
			bool more)
{
	struct p2p_blocks *b = x->blocks;

	if (b->leader != p->serial)
		return;
	b->leader_ms = x->patience_ms;
	b->leader_gave |= gave;
	if (!more && b->leader_gave)
		b->leader = 0;
}

/* Those for whom the operator vouches need not show work first. */
static enum status take_headers(struct p2p *x, struct p2p_peer *p,
				const struct msg_headers *h,
				struct headers_answer *a)
{
	if (!p2p_may(p, P2P_NOBAN))
		return node_take_headers(x->node, &p->blocks.presync, h->raw,
					 h->n, p->name, a);
	*a = (struct headers_answer){0};
	return headers_store(x->node, h->raw, h->n, p->name, &a->stored,
			     &a->verdict);
}

enum status p2p_on_headers(struct p2p *x, struct p2p_peer *p, struct bytes in)
{
	struct headers_answer a;
	struct msg_headers h;
	bool full;
	enum status st = msg_headers_decode(&h, in, &x->arena);

	if (!p2p_decoded(x, p, "headers", &st))
		return st;
	p->lag.due = true;
	full = h.n == WIRE_HEADERS_MAX;
	if (!h.n) {
		p->blocks.getheaders_ms = 0;
		presync_free(p->blocks.presync);
		p->blocks.presync = NULL;
		note_leader(x, p, false, false);
		return ST_OK;
	}
	if (!are_linked(&h))
		return p2p_misbehaved(x, p, "headers that do not follow one another");
	st = take_headers(x, p, &h, &a);
	if (st != ST_OK) {
		/* what it went through already may not fit what comes again */
		presync_free(p->blocks.presync);
		p->blocks.presync = NULL;
		return st;
	}
	/* what hangs in the air answers no request, and is not asked about again */
	if (a.verdict.code != V_PREV_NOT_FOUND)
		p->blocks.getheaders_ms = 0;
	x->wrote |= a.stored > 0;
	x->blocks->grown |= a.stored > 0;
	note_leader(x, p, true, a.verdict.code == VALID && (a.more || full));
	if (a.verdict.code == V_PREV_NOT_FOUND)
		return p2p_headers_ask(x, p, false);
	if (a.verdict.code == V_PRIOR_TO_FINAL)
		p->blocks.astray_ms = x->now_ms + ASTRAY_MS;
	if (a.verdict.code != VALID)
		return p2p_blocks_refused(x, p, "header", &a.verdict);
	if (a.held)
		return a.more ? ask(x, p, &a.after, false) : ST_OK;
	st = note_headers(x, p, &h);
	if (st == ST_OK && full)
		st = p2p_headers_ask(x, p, true);
	if (st == ST_OK)
		st = p2p_direct(x, p, &h);
	return st;
}

static struct p2p_peer *not_asked(struct p2p *x, bool outbound)
{
	for (unsigned i = 0; i < x->n_peers; i++) {
		struct p2p_peer *p = x->peer[i];

		if (p->ready && !p->dead && !p->blocks.asked &&
		    p->kind != P2P_ADDR_FETCH &&
		    p2p_has_blocks(p) &&
		    (!p->inbound || !outbound))
			return p;
	}
	return NULL;
}

enum status p2p_headers_step(struct p2p *x)
{
	struct p2p_blocks *b = x->blocks;
	struct p2p_peer *p = not_asked(x, true);
	struct block_info best;
	enum status st;
	bool today;

	if (!p)
		p = not_asked(x, false);
	if (!p)
		return ST_OK;
	st = query_best_header(x->node, &best);
	if (st != ST_OK)
		return st;
	today = (int64_t)best.header.time + TODAY_S > node_now_s(x->node);
	if (!today && b->leader && p2p_peer_by_serial(x, b->leader) &&
	    x->patience_ms < b->leader_ms + LEADER_MS)
		return ST_OK;
	b->leader = today ? 0 : p->serial;
	b->leader_ms = x->patience_ms;
	b->leader_gave = false;
	p->lag.due = true;
	return ask(x, p, NULL, true);
}
