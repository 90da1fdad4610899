/* SPDX-License-Identifier: MIT */
/* Into the pool, inside a write transaction: the inner parts of mempool.h. */
#ifndef QUARRY_NODE_POOL_POOLIN_H
#define QUARRY_NODE_POOL_POOLIN_H

#include "node/pool/pooljudge.h"

/* Adds the rows of a transaction judged in this very write transaction, after
 * removing what it replaces. */
NODISCARD enum status poolin_insert(struct node *n, struct pool_candidate *c,
				    const char *source, bool own);
/* A transaction of a block that left the chain: judged again by the rules that
 * can have changed, its scripts are known good. A refusal is no failure: it is
 * then gone (mempool_gone, "reorg"). */
NODISCARD enum status poolin_again(struct node *n, const void *raw, size_t len);
/* Removes from the pool what the present tip makes impossible: inputs that are
 * gone, coinbases that are immature again, lock times that have not come. */
NODISCARD enum status poolin_sweep(struct node *n);

#endif
