/* SPDX-License-Identifier: MIT */
/*
 * The pool's rows, as the rest of node/ changes them. All of these are called
 * inside a write transaction.
 */
#ifndef QUARRY_NODE_POOL_POOL_H
#define QUARRY_NODE_POOL_POOL_H

#include "node/core/priv.h"
#include "primitives/block.h"

/* Transactions of blocks that leave, to be tried again afterwards. */
struct pool_return {
	struct buf raw;		/* u32 length + bytes, newest block first */
	uint32_t n_blocks;
	size_t block_at[64];	/* where each block's transactions start */
};

void pool_return_init(struct pool_return *r);
void pool_return_free(struct pool_return *r);
/* Copies the transactions of a connected block (coinbase left out). Deeper than
 * 64 blocks, the oldest are given up. */
NODISCARD enum status pool_collect(struct pool_return *r, struct node *n,
				   const struct block_row *row);
/* Puts what is still valid back into the pool, oldest first, and removes from
 * the pool what the new branch made invalid (immature coinbases, lock times,
 * inputs that are gone). */
NODISCARD enum status pool_reinstate(struct node *n, struct pool_return *r);

/* A block was connected: its transactions leave the pool, what conflicts with
 * them leaves with all descendants. */
NODISCARD enum status pool_block_connected(struct node *n, const struct block *b);

/* Removes a transaction and all its descendants, with events and rows that say
 * why ("conflict", "replaced", "expired", "sizelimit", "reorg"); by: what caused
 * it, or NULL. */
NODISCARD enum status pool_remove(struct node *n, int64_t id, const char *why,
				  const struct hash256 *by);

#endif
