/* SPDX-License-Identifier: MIT */
/*
 * What is known of blocks above an invalid one. None of them is ever tried
 * again; but to a sender who asks we say what Bitcoin Core says, which marks such
 * a block when it comes to try its branch, or when a block is to be built on it:
 * "duplicate-invalid" from then on, and "duplicate" or "inconclusive" before. But
 * for the last, these are called inside a write transaction.
 */
#ifndef QUARRY_NODE_CHAIN_TRIED_H
#define QUARRY_NODE_CHAIN_TRIED_H

#include "node/core/priv.h"
#include "store/store_block.h"

/* Whether it is called invalid to those who ask. */
static inline bool block_told_invalid(const struct block_row *row)
{
	return row->status == BLOCK_INVALID ||
	       row->status == BLOCK_INVALID_PARENT;
}

/* All descendants of an invalid block. Those that would be the best branch if it
 * were good, their data being here, count as tried. */
NODISCARD enum status block_mark_children(struct node *n, int64_t id,
					  const struct u256 *tip_work);
/* The data of a block has come, which may be one marked untried. */
NODISCARD enum status block_tried_with_data(struct node *n,
					    const struct block_row *row);
/* It and all down to the invalid one are tried; nothing for other blocks. */
NODISCARD enum status block_mark_tried(struct node *n, int64_t id);
/* Outside of one: somebody built on this block. */
NODISCARD enum status block_built_on(struct node *n,
				     const struct block_row *row);

#endif
