/* SPDX-License-Identifier: MIT */
/*
 * Blocks beside the queue. A few new headers of a branch with the most work are
 * fetched at once, as Bitcoin Core does; long branches with as much work as ours
 * from below, some at a time; branches with less when nothing else is to be done.
 */
#include "node/query/query.h"
#include "primitives/block.h"
#include "relay/p2p_priv.h"
#include "wire/msg_headers.h"

#define SIDE_MS 1000		/* a weaker branch can wait */
#define SIDE_DEPTH 144		/* and must leave the chain no deeper */
#define WALK_MAX 288
#define FAR_MAX 20000

/* Blocks not here and not on their way, from this header down to the active
 * chain: lowest last. *deep: the chain was not met, or there are more than max.
 * *fork: the height where it was met. */
static enum status walk_down(struct p2p *x, struct blkid at, struct blkid *out,
			     unsigned max, unsigned *n, bool *deep,
			     uint32_t *fork)
{
	*n = 0;
	*deep = false;
	for (unsigned steps = 0;; steps++) {
		struct block_info info;
		enum status st = query_block(x->node, &at, &info);

		if (st != ST_OK)
			return st;
		*fork = info.height;
		if (info.active)
			return ST_OK;
		*deep = info.invalid || steps == WALK_MAX || *n == max;
		if (*deep)
			return ST_OK;
		if (!info.has_data && !p2p_window_in_flight(x, &at))
			out[(*n)++] = at;
		at = info.header.prev;
	}
}

/* A single block on what is validated: its transactions are most likely here. */
static bool is_worth_compact(struct p2p *x, const struct p2p_peer *p,
			     const struct blkid *id)
{
	struct block_info info, parent;

	return p->compact.provides && !x->blocks_only &&
	       query_block(x->node, id, &info) == ST_OK &&
	       query_block(x->node, &info.header.prev, &parent) == ST_OK &&
	       parent.has_data && parent.fees_sat >= 0 && !parent.invalid;
}

/* Asks for them from the last one on, as far as the peer may be asked. */
static void ask_upwards(struct p2p *x, struct p2p_peer *p,
			const struct blkid *id, unsigned n)
{
	bool compact = n == 1 && !p2p_window_any(x) && is_worth_compact(x, p, &id[0]);
	struct wire_inv inv[P2P_FLIGHT_MAX];
	uint32_t n_inv = 0;

	if (!p2p_window_may_serve(x, p))
		return;
	while (n-- > 0 && p->blocks.n_flight < P2P_FLIGHT_MAX)
		p2p_window_request(x, p, &id[n], inv, &n_inv);
	if (compact && n_inv)
		inv[0].type = INV_COMPACT_BLOCK;
	if (n_inv)
		p2p_put_inv(x, p, WIRE_GETDATA, inv, n_inv);
}

static void note_side(struct p2p *x, struct p2p_peer *p, const struct blkid *id,
		      int64_t in_ms)
{
	p->blocks.side = *id;
	p->blocks.has_side = true;
	p->blocks.side_ms = x->real_ms + in_ms;
}

enum status p2p_direct(struct p2p *x, struct p2p_peer *p,
			      const struct msg_headers *h)
{
	struct blkid id[P2P_FLIGHT_MAX + 1], last;
	struct block_info info;
	struct node_tip tip;
	uint32_t fork;
	unsigned n;
	bool deep, on;
	enum status st;

	header_hash_raw(&last, h->raw + (size_t)(h->n - 1) * HEADER_SIZE);
	/* during the first synchronisation the queue alone says what comes */
	if (x->blocks->bulk)
		return ST_OK;
	st = query_block(x->node, &last, &info);
	if (st == ST_OK)
		st = node_tip(x->node, &tip);
	if (st != ST_OK || info.active || info.invalid ||
	    u256_cmp(&info.chainwork, &node_params(x->node)->min_chainwork) < 0)
		return st == ST_NOT_FOUND ? ST_OK : st;
	if (u256_cmp(&info.chainwork, &tip.chainwork) < 0) {
		note_side(x, p, &last, SIDE_MS);
		return ST_OK;
	}
	st = walk_down(x, last, id, P2P_FLIGHT_MAX + 1, &n, &deep, &fork);
	if (st == ST_OK && !deep)
		ask_upwards(x, p, id, n);
	if (st != ST_OK || !deep)
		return st;
	/* what has the most work comes by the queue, what has as much does not */
	st = query_on_best_branch(x->node, &last, &fork, &on);
	if (st == ST_OK && !on)
		note_side(x, p, &last, 0);
	return st;
}

/* The lowest of what is missing on a branch, lowest last; *deep: it is invalid, or
 * longer than anybody needs. */
static enum status walk_far(struct p2p *x, struct blkid at,
			    struct blkid out[P2P_FLIGHT_MAX], unsigned *n,
			    bool *deep)
{
	struct blkid ring[P2P_FLIGHT_MAX];
	unsigned found = 0;

	*deep = false;
	for (unsigned steps = 0;; steps++) {
		struct block_info info;
		enum status st = query_block(x->node, &at, &info);

		if (st != ST_OK)
			return st;
		*deep = info.invalid || steps == FAR_MAX;
		if (info.active || *deep)
			break;
		if (!info.has_data && !p2p_window_in_flight(x, &at))
			ring[found++ % P2P_FLIGHT_MAX] = at;
		at = info.header.prev;
	}
	*n = found < P2P_FLIGHT_MAX ? found : P2P_FLIGHT_MAX;
	for (unsigned i = 0; i < *n; i++)
		out[i] = ring[(found - *n + i) % P2P_FLIGHT_MAX];
	return ST_OK;
}

/* The blocks of a branch beside the best one, lowest first: of one with less work
 * than the chain not many, of one with as much all. */
enum status p2p_direct_side(struct p2p *x, struct p2p_peer *p)
{
	struct blkid id[SIDE_DEPTH];
	struct block_info side;
	struct node_tip tip;
	uint32_t fork;
	unsigned n;
	bool deep, level;
	enum status st = node_tip(x->node, &tip);

	if (st == ST_OK)
		st = query_block(x->node, &p->blocks.side, &side);
	if (st != ST_OK)
		return st == ST_NOT_FOUND ? ST_OK : st;
	level = u256_cmp(&side.chainwork, &tip.chainwork) >= 0;
	if (level)
		st = walk_far(x, p->blocks.side, id, &n, &deep);
	else
		st = walk_down(x, p->blocks.side, id, SIDE_DEPTH, &n, &deep,
			       &fork);
	if (st != ST_OK || deep || !n ||
	    (!level && fork + SIDE_DEPTH < tip.height)) {
		p->blocks.has_side = false;
		return st == ST_NOT_FOUND ? ST_OK : st;
	}
	ask_upwards(x, p, id, n);
	p->blocks.side_ms = level ? 0 : x->real_ms + SIDE_MS;
	return ST_OK;
}
