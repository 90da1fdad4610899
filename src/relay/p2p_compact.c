/* SPDX-License-Identifier: MIT */
/*
 * Compact blocks that come.
 *
 * Who tells of a block first is asked for what is missing of it; so is a second
 * peer among those that send us blocks at once, and a third if it is, or follows,
 * one that we called: at most three deliver the same block. What does not come
 * out as the header says is asked for as a whole: a short id may have stood for
 * another transaction. Whoever sent it is not to blame, since a compact block is
 * passed on before it is validated; only a message that cannot be right is held
 * against its sender.
 */
#include <stdlib.h>

#include "base/log.h"
#include "node/chain/accept.h"
#include "node/query/query.h"
#include "primitives/target.h"
#include "relay/p2p_priv.h"
#include "wire/msg_compact.h"

#define SENDERS_MAX 3		/* of one block */
#define BEHIND_WORK 144		/* blocks: less work is not worth a look */
#define AHEAD_MAX 2		/* above the tip */
#define DIRECT_SPACINGS 20	/* so old a tip: blocks come by headers */

static struct p2p_partial **partial_of(struct p2p_peer *p,
				       const struct blkid *id)
{
	for (unsigned i = 0; i < P2P_PARTIALS; i++) {
		struct p2p_partial *part = p->compact.partial[i];

		if (part && hash256_equal(&part->id.h, &id->h))
			return &p->compact.partial[i];
	}
	return NULL;
}

static void forget(struct p2p_partial **place)
{
	if (place) {
		p2p_rebuild_free(*place);
		*place = NULL;
	}
}

/* Who was asked for the block, and how. */
struct senders {
	unsigned n;
	bool outbound;		/* one that we called is among them */
	bool self;		/* the peer at hand is */
	bool first;		/* the peer at hand was asked before all others,
				 * or would be */
};

static struct senders senders_of(const struct p2p *x, const struct p2p_peer *p,
				 const struct blkid *id)
{
	struct senders s = {.first = true};
	uint64_t own_no = UINT64_MAX;

	for (unsigned j = 0; j < p->blocks.n_flight; j++) {
		if (hash256_equal(&p->blocks.flight[j].id.h, &id->h)) {
			own_no = p->blocks.flight[j].no;
			s.self = true;
		}
	}
	for (unsigned i = 0; i < x->n_peers; i++) {
		const struct p2p_peer *q = x->peer[i];

		for (unsigned j = 0; j < q->blocks.n_flight; j++) {
			if (!hash256_equal(&q->blocks.flight[j].id.h, &id->h))
				continue;
			s.n++;
			s.outbound |= !q->inbound;
			if (q != p && q->blocks.flight[j].no < own_no)
				s.first = false;
		}
	}
	return s;
}

static void ask_whole(struct p2p *x, struct p2p_peer *p, const struct blkid *id)
{
	struct wire_inv inv = {INV_BLOCK | INV_WITNESS, id->h};

	p2p_put_inv(x, p, WIRE_GETDATA, &inv, 1);
}

static enum status ask_missing(struct p2p *x, struct p2p_peer *p,
			       const struct p2p_partial *part)
{
	struct msg_getblocktxn m = {.block = part->id};
	size_t at;

	m.index = arena_array(&x->arena, part->n_missing, uint16_t);
	if (!m.index)
		return ST_NOMEM;
	for (uint32_t i = 0; i < part->n_tx; i++) {
		if (!part->tx[i].p)
			m.index[m.n++] = (uint16_t)i;
	}
	at = p2p_begin(x, p, WIRE_GETBLOCKTXN);
	msg_getblocktxn_encode(&p->out, &m);
	p2p_end(p, at);
	return ST_OK;
}

/* It cannot be put together: the first who told of it sends all, others need
 * not. */
static void give_up(struct p2p *x, struct p2p_peer *p, const struct blkid *id,
		    bool first)
{
	forget(partial_of(p, id));
	log_debug("%s: a compact block does not come together", p->name);
	if (first)
		ask_whole(x, p, id);
	else
		p2p_window_land(x, p, id);
}

/* Nothing is missing. */
static enum status finish(struct p2p *x, struct p2p_peer *p,
			  const struct p2p_partial *part, bool *mutated)
{
	const struct blkid id = part->id;
	struct verdict v;
	struct buf raw;
	enum status st;

	*mutated = false;
	buf_init(&raw, BLOCK_SIZE_MAX);
	st = p2p_rebuild_write(&raw, part);
	if (st == ST_TOO_BIG) {
		*mutated = true;
		st = ST_OK;
	} else if (st == ST_OK) {
		st = p2p_highband_early(x, &id, buf_view(&raw), mutated);
	}
	/* what was sent before it was validated is nobody's fault */
	if (st == ST_OK && !*mutated) {
		p2p_window_land(x, p, &id);
		st = p2p_blocks_take(x, p, buf_view(&raw), true, &v);
	}
	buf_free(&raw);
	return st;
}

