/* SPDX-License-Identifier: MIT */
/*
 * Blocks that nobody asked for. Old difficulty is cheap: whoever may store any
 * block with valid work may fill the disk with side branches from the chain's
 * first days. So what a stranger brings is only taken when its branch has almost
 * the work of the active chain: at most OFFER_BEHIND_BLOCKS of the tip's blocks
 * less, so that another branch can be pushed block by block. One that forked off
 * earlier is fetched by its headers, if it wins (sync/).
 */
#ifndef QUARRY_NODE_OFFER_H
#define QUARRY_NODE_OFFER_H

#include "node/accept.h"

#define OFFER_BEHIND_BLOCKS 144

/* As node_accept_block; V_TOO_LITTLE_WORK, with nothing written, for a block on
 * a known branch too far behind the tip. */
NODISCARD enum status node_offer_block(struct node *n, const void *raw,
				       size_t len, const char *source,
				       struct block_result *out);

#endif
