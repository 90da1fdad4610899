/* SPDX-License-Identifier: MIT */
/* A block at once for what was handed in: mine_on_submit of quarry.conf. */
#ifndef QUARRY_NODE_MINE_MINE_TAKEN_H
#define QUARRY_NODE_MINE_MINE_TAKEN_H

#include "node/core/node.h"

/* Mines a block, paid to address, when this node has taken transactions since
 * node_txs_taken answered `before` and the pool still has some; on playgrounds
 * alone. What goes wrong is logged: the transactions wait for the next block. */
void node_mine_taken(struct node *n, uint64_t before, const char *address);

#endif
