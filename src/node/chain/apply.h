/* SPDX-License-Identifier: MIT */
/* The rows of a batch; called inside its write transaction. */
#ifndef QUARRY_NODE_CHAIN_APPLY_H
#define QUARRY_NODE_CHAIN_APPLY_H

#include "node/chain/batch.h"

NODISCARD enum status apply_batch(struct batch *b);
/* The rows of one block that leaves (disconnect.c); row is updated. */
NODISCARD enum status apply_disconnect(struct node *n, struct block_row *row);

#endif
