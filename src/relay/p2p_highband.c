/* SPDX-License-Identifier: MIT */
/*
 * Compact blocks that go out: at once to the peers that asked for it
 * (high bandwidth), as an answer to the others; and which peers are asked to
 * send us theirs at once: the three that brought a new tip last, one that we
 * called among them.
 */
#include "base/clock.h"
#include "base/log.h"
#include "node/chain/precheck.h"
#include "node/core/catchup.h"
#include "node/query/query.h"
#include "relay/p2p_priv.h"
#include "wire/msg_compact.h"
#include "wire/msg_version.h"

#define VERSION_SENDCMPCT 70014
#define GETBLOCKTXN_DEPTH 10

static void say(struct p2p *x, struct p2p_peer *p, bool high_bandwidth)
{
	const struct msg_sendcmpct m = {high_bandwidth, WIRE_COMPACT_VERSION};
	size_t at = p2p_begin(x, p, WIRE_SENDCMPCT);

	msg_sendcmpct_encode(&p->out, &m);
	p2p_end(p, at);
}

void p2p_highband_greet(struct p2p *x, struct p2p_peer *p)
{
	if (p->version >= VERSION_SENDCMPCT)
		say(x, p, false);
}

enum status p2p_on_sendcmpct(struct p2p *x, struct p2p_peer *p, struct bytes in)
{
	struct msg_sendcmpct m;

	(void)x;
	/* the first version is without witnesses; nobody speaks it any more */
	if (msg_sendcmpct_decode(&m, in) != ST_OK ||
	    m.version != WIRE_COMPACT_VERSION)
		return ST_OK;
	p->compact.provides = true;
	p->compact.hb_from = m.high_bandwidth;
	return ST_OK;
}

enum status p2p_is_behind(struct p2p *x, int64_t age_s, bool *behind)
{
	struct node_tip tip;
	enum status st = node_tip(x->node, &tip);

	*behind = st == ST_OK && (int64_t)tip.time < node_now_s(x->node) - age_s;
	return st;
}

enum status p2p_is_syncing(struct p2p *x, bool *syncing)
{
	enum status st = ST_OK;

	*syncing = !x->blocks->caught_up;
	if (*syncing)
		st = node_catching_up(x->node, syncing);
	x->blocks->caught_up = st == ST_OK && !*syncing;
	return st;
}

static void remove_at(struct p2p_compact *c, unsigned at)
{
	memmove(&c->hb[at], &c->hb[at + 1],
		(c->n_hb - at - 1) * sizeof(c->hb[0]));
	c->n_hb--;
}

/* Those that are gone; returns how many of the others we called. */
static unsigned tidy(struct p2p *x)
{
	struct p2p_compact *c = &x->compact;
	unsigned outbound = 0;

	for (unsigned i = 0; i < c->n_hb;) {
		struct p2p_peer *p = p2p_peer_by_serial(x, c->hb[i]);

		if (!p) {
			remove_at(c, i);
			continue;
		}
		outbound += !p->inbound;
		i++;
	}
	return outbound;
}

enum status p2p_highband_choose(struct p2p *x, struct p2p_peer *p)
{
	struct p2p_compact *c = &x->compact;
	unsigned outbound = tidy(x);
	struct p2p_peer *first;
	bool behind;
	enum status st = p2p_is_syncing(x, &behind);

	if (st != ST_OK || behind || !p->compact.provides || p->dead ||
	    x->blocks_only)
		return st;
	for (unsigned i = 0; i < c->n_hb; i++) {
		if (c->hb[i] != p->serial)
			continue;
		remove_at(c, i);
		c->hb[c->n_hb++] = p->serial;
		return ST_OK;
	}
	if (c->n_hb == P2P_HIGHBAND_MAX) {
		first = p2p_peer_by_serial(x, c->hb[0]);
		/* the last of those we called stays: strangers alone could
		 * otherwise decide what we hear of first */
		if (p->inbound && outbound == 1 && !first->inbound) {
			c->hb[0] = c->hb[1];
			c->hb[1] = first->serial;
			first = p2p_peer_by_serial(x, c->hb[0]);
		}
		say(x, first, false);
		first->compact.hb_to = false;
		remove_at(c, 0);
	}
	say(x, p, true);
	p->compact.hb_to = true;
	c->hb[c->n_hb++] = p->serial;
	return ST_OK;
}

