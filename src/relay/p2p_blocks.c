/* SPDX-License-Identifier: MIT */
/*
 * Blocks that came.
 *
 * At the tip a block is judged and committed at once. While many are missing
 * they go, in order, to a second handle on the database that collects them as
 * `quarry import` does (node/chain/import.h): scripts run behind our back and many
 * blocks are one commit, while other peers are served between two slices of that
 * work. Blocks that came before their turn wait in memory. A group is closed
 * when it is large or old, when nothing more comes, or when somebody who gave a
 * block of it pings: his pong says that all before it was judged.
 */
#include <stdlib.h>

#include "base/log.h"
#include "node/chain/import.h"
#include "node/chain/offer.h"
#include "node/chain/precheck.h"
#include "node/chain/presync.h"
#include "node/query/query.h"
#include "primitives/block.h"
#include "relay/p2p_priv.h"
#include "wire/msg_version.h"

#define BULK_MIN 32		/* missing blocks: then it is worth it */
#define GROUP_BYTES ((size_t)8 << 20)
#define GROUP_TXS 40000
#define GROUP_MS 5000
#define GROUP_IDLE_MS 250	/* nothing comes: what is here is committed */
#define SLICE_MS 10		/* of scripts, between two looks at the sockets */
#define TROUBLE_MS 5000

enum status p2p_blocks_open(struct p2p *x)
{
	x->blocks = calloc(1, sizeof(*x->blocks));
	if (!x->blocks)
		return ST_NOMEM;
	x->blocks->look = true;
	p2p_window_relax(x);
	return ST_OK;
}

static void close_bulk(struct p2p *x)
{
	node_close(x->blocks->bulk);
	x->blocks->bulk = NULL;
	x->blocks->n_given = 0;
	x->blocks->closing = false;
}

void p2p_blocks_close(struct p2p *x)
{
	if (!x->blocks)
		return;
	p2p_blocks_reset(x);
	close_bulk(x);
	free(x->blocks);
	x->blocks = NULL;
}

void p2p_blocks_reset(struct p2p *x)
{
	struct p2p_blocks *b = x->blocks;

	for (unsigned i = 0; i < b->n_queue; i++)
		free(b->queue[i].raw);
	b->n_queue = b->first = 0;
	b->held = 0;
	b->look = true;
}

struct node *p2p_blocks_node(struct p2p *x)
{
	return x->blocks->bulk ? x->blocks->bulk : x->node;
}

/* A handle of its own for groups: what is open in one says nothing to the other. */
static enum status open_bulk(struct p2p *x)
{
	struct node_options o = {
		.db_path = node_db_path(x->node),
		.bulk = true,
		.app_name = "quarry-relay",
	};
	/* a group is ended here, never inside of a block's judgement */
	struct import_options io = {
		.group_bytes = SIZE_MAX,
		.group_txs = UINT32_MAX,
	};
	char error[NODE_ERROR_SIZE];
	struct node *n;
	enum status st = node_open(&n, &o, error);

	if (st != ST_OK) {
		log_warn("blocks are taken one by one: %s", error);
		return st;
	}
	st = import_begin(n, &io);
	if (st != ST_OK) {
		node_close(n);
		return st;
	}
	x->blocks->bulk = n;
	return ST_OK;
}

