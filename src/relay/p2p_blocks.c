/* SPDX-License-Identifier: MIT */
/*
 * Headers first, then blocks.
 *
 * Every peer is asked for headers after ours; they are judged and stored before
 * any block is asked for. What is then missing on the branch with the most work
 * stands in a queue, lowest first, and is asked of all peers that showed the
 * headers, up to P2P_FLIGHT_MAX of each and P2P_WINDOW ahead of the first block
 * that is missing. A block that keeps the others waiting is asked of another
 * peer; who goes on sending nothing is dropped. Blocks of other branches are
 * asked of the peer that told of them, when they are few.
 */
#include "base/log.h"
#include "node/accept.h"
#include "node/offer.h"
#include "node/query.h"
#include "relay/p2p_priv.h"
#include "wire/msg_headers.h"

#define DIRECT_MAX 16		/* new headers that are fetched at once */
#define GETHEADERS_MS 120000	/* a second request meanwhile says nothing new */
#define HEDGE_MS 2000		/* then another is asked */
#define STALL_MS 60000		/* then it goes */

enum status p2p_headers_ask(struct p2p *x, struct p2p_peer *p, bool again)
{
	struct blkid have[65];
	struct msg_locator l = {.version = WIRE_PROTOCOL_VERSION, .have = have};
	size_t n = 0, own;
	enum status st;
	size_t at;

	if (!again && p->getheaders_ms && x->now_ms < p->getheaders_ms + GETHEADERS_MS)
		return ST_OK;
	/* Our own best header is left out of the first request, so that a peer
	 * on the same branch shows that it has it. */
	if (again && p->has_best)
		have[n++] = p->best;
	st = query_locator(x->node, have + n, &own);
	if (st != ST_OK)
		return st;
	if (n == 0 && own > 1) {
		l.have = have + 1;
		own--;
	}
	l.n = (uint32_t)(n + own);
	at = p2p_begin(x, p, WIRE_GETHEADERS);
	msg_locator_encode(&p->out, &l);
	p2p_end(p, at);
	p->getheaders_ms = x->now_ms;
	return ST_OK;
}

enum status p2p_blocks_ready(struct p2p *x, struct p2p_peer *p)
{
	return p2p_headers_ask(x, p, false);
}

enum status p2p_blocks_inv(struct p2p *x, struct p2p_peer *p,
			   const struct wire_inv *at, uint32_t n)
{
	bool unknown = false;

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
		unknown |= st == ST_NOT_FOUND;
	}
	return unknown ? p2p_headers_ask(x, p, false) : ST_OK;
}

/* How far in the queue this peer can serve. */
static void set_offer(struct p2p *x, struct p2p_peer *p)
{
	struct block_info last;

	p->offer = -1;
	for (unsigned i = x->n_queue; i-- > 0;) {
		const struct hash256 *h = &x->queue[i].id.h;

		if (p2p_knows(p, h) ||
		    (p->has_best && hash256_equal(h, &p->best.h))) {
			p->offer = i;
			return;
		}
	}
	/* its best lies beyond a full queue */
	if (x->n_queue == P2P_QUEUE_MAX && p->has_best &&
	    query_block(x->node, &x->queue[x->n_queue - 1].id, &last) == ST_OK &&
	    p->best_height > last.height)
		p->offer = x->n_queue - 1;
}

static struct p2p_want *queued(struct p2p *x, const struct blkid *id)
{
	for (unsigned i = x->first; i < x->n_queue; i++) {
		if (hash256_equal(&x->queue[i].id.h, &id->h))
			return &x->queue[i];
	}
	return NULL;
}

bool p2p_window_in_flight(const struct p2p *x, const struct blkid *id)
{
	for (unsigned i = 0; i < x->n_peers; i++) {
		const struct p2p_peer *p = x->peer[i];

		for (unsigned j = 0; j < p->n_flight; j++) {
			if (hash256_equal(&p->flight[j].id.h, &id->h))
				return true;
		}
	}
	return false;
}

void p2p_window_fly(struct p2p *x, struct p2p_peer *p, const struct blkid *id)
{
	struct p2p_want *w = queued(x, id);

	if (p->n_flight == 0)
		p->block_ms = x->patience_ms;
	p->flight[p->n_flight++] = (struct p2p_flight){*id, x->patience_ms};
	if (w)
		w->asked = p->serial;
}

static void fly(struct p2p *x, struct p2p_peer *p, const struct blkid *id,
		struct wire_inv *inv)
{
	p2p_window_fly(x, p, id);
	*inv = (struct wire_inv){INV_BLOCK | INV_WITNESS, id->h};
}

static bool any_flight(const struct p2p *x)
{
	for (unsigned i = 0; i < x->n_peers; i++) {
		if (x->peer[i]->n_flight)
			return true;
	}
	return false;
}

/* A single block on what is validated: its transactions are most likely here. */
static bool is_worth_compact(struct p2p *x, const struct p2p_peer *p,
			     const struct block_info *info)
{
	struct block_info parent;

	return p->compact.provides &&
	       query_block(x->node, &info->header.prev, &parent) == ST_OK &&
	       parent.has_data && parent.fees_sat >= 0 && !parent.invalid;
}

