/* SPDX-License-Identifier: MIT */
/*
 * Rules for a whole block, in Bitcoin Core's order: first what needs the bytes
 * alone, then what needs the branch it stands on. Not here: coins, fees, scripts
 * (the node drives those with tx_inputs.h and script_check.h while it connects).
 */
#ifndef QUARRY_CONSENSUS_BLOCK_CHECK_H
#define QUARRY_CONSENSUS_BLOCK_CHECK_H

#include "consensus/chain_view.h"
#include "primitives/block.h"
#include "primitives/params.h"
#include "primitives/verdict.h"

/* The block's signature where the network demands one (signet.h), Merkle root
 * and its mutation, length, coinbase first and only, tx_check of each
 * transaction, legacy sigops. scratch holds 32 bytes a transaction, and where
 * blocks are signed as much again and the coinbase. Does not look at the header
 * (header_check.h). ST_NOMEM or ST_OK. Nothing refused
 * here is remembered against the block's hash, whatever the verdict's class: as
 * in Bitcoin Core, that guards against ways of mutation nobody has found yet. */
NODISCARD enum status block_check(const struct params *p, const struct block *b,
				  struct arena *scratch, struct verdict *v);
/* The same for a block that is not made yet: neither work nor signature. */
NODISCARD enum status block_check_unsigned(const struct block *b,
					   struct arena *scratch,
					   struct verdict *v);
/* Lock times, BIP34 height, witness commitment, weight. b has passed
 * block_check; view is the branch of its parent. */
NODISCARD enum status block_check_context(const struct params *p,
					  const struct chain_view *view,
					  const struct block *b,
					  struct arena *scratch,
					  struct verdict *v);
/* BIP30: whether the block's transactions may not have the id of one that still
 * has unspent outputs. Not asked of the two excepted blocks, nor where BIP34
 * already rules such ids out. */
NODISCARD enum status block_needs_bip30(const struct params *p,
					const struct chain_view *view,
					const struct blkid *id, bool *needed);
/* Index of the coinbase output that commits to the witnesses (the last one with
 * the prefix, BIP141), or -1. */
int block_commitment_output(const struct tx *coinbase);
/* The output script that commits to the given witness root and reserved value:
 * 6a24aa21a9ed<32 bytes>. */
void block_commitment_script(uint8_t out[38], const struct hash256 *witness_root,
			     const uint8_t reserved[32]);

#endif
