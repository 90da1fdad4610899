/* SPDX-License-Identifier: MIT */
/*
 * One block on its way to the active chain.
 *
 * plan_judge takes a block whose parent is the tip as the coins in memory have
 * it, checks inputs and amounts in block order, moves the coins in memory to the
 * state after the block, and hands the scripts to the pool. Until the batch is
 * written, plan_undo takes the block's effects back; plans are undone in reverse
 * order.
 */
#ifndef QUARRY_NODE_CHAIN_PLAN_H
#define QUARRY_NODE_CHAIN_PLAN_H

#include "base/buf.h"
#include "consensus/coin.h"
#include "consensus/flags.h"
#include "node/core/checks.h"
#include "node/core/coins.h"
#include "primitives/block.h"
#include "store/store_block.h"

struct plan_spend {
	struct coin_tx *from;
	uint32_t n;
};

struct plan {
	struct arena arena;	/* the parsed block and all below */
	uint8_t *raw;		/* the block's bytes, owned */
	struct block block;
	struct block_row row;	/* id 0 while it is not in the database */
	char source[64];
	int64_t first_tx;	/* id of the coinbase */
	struct consensus_flags flags;	/* its scripts were run under */
	uint64_t first_seq;	/* of its jobs: seq - first_seq is the tx index */
	struct coin_tx **made;	/* the entries of its transactions */
	struct coin *coin;	/* what the inputs spend, in block order,
				 * coinbase left out */
	struct plan_spend *spend; /* where those are; the undo log */
	int64_t *fee;		/* of each transaction; -1 for the coinbase */
	bool *verified;		/* its scripts are known good; NULL: none are */
	uint32_t n_made, n_spent; /* how far the coins have been moved */
	uint32_t n_coin;
	struct buf filter;	/* BIP158; empty while it is not made */
	bool bip30_overwrite;	/* a transaction replaces an earlier one */
};

/* Copies and parses raw. ST_PARSE when it is no block. */
NODISCARD enum status plan_new(struct plan **out, const void *raw, size_t len,
			       const char *source);
void plan_free(struct plan *p);

struct branch;

/* See above. row must be filled but for fees and first_tx; branch ends
 * at the parent. Scripts are submitted to pool unless it is
 * NULL, numbered from *seq on. A refusal leaves the coins as they were. */
NODISCARD enum status plan_judge(struct plan *p, const struct params *params,
				 struct coins *coins, struct branch *branch,
				 struct check_pool *pool, uint64_t *seq,
				 int64_t first_tx, struct verdict *v);
/* The genesis block, which nobody judges: its effects on the coins alone. */
NODISCARD enum status plan_genesis(struct plan *p, struct coins *coins,
				   int64_t first_tx);
void plan_undo(struct plan *p, struct coins *coins);
/* A failed script as the block's verdict: the input is run once more, to say on
 * which stack. */
NODISCARD enum status plan_refuse_script(const struct plan *p,
					 const struct check_failure *f,
					 struct verdict *v);

#endif
