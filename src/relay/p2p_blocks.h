/* SPDX-License-Identifier: MIT */
/*
 * Headers first, then blocks: what is remembered for it.
 *
 *	p2p_headers.c	headers: whom to ask, what they say about who has what
 *	p2p_window.c	the window of blocks on their way: whom to ask for which,
 *			who keeps the others waiting
 *	p2p_direct.c	blocks beside that window
 *	p2p_blocks.c	blocks that came: to the node one by one, or many in one
 *			commit while there are many to come
 */
#ifndef QUARRY_RELAY_P2P_BLOCKS_H
#define QUARRY_RELAY_P2P_BLOCKS_H

#include "base/status.h"
#include "primitives/hash.h"
#include "primitives/verdict.h"

#define P2P_FLIGHT_MAX 16	/* blocks asked of one peer */
#define P2P_QUEUE_MAX 4096	/* blocks known to be missing */
#define P2P_WINDOW 1024		/* how far ahead of the first of them */
#define P2P_HELD_MAX ((size_t)24 << 20)	/* blocks that came before their turn */

struct p2p;
struct p2p_peer;
struct msg_headers;
struct node;
struct presync;

struct p2p_flight {
	struct blkid id;
	uint64_t no;			/* requests are numbered */
};

/* Of one peer. */
struct p2p_peer_blocks {
	bool asked;			/* for headers, as one of those that
					 * are asked by turns */
	bool inv_asked;			/* since it told of a block */
	int64_t getheaders_ms;		/* when last asked; 0: it answered */
	int64_t astray_ms;		/* its branch leaves ours below a final
					 * block: not asked before then */
	struct presync *presync;	/* a chain of its with little work yet */
	unsigned n_flight;
	struct p2p_flight flight[P2P_FLIGHT_MAX];
	int64_t block_ms;		/* last block or request; patience clock */
	int64_t stalling_ms;		/* since when the window waits for it; 0 */
	int64_t offer;			/* it has the queue up to here; -1 none */
	bool has_side;			/* of a weaker branch: to be fetched when */
	struct blkid side;		/* nothing is urgent; its last header */
	int64_t side_ms;
	bool unsettled;			/* it gave blocks of the open group */
	bool pong_due;			/* when that is settled */
	uint64_t pong_nonce;
};

struct p2p_want {
	struct blkid id;
	bool here;			/* the node has it, if only in its group */
	uint32_t asked;			/* serial of a peer, 0: nobody */
	uint32_t from;			/* serial of who gave raw */
	uint32_t len;
	uint8_t *raw;			/* it waits for those before it */
};

struct p2p_given {
	struct blkid id;
	uint32_t from;
};

/* Of all peers together. */
struct p2p_blocks {
	unsigned n_queue, first;	/* lowest first; first not here */
	bool look;			/* the queue is to be looked up again */
	bool grown;			/* or the branch goes on beyond its end */
	struct p2p_want queue[P2P_QUEUE_MAX];
	size_t held;			/* bytes that wait in the queue */
	size_t mean;			/* bytes of a block, lately */
	int64_t stall_ms;		/* patience with who stops the window */
	int64_t help_ms;		/* when another was last asked for his */
	uint32_t leader;		/* who is asked for headers first; serial */
	int64_t leader_ms;		/* since when it says nothing new */
	bool leader_gave;		/* headers */
	struct hash256 inv_asked;	/* the block told of last for which one
					 * more peer was asked */
	bool caught_up;			/* once in this run */
	uint64_t last_no;		/* of requests */

	struct blkid assumed;		/* to be valid; zero: no block is */

	/* The open group: blocks in memory, their scripts under way. */
	struct node *bulk;		/* NULL: blocks are committed one by one */
	bool closing;			/* no more blocks go into the group */
	bool worked;			/* there is more to do at once */
	int64_t group_ms, last_ms;	/* when its first, its last block came */
	int64_t pause_ms;		/* no bulk before: there was trouble */
	unsigned n_given;
	struct p2p_given given[P2P_QUEUE_MAX + P2P_FLIGHT_MAX];
};

