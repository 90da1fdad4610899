/* SPDX-License-Identifier: MIT */
/*
 * The window of blocks on their way.
 *
 * What is missing on the branch with the most work stands in a queue, lowest
 * first, and is asked of all peers that have it: up to P2P_FLIGHT_MAX of each,
 * P2P_WINDOW ahead of the first that is missing, and no more than may be held in
 * memory until their turn. When a peer alone keeps the window from moving, another
 * is asked for its blocks, too, after HELP_MS; unless one of them comes it is
 * dropped after stall_ms; the next one gets twice the time, up to STALL_MAX_MS,
 * as it may be us who are slow, and each block that comes brings it back. Near
 * the end nobody needs to be dropped.
 */
#include <stdlib.h>

#include "base/log.h"
#include "node/query/query.h"
#include "relay/p2p_priv.h"
#include "wire/msg_version.h"

#define HELP_MS 500
#define STALL_MIN_MS 2000
#define STALL_MAX_MS 64000
#define TIMEOUT_MS 60000	/* without any block of those asked for: at least */
#define LIMITED_BLOCKS 286	/* two less, as they may be gone meanwhile */

struct p2p_want *p2p_window_find(struct p2p *x, const struct blkid *id)
{
	struct p2p_blocks *b = x->blocks;

	for (unsigned i = b->first; i < b->n_queue; i++) {
		if (hash256_equal(&b->queue[i].id.h, &id->h))
			return &b->queue[i];
	}
	return NULL;
}

static bool was_asked(const struct p2p_peer *p, const struct blkid *id)
{
	for (unsigned j = 0; j < p->blocks.n_flight; j++) {
		if (hash256_equal(&p->blocks.flight[j].id.h, &id->h))
			return true;
	}
	return false;
}

bool p2p_window_in_flight(const struct p2p *x, const struct blkid *id)
{
	for (unsigned i = 0; i < x->n_peers; i++) {
		if (was_asked(x->peer[i], id))
			return true;
	}
	return false;
}

/* How many of the queue have a height of at most this. */
static enum status count_up_to(struct p2p *x, uint32_t height, unsigned *count)
{
	unsigned low = 0, high = x->blocks->n_queue;

	while (low < high) {
		unsigned mid = low + (high - low) / 2;
		struct block_info info;
		enum status st = query_block(x->node, &x->blocks->queue[mid].id,
					     &info);

		if (st != ST_OK)
			return st;
		if (info.height <= height)
			low = mid + 1;
		else
			high = mid;
	}
	*count = low;
	return ST_OK;
}

/* A node without NODE_WITNESS strips what the rules want from the activation of
 * segregated witness on. */
bool p2p_window_may_serve(struct p2p *x, const struct p2p_peer *p)
{
	struct node_tip tip;

	return (p->stats.services & WIRE_NODE_WITNESS) ||
	       (node_tip(x->node, &tip) == ST_OK &&
		tip.height + 1 < node_params(x->node)->segwit_height);
}

/* Whether the next block to be fetched is older than what a peer without
 * NODE_NETWORK keeps (BIP159). */
static bool is_too_old(struct p2p *x, const struct p2p_peer *p)
{
	const struct p2p_blocks *b = x->blocks;
	struct block_info next;

	if ((p->stats.services & WIRE_NODE_NETWORK) || b->first == b->n_queue)
		return false;
	return query_block(x->node, &b->queue[b->first].id, &next) != ST_OK ||
	       (p->has_best && p->best_height > next.height + LIMITED_BLOCKS);
}

void p2p_window_offer(struct p2p *x, struct p2p_peer *p)
{
	struct p2p_blocks *b = x->blocks;
	uint32_t height;
	unsigned count;
	bool on;

	p->blocks.offer = -1;
	if (!p2p_window_may_serve(x, p) || !p2p_has_blocks(p) || is_too_old(x, p))
		return;
	if (p->has_best && b->n_queue &&
	    query_on_best_branch(x->node, &p->best, &height, &on) == ST_OK && on &&
	    count_up_to(x, height, &count) == ST_OK) {
		p->blocks.offer = (int64_t)count - 1;
		return;
	}
	for (unsigned i = b->n_queue; i-- > 0;) {
		if (p2p_knows(p, &b->queue[i].id.h)) {
			p->blocks.offer = i;
			return;
		}
	}
}

