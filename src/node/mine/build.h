/* SPDX-License-Identifier: MIT */
/* A block of chosen transactions on the tip, mined here and now: generateblock. */
#ifndef QUARRY_NODE_MINE_BUILD_H
#define QUARRY_NODE_MINE_BUILD_H

#include "base/arena.h"
#include "node/core/node.h"
#include "primitives/verdict.h"

struct built_block {
	struct blkid id;
	struct bytes raw;	/* in the arena */
};

/* The block holds a coinbase that pays the subsidy alone to script, and the
 * transactions given, in their order. ST_OK with *v VALID, or with the reason why
 * the block would be refused: then nothing is made. submit: it is accepted as
 * well. ST_TIMEOUT: no proof of work found in a reasonable time; ST_STALE: the
 * tip moved. */
NODISCARD enum status node_build_block(struct node *n, struct bytes script,
				       const struct bytes *tx, uint32_t n_tx,
				       bool submit, const char *source,
				       struct arena *a, struct built_block *out,
				       struct verdict *v);

#endif
