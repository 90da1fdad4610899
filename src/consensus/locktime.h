/* SPDX-License-Identifier: MIT */
/* Lock times: nLockTime (with BIP113's cutoff) and relative locks (BIP68). */
#ifndef QUARRY_CONSENSUS_LOCKTIME_H
#define QUARRY_CONSENSUS_LOCKTIME_H

#include "consensus/chain_view.h"
#include "consensus/coin.h"
#include "primitives/tx.h"

#define LOCKTIME_THRESHOLD 500000000u
#define SEQUENCE_LOCKTIME_DISABLE (1u << 31)
#define SEQUENCE_LOCKTIME_TYPE (1u << 22)
#define SEQUENCE_LOCKTIME_MASK 0xffffu

/* May tx stand in a block of this height, cutoff being the median time past of
 * its parent (or the block's own time before CSV)? */
bool locktime_is_final(const struct tx *tx, uint32_t height, int64_t cutoff_s);

/* BIP68: the last height and median time at which tx may NOT yet be in a block;
 * -1 each when unconstrained. view is the branch of the block's parent; coins as
 * in tx_inputs.h; for an unconfirmed coin set height to that of the next block.
 * Not for coinbases; a rule from the network's csv_height on (the caller's). */
NODISCARD enum status locktime_sequence(const struct tx *tx,
					const struct coin *coins,
					const struct chain_view *view,
					int64_t *min_height, int64_t *min_time_s);
/* Whether those allow a block of height whose parent's median time past is
 * mtp_s. */
static inline bool locktime_sequence_met(int64_t min_height, int64_t min_time_s,
					 uint32_t height, int64_t mtp_s)
{
	return min_height < (int64_t)height && min_time_s < mtp_s;
}

#endif
