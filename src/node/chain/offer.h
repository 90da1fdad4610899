/* SPDX-License-Identifier: MIT */
/*
 * Blocks that nobody asked for. Old difficulty is cheap: whoever may store any
 * block with valid work may fill the disk with side branches from the chain's
 * first days. So what a stranger brings is only taken when its branch has almost
 * the work of the active chain: at most OFFER_BEHIND_BLOCKS of the tip's blocks
 * less, so that another branch can be pushed block by block. One that forked off
 * earlier is fetched by its headers, if it wins (sync/).
 */
#ifndef QUARRY_NODE_CHAIN_OFFER_H
#define QUARRY_NODE_CHAIN_OFFER_H

#include "node/chain/accept.h"

#define OFFER_BEHIND_BLOCKS 144

/* As node_accept_block; V_TOO_LITTLE_WORK, with nothing written, for a block on
 * a known branch too far behind the tip. */
NODISCARD enum status node_offer_block(struct node *n, const void *raw,
				       size_t len, const char *source,
				       struct block_result *out);

/* Bitcoin Core's rule for blocks that a peer of its protocol sends unasked. *take:
 * give it to node_accept_block, which says what it is worth: it has no less work
 * than the tip, the network's minimum, and lies at most OFFER_AHEAD_BLOCKS
 * ahead; or its parent is unknown, or it is known itself. Else only its header
 * is kept, if its chain has the work for that; *v then says what is wrong with
 * header or form, V_TOO_LITTLE_WORK included. */
#define OFFER_AHEAD_BLOCKS 288
NODISCARD enum status node_offer_unasked(struct node *n, const void *raw,
					 size_t len, const char *source,
					 bool *take, struct verdict *v);

#endif
