/* SPDX-License-Identifier: MIT */
/*
 * The bits a new block must have.
 *
 * bitcoin: every retarget_interval blocks the target is scaled by the time the
 *   last interval - 1 of them took (2015 intervals of 2016: a fault of the first
 *   release that is now the rule), clamped to a quarter and four times, with more
 *   than 256 bits of intermediate precision, through the compact form. Testnet's
 *   minimum difficulty and BIP94 are variants.
 * none: the parent's bits. (Regtest.)
 * asert: absolutely scheduled exponential rise, aserti3-2d: from the genesis
 *   block as anchor, 2^((time since anchor - spacing * blocks) / half life).
 */
#ifndef QUARRY_CONSENSUS_RETARGET_H
#define QUARRY_CONSENSUS_RETARGET_H

#include "consensus/chain_view.h"
#include "primitives/params.h"

/* time: the new block's own (testnet's twenty-minute rule looks at it). */
NODISCARD enum status retarget_next_bits(const struct params *p,
					 const struct chain_view *view,
					 uint32_t time, uint32_t *bits);
/* One 2016-style step: the bits after a period whose last block has last_bits
 * (BIP94: the period's first block's) and which took actual_s seconds. */
uint32_t retarget_step(const struct params *p, uint32_t last_bits,
		       int64_t actual_s);
/* One ASERT evaluation: anchor bits, seconds and blocks since the anchor's
 * parent time and height as aserti3-2d defines them. */
uint32_t retarget_asert(const struct params *p, uint32_t anchor_bits,
			int64_t time_delta_s, int64_t height_delta);

#endif
