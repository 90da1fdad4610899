/* SPDX-License-Identifier: MIT */
/*
 * Votes for finality, on own chains that have it and with peers that say so:
 * Bitcoin's networks know none of these messages and never see one.
 *
 * After the handshake each side sends `sendvotes` with the height of its last final
 * checkpoint (4 bytes). Whoever gets one sends `vote` messages from then on: 1 to
 * 100 votes of 168 bytes, those with a higher target, in the order they came to
 * it, and new ones as they come, but none that this peer has sent or was sent.
 * Sent again it means "from the start again": by a node that could not take some,
 * being behind with blocks.
 */
#include "base/log.h"
#include "node/finality/finality.h"
#include "relay/p2p_priv.h"

#define VOTES_AT_ONCE 100
#define LOOK_MS 1000
#define LOOK_MAX_MS 8000
#define AGAIN_MS 15000		/* sendvotes, at most so often */

static enum status put_sendvotes(struct p2p *x, struct p2p_peer *p)
{
	struct finality_info info;
	uint8_t height[4];
	enum status st = node_finality(x->node, &info);

	if (st != ST_OK)
		return st;
	le32_put(height, info.final.height);
	p2p_put(x, p, WIRE_SENDVOTES, bytes_of(height, sizeof(height)));
	p->votes.asked_ms = x->now_ms;
	p->votes.lost = false;
	return ST_OK;
}

enum status p2p_votes_greet(struct p2p *x, struct p2p_peer *p)
{
	return node_has_finality(x->node) ? put_sendvotes(x, p) : ST_OK;
}

enum status p2p_on_sendvotes(struct p2p *x, struct p2p_peer *p, struct bytes in)
{
	if (!node_has_finality(x->node) || in.len != 4 ||
	    (p->votes.wanted && x->now_ms < p->votes.told_ms + AGAIN_MS / 2))
		return ST_OK;
	p->votes.wanted = true;
	p->votes.told_ms = x->now_ms;
	return node_vote_cursor(x->node, le32_get(in.p), &p->votes.cursor);
}

enum status p2p_on_vote(struct p2p *x, struct p2p_peer *p, struct bytes in)
{
	struct vote vote[VOTES_AT_ONCE];
	struct vote_result *result;
	size_t n = in.len / VOTE_SIZE;
	enum status st;
	bool moved;

	if (!node_has_finality(x->node))
		return ST_OK;
	if (n == 0 || n > VOTES_AT_ONCE || in.len % VOTE_SIZE)
		return p2p_misbehaved(x, p, "a vote message of %zu bytes",
				      in.len);
	result = arena_array(&x->arena, n, struct vote_result);
	if (!result)
		return ST_NOMEM;
	for (size_t i = 0; i < n; i++) {
		struct hash256 h;

		vote_read(&vote[i], in.p + i * VOTE_SIZE);
		vote_id(&h, in.p + i * VOTE_SIZE);
		p2p_note(p, &h);
	}
	st = node_vote_accept(x->node, vote, n, p->url, result, &moved);
	if (st != ST_OK)
		return st;
	x->wrote = true;
	for (size_t i = 0; i < n; i++) {
		enum verdict_code code = result[i].verdict.code;

		if (code == V_VOTE_SIGNATURE || code == V_VOTE_FORM)
			return p2p_misbehaved(x, p, "%s", verdict_name(code));
		p->votes.lost |= code == V_VOTE_STRANGER || code == V_VOTE_FAR;
		/* another branch may be the best now, of blocks that are not here */
		if (!result[i].added)
			continue;
		x->votes.look = x->blocks->look = true;
		if (x->votes.gap_ms > LOOK_MS) {
			x->votes.gap_ms = 0;
			x->votes.look_ms = x->now_ms + LOOK_MS;
		}
	}
	return ST_OK;
}

/* The best justified block is missing here: peers are asked for headers. */
static enum status ask_for_blocks(struct p2p *x)
{
	enum status st = ST_OK;
	bool lacks;

	if (!x->votes.look || x->now_ms < x->votes.look_ms)
		return ST_OK;
	/* whoever sent the vote may not have the blocks yet: again until they came;
	 * and perhaps nobody has them, so ever more seldom */
	x->votes.gap_ms = x->votes.gap_ms ? 2 * x->votes.gap_ms : LOOK_MS;
	if (x->votes.gap_ms > LOOK_MAX_MS)
		x->votes.gap_ms = LOOK_MAX_MS;
	x->votes.look_ms = x->now_ms + x->votes.gap_ms;
	st = node_votes_lack_blocks(x->node, &lacks);
	x->votes.look = lacks;
	if (!lacks)
		x->votes.gap_ms = 0;
	x->blocks->look |= !lacks;
	for (unsigned i = 0; st == ST_OK && lacks && i < x->n_peers; i++)
		if (x->peer[i]->ready && !x->peer[i]->dead)
			st = p2p_headers_ask(x, x->peer[i], true);
	return st;
}

static enum status send_some(struct p2p *x, struct p2p_peer *p)
{
	struct vote vote[VOTES_AT_ONCE];
	uint8_t raw[VOTES_AT_ONCE * VOTE_SIZE];
	size_t len = 0;
	int64_t last;
	int n;
	enum status st = node_votes_after(x->node, p->votes.cursor,
					  VOTES_AT_ONCE, vote, &n, &last);

	for (int i = 0; st == ST_OK && i < n; i++) {
		struct hash256 h;

		vote_write(raw + len, &vote[i]);
		vote_id(&h, raw + len);
		if (p2p_knows(p, &h))
			continue;
		p2p_note(p, &h);
		len += VOTE_SIZE;
	}
	if (st != ST_OK)
		return st;
	if (len)
		p2p_put(x, p, WIRE_VOTE, bytes_of(raw, len));
	p->votes.cursor = last;
	return ST_OK;
}

enum status p2p_votes_step(struct p2p *x)
{
	int64_t last;
	enum status st;

	if (!node_has_finality(x->node))
		return ST_OK;
	st = node_vote_last(x->node, &last);
	for (unsigned i = 0; st == ST_OK && i < x->n_peers; i++) {
		struct p2p_peer *p = x->peer[i];

		if (!p->ready || p->dead || p2p_peer_paused(p))
			continue;
		if (p->votes.wanted && p->votes.cursor < last)
			st = send_some(x, p);
		if (st == ST_OK && p->votes.lost &&
		    x->now_ms >= p->votes.asked_ms + AGAIN_MS)
			st = put_sendvotes(x, p);
	}
	return st == ST_OK ? ask_for_blocks(x) : st;
}
