/* SPDX-License-Identifier: MIT */
/* From events to the ring, from the ring to every peer, one at a time each. */
#include "relay/relay.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "node/mine/proposal.h"
#include "node/query/query.h"

#define EVENTS_AT_ONCE 500
/* Of many blocks at once (we are catching up ourselves) only the last go out:
 * peers that lack more ask for headers. */
#define BLOCKS_AT_ONCE 16
#define FILL_DEPTH 16
#define HOLD_MS 500
#define HOLDS_MAX 5
#define RECENT 256		/* news among which a repetition is noticed */

static struct news *at(struct relay *r, uint64_t no)
{
	return &r->ring[no % RELAY_RING];
}

static void drop_oldest(struct relay *r)
{
	struct news *n = at(r, r->tail++);

	r->ring_bytes -= n->raw->len;
	blob_drop(n->raw);
	n->raw = NULL;
}

static bool is_recent(struct relay *r, const struct hash256 *hash)
{
	uint64_t from = r->head - r->tail > RECENT ? r->head - RECENT : r->tail;

	for (uint64_t no = from; no < r->head; no++) {
		if (hash256_equal(&at(r, no)->hash, hash))
			return true;
	}
	return false;
}

static enum status add(struct relay *r, enum peer_kind kind,
		       const struct hash256 *hash, struct bytes raw)
{
	struct blob *b = blob_new(raw.p, raw.len);

	if (!b)
		return ST_NOMEM;
	while (r->head - r->tail >= RELAY_RING ||
	       (r->tail < r->head && r->ring_bytes + raw.len > RELAY_RING_BYTES))
		drop_oldest(r);
	*at(r, r->head++) = (struct news){kind, *hash, b};
	r->ring_bytes += raw.len;
	return ST_OK;
}

static enum status add_block(struct relay *r, const struct hash256 *hash)
{
	struct blkid id = {*hash};
	struct bytes raw;
	enum status st = query_block_raw(r->node, &id, &r->arena, &raw);

	if (st == ST_OK)
		st = add(r, PEER_SEND_BLOCK, hash, raw);
	return st == ST_NOT_FOUND ? ST_OK : st;
}

static enum status add_tx(struct relay *r, const struct hash256 *hash)
{
	struct txid id = {*hash};
	struct tx_info info;
	enum status st = query_tx(r->node, &id, &r->arena, &info);

	/* mined meanwhile: the block carries it */
	if (st == ST_OK && !info.confirmed)
		st = add(r, PEER_SEND_TX, hash, info.raw);
	return st == ST_NOT_FOUND ? ST_OK : st;
}

static enum status take_event(struct relay *r, const struct event_info *e,
			      uint32_t *blocks_left)
{
	bool block = strcmp(e->kind, "block") == 0;

	if (!e->has_hash || (!block && strcmp(e->kind, "tx") != 0))
		return ST_OK;
	if (block && (*blocks_left)-- > BLOCKS_AT_ONCE)
		return ST_OK;
	if (is_recent(r, &e->hash))
		return ST_OK;
	return block ? add_block(r, &e->hash) : add_tx(r, &e->hash);
}

/* Proposals that changed; told apart by how many changes there were before. */
static enum status spread_proposals(struct relay *r)
{
	struct proposal_info p;
	enum status st;

	if (node_params(r->node)->makers_needed < 2)
		return ST_OK;
	do {
		arena_reset(&r->arena);
		st = proposal_next(r->node, r->proposal, &r->arena, &p);
		if (st != ST_OK)
			break;
		r->proposal = p.change;
		st = add(r, PEER_SEND_PROPOSAL, &p.digest, p.raw);
	} while (st == ST_OK);
	return st == ST_NOT_FOUND ? ST_OK : st;
}

enum status spread_events(struct relay *r)
{
	struct event_info *e;
	uint32_t n, blocks;
	enum status st;

	do {
		arena_reset(&r->arena);
		st = query_events(r->node, r->cursor, EVENTS_AT_ONCE, &r->arena, &e,
				  &n);
		if (st != ST_OK)
			return st;
		blocks = 0;
		for (uint32_t i = 0; i < n; i++)
			blocks += strcmp(e[i].kind, "block") == 0;
		for (uint32_t i = 0; st == ST_OK && i < n; i++) {
			st = take_event(r, &e[i], &blocks);
			r->cursor = e[i].id;
		}
	} while (st == ST_OK && n == EVENTS_AT_ONCE);
	if (st == ST_OK)
		st = votes_look(r);
	return st == ST_OK ? spread_proposals(r) : st;
}

