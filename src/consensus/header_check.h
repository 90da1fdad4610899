/* SPDX-License-Identifier: MIT */
/*
 * Rules for a header. Not here: whether its parent is valid, how much work its
 * chain has (node/).
 */
#ifndef QUARRY_CONSENSUS_HEADER_CHECK_H
#define QUARRY_CONSENSUS_HEADER_CHECK_H

#include "consensus/chain_view.h"
#include "primitives/params.h"
#include "primitives/verdict.h"

#define FUTURE_LIMIT_S 7200

/* The hash meets the bits and the bits are in range: costs nothing but the
 * hash, so it comes before anything is stored or looked up. Signed-block chains
 * too. */
bool header_check_work(const struct params *p, const struct header *h,
		       const struct blkid *id, struct verdict *v);
/* Bits as required, time above the median time past, not too far ahead of
 * now_s, BIP94's timewarp rule, the first maker's turn (maker_turn.h), version
 * gates; in Core's order. Status other
 * than ST_OK: no verdict was reached. */
NODISCARD enum status header_check_context(const struct params *p,
					   const struct chain_view *view,
					   const struct header *h,
					   int64_t now_s, struct verdict *v);

#endif
