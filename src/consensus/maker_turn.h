/* SPDX-License-Identifier: MIT */
/*
 * Whose turn it is to make a block, on chains whose document names makers
 * (primitives/maker.h).
 *
 * Makers take blocks in the order of the document: block 1 is for the first,
 * block h for maker (h - 1) mod n counted from 0, from `spacing` seconds after
 * its parent on. If that one does not come, the next in order may make it too
 * after `turn_timeout` seconds more, then the one after that as well, and so on
 * round the circle. Times are those of the headers, so everybody finds the same:
 *
 *	time >= parent's time + spacing				for any block
 *	time >= parent's time + spacing + i * turn_timeout	signed by the
 *		i-th after the one that the block is for, and by none nearer
 *
 * Where k > 1 makers sign, one whose turn has come must be among them.
 *
 * A time from the future would take another's turn: headers may be ahead of a
 * node's clock by a quarter of turn_timeout only, at least a second. The first
 * rule is one of headers, which cost nothing here: it bounds how many there can
 * be. The median time past rises with it.
 */
#ifndef QUARRY_CONSENSUS_MAKER_TURN_H
#define QUARRY_CONSENSUS_MAKER_TURN_H

#include "consensus/chain_view.h"
#include "consensus/signet.h"
#include "primitives/maker.h"

/* The maker that a block, never the genesis block, is for: counted from 0. */
unsigned maker_turn_first(const struct params *p, uint32_t height);
/* The smallest header time at which `maker` may sign the child, at `height`, of
 * a block of this time. */
int64_t maker_turn_opens(const struct params *p, uint32_t parent_time,
			 uint32_t height, unsigned maker);
/* How many turns have come at this time, 0 to n: the maker that block `height`
 * is for and those after it. */
unsigned maker_turn_open(const struct params *p, uint32_t parent_time,
			 uint32_t height, int64_t time);
/* How many seconds a header may be ahead of the clock. */
int64_t maker_turn_ahead_s(const struct params *p);

/* Refuses (V_MAKER_TIME) a header before the first turn; true elsewhere and on
 * chains without makers. */
bool maker_turn_check_header(const struct params *p,
			     const struct chain_view *view,
			     const struct header *h, struct verdict *v);
/* Refuses (V_MAKER_TURN) a block that none signed whose turn had come. b's
 * signature is good (signet_check). ST_NOMEM or ST_OK. */
NODISCARD enum status maker_turn_check(const struct params *p,
				       const struct chain_view *view,
				       const struct block *b,
				       struct arena *scratch, struct verdict *v);
/* Which makers signed, as bits, by a witness that satisfies the challenge; 0
 * when it has another form. */
uint32_t maker_turn_signers(const struct params *p, const struct txin *in);

#endif
