/* SPDX-License-Identifier: MIT */
/*
 * Blocks that several makers sign (own chains whose document asks for more than
 * one signature).
 *
 * Time after a block is cut into rounds of turn_timeout seconds, the first of
 * them from the first turn on; the maker of a round proposes one block, with its
 * signature, and every other maker whose key is at hand signs it once it has
 * judged it good. Proposals go from node to node, with more signatures each time
 * (quarry-relay, POST /node/proposal); when there are enough, who proposed puts
 * them into the block, which then is a block like any other. If there are not, the
 * next round begins. No maker signs two blocks of one round on one parent: what it
 * signs is on disk before it signs.
 *
 * A node takes one proposal a round, and none that its maker has not signed, so
 * strangers cannot fill the table.
 */
#ifndef QUARRY_NODE_MINE_PROPOSAL_H
#define QUARRY_NODE_MINE_PROPOSAL_H

#include "base/arena.h"
#include "node/mine/turn.h"
#include "primitives/proposal.h"
#include "primitives/verdict.h"

struct proposal_result {
	struct verdict verdict;
	bool known;		/* all of it was here before */
};

struct proposal_info {
	int64_t change;		/* cursor for proposal_next */
	struct hash256 digest;	/* what makers sign */
	struct blkid prev;
	uint32_t height;
	int64_t round;
	struct bytes raw;	/* the message, in the caller's arena */
	struct proposal p;	/* leads into raw */
};

/* Judges a proposal and keeps what is new in it. ST_OK whenever there is a
 * verdict. */
NODISCARD enum status node_take_proposal(struct node *n, const void *raw,
					 size_t len, struct proposal_result *out);
/* The first one that changed after the cursor; ST_NOT_FOUND. */
NODISCARD enum status proposal_next(struct node *n, int64_t after,
				    struct arena *a, struct proposal_info *out);
/* The proposal of a round on the tip; ST_NOT_FOUND. */
NODISCARD enum status proposal_at(struct node *n, const struct blkid *tip,
				  int64_t round, struct arena *a,
				  struct proposal_info *out);
/* Writes down that these makers (bits) sign this in that round. *may: those of
 * them that have signed nothing else. Their signatures may be made once this has
 * returned ST_OK. */
NODISCARD enum status node_may_sign(struct node *n, const struct blkid *prev,
				    uint32_t height, int64_t round,
				    uint32_t makers,
				    const struct hash256 *digest, uint32_t *may);
/* The round that a block of this time on a parent of that time is of. */
int64_t proposal_round(const struct params *p, uint32_t parent_time,
		       uint32_t time);

#endif
