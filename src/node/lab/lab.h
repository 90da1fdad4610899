/* SPDX-License-Identifier: MIT */
/* Branches to order, on chains of worthless coins (playground.h). */
#ifndef QUARRY_NODE_LAB_LAB_H
#define QUARRY_NODE_LAB_LAB_H

#include "node/chain/accept.h"

#define BRANCH_BLOCKS_MAX 1000u

struct branch_order {
	uint32_t fork_height;	/* of the last common block */
	uint32_t blocks;	/* how many; 0 with `win`: as many as it takes */
	bool keep_txs;		/* with the transactions of the blocks they
				 * stand beside, else empty */
	bool win;		/* go on until it is the active chain */
	struct bytes script;	/* whom the blocks pay */
	uint64_t max_tries;	/* hashes for each block */
	const char *source;
};
struct branch_made {
	struct blkid fork, old_tip, tip;
	uint32_t height;	/* of tip */
	uint32_t blocks;
	uint32_t kept;		/* transactions that are in the branch */
	uint32_t left;		/* those that are not, although they stood beside
				 * it: they spent coins that it does not make */
	bool active;		/* it is the chain now */
};
/* Makes a branch beside the active chain, of blocks that are new whatever the
 * time; when it gets more work the chain changes over in one transaction.
 * ST_USAGE: the height is above the tip, more than BRANCH_BLOCKS_MAX blocks.
 * ST_TIMEOUT: max_tries did not do. v: why a block was refused (ST_OK then). */
NODISCARD enum status node_make_branch(struct node *n,
				       const struct branch_order *o,
				       struct branch_made *out,
				       struct verdict *v);

#endif