/* Whether a refused header or block says something about who sent it. */
static bool is_fault(const struct p2p_peer *p, const struct verdict *v)
{
	/* It may not have judged the block yet, as we did before. */
	if (v->code == V_DUPLICATE_INVALID)
		return !p->inbound;
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

enum status p2p_blocks_refused(struct p2p *x, struct p2p_peer *p,
			       const char *what, const struct verdict *v)
{
	char reason[120];

	verdict_reject(reason, sizeof(reason), v);
	log_debug("%s: %s: %s", p->name, what, reason);
	if (v->code == V_PREV_NOT_FOUND)
		return p2p_headers_ask(x, p, false);
	return is_fault(p, v) ? p2p_misbehaved(x, p, "%s: %s", what, reason)
			      : ST_OK;
}

/* The environment failed in the middle of a group: all of it is fetched again,
 * after a pause. */
static enum status trouble(struct p2p *x, enum status st)
{
	log_warn("blocks that were not committed are fetched again: %s",
		 status_text(st));
	p2p_blocks_reset(x);
	close_bulk(x);
	x->blocks->pause_ms = x->real_ms + TROUBLE_MS;
	for (unsigned i = 0; i < x->n_peers; i++) {
		x->peer[i]->blocks.unsettled = false;
		/* nothing is said of what was not judged */
		x->peer[i]->blocks.pong_due = false;
	}
	return st;
}

static void note_given(struct p2p *x, const struct blkid *id, uint32_t from)
{
	struct p2p_blocks *b = x->blocks;
	struct p2p_peer *p = p2p_peer_by_serial(x, from);

	if (b->n_given == sizeof(b->given) / sizeof(*b->given))
		b->closing = true;
	else
		b->given[b->n_given++] = (struct p2p_given){*id, from};
	if (p)
		p->blocks.unsettled = true;
	if (b->n_given == 1)
		b->group_ms = x->real_ms;
	b->last_ms = x->real_ms;
}

/* Whether nothing else is being fetched: then blocks are news. */
static bool is_news(const struct p2p *x, const struct blkid *id)
{
	for (unsigned i = 0; i < x->n_peers; i++) {
		const struct p2p_peer_blocks *b = &x->peer[i]->blocks;

		for (unsigned j = 0; j < b->n_flight; j++) {
			if (!hash256_equal(&b->flight[j].id.h, &id->h))
				return false;
		}
	}
	return true;
}

/* Whether scripts need not be run: the operator knows a block above it. */
static enum status spare(struct p2p *x, struct bytes raw)
{
	struct blkid id;
	bool spares;
	enum status st;

	if (!x->blocks->bulk || hash256_is_zero(&x->blocks->assumed.h))
		return ST_OK;
	header_hash_raw(&id, raw.p);
	st = query_is_assumed(x->node, &x->blocks->assumed, &id, &spares);
	if (st == ST_OK)
		import_spare_next(x->blocks->bulk, spares);
	return st;
}

/* One block to the node. */
static enum status give(struct p2p *x, struct bytes raw, uint32_t from,
			const char *source, struct verdict *v)
{
	struct p2p_peer *p = p2p_peer_by_serial(x, from);
	struct block_result r;
	enum status st = spare(x, raw);

	if (st == ST_OK)
		st = node_accept_block(p2p_blocks_node(x), raw.p, raw.len,
				       source, &r);
	if (st != ST_OK)
		return x->blocks->bulk ? trouble(x, st) : st;
	*v = r.verdict;
	x->wrote = true;
	if (v->code != VALID)
		return ST_OK;
	p2p_window_relax(x);
	x->blocks->mean = (x->blocks->mean * 15 + raw.len) / 16 + 1;
	p2p_compact_done(x, &r.id);
	if (x->blocks->bulk) {
		note_given(x, &r.id, from);
		return ST_OK;
	}
	if (!r.tip_changed)
		return ST_OK;
	p2p_txs_new_tip(x);
	return p && is_news(x, &r.id) ? p2p_highband_choose(x, p) : ST_OK;
}

/* After a refusal: what was to be built on the block is not worth asking for.
 * One that was changed on the way is asked of another. */
static void after_refusal(struct p2p *x, const struct verdict *v)
{
	if (verdict_class(v->code) != VC_MUTATED)
		p2p_blocks_reset(x);
}

/* Gives what waits, in order, until one is missing or the group is full. */
static enum status give_held(struct p2p *x)
{
	struct p2p_blocks *b = x->blocks;
	enum status st = ST_OK;

	while (st == ST_OK && b->first < b->n_queue && !b->closing) {
		struct p2p_want *w = &b->queue[b->first];
		struct p2p_peer *p = p2p_peer_by_serial(x, w->from);
		uint8_t *raw = w->raw;
		struct verdict v;

		if (w->here) {
			b->first++;
			continue;
		}
		if (!raw)
			break;
		w->raw = NULL;
		b->held -= w->len;
		verdict_init(&v);
		st = give(x, bytes_of(raw, w->len), w->from,
			  p ? p->name : "a peer that is gone", &v);
		free(raw);
		if (st != ST_OK)
			break;
		w->here = v.code == VALID;
		if (w->here)
			continue;
		after_refusal(x, &v);
		if (p)
			st = p2p_blocks_refused(x, p, "block", &v);
		break;
	}
	return st;
}

static bool is_to_wait(const struct p2p_blocks *b, const struct p2p_want *w,
		       size_t len)
{
	return w && b->bulk && (w != &b->queue[b->first] || b->closing) &&
	       b->held + len <= 2 * P2P_HELD_MAX;
}

/* Keeps a copy until its turn, if it is what its header commits to: else whoever
 * sends bytes at will would only be found out when the window has moved there,
 * and each such block would end a group. */
static enum status hold(struct p2p *x, const struct p2p_peer *p,
			struct p2p_want *w, struct bytes raw, struct verdict *v)
{
	bool next;
	enum status st = node_precheck_block(x->node, raw.p, raw.len, &next, v);

	if (st != ST_OK)
		return st;
	if (verdict_class(v->code) == VC_MUTATED)
		return ST_OK;
	/* what else is wrong with it is said, and remembered, when it is due */
	verdict_init(v);
	w->raw = malloc(raw.len);
	if (!w->raw)
		return ST_NOMEM;
	memcpy(w->raw, raw.p, raw.len);
	w->len = (uint32_t)raw.len;
	w->from = p->serial;
	x->blocks->held += raw.len;
	return ST_OK;
}

enum status p2p_blocks_take(struct p2p *x, struct p2p_peer *p, struct bytes raw,
			    bool asked, struct verdict *v)
{
	struct p2p_want *w;
	struct blkid id;
	bool worth = true;	/* of a block that nobody asked for */
	enum status st = ST_OK;

	verdict_init(v);
	if (raw.len < HEADER_SIZE)
		return ST_OK;
	header_hash_raw(&id, raw.p);
	w = p2p_window_find(x, &id);
	if (w && w->asked == p->serial)
		w->asked = 0;
	if (w && (w->raw || w->here))	/* twice */
		return ST_OK;
	/* the tip lies behind while a group is open: what is in the queue then is
	 * what we are about to ask for */
	if (!asked && !(w && x->blocks->bulk))
		st = node_offer_unasked(x->node, raw.p, raw.len, p->name, &worth,
					v);
	if (st != ST_OK || !worth)
		return st;
	if (is_to_wait(x->blocks, w, raw.len))
		return hold(x, p, w, raw, v);
	st = give(x, raw, p->serial, p->name, v);
	if (st != ST_OK)
		return st;
	w = p2p_window_find(x, &id);
	if (w && v->code == VALID)
		w->here = true;
	else if (w)
		after_refusal(x, v);
	return ST_OK;
}

static bool any_wants_early(const struct p2p *x)
{
	for (unsigned i = 0; i < x->n_peers && !x->blocks->bulk; i++) {
		if (x->peer[i]->compact.hb_from)
			return true;
	}
	return false;
}

/* At the tip, bytes that are no block are a lost message, as with Bitcoin Core:
 * what was asked for is still on its way, and who never sends it goes for that. */
static bool is_block(struct bytes in)
{
	struct arena own;
	struct block b;
	bool good;

	arena_init(&own, (size_t)64 << 20);
	good = block_parse(&b, in.p, in.len, &own) == ST_OK;
	arena_free(&own);
	return good;
}

enum status p2p_on_block(struct p2p *x, struct p2p_peer *p, struct bytes in)
{
	struct verdict v;
	struct blkid id;
	enum status st = ST_OK;
	bool mine, asked, mutated;

	if (in.len < HEADER_SIZE)
		return ST_OK;
	header_hash_raw(&id, in.p);
	p2p_note(p, &id.h);
	/* asked of anybody is asked */
	if (!x->blocks->bulk && !is_block(in)) {
		log_debug("%s: block: block-decode-failed", p->name);
		return ST_OK;
	}
	mine = p2p_window_land(x, p, &id);
	asked = mine || p2p_window_in_flight(x, &id);
	if (any_wants_early(x))
		st = p2p_highband_early(x, &id, in, &mutated);
	if (st == ST_OK)
		st = p2p_blocks_take(x, p, in, asked, &v);
	/* it comes again from p2p_peer_handle */
	if (st != ST_OK && mine)
		p2p_window_fly(x, p, &id);
	if (st != ST_OK || v.code == VALID)
		return st;
	if (v.code == V_PREV_NOT_FOUND)
		return p2p_misbehaved(x, p, "block: prev-blk-not-found");
	return p2p_blocks_refused(x, p, "block", &v);
}

bool p2p_blocks_settled(const struct p2p_peer *p)
{
	return !p->blocks.pong_due;
}

static void put_pong(struct p2p *x, struct p2p_peer *p, uint64_t nonce)
{
	size_t at = p2p_begin(x, p, WIRE_PONG);

	msg_u64_encode(&p->out, nonce);
	p2p_end(p, at);
}

/* Whether a block that came waits for nothing but room in the group. */
static bool is_block_due(const struct p2p_blocks *b)
{
	return b->first < b->n_queue && b->queue[b->first].raw;
}

void p2p_blocks_pong(struct p2p *x, struct p2p_peer *p, uint64_t nonce)
{
	p->blocks.pong_due = p->blocks.unsettled || is_block_due(x->blocks);
	p->blocks.pong_nonce = nonce;
	if (!p->blocks.pong_due)
		put_pong(x, p, nonce);
}

/* Pongs that waited, or the group is hurried for them. */
static void release_pongs(struct p2p *x)
{
	struct p2p_blocks *b = x->blocks;

	for (unsigned i = 0; i < x->n_peers; i++) {
		struct p2p_peer *p = x->peer[i];

		if (!p->blocks.pong_due)
			continue;
		if (p->blocks.unsettled)
			b->closing = b->n_given > 0;
		else if (!is_block_due(b))
			p2p_blocks_pong(x, p, p->blocks.pong_nonce);
	}
}

/* Everything given is judged and committed, or refused. */
static enum status settled(struct p2p *x, const struct block_result *bad)
{
	struct p2p_blocks *b = x->blocks;
	struct p2p_peer *liar = NULL;
	enum status st = ST_OK;

	if (bad->verdict.code != VALID) {
		for (unsigned i = 0; i < b->n_given && !liar; i++) {
			if (hash256_equal(&b->given[i].id.h, &bad->id.h))
				liar = p2p_peer_by_serial(x, b->given[i].from);
		}
		/* what was built on it is gone with it */
		p2p_blocks_reset(x);
		if (liar)
			st = p2p_blocks_refused(x, liar, "block", &bad->verdict);
	}
	b->n_given = 0;
	b->closing = false;
	for (unsigned i = 0; i < x->n_peers; i++)
		x->peer[i]->blocks.unsettled = false;
	return st;
}

/* Whether the open group is to be committed although there is room in it. */
static bool is_over(const struct p2p *x)
{
	const struct p2p_blocks *b = x->blocks;

	return b->first == b->n_queue || x->real_ms > b->group_ms + GROUP_MS ||
	       x->real_ms > b->last_ms + GROUP_IDLE_MS;
}

static enum status work_on_group(struct p2p *x)
{
	struct p2p_blocks *b = x->blocks;
	struct block_result bad;
	size_t bytes;
	int64_t txs;
	bool idle;
	enum status st;

	if (!b->n_given)
		return ST_OK;
	/* sockets come first, but for a group that waits for nothing else */
	idle = import_help(b->bulk, b->closing || !x->received ? SLICE_MS : 0,
			   &bytes, &txs);
	b->worked = !idle;
	b->closing |= bytes >= GROUP_BYTES || txs >= GROUP_TXS || is_over(x);
	if (!b->closing || !idle)
		return ST_OK;
	st = import_flush(b->bulk, &bad);
	x->wrote = true;
	return st == ST_OK ? settled(x, &bad) : trouble(x, st);
}

bool p2p_blocks_busy(const struct p2p *x)
{
	return x->blocks->worked || (x->blocks->closing && x->blocks->n_given);
}

enum status p2p_blocks_step(struct p2p *x)
{
	struct p2p_blocks *b = x->blocks;
	enum status st = ST_OK;

	b->worked = false;
	if (b->bulk)
		st = work_on_group(x);
	if (st == ST_OK)
		st = give_held(x);
	release_pongs(x);
	if (st == ST_OK)
		st = p2p_headers_step(x);
	if (st == ST_OK)
		st = p2p_window_step(x);
	if (st != ST_OK)
		return st;
	if (b->bulk && !b->n_given && b->n_queue == 0)
		close_bulk(x);
	if (!b->bulk && b->n_queue - b->first >= BULK_MIN &&
	    x->real_ms >= b->pause_ms && open_bulk(x) != ST_OK)
		b->pause_ms = x->real_ms + TROUBLE_MS;
	return ST_OK;
}

void p2p_blocks_release(struct p2p *x, struct p2p_peer *p)
{
	p2p_window_release(x, p);
	presync_free(p->blocks.presync);
	p->blocks.presync = NULL;
}
