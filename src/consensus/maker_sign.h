/* SPDX-License-Identifier: MIT */
/*
 * Signing blocks: what is signed, and how signatures become a solution. No keys
 * are seen here.
 *
 * A block to be signed carries a stand-in for the solution (BLOCK_STAND_IN, a
 * script and a witness without content): BIP325 signs the block as if the
 * solution ended behind its header, so what stands there does not matter.
 */
#ifndef QUARRY_CONSENSUS_MAKER_SIGN_H
#define QUARRY_CONSENSUS_MAKER_SIGN_H

#include "base/buf.h"
#include "consensus/signet.h"
#include "primitives/maker.h"

#define BLOCK_STAND_IN "\0\0"
#define BLOCK_STAND_IN_SIZE 2
/* What a maker signs (BIP340): BIP341's digest of the leaf's path with
 * SIGHASH_DEFAULT. *found as in signet_spend_make. ST_NOMEM or ST_OK. */
NODISCARD enum status maker_digest(uint8_t out[32], const struct params *p,
				   const struct block *b, struct arena *scratch,
				   bool *found);
/* How many signatures there are. */
unsigned maker_sigs_count(const struct maker_sigs *s);
/* Appends script and witness, with exactly k of the signatures: those of the
 * makers nearest to the one that the block is for, the rest left out. False: too
 * few. */
NODISCARD bool maker_solution(struct buf *out, const struct params *p,
			      uint32_t height, const struct maker_sigs *s);
/* Appends a solution of this script and witness. */
void block_solution(struct buf *out, struct bytes script_sig, uint32_t n_witness,
		    struct bytes witness);

#endif