enum status p2p_highband_put(struct p2p *x, struct p2p_peer *p,
			     const struct blkid *id, struct bytes raw)
{
	struct p2p_compact *c = &x->compact;
	struct msg_cmpctblock m;
	struct block block;
	enum status st;

	/* all who ask for the same block get the same message */
	if (!c->message.len || !hash256_equal(&c->told.h, &id->h)) {
		st = block_parse(&block, raw.p, raw.len, &x->arena);
		if (st == ST_OK)
			st = compact_from_block(&m, &block, p2p_random(),
						&x->arena);
		if (st != ST_OK)
			return st == ST_PARSE ? ST_CORRUPT : st;
		buf_reset(&c->message);
		msg_cmpctblock_encode(&c->message, &m);
		st = buf_status(&c->message);
		if (st != ST_OK)
			return st;
		c->told = *id;
	}
	p2p_put(x, p, WIRE_CMPCTBLOCK, buf_view(&c->message));
	p2p_note(p, &id->h);
	return ST_OK;
}

/* To those who have what it builds on. */
static enum status tell(struct p2p *x, const struct block_info *info,
			struct bytes raw)
{
	enum status st = ST_OK;

	for (unsigned i = 0; st == ST_OK && i < x->n_peers; i++) {
		struct p2p_peer *p = x->peer[i];
		bool wants = p->ready && !p->dead && p->compact.hb_from;

		if (!wants || !p2p_announce_is_due(x, p, info))
			continue;
		st = p2p_highband_put(x, p, &info->id, raw);
		p2p_peer_has(p, &info->id, info->height);
		p2p_net_write(x, p);
	}
	return st;
}

enum status p2p_highband_early(struct p2p *x, const struct blkid *id,
			       struct bytes raw, bool *mutated)
{
	struct block_info info;
	struct verdict v;
	bool next;
	enum status st = node_precheck_block(x->node, raw.p, raw.len, &next, &v);

	*mutated = false;
	if (st != ST_OK)
		return st == ST_NOT_FOUND ? ST_OK : st;
	*mutated = verdict_class(v.code) == VC_MUTATED;
	if (v.code != VALID || !next)
		return ST_OK;
	st = query_block(x->node, id, &info);
	/* it is no news */
	if (st != ST_OK || info.has_data || info.invalid)
		return st == ST_NOT_FOUND ? ST_OK : st;
	return tell(x, &info, raw);
}

static enum status put_txs(struct p2p *x, struct p2p_peer *p,
			   const struct msg_getblocktxn *want, struct bytes raw)
{
	struct msg_blocktxn m = {.block = want->block, .n = want->n};
	struct block block;
	enum status st = block_parse(&block, raw.p, raw.len, &x->arena);
	size_t at;

	if (st != ST_OK)
		return st == ST_PARSE ? ST_CORRUPT : st;
	m.tx = arena_array(&x->arena, m.n, struct tx);
	if (!m.tx)
		return ST_NOMEM;
	for (uint32_t i = 0; i < m.n; i++) {
		if (want->index[i] >= block.n_tx)
			return p2p_misbehaved(x, p, "getblocktxn with "
					      "out-of-bounds tx indices");
		m.tx[i] = block.tx[want->index[i]];
	}
	at = p2p_begin(x, p, WIRE_BLOCKTXN);
	msg_blocktxn_encode(&p->out, &m);
	p2p_end(p, at);
	return ST_OK;
}

enum status p2p_on_getblocktxn(struct p2p *x, struct p2p_peer *p,
			       struct bytes in)
{
	struct wire_inv whole = {.type = INV_BLOCK | INV_WITNESS};
	struct msg_getblocktxn m;
	struct block_info info;
	struct node_tip tip;
	struct bytes raw;
	enum status st = msg_getblocktxn_decode(&m, in, &x->arena);

	if (!p2p_decoded(x, p, "getblocktxn", &st))
		return st;
	st = query_block(x->node, &m.block, &info);
	if (st == ST_OK && (!info.has_data || info.invalid))
		st = ST_NOT_FOUND;
	if (st == ST_OK)
		st = node_tip(x->node, &tip);
	if (st != ST_OK)
		return st == ST_NOT_FOUND ? ST_OK : st;
	if (info.height + GETBLOCKTXN_DEPTH < tip.height) {
		/* as if it had asked so; what a peer may have is decided there */
		whole.hash = m.block.h;
		return p2p_serve_also(x, p, &whole);
	}
	st = query_block_raw(x->node, &m.block, &x->arena, &raw);
	return st == ST_OK ? put_txs(x, p, &m, raw)
			   : st == ST_NOT_FOUND ? ST_OK : st;
}