/* A few new headers: their blocks are asked for at once, on any branch. */
static enum status fetch_direct(struct p2p *x, struct p2p_peer *p,
				const struct msg_headers *h)
{
	struct wire_inv inv[DIRECT_MAX];
	bool alone = !any_flight(x), compact = false;
	uint32_t n = 0;

	for (uint32_t i = 0; i < h->n && p->n_flight < P2P_FLIGHT_MAX; i++) {
		struct block_info info;
		struct blkid id;
		enum status st;

		header_hash_raw(&id, h->raw + (size_t)i * HEADER_SIZE);
		st = query_block(x->node, &id, &info);
		if (st == ST_NOT_FOUND)
			continue;
		if (st != ST_OK)
			return st;
		if (info.has_data || info.invalid || p2p_window_in_flight(x, &id))
			continue;
		fly(x, p, &id, &inv[n++]);
		compact = is_worth_compact(x, p, &info);
	}
	if (n == 1 && alone && compact)
		inv[0].type = INV_COMPACT_BLOCK;
	if (n)
		p2p_put_inv(x, p, WIRE_GETDATA, inv, n);
	return ST_OK;
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

/* The headers are good: it has them all. */
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
	/* a chain with little work yet is held by the node, not stored */
	st = query_block(x->node, &id, &info);
	if (st != ST_OK && st != ST_NOT_FOUND)
		return st;
	p->best = id;
	p->best_height = st == ST_OK ? info.height : 0;
	p->has_best = true;
	x->look = true;
	set_offer(x, p);
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

enum status p2p_on_headers(struct p2p *x, struct p2p_peer *p, struct bytes in)
{
	struct msg_headers h;
	struct verdict v;
	size_t accepted;
	enum status st = msg_headers_decode(&h, in, &x->arena);

	if (!p2p_decoded(x, p, "headers", &st))
		return st;
	p->getheaders_ms = 0;
	if (!h.n)
		return ST_OK;
	if (!are_linked(&h))
		return p2p_misbehaved(x, p, "headers that do not follow one another");
	st = node_accept_headers(x->node, h.raw, h.n, p->name, &accepted, &v);
	if (st != ST_OK)
		return st;
	x->wrote |= accepted > 0;
	if (v.code != VALID)
		return p2p_blocks_refused(x, p, "header", &v);
	st = note_headers(x, p, &h);
	if (st == ST_OK && h.n == WIRE_HEADERS_MAX)
		st = p2p_headers_ask(x, p, true);
	if (st == ST_OK && h.n <= DIRECT_MAX)
		st = fetch_direct(x, p, &h);
	return st;
}

/* Whether the block was asked of this peer; it is no longer. */
bool p2p_window_land(struct p2p *x, struct p2p_peer *p, const struct blkid *id)
{
	for (unsigned i = 0; i < p->n_flight; i++) {
		if (!hash256_equal(&p->flight[i].id.h, &id->h))
			continue;
		p->flight[i] = p->flight[--p->n_flight];
		p->block_ms = x->patience_ms;
		return true;
	}
	return false;
}

/* Whether nothing else is being fetched: then blocks are news. */
static bool is_news(const struct p2p *x, const struct blkid *id)
{
	for (unsigned i = 0; i < x->n_peers; i++) {
		const struct p2p_peer *p = x->peer[i];

		for (unsigned j = 0; j < p->n_flight; j++) {
			if (!hash256_equal(&p->flight[j].id.h, &id->h))
				return false;
		}
	}
	return true;
}

enum status p2p_blocks_take(struct p2p *x, struct p2p_peer *p, struct bytes raw,
			    bool asked, struct verdict *v)
{
	struct block_result r;
	struct p2p_want *w;
	struct blkid id;
	enum status st;

	header_hash_raw(&id, raw.p);
	w = queued(x, &id);
	if (w)
		w->asked = 0;
	/* what nobody asked for must have nearly the work of our chain */
	st = asked ? node_accept_block(x->node, raw.p, raw.len, p->name, &r)
		   : node_offer_block(x->node, raw.p, raw.len, p->name, &r);
	if (st != ST_OK)
		return st;
	*v = r.verdict;
	x->wrote = true;
	if (r.tip_changed)
		p2p_txs_new_tip(x);
	if (v->code == VALID) {
		if (w)
			w->here = true;
		p2p_compact_done(x, &id);
		return r.tip_changed && is_news(x, &id)
			       ? p2p_highband_choose(x, p) : ST_OK;
	}
	/* what was to be built on it is not worth asking for */
	if (w && verdict_class(v->code) != VC_MUTATED) {
		x->n_queue = x->first = 0;
		x->look = true;
	}
	return ST_OK;
}

static bool any_wants_early(const struct p2p *x)
{
	for (unsigned i = 0; i < x->n_peers; i++) {
		if (x->peer[i]->compact.hb_from)
			return true;
	}
	return false;
}

enum status p2p_on_block(struct p2p *x, struct p2p_peer *p, struct bytes in)
{
	struct verdict v;
	struct blkid id;
	bool mutated, asked;
	enum status st = ST_OK;

	if (in.len < HEADER_SIZE)
		return ST_OK;
	header_hash_raw(&id, in.p);
	p2p_note(p, &id.h);
	asked = p2p_window_land(x, p, &id);
	if (any_wants_early(x))
		st = p2p_highband_early(x, &id, in, &mutated);
	if (st == ST_OK)
		st = p2p_blocks_take(x, p, in, asked, &v);
	if (st == ST_OK && v.code != VALID)
		st = p2p_blocks_refused(x, p, "block", &v);
	return st;
}

/* The queue again, lowest first. What is in flight stays so. */
static enum status look_up(struct p2p *x)
{
	struct blkid *id;
	uint32_t n;
	enum status st;

	arena_reset(&x->arena);
	st = query_missing_blocks(x->node, P2P_QUEUE_MAX, &x->arena, &id, &n);
	if (st != ST_OK)
		return st;
	x->look = false;
	x->n_queue = n;
	x->first = 0;
	for (uint32_t i = 0; i < n; i++)
		x->queue[i] = (struct p2p_want){.id = id[i]};
	for (unsigned i = 0; i < x->n_peers; i++) {
		struct p2p_peer *p = x->peer[i];

		for (unsigned j = 0; j < p->n_flight; j++) {
			struct p2p_want *w = queued(x, &p->flight[j].id);

			if (w)
				w->asked = p->serial;
		}
		if (p->ready)
			set_offer(x, p);
	}
	return ST_OK;
}

static void fill(struct p2p *x, struct p2p_peer *p)
{
	struct wire_inv inv[P2P_FLIGHT_MAX];
	uint32_t n = 0;

	for (unsigned i = x->first; i < x->n_queue && i < x->first + P2P_WINDOW &&
	     (int64_t)i <= p->offer && p->n_flight < P2P_FLIGHT_MAX; i++) {
		struct p2p_want *w = &x->queue[i];

		if (w->here || w->asked)
			continue;
		fly(x, p, &w->id, &inv[n++]);
	}
	if (n)
		p2p_put_inv(x, p, WIRE_GETDATA, inv, n);
}

/* Another peer that has nothing else to do and could deliver block i. */
static struct p2p_peer *helper(struct p2p *x, const struct p2p_peer *but,
			       unsigned i)
{
	for (unsigned j = 0; j < x->n_peers; j++) {
		struct p2p_peer *p = x->peer[j];

		if (p != but && p->ready && !p->dead && p->offer >= (int64_t)i &&
		    p->n_flight < P2P_FLIGHT_MAX)
			return p;
	}
	return NULL;
}

/* Patience with one peer: first others are asked too, then it goes. */
static void judge_slowness(struct p2p *x, struct p2p_peer *p)
{
	int64_t quiet_ms = x->patience_ms - p->block_ms;
	bool shared = false;

	if (!p->n_flight || quiet_ms < HEDGE_MS)
		return;
	for (unsigned i = x->first; i < x->n_queue &&
	     i < x->first + P2P_WINDOW; i++) {
		struct p2p_want *w = &x->queue[i];
		struct p2p_peer *other;
		struct wire_inv inv;

		if (w->here || w->asked != p->serial)
			continue;
		other = helper(x, p, i);
		if (!other)
			break;
		fly(x, other, &w->id, &inv);
		p2p_put_inv(x, other, WIRE_GETDATA, &inv, 1);
		shared = true;
	}
	if (shared)
		log_info("%s is slow: others are asked for its blocks", p->name);
	if (quiet_ms > STALL_MS)
		p2p_peer_drop(p, "it does not send the blocks it was asked for");
}

/* The queue is looked up when it is used up, or when there is news and nobody
 * is known to have what is left of it. */
static bool is_lookup_due(const struct p2p *x)
{
	if (x->first == x->n_queue)
		return x->look || x->n_queue;
	return x->look && !any_flight(x);
}

enum status p2p_blocks_step(struct p2p *x)
{
	while (x->first < x->n_queue && x->queue[x->first].here)
		x->first++;
	if (is_lookup_due(x)) {
		enum status st = look_up(x);

		if (st != ST_OK)
			return st;
	}
	for (unsigned i = 0; i < x->n_peers; i++) {
		struct p2p_peer *p = x->peer[i];

		if (!p->ready || p->dead)
			continue;
		judge_slowness(x, p);
		if (!p->dead && x->first < x->n_queue)
			fill(x, p);
	}
	return ST_OK;
}

void p2p_blocks_release(struct p2p *x, struct p2p_peer *p)
{
	for (unsigned i = x->first; i < x->n_queue; i++) {
		if (x->queue[i].asked == p->serial)
			x->queue[i].asked = 0;
	}
	p->n_flight = 0;
}
