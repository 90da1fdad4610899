/* SPDX-License-Identifier: MIT */
/* Whose turn it is to make the next block, on chains whose document names makers
 * (consensus/maker_turn.h). */
#ifndef QUARRY_NODE_MINE_TURN_H
#define QUARRY_NODE_MINE_TURN_H

#include "node/core/node.h"

struct turn_info {
	struct blkid tip;
	uint32_t tip_time;
	uint32_t height;	/* of the block to make */
	unsigned first;		/* the maker it is for, counted from 0 */
	unsigned open;		/* makers whose turn has come: first and those
				 * after it; 0: nobody's yet */
	int64_t now_s, opens_s;	/* the node's clock; when first's turn comes */
	/* turns counted on beyond the last maker, who is then followed by the
	 * first again: who is to propose. Of use when open > 0. */
	int64_t round;
	unsigned proposer;
};

/* ST_NOT_FOUND on chains without makers. */
NODISCARD enum status node_turn(struct node *n, struct turn_info *out);
/* Seconds until `maker` may sign the next block; not above 0: it may. */
int64_t turn_wait_s(const struct params *p, const struct turn_info *t,
		    unsigned maker);
/* Who signed a block of the active chain, as bits; 0: nobody (genesis). */
NODISCARD enum status node_block_signers(struct node *n, uint32_t height,
					 uint32_t *signers);

#endif