static enum status send_one(struct relay *r, struct contact *c,
			    enum peer_kind kind, const struct hash256 *hash,
			    struct blob *raw, uint64_t no)
{
	struct peer_at to = {.url = c->info.url, .pin = c->info.pin, .owner = c};
	enum status st;

	st = peer_send(r->fetch, &to, kind, raw, &node_params(r->node)->genesis_id);
	c->sending = st == ST_OK;
	c->sending_no = no;
	c->sending_hash = *hash;
	return st;
}

/* The next block of our chain that the peer lacks. */
static enum status send_fill(struct relay *r, struct contact *c)
{
	struct block_info info;
	struct blob *b = NULL;
	struct bytes raw;
	enum status st;

	arena_reset(&r->arena);
	st = query_block_at(r->node, c->fill_at, &info);
	if (st == ST_OK)
		st = query_block_raw(r->node, &info.id, &r->arena, &raw);
	if (st == ST_OK) {
		b = blob_new(raw.p, raw.len);
		st = b ? send_one(r, c, PEER_SEND_BLOCK, &info.id.h, b, 0)
		       : ST_NOMEM;
	}
	blob_drop(b);
	if (st != ST_NOT_FOUND) {
		c->fill_at++;
		return st;
	}
	c->fill_at = c->fill_end = 0;
	return ST_OK;
}

enum status spread_step(struct relay *r)
{
	int64_t now_ms = clock_mono_ms();
	enum status st = ST_OK;

	for (unsigned i = 0; st == ST_OK && i < r->n_contacts; i++) {
		struct contact *c = r->contacts[i];

		if (c->place < r->tail)
			c->place = r->tail;
		if (c->sending || c->info.state != PEER_ACTIVE || c->hold_ms > now_ms)
			continue;
		if (c->fill_at < c->fill_end) {
			st = send_fill(r, c);
		} else if (c->place < r->head) {
			struct news *n = at(r, c->place);

			st = send_one(r, c, n->kind, &n->hash, n->raw,
				      c->place++);
		} else {
			st = votes_step(r, c);
			if (st == ST_OK)
				st = votes_send(r, c);
		}
	}
	return st;
}

/* It lacks the parent of a block: what came before goes to it in order. */
static enum status begin_fill(struct relay *r, struct contact *c)
{
	struct blkid id = {c->sending_hash};
	struct block_info info;
	enum status st;

	if (c->sending_no == 0) {
		/* deeper than a push helps: it has to catch up by itself */
		c->fill_at = c->fill_end = 0;
		return ST_OK;
	}
	st = query_block(r->node, &id, &info);
	if (st != ST_OK || !info.active)
		return st == ST_NOT_FOUND ? ST_OK : st;
	c->fill_end = info.height + 1;
	c->fill_at = info.height > FILL_DEPTH ? info.height - FILL_DEPTH : 1;
	return ST_OK;
}

static enum status note(struct relay *r, struct contact *c,
			const struct fetch_result *f, bool ok, const char *text)
{
	if (f->kind == PEER_SEND_PROPOSAL)
		return ST_OK;
	return peers_announced(r->node, c->info.id,
			       f->kind == PEER_SEND_BLOCK ? "block" : "tx",
			       &c->sending_hash, ok, text);
}

/* The same again in a moment, a few times. */
static void hold(struct contact *c)
{
	if (c->held++ >= HOLDS_MAX || c->sending_no == 0) {
		c->held = 0;
		return;
	}
	c->hold_ms = clock_mono_ms() + HOLD_MS;
	c->place = c->sending_no;
}

enum status spread_result(struct relay *r, struct contact *c,
			  const struct fetch_result *f)
{
	struct peer_answer a;
	char why[PEER_WHY_SIZE];
	enum status st, noted;

	c->sending = false;
	st = peer_read_answer(f, &a, why);
	if (st == ST_NOMEM || st == ST_CANCELLED)
		return st;
	if (st != ST_OK) {
		noted = note(r, c, f, false, why);
		if (noted != ST_OK)
			return noted;
		if (st == ST_DENIED && f->http == 409)
			return contact_lied(r, c, "another chain");
		if (st != ST_BUSY)
			return contact_failed(r, c, why);
		hold(c);
		return ST_OK;
	}
	c->held = 0;
	noted = note(r, c, f, a.accepted || a.known,
		     a.known ? "known" : a.accepted ? "accepted" : a.reason);
	if (noted == ST_OK && f->kind == PEER_SEND_BLOCK && !a.accepted &&
	    strcmp(a.reason, "prev-blk-not-found") == 0)
		return begin_fill(r, c);
	return noted;
}

void spread_free(struct relay *r)
{
	while (r->tail < r->head)
		drop_oldest(r);
}
