/* SPDX-License-Identifier: MIT */
/*
 * Blocks and headers in: the one write path, whoever brings them.
 *
 * A block is parsed and checked without any lock, its header and data stored,
 * and then the branch with the most work is made the active chain: scripts are
 * verified against a read snapshot, and one short write transaction checks that
 * the tip is still the same and applies coins, indexes, mempool and events at
 * once. If the tip moved meanwhile the work starts over. A reorganisation is one
 * such transaction. A refusal is a row in `reject`.
 */
#ifndef QUARRY_NODE_CHAIN_ACCEPT_H
#define QUARRY_NODE_CHAIN_ACCEPT_H

#include "node/core/node.h"
#include "primitives/verdict.h"

struct block_result {
	struct verdict verdict;	/* of the block given, not of others */
	struct blkid id;
	uint32_t height;	/* 0 when the parent is unknown */
	bool known;		/* it was here before, with its data */
	bool stored;		/* its data is here since this call; V_BAD_PREV is
				 * then a block below it found invalid just now */
	bool active;		/* it is on the active chain now */
	bool tip_changed;
};

/* Judges a block and stores what is worth storing. Returns ST_OK whenever there
 * is a verdict, good or bad. A valid block on a branch with less work is VALID
 * with active false. source: who brought it, for the rows. */
NODISCARD enum status node_accept_block(struct node *n, const void *raw,
					size_t len, const char *source,
					struct block_result *out);
/* As above for a block that is only to be judged as the next on the tip, its
 * proof of work aside (BIP22 proposals); nothing is stored. */
NODISCARD enum status node_judge_block(struct node *n, const void *raw,
				       size_t len, struct verdict *v);
/* count consecutive 80-byte headers from a peer, the first on one that is known.
 * Stores those that are valid until one is not. *accepted: how many are now
 * known. A chain that would end with too little work is V_TOO_LITTLE_WORK and
 * nothing of it is stored; node_take_headers (presync.h) follows a peer's chain
 * until it has the work. */
NODISCARD enum status node_accept_headers(struct node *n, const uint8_t *raw,
					  size_t count, const char *source,
					  size_t *accepted, struct verdict *v);
/* Makes the best branch whose data is here the active chain; what
 * node_accept_block ends with. *changed: the tip moved. */
NODISCARD enum status node_activate_best(struct node *n, bool *changed);

#endif