/* Not asked for, since enough others were: taken if nothing is missing. */
static enum status try_at_once(struct p2p *x, struct p2p_peer *p,
			       const struct blkid *id,
			       const struct msg_cmpctblock *m)
{
	struct p2p_partial *part;
	bool mutated;
	enum status st = p2p_rebuild_new(x, &part, id, m);

	if (st != ST_OK)
		return st == ST_PARSE ? ST_OK : st;
	if (part->n_missing == 0)
		st = finish(x, p, part, &mutated);
	p2p_rebuild_free(part);
	return st;
}

static struct p2p_partial **free_place(struct p2p_peer *p)
{
	for (unsigned i = 0; i < P2P_PARTIALS; i++) {
		if (!p->compact.partial[i])
			return &p->compact.partial[i];
	}
	/* the oldest makes room; its block is asked of others in time */
	forget(&p->compact.partial[0]);
	memmove(&p->compact.partial[0], &p->compact.partial[1],
		(P2P_PARTIALS - 1) * sizeof(p->compact.partial[0]));
	p->compact.partial[P2P_PARTIALS - 1] = NULL;
	return &p->compact.partial[P2P_PARTIALS - 1];
}

static enum status rebuild(struct p2p *x, struct p2p_peer *p,
			   const struct blkid *id, const struct senders *s,
			   const struct msg_cmpctblock *m)
{
	struct p2p_partial **place, *part;
	bool mutated;
	enum status st;

	if (partial_of(p, id))		/* told twice */
		return ST_OK;
	if (!s->self)
		p2p_window_fly(x, p, id);
	st = p2p_rebuild_new(x, &part, id, m);
	if (st == ST_PARSE) {
		give_up(x, p, id, s->first);
		return ST_OK;
	}
	if (st != ST_OK)
		return st;
	log_debug("%s: a compact block of %u transactions, %u are missing",
		  p->name, part->n_tx, part->n_missing);
	if (part->n_missing == 0) {
		st = finish(x, p, part, &mutated);
		p2p_rebuild_free(part);
		if (st == ST_OK && mutated)
			give_up(x, p, id, s->first);
		return st;
	}
	if (!s->first && !(p->compact.hb_to &&
			   (!p->inbound || s->outbound ||
			    s->n < SENDERS_MAX - 1))) {
		p2p_rebuild_free(part);
		p2p_window_land(x, p, id);
		return ST_OK;
	}
	place = free_place(p);
	*place = part;
	return ask_missing(x, p, part);
}

/* Whether its branch has almost the work of ours. */
static enum status has_work(struct p2p *x, const struct block_info *prev,
			    const struct header *h, bool *has)
{
	struct node_tip tip;
	struct u256 all = target_work(h->bits), less;
	enum status st = node_tip(x->node, &tip);

	if (st != ST_OK)
		return st;
	all = u256_add(&all, &prev->chainwork);
	less = target_work(tip.bits);
	less = u256_mul64(&less, BEHIND_WORK);
	*has = u256_cmp(&less, &tip.chainwork) >= 0;
	if (!*has) {
		less = u256_sub(&tip.chainwork, &less);
		*has = u256_cmp(&all, &less) >= 0;
	}
	return ST_OK;
}

/* The header, by the path of all headers. *known: it is good, info is filled. */
static enum status take_header(struct p2p *x, struct p2p_peer *p,
			       const struct msg_cmpctblock *m,
			       struct block_info *info, bool *known)
{
	struct block_info prev;
	struct verdict v;
	struct header h;
	size_t accepted;
	bool work;
	enum status st;

	*known = false;
	header_read(&h, m->header);
	st = query_block(x->node, &h.prev, &prev);
	if (st == ST_NOT_FOUND)
		return p2p_headers_ask(x, p, false);
	if (st == ST_OK)
		st = has_work(x, &prev, &h, &work);
	if (st == ST_OK && !work) {
		log_debug("Ignoring low-work compact block from peer %s", p->name);
		return ST_OK;
	}
	if (st == ST_OK)
		st = node_accept_headers(x->node, m->header, 1, p->name, &accepted,
					 &v);
	if (st != ST_OK)
		return st;
	x->wrote |= accepted > 0;
	/* that its content was found invalid is no reason to blame who passes it
	 * on unvalidated */
	if (v.code == V_DUPLICATE_INVALID)
		return ST_OK;
	if (v.code != VALID)
		return p2p_blocks_refused(x, p, "cmpctblock", &v);
	st = query_block(x->node, &info->id, info);
	*known = st == ST_OK;
	if (*known && (!p->has_best || info->height >= p->best_height)) {
		p->best = info->id;
		p->best_height = info->height;
		p->has_best = true;
	}
	return st == ST_NOT_FOUND ? ST_OK : st;
}

