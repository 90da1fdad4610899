/* SPDX-License-Identifier: MIT */
/*
 * Changes to the active chain, collected in memory against a snapshot and
 * written in one short transaction: first the blocks that leave, from the tip
 * down, then the blocks that join. At the tip a batch is one block, in an import
 * it is many.
 */
#ifndef QUARRY_NODE_CHAIN_BATCH_H
#define QUARRY_NODE_CHAIN_BATCH_H

#include "node/chain/plan.h"
#include "node/core/priv.h"

struct batch {
	struct node *n;
	struct block_row base;		/* the tip when the batch began */
	struct block_row *leave;	/* blocks to disconnect, tip first */
	uint32_t n_leave;
	struct plan **plan;		/* blocks to connect */
	uint32_t n_plan, room;
	int64_t next_tx;		/* tx.id for the next transaction */
	int64_t first_tx;		/* what it was at the start */
	uint64_t seq;			/* of script jobs */
	size_t bytes;			/* of the raw blocks */
	bool no_scripts;		/* the next plans need no script checks */
	/* what belongs into the same transaction, after the rows; or NULL */
	enum status (*also)(struct node *n, void *arg);
	void *also_arg;
};

/* Starts from the tip of the current read transaction. */
NODISCARD enum status batch_begin(struct batch *b, struct node *n);
/* Undoes what is not written, frees everything. */
void batch_end(struct batch *b);
/* The block that the next one must build on. */
const struct block_row *batch_tip(const struct batch *b);
/* The tip leaves (in memory). */
NODISCARD enum status batch_disconnect(struct batch *b);
/* Takes over the plan, judged as the next block; a refused one is freed.
 * row must be filled as plan.h says. */
NODISCARD enum status batch_connect(struct batch *b, struct plan *p,
				    struct verdict *v);
/* Waits for the scripts. When one fails, v has the verdict, *row and source are
 * those of its block, and the batch is cut to the plans before it. */
NODISCARD enum status batch_check(struct batch *b, struct verdict *v,
				  struct block_row *row, char source[64]);
/* Writes all in one transaction. ST_STALE: the tip is no longer `base`; nothing
 * was written. The batch is empty afterwards and goes on from the new tip. */
NODISCARD enum status batch_write(struct batch *b);

#endif