void p2p_window_fly(struct p2p *x, struct p2p_peer *p, const struct blkid *id)
{
	struct p2p_peer_blocks *b = &p->blocks;
	struct p2p_want *w = p2p_window_find(x, id);

	if (b->n_flight == P2P_FLIGHT_MAX)
		return;
	if (b->n_flight == 0)
		b->block_ms = x->patience_ms;
	b->flight[b->n_flight++] = (struct p2p_flight){*id, ++x->blocks->last_no};
	if (w)
		w->asked = p->serial;
}

bool p2p_window_land(struct p2p *x, struct p2p_peer *p, const struct blkid *id)
{
	struct p2p_peer_blocks *b = &p->blocks;

	for (unsigned i = 0; i < b->n_flight; i++) {
		if (!hash256_equal(&b->flight[i].id.h, &id->h))
			continue;
		memmove(b->flight + i, b->flight + i + 1,
			(b->n_flight - i - 1) * sizeof(*b->flight));
		b->n_flight--;
		b->block_ms = x->patience_ms;
		b->stalling_ms = 0;
		return true;
	}
	return false;
}

void p2p_window_request(struct p2p *x, struct p2p_peer *p, const struct blkid *id,
			struct wire_inv *inv, uint32_t *n)
{
	p2p_window_fly(x, p, id);
	inv[(*n)++] = (struct wire_inv){
		INV_BLOCK | (p->stats.services & WIRE_NODE_WITNESS ? INV_WITNESS : 0),
		id->h,
	};
}

bool p2p_window_any(const struct p2p *x)
{
	for (unsigned i = 0; i < x->n_peers; i++) {
		if (x->peer[i]->blocks.n_flight)
			return true;
	}
	return false;
}

/* Puts what follows to the end of the queue: ids are missing on the best branch.
 * False when the queue is of another one. */
static bool extend(struct p2p_blocks *b, const struct blkid *id, uint32_t n)
{
	unsigned done = 0, left;

	while (done < b->n_queue && n &&
	       !hash256_equal(&b->queue[done].id.h, &id[0].h))
		done++;
	left = b->n_queue - done;
	if (!n || !left || left > n || done > b->first ||
	    !hash256_equal(&b->queue[b->n_queue - 1].id.h, &id[left - 1].h))
		return false;
	memmove(b->queue, b->queue + done, left * sizeof(*b->queue));
	b->first -= done;
	for (unsigned i = left; i < n; i++)
		b->queue[i] = (struct p2p_want){.id = id[i]};
	b->n_queue = n;
	return true;
}

/* The queue again, lowest first. What is in flight stays so. */
static enum status look_up(struct p2p *x)
{
	struct p2p_blocks *b = x->blocks;
	struct block_info best;
	struct blkid *id;
	uint32_t n;
	enum status st;

	/* a chain without the least work is not worth its blocks */
	st = query_best_header(x->node, &best);
	if (st != ST_OK)
		return st;
	if (u256_cmp(&best.chainwork, &node_params(x->node)->min_chainwork) < 0) {
		b->look = b->grown = false;
		return ST_OK;
	}
	arena_reset(&x->arena);
	st = query_missing_blocks(x->node, P2P_QUEUE_MAX, &x->arena, &id, &n);
	if (st != ST_OK)
		return st;
	/* there may be more than were looked up */
	b->grown = n == P2P_QUEUE_MAX;
	if (!extend(b, id, n)) {
		/* what is in the open group only seems to be missing */
		if (b->n_given)
			return ST_OK;
		p2p_blocks_reset(x);
		b->n_queue = n;
		for (uint32_t i = 0; i < n; i++)
			b->queue[i] = (struct p2p_want){.id = id[i]};
	}
	b->look = false;
	for (unsigned i = 0; i < x->n_peers; i++) {
		struct p2p_peer *p = x->peer[i];

		for (unsigned j = 0; j < p->blocks.n_flight; j++) {
			struct p2p_want *w =
				p2p_window_find(x, &p->blocks.flight[j].id);

			if (w && !w->asked)
				w->asked = p->serial;
		}
		p->blocks.stalling_ms = 0;
		if (p->ready)
			p2p_window_offer(x, p);
	}
	return ST_OK;
}