static enum status sort_out(struct p2p *x, struct p2p_peer *p,
			    const struct block_info *info,
			    const struct msg_cmpctblock *m)
{
	const struct senders s = senders_of(x, p, &info->id);
	int64_t spacing_s = node_params(x->node)->spacing_s;
	struct node_tip tip;
	bool behind;
	enum status st = node_tip(x->node, &tip);

	if (st == ST_OK)
		st = p2p_is_behind(x, DIRECT_SPACINGS * spacing_s, &behind);
	if (st != ST_OK)
		return st;
	if (u256_cmp(&info->chainwork, &tip.chainwork) <= 0) {
		if (s.self)
			ask_whole(x, p, &info->id);
		return ST_OK;
	}
	if (!s.n && behind) {
		x->blocks->look = true;
		return ST_OK;
	}
	if (info->height > tip.height + AHEAD_MAX) {
		if (s.self)
			ask_whole(x, p, &info->id);
		x->blocks->look = true;
		return ST_OK;
	}
	if (s.self || (s.n < SENDERS_MAX && p->blocks.n_flight < P2P_FLIGHT_MAX))
		return rebuild(x, p, &info->id, &s, m);
	return try_at_once(x, p, &info->id, m);
}

enum status p2p_on_cmpctblock(struct p2p *x, struct p2p_peer *p,
			      struct bytes in)
{
	struct msg_cmpctblock m;
	struct block_info info;
	bool known;
	enum status st = msg_cmpctblock_decode(&m, in, &x->arena);

	if (st == ST_TOO_BIG || (st == ST_OK && m.n_short + m.n_prefilled == 0))
		return p2p_misbehaved(x, p, "invalid compact block");
	if (st != ST_OK)
		return st == ST_PARSE ? ST_OK : st;
	header_hash_raw(&info.id, m.header);
	p2p_note(p, &info.id.h);
	st = take_header(x, p, &m, &info, &known);
	if (st != ST_OK || !known || info.has_data || info.invalid)
		return st;
	return sort_out(x, p, &info, &m);
}

enum status p2p_on_blocktxn(struct p2p *x, struct p2p_peer *p, struct bytes in)
{
	struct p2p_partial **place, *part;
	struct msg_blocktxn m;
	bool mutated, first;
	enum status st = msg_blocktxn_decode(&m, in, &x->arena);

	if (!p2p_decoded(x, p, "blocktxn", &st))
		return st;
	place = partial_of(p, &m.block);
	if (!place)		/* late: another was quicker */
		return ST_OK;
	part = *place;
	*place = NULL;
	first = senders_of(x, p, &m.block).first;
	st = p2p_rebuild_fill(part, m.tx, m.n);
	if (st == ST_PARSE) {
		p2p_rebuild_free(part);
		p2p_window_land(x, p, &m.block);
		return p2p_misbehaved(x, p, "invalid compact block/non-matching "
				      "block transactions");
	}
	if (st == ST_OK)
		st = finish(x, p, part, &mutated);
	p2p_rebuild_free(part);
	if (st == ST_OK && mutated)
		give_up(x, p, &m.block, first);
	return st;
}

void p2p_compact_done(struct p2p *x, const struct blkid *id)
{
	for (unsigned i = 0; i < x->n_peers; i++) {
		struct p2p_peer *p = x->peer[i];
		struct p2p_partial **place = partial_of(p, id);

		if (!place)
			continue;
		forget(place);
		p2p_window_land(x, p, id);
	}
}

void p2p_compact_release(struct p2p_peer *p)
{
	for (unsigned i = 0; i < P2P_PARTIALS; i++)
		forget(&p->compact.partial[i]);
}

void p2p_compact_init(struct p2p *x)
{
	buf_init(&x->compact.message, BLOCK_SIZE_MAX);
}

void p2p_compact_free(struct p2p *x)
{
	buf_free(&x->compact.message);
	for (unsigned i = 0; i < P2P_EXTRA; i++)
		free(x->compact.extra[i].raw);
}
