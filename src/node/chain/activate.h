/* SPDX-License-Identifier: MIT */
/* Which branch is the active chain: inner parts of accept.h. */
#ifndef QUARRY_NODE_CHAIN_ACTIVATE_H
#define QUARRY_NODE_CHAIN_ACTIVATE_H

#include "node/chain/accept.h"
#include "node/chain/plan.h"
#include "node/core/priv.h"

/* Remembers that a block is invalid, and its descendants with it. row->id may be
 * 0: the header is then stored so that the hash stays known. */
NODISCARD enum status block_mark_invalid(struct node *n, struct block_row const *row,
					 const char *source);
/* The header of a block whose data was not what it commits to: the true data may
 * come, and blocks that build on it before that. */
NODISCARD enum status block_keep_header(struct node *n,
					const struct block_row *header,
					const char *source);
/* A block whose verdict is wanted, should it turn out to be invalid. */
struct watch {
	struct blkid id;
	struct verdict verdict;
};

/* node_activate_best; watch may be NULL. */
NODISCARD enum status activate_best(struct node *n, struct watch *watch,
				    bool *changed);
/* Makes the branch that ends at this block active if it has at least the tip's
 * work; nothing happens when some of its data is missing or invalid. */
NODISCARD enum status activate_equal(struct node *n, int64_t id, bool *changed);
/* Whether a stored block joins the active chain without a gap and may lead to
 * more work; false spares a search through all branches. Call it in a read
 * transaction. */
NODISCARD enum status block_may_activate(struct node *n,
					 const struct block_row *row, bool *may);
/* After activation: fills active, and the verdict when the block itself was
 * found invalid on the way. */
NODISCARD enum status activation_result(struct node *n,
					const struct watch *watch,
					struct block_result *out);
/* The stored genesis block becomes the chain. */
NODISCARD enum status node_connect_genesis(struct node *n);

#endif