NODISCARD enum status p2p_blocks_open(struct p2p *x);
void p2p_blocks_close(struct p2p *x);
/* What is to be done between two messages; once in each turn. */
NODISCARD enum status p2p_blocks_step(struct p2p *x);
/* Whether there is work that needs no message from anybody. */
bool p2p_blocks_busy(const struct p2p *x);
/* Whether all blocks that the peer gave were judged. */
bool p2p_blocks_settled(const struct p2p_peer *p);
/* A ping: its pong goes out when they were. */
void p2p_blocks_pong(struct p2p *x, struct p2p_peer *p, uint64_t nonce);

/* p2p_blocks.c */
/* A block of a peer, however it came (in a block message, put together from a
 * compact one): judged, stored, or held until its turn. asked: it was asked for
 * as a whole or in parts. *v: VALID unless it was refused just now. What the
 * refusal says about the peer is up to the caller (p2p_blocks_refused). */
NODISCARD enum status p2p_blocks_take(struct p2p *x, struct p2p_peer *p,
				      struct bytes raw, bool asked,
				      struct verdict *v);
/* Punishes for a refused block or header what deserves it. */
NODISCARD enum status p2p_blocks_refused(struct p2p *x, struct p2p_peer *p,
					 const char *what,
					 const struct verdict *v);
/* The handle that knows all blocks, those of the open group too. */
struct node *p2p_blocks_node(struct p2p *x);
/* Forgets the queue: it is made anew from the database. */
void p2p_blocks_reset(struct p2p *x);

/* p2p_headers.c */
/* Asks for headers, unless an answer is due; again: it has more. */
NODISCARD enum status p2p_headers_ask(struct p2p *x, struct p2p_peer *p,
				      bool again);
/* Asks for what comes after a header that the peer should have. */
NODISCARD enum status p2p_headers_ask_after(struct p2p *x, struct p2p_peer *p,
					    const struct blkid *after);
/* Asks those peers who were not asked yet, when it is their turn. */
NODISCARD enum status p2p_headers_step(struct p2p *x);

/* p2p_window.c */
/* How far in the queue this peer can serve. */
void p2p_window_offer(struct p2p *x, struct p2p_peer *p);
/* The queue's entry, or NULL. */
struct p2p_want *p2p_window_find(struct p2p *x, const struct blkid *id);
/* Whether anybody was asked for the block and has not answered. */
bool p2p_window_in_flight(const struct p2p *x, const struct blkid *id);
/* Whether anything is on its way. */
bool p2p_window_any(const struct p2p *x);
/* Whether what it would send has the witnesses that the rules want: a node without
 * NODE_WITNESS strips them. */
bool p2p_window_may_serve(struct p2p *x, const struct p2p_peer *p);
/* One more request, to the end of inv. */
struct wire_inv;
void p2p_window_request(struct p2p *x, struct p2p_peer *p, const struct blkid *id,
			struct wire_inv *inv, uint32_t *n);
/* Notes that the block is asked of the peer; the caller sends the request. */
void p2p_window_fly(struct p2p *x, struct p2p_peer *p, const struct blkid *id);
/* The block came from the peer, or never will; true when it had been asked. */
bool p2p_window_land(struct p2p *x, struct p2p_peer *p, const struct blkid *id);
/* What it was asked for is asked of others. */
void p2p_window_release(struct p2p *x, struct p2p_peer *p);
/* A block came in its turn: patience goes back to what it was. */
void p2p_window_relax(struct p2p *x);
/* p2p_direct.c */
/* New headers of a peer: asks for their blocks at once, when they are few and
 * lead to the most work, later when they lead to less. */
NODISCARD enum status p2p_direct(struct p2p *x, struct p2p_peer *p,
				 const struct msg_headers *h);
/* A branch beside the best one that the peer showed: some of its blocks. */
NODISCARD enum status p2p_direct_side(struct p2p *x, struct p2p_peer *p);

/* p2p_window.c */
/* Looks up what is missing, asks for it, judges who is slow. */
NODISCARD enum status p2p_window_step(struct p2p *x);

#endif