static unsigned window_end(const struct p2p *x)
{
	const struct p2p_blocks *b = x->blocks;
	size_t room = b->mean ? P2P_HELD_MAX / b->mean : P2P_WINDOW;
	unsigned size = room < P2P_WINDOW ? (unsigned)room : P2P_WINDOW;

	/* never so small that peers cannot be compared */
	if (size < 2 * P2P_FLIGHT_MAX)
		size = 2 * P2P_FLIGHT_MAX;
	return b->n_queue - b->first > size ? b->first + size : b->n_queue;
}

/* Whether nothing of the window waits for this peer alone: what it was asked for,
 * if anything, is what others are slow to bring. */
static bool is_idle(const struct p2p_blocks *b, const struct p2p_peer *p,
		    unsigned end)
{
	for (unsigned i = b->first; p->blocks.n_flight && i < end; i++) {
		if (b->queue[i].asked == p->serial)
			return false;
	}
	return true;
}

/* Asks for what is due. True when the peer could do more, had the window not
 * ended: *blocker is then who is to bring the first block that is missing. */
static bool fill(struct p2p *x, struct p2p_peer *p, struct p2p_peer **blocker)
{
	struct p2p_blocks *b = x->blocks;
	struct wire_inv inv[P2P_FLIGHT_MAX];
	unsigned end = window_end(x), i;
	uint32_t n = 0;

	for (i = b->first; i < end && (int64_t)i <= p->blocks.offer &&
			   p->blocks.n_flight < P2P_FLIGHT_MAX; i++) {
		struct p2p_want *w = &b->queue[i];

		if (w->here || w->raw || w->asked)
			continue;
		/* it helped out another, who is gone */
		if (was_asked(p, &w->id))
			w->asked = p->serial;
		else
			p2p_window_request(x, p, &w->id, inv, &n);
	}
	if (n)
		p2p_put_inv(x, p, WIRE_GETDATA, inv, n);
	if (b->first == b->n_queue || p->blocks.offer < (int64_t)b->first ||
	    !is_idle(b, p, end))
		return false;
	*blocker = p2p_peer_by_serial(x, b->queue[b->first].asked);
	return *blocker && *blocker != p;
}

/* Others are asked, too, for what this one was asked for; it stays the one who is
 * waited for. */
static void share(struct p2p *x, const struct p2p_peer *slow,
		  struct p2p_peer *helper)
{
	struct p2p_blocks *b = x->blocks;
	struct wire_inv inv[P2P_FLIGHT_MAX];
	uint32_t n = 0;

	for (unsigned i = b->first; i < b->n_queue &&
				    (int64_t)i <= helper->blocks.offer &&
				    helper->blocks.n_flight < P2P_FLIGHT_MAX; i++) {
		struct p2p_want *w = &b->queue[i];

		if (w->asked != slow->serial || w->raw || w->here ||
		    was_asked(helper, &w->id))
			continue;
		p2p_window_request(x, helper, &w->id, inv, &n);
		w->asked = slow->serial;
	}
	if (!n)
		return;
	log_info("%s is slow: another is asked for its blocks", slow->name);
	p2p_put_inv(x, helper, WIRE_GETDATA, inv, n);
}

/* p has nothing to do but wait for who: it soon brings the blocks in his place.
 * One after the other is asked so, not all at once. */
static void judge_blocker(struct p2p *x, struct p2p_peer *p, struct p2p_peer *who)
{
	struct p2p_blocks *b = x->blocks;

	if (!who->blocks.stalling_ms)
		who->blocks.stalling_ms = x->patience_ms;
	if (x->patience_ms < who->blocks.stalling_ms + HELP_MS ||
	    x->patience_ms < b->help_ms + HELP_MS)
		return;
	b->help_ms = x->patience_ms;
	share(x, who, p);
}

