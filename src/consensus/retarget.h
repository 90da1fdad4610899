/* SPDX-License-Identifier: MIT */
/*
 * The bits a new block must have.
 *
 * bitcoin: every retarget_interval blocks the target is scaled by the time the
 *   last interval - 1 of them took (2015 intervals of 2016: a fault of the first
 *   release that is now the rule), clamped to a quarter and four times, with more
 *   than 256 bits of intermediate precision, through the compact form. Testnet's
 *   minimum difficulty and BIP94 are variants.
 * none: the parent's bits. (Regtest; minimum difficulty has no effect then,
 *   nor has it with asert.)
 * asert: absolutely scheduled exponential rise, aserti3-2d as Bitcoin Cash
 *   specified it. Anchor is the genesis block, whose parent is taken to lie one
 *   spacing before it. The block after parent P at height h therefore has
 *
 *     target(genesis) * 2^((time(P) - time(genesis) - spacing * h) / half life)
 *
 *   where the exponent is computed in 1/65536 rounded towards zero, its fraction
 *   by the specification's cubic, and the product in more than 256 bits, so that
 *   targets up to 2^256 - 1 neither wrap nor lose a bit. At least 1, at most the
 *   proof-of-work limit, through the compact form.
 */
#ifndef QUARRY_CONSENSUS_RETARGET_H
#define QUARRY_CONSENSUS_RETARGET_H

#include "consensus/chain_view.h"
#include "primitives/params.h"

/* time: the new block's own (testnet's twenty-minute rule looks at it). */
NODISCARD enum status retarget_next_bits(const struct params *p,
					 const struct chain_view *view,
					 uint32_t time, uint32_t *bits);
/* Whether a block at this height may have new_bits after a parent with old_bits,
 * as far as can be said without any time: a bound on what a chain of headers can
 * claim. Networks that change bits by other rules allow anything. */
bool retarget_may_follow(const struct params *p, uint32_t height,
			 uint32_t old_bits, uint32_t new_bits);
/* One 2016-style step: the bits after a period whose last block has last_bits
 * (BIP94: the period's first block's) and which took actual_s seconds. */
uint32_t retarget_step(const struct params *p, uint32_t last_bits,
		       int64_t actual_s);
/* One ASERT evaluation. time_delta_s: time of the new block's parent less the
 * time of the anchor's parent; height_delta: height of the new block's parent
 * less that of the anchor (not negative). */
uint32_t retarget_asert(const struct params *p, uint32_t anchor_bits,
			int64_t time_delta_s, int64_t height_delta);

#endif
