/* SPDX-License-Identifier: MIT */
/* Inside sync: the state of one run, in five files.
 *
 * sync.c		the run: lease, time, who takes part
 * sync_votes.c		votes for finality, in both directions
 * sync_peers.c	one peer: status, headers, transactions, what to think of it
 * sync_blocks.c	the window of blocks that are on their way
 * sync_p2p.c		peers of Bitcoin's own protocol, one after the other
 */
#ifndef QUARRY_SYNC_SYNC_PRIV_H
#define QUARRY_SYNC_SYNC_PRIV_H

#include "base/arena.h"
#include "primitives/verdict.h"
#include "remote/peer_client.h"
#include "sync/sync.h"

#define SYNC_WINDOW 16		/* blocks held or on their way: memory */
#define SYNC_PER_PEER 4		/* of them with one peer */
#define SYNC_WANTED_MAX 512
#define SYNC_HEDGE_MS 4000	/* then a second peer is asked */
/* a run sees all of a chain with little work, or nothing of it is kept */
#define SYNC_HEADERS_PER_RUN 2000000

enum sync_stage {
	STAGE_ASKED,	/* probe, status or headers are on their way */
	STAGE_READY,	/* can be asked for blocks */
	STAGE_MEMPOOL,	/* votes to it or its transactions are on their way */
	STAGE_DONE,
	STAGE_DROPPED,	/* failed or lied in this run */
};

struct presync;

struct sync_peer {
	struct peer_info info;
	struct sync_peer_report *report;
	enum sync_stage stage;
	struct peer_status status;
	uint8_t challenge[NODEPROOF_CHALLENGE_SIZE];
	bool p2p;		/* its URL is bitcoin://... */
	bool offers;		/* more work than we have */
	bool pin_is_new;
	unsigned in_flight;	/* blocks */
	unsigned pages;		/* of its transactions */
	struct {
		unsigned pages;
		uint32_t final;		/* height, when they were asked for */
		bool rest;		/* there are more, for later */
		uint64_t *shown;	/* marks of those it has */
		size_t n_shown;
	} votes;
	/* its last answer of headers: the branch to fall back to */
	struct blkid *branch;
	size_t n_branch;
	/* a chain of its with little work yet: it is asked for what follows */
	struct presync *presync;
	bool goes_on;
	struct blkid after;
};

enum sync_slot_state { SLOT_WANTED, SLOT_ASKED, SLOT_HERE };

struct sync_slot {
	struct blkid id;
	enum sync_slot_state state;
	uint64_t seq;		/* the tag of its requests */
	uint64_t tried;		/* bit per peer */
	unsigned asked;		/* answers still to come */
	int64_t asked_at_ms;
	unsigned from;		/* the peer that delivered */
	struct buf body;
};

struct sync {
	struct node *node;
	struct sync_options o;
	struct fetch *fetch;
	struct arena arena;	/* of one look into the database */
	struct sync_report report;
	int64_t deadline_ms, lease_ms;
	bool has_lease;
	unsigned n_peers;
	struct sync_peer peers[SYNC_PEERS_MAX];

	uint64_t next_seq;
	unsigned n_slots;
	struct sync_slot slots[SYNC_WINDOW];
	unsigned n_wanted, at_wanted;
	struct blkid wanted[SYNC_WANTED_MAX];
	bool best_is_gone;	/* nobody has the best branch: fall back */
	unsigned vote_rounds;
	unsigned fallback;	/* the next peer whose branch is tried */
	int only;		/* whom the window asks: a peer, or -1 for all */
};

/* sync_peers.c */
NODISCARD enum status sync_peer_begin(struct sync *s, unsigned i);
NODISCARD enum status sync_peer_result(struct sync *s, unsigned i,
				       const struct fetch_result *r);
/* What comes last: its transactions. */
NODISCARD enum status sync_peer_finish(struct sync *s, unsigned i);
/* By our locator, led by the last header that it gave. */
NODISCARD enum status sync_peer_ask_headers(struct sync *s, unsigned i);
/* What a failure or lie means; the peer takes no further part. */
NODISCARD enum status sync_peer_failed(struct sync *s, unsigned i, const char *why);
NODISCARD enum status sync_peer_lied(struct sync *s, unsigned i, const char *why);
struct peer_at sync_peer_at(struct sync *s, unsigned i, uint64_t tag);
/* Whether a verdict can only come from a lie or a broken node. */
bool sync_is_lie(const struct verdict *v);

/* sync_votes.c */
/* Whether it says that it has votes. */
bool sync_has_votes(const struct sync *s, unsigned i);
NODISCARD enum status sync_votes_ask(struct sync *s, unsigned i);
NODISCARD enum status sync_votes_result(struct sync *s, unsigned i,
					const struct fetch_result *r);
/* All blocks are here: asks for votes that could not be used before. */
NODISCARD enum status sync_votes_again(struct sync *s, bool *asked);
/* Gives it what it did not show; *asked: then it is in STAGE_MEMPOOL. */
NODISCARD enum status sync_votes_give(struct sync *s, unsigned i, bool *asked);
void sync_votes_free(struct sync_peer *p);

/* sync_p2p.c */
/* All that is done with one such peer. */
NODISCARD enum status sync_p2p_peer(struct sync *s, unsigned i);

/* sync.c */
/* Prolongs the lease when it is time. */
NODISCARD enum status sync_keep_lease(struct sync *s);

/* sync_blocks.c */
NODISCARD enum status sync_blocks_step(struct sync *s, bool *busy);
NODISCARD enum status sync_blocks_result(struct sync *s, unsigned i,
					 const struct fetch_result *r);
void sync_blocks_clear(struct sync *s);

#endif