/* Others may have brought the blocks: who had them wait so long goes all the same. */
static void judge_slow(struct p2p *x, struct p2p_peer *who)
{
	struct p2p_blocks *b = x->blocks;

	if (!who->blocks.stalling_ms ||
	    x->patience_ms < who->blocks.stalling_ms + b->stall_ms)
		return;
	if (window_end(x) == b->n_queue) {
		who->blocks.stalling_ms = 0;
		return;
	}
	p2p_peer_drop(who, "it is stalling block download");
	p2p_window_release(x, who);
	b->stall_ms = 2 * b->stall_ms < STALL_MAX_MS ? 2 * b->stall_ms
						     : STALL_MAX_MS;
}

void p2p_window_relax(struct p2p *x)
{
	int64_t less_ms = x->blocks->stall_ms * 85 / 100;

	x->blocks->stall_ms = less_ms > STALL_MIN_MS ? less_ms : STALL_MIN_MS;
}

void p2p_window_release(struct p2p *x, struct p2p_peer *p)
{
	struct p2p_blocks *b = x->blocks;

	for (unsigned i = b->first; i < b->n_queue; i++) {
		if (b->queue[i].asked == p->serial)
			b->queue[i].asked = 0;
	}
	p->blocks.n_flight = 0;
	p->blocks.offer = -1;
}

enum status p2p_blocks_notfound(struct p2p *x, struct p2p_peer *p,
				const struct wire_inv *at, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		struct blkid id = {at[i].hash};
		struct p2p_want *w;

		if ((at[i].type & ~INV_WITNESS) != INV_BLOCK ||
		    !p2p_window_land(x, p, &id))
			continue;
		/* it said it has it: all above are no better */
		w = p2p_window_find(x, &id);
		if (!w)
			continue;
		w->asked = 0;
		if (p->blocks.offer >= (int64_t)(w - x->blocks->queue))
			p->blocks.offer = (w - x->blocks->queue) - 1;
	}
	return ST_OK;
}

/* The queue is looked up when it is used up, or when there is news and nobody
 * is known to have what is left of it; also when it is to be longer. Blocks of the
 * open group would seem to be missing: it is committed before. */
static bool is_lookup_due(const struct p2p *x)
{
	const struct p2p_blocks *b = x->blocks;

	if (b->grown && b->n_queue - b->first < P2P_QUEUE_MAX / 2)
		return true;
	if (b->n_given)
		return false;
	if (b->first == b->n_queue)
		return b->look || b->n_queue;
	return b->look && !b->queue[b->first].raw && !p2p_window_any(x);
}

enum status p2p_window_step(struct p2p *x)
{
	struct p2p_blocks *b = x->blocks;
	int64_t timeout_ms = (int64_t)node_params(x->node)->spacing_s * 1000;

	if (timeout_ms < TIMEOUT_MS)
		timeout_ms = TIMEOUT_MS;
	if (is_lookup_due(x)) {
		enum status st = look_up(x);

		if (st != ST_OK)
			return st;
	}
	for (unsigned i = 0; i < x->n_peers; i++) {
		struct p2p_peer *p = x->peer[i], *blocker;
		enum status st;

		if (!p->ready || p->dead)
			continue;
		if (p->blocks.n_flight &&
		    x->patience_ms > p->blocks.block_ms + timeout_ms) {
			p2p_peer_drop(p, "it does not send the blocks it was "
					 "asked for");
			p2p_window_release(x, p);
			continue;
		}
		judge_slow(x, p);
		if (p->dead)
			continue;
		if (b->first < b->n_queue && fill(x, p, &blocker))
			judge_blocker(x, p, blocker);
		if (p->blocks.has_side && !p->blocks.n_flight &&
		    x->real_ms >= p->blocks.side_ms) {
			st = p2p_direct_side(x, p);
			if (st != ST_OK)
				return st;
		}
	}
	return ST_OK;
}
