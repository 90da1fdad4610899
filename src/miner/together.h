/* SPDX-License-Identifier: MIT */
/*
 * Blocks that this miner's keys alone cannot sign: proposes in its makers' rounds,
 * signs what others propose in theirs (node/mine/proposal.h), and puts the signatures
 * into its own block when there are enough. Each signature is on disk before it is
 * made.
 */
#ifndef QUARRY_MINER_TOGETHER_H
#define QUARRY_MINER_TOGETHER_H

#include "miner/work.h"
#include "node/mine/proposal.h"

struct together {
	struct node *node;
	struct sealer *sealer;
	/* the round proposed in last, whatever came of it */
	struct blkid prev;
	int64_t round;
};

void together_init(struct together *t, struct node *n, struct sealer *s);
/* Signs the block proposed in this round, if there is one that its makers have not
 * signed yet and node's rules allow. */
NODISCARD enum status together_sign(struct together *t,
				    const struct turn_info *turn);
/* Whether to make work now: it is one of its makers' round and nothing was
 * proposed. */
bool together_is_due(const struct together *t, const struct turn_info *turn);
/* Proposes the block of fresh work. *good false: it belongs to another round by
 * now, or the round has a block already. */
NODISCARD enum status together_propose(struct together *t,
				       const struct turn_info *turn,
				       struct work *w, bool *good);
/* Are there enough signatures for the block proposed? Then *h is its header, to
 * be searched. */
NODISCARD enum status together_ready(struct together *t, struct work *w,
				     struct header *h, bool *ready);

#endif
