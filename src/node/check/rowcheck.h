/* SPDX-License-Identifier: MIT */
/*
 * Are the rows what the blocks say? Used while a walk over the chain knows what
 * they must be.
 */
#ifndef QUARRY_NODE_CHECK_ROWCHECK_H
#define QUARRY_NODE_CHECK_ROWCHECK_H

#include "node/chain/plan.h"
#include "node/core/priv.h"
#include "node/core/scripts.h"

struct rowcheck {
	struct node *n;
	const struct coins *coins;	/* of the walk; outlive this */
	struct scripts scripts;		/* totals as the blocks make them */
	uint64_t n_out, n_spent;
};

NODISCARD enum status rowcheck_begin(struct rowcheck *r, struct node *n,
				     const struct coins *coins);
void rowcheck_free(struct rowcheck *r);
/* Compares the rows of a block's transactions, inputs and outputs, and of the
 * outputs it spends. fault gets a sentence when one differs. */
NODISCARD enum status rowcheck_block(struct rowcheck *r, const struct plan *p,
				     char fault[200]);
/* Totals of all scripts, history, number of unspent outputs. */
NODISCARD enum status rowcheck_end(struct rowcheck *r, char fault[200]);

#endif
