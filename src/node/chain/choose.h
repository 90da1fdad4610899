/* SPDX-License-Identifier: MIT */
/*
 * Which blocks may be the chain, said by hand: invalidateblock, reconsiderblock
 * and preciousblock of Bitcoin Core.
 *
 * What is said is the status in the block's row, so that every process on the
 * file, a restart and a copy of the file know it.
 */
#ifndef QUARRY_NODE_CHAIN_CHOOSE_H
#define QUARRY_NODE_CHAIN_CHOOSE_H

#include "node/core/node.h"

/* The block is invalid from now on, and all that build on it. When it is on the
 * active chain it leaves with what is above it, whose transactions return to the
 * pool, in one transaction with the mark; then the best of the other branches
 * becomes active. ST_NOT_FOUND: no such block. ST_DENIED: the genesis block, or one
 * that validators made final (then there is a row that says so). */
NODISCARD enum status node_invalidate_block(struct node *n,
					    const struct blkid *id);
/* Takes the mark away from the block, from those it builds on and from all that
 * build on it, whoever has set it; what the rules refuse is refused again as
 * soon as it is tried. Then the best branch becomes active. ST_NOT_FOUND.
 * ST_DENIED: its branch leaves the chain below a final block (there is a row). */
NODISCARD enum status node_reconsider_block(struct node *n,
					    const struct blkid *id);
/* Makes a block active that has as much work as the tip; with less, or when it
 * is invalid or its data is missing, nothing happens. It stays until a branch has
 * more work, or another is called precious. ST_NOT_FOUND; ST_DENIED as above. */
NODISCARD enum status node_precious_block(struct node *n,
					  const struct blkid *id);

#endif
