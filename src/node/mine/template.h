/* SPDX-License-Identifier: MIT */
/*
 * Blocks to mine: transactions of the pool by ancestor fee rate, within weight
 * and sigop limits, and a coinbase that claims subsidy and fees.
 */
#ifndef QUARRY_NODE_MINE_TEMPLATE_H
#define QUARRY_NODE_MINE_TEMPLATE_H

#include "base/arena.h"
#include "node/core/node.h"
#include "primitives/tx.h"
#include "primitives/vote.h"

struct template_tx {
	struct bytes raw;
	struct txid txid;
	struct wtxid wtxid;
	int64_t fee_sat;
	uint32_t weight;
	uint32_t sigop_cost;
};

/* Everything lives in the arena until node_template_free. */
struct block_template {
	struct arena arena;
	struct header header;		/* nonce 0, merkle_root not set */
	uint32_t height;
	int64_t min_time;		/* smallest time allowed */
	int64_t subsidy_sat, fees_sat;
	uint32_t n_tx;			/* without the coinbase */
	struct template_tx *tx;
	bool has_commitment;		/* segwit is active: see commitment */
	uint8_t commitment[38];		/* script of the commitment output */
	struct bytes solution;		/* BIP325's, where blocks are signed; the
					 * caller's, who sets it (empty: none) */
	bool has_evidence;		/* against a validator: see finality.h */
	uint8_t evidence[VOTE_EVIDENCE_SCRIPT]; /* script of its output */
	struct blkid prev;
	int64_t mempool_id;		/* grows when the pool changes */
};

NODISCARD enum status node_template_make(struct node *n, struct block_template *t);
void node_template_free(struct block_template *t);
/* Whether the template's parent is still the tip, and whether the pool has
 * changed since. */
NODISCARD enum status node_template_stale(struct node *n,
					  const struct block_template *t,
					  bool *tip_moved, bool *pool_changed);

/* Serialises the coinbase: BIP34 height, then extranonce (at most 60 bytes) in
 * its script; pays subsidy and fees to script; commits to the witnesses where
 * segwit is active (coinbase witness of 32 zero bytes included), with the
 * solution behind. Evidence against a validator is an output before that. */
void template_coinbase(struct buf *out, const struct block_template *t,
		       struct bytes script, struct bytes extranonce);
/* Merkle branch of the coinbase: hashes to combine with it, lowest first; room
 * for 32. Returns how many. */
NODISCARD enum status template_branch(const struct block_template *t,
				      struct hash256 branch[32], unsigned *n);
/* The whole block for a header and the coinbase that belongs to it. */
void template_block(struct buf *out, const struct block_template *t,
		    const struct header *h, struct bytes coinbase);

/* Searches a nonce for the template, extranonce after extranonce, and appends the
 * whole block; at most max_tries hashes, else ST_TIMEOUT. No two blocks made
 * here are equal. */
NODISCARD enum status template_mine(const struct block_template *t,
				    struct bytes script, uint64_t max_tries,
				    struct buf *block);

/* Mines one block on the tip here and now (easy chains: /mine, tests), trying at
 * most max_tries hashes. ST_TIMEOUT when none met the target. The block went
 * through node_accept_block: *id is on the active chain unless another came
 * first (ST_STALE). */
NODISCARD enum status node_mine_one(struct node *n, struct bytes script,
				    uint64_t max_tries, const char *source,
				    struct blkid *id);

#endif
