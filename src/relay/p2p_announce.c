/* SPDX-License-Identifier: MIT */
/*
 * News for the peers, taken from the events that every writer of the database
 * leaves: blocks at once, as compact blocks or headers to those who asked for that
 * and can connect them; transactions by p2p_trickle.c.
 */
#include "base/log.h"
#include "node/query/query.h"
#include "relay/p2p_priv.h"
#include "wire/msg_headers.h"

#define EVENTS_AT_ONCE 500
#define BLOCKS_AT_ONCE 8

struct fresh {
	struct blkid id;
	uint32_t height;
	uint8_t raw[HEADER_SIZE];
};

/* Whether the peer has a block of our chain, as far as we know. */
static bool has_block(struct p2p *x, const struct p2p_peer *p,
		      const struct blkid *id, uint32_t height)
{
	struct block_info best;

	if (p2p_knows(p, &id->h))
		return true;
	return p->has_best && p->best_height >= height &&
	       query_block(x->node, &p->best, &best) == ST_OK && best.active;
}

bool p2p_announce_is_due(struct p2p *x, const struct p2p_peer *p,
			 const struct block_info *info)
{
	return !has_block(x, p, &info->id, info->height) &&
	       has_block(x, p, &info->header.prev, info->height - 1);
}

static enum status announce_compact(struct p2p *x, struct p2p_peer *p,
				    const struct fresh *f)
{
	struct bytes raw;
	enum status st;

	arena_reset(&x->arena);
	st = query_block_raw(x->node, &f->id, &x->arena, &raw);
	if (st == ST_OK)
		st = p2p_highband_put(x, p, &f->id, raw);
	if (st == ST_OK)
		p2p_peer_has(p, &f->id, f->height);
	return st;
}

static void announce_blocks(struct p2p *x, struct p2p_peer *p,
			    struct fresh *f, unsigned n)
{
	uint8_t raw[BLOCKS_AT_ONCE * HEADER_SIZE];
	struct msg_headers h = {raw, 0};
	struct wire_inv inv;
	struct blkid parent;
	size_t at;

	while (n && has_block(x, p, &f->id, f->height)) {
		f++;
		n--;
	}
	if (!n)
		return;
	memcpy(parent.h.b, f->raw + 4, 32);
	if (p->compact.hb_from && n == 1 &&
	    has_block(x, p, &parent, f->height - 1) &&
	    announce_compact(x, p, f) == ST_OK)
		return;
	if (!p->sendheaders || !has_block(x, p, &parent, f->height - 1)) {
		inv = (struct wire_inv){INV_BLOCK, f[n - 1].id.h};
		p2p_put_inv(x, p, WIRE_INV, &inv, 1);
		return;
	}
	for (; h.n < n; h.n++) {
		memcpy(raw + (size_t)h.n * HEADER_SIZE, f[h.n].raw, HEADER_SIZE);
		p2p_note(p, &f[h.n].id.h);
	}
	p2p_peer_has(p, &f[n - 1].id, f[n - 1].height);
	at = p2p_begin(x, p, WIRE_HEADERS);
	msg_headers_encode(&p->out, &h);
	p2p_end(p, at);
}

static enum status take_block(struct p2p *x, const struct hash256 *hash,
			      struct fresh *f, unsigned *n)
{
	struct blkid id = {*hash};
	struct block_info info;
	enum status st = query_block(x->node, &id, &info);

	/* gone from the chain meanwhile */
	if (st == ST_NOT_FOUND || (st == ST_OK && !info.active))
		return ST_OK;
	if (st != ST_OK)
		return st;
	if (*n == BLOCKS_AT_ONCE) {
		memmove(f, f + 1, (BLOCKS_AT_ONCE - 1) * sizeof(*f));
		--*n;
	}
	f[*n] = (struct fresh){.id = id, .height = info.height};
	header_write(f[*n].raw, &info.header);
	++*n;
	return ST_OK;
}

/* What was replaced may still be in a block: others may not have heard of the
 * replacement. */
static enum status take_replaced(struct p2p *x, const struct event_info *e)
{
	struct txid id = {e->hash};
	struct bytes raw;
	struct tx tx;
	enum status st;

	if (!strstr(e->json, "\"replaced\""))
		return ST_OK;
	st = query_pool_gone(x->node, &id, &x->arena, &raw);
	if (st == ST_OK)
		st = tx_parse(&tx, raw.p, raw.len, &x->arena);
	if (st == ST_OK)
		p2p_extra_add(x, raw, &tx.wtxid);
	return st == ST_NOT_FOUND || st == ST_PARSE ? ST_OK : st;
}

enum status p2p_announce_events(struct p2p *x)
{
	struct fresh fresh[BLOCKS_AT_ONCE];
	struct event_info *e;
	unsigned n_fresh = 0;
	struct arena own;
	enum status st;
	uint32_t n;

	arena_init(&own, (size_t)16 << 20);
	do {
		arena_reset(&own);
		st = query_events(x->node, x->cursor, EVENTS_AT_ONCE, &own, &e, &n);
		for (uint32_t i = 0; st == ST_OK && i < n; i++) {
			arena_reset(&x->arena);
			if (e[i].has_hash && strcmp(e[i].kind, "block") == 0)
				st = take_block(x, &e[i].hash, fresh, &n_fresh);
			else if (e[i].has_hash && strcmp(e[i].kind, "tx") == 0)
				st = p2p_trickle_tx(x, &(struct txid){e[i].hash});
			else if (e[i].has_hash &&
				 strcmp(e[i].kind, "tx-gone") == 0)
				st = take_replaced(x, &e[i]);
			if (st == ST_OK)
				x->cursor = e[i].id;
		}
	} while (st == ST_OK && n == EVENTS_AT_ONCE);
	arena_free(&own);
	if (n_fresh)
		p2p_txs_new_tip(x);
	for (unsigned i = 0; i < x->n_peers && n_fresh; i++) {
		if (x->peer[i]->ready && !x->peer[i]->dead)
			announce_blocks(x, x->peer[i], fresh, n_fresh);
	}
	return st;
}
