/* SPDX-License-Identifier: MIT */
#include "consensus/locktime.h"

#include "base/bug.h"

/* BIP68 counts time in units of 512 seconds. */
#define SEQUENCE_TIME_SHIFT 9

bool locktime_is_final(const struct tx *tx, uint32_t height, int64_t cutoff_s)
{
	int64_t lock = tx->locktime;

	if (lock == 0)
		return true;
	if (lock < (lock < LOCKTIME_THRESHOLD ? (int64_t)height : cutoff_s))
		return true;
	for (uint32_t i = 0; i < tx->n_in; i++) {
		if (tx->in[i].sequence != SEQUENCE_FINAL)
			return false;
	}
	return true;
}

enum status locktime_sequence(const struct tx *tx, const struct coin *coins,
			      const struct chain_view *view,
			      int64_t *min_height, int64_t *min_time_s)
{
	*min_height = -1;
	*min_time_s = -1;
	if (tx->version < 2)	/* unsigned: 0xffffffff is a version above 2 */
		return ST_OK;
	for (uint32_t i = 0; i < tx->n_in; i++) {
		uint32_t seq = tx->in[i].sequence, height = coins[i].height;
		int64_t span = seq & SEQUENCE_LOCKTIME_MASK, mtp;
		enum status st;

		if (seq & SEQUENCE_LOCKTIME_DISABLE)
			continue;
		if (!(seq & SEQUENCE_LOCKTIME_TYPE)) {
			if (*min_height < height + span - 1)
				*min_height = height + span - 1;
			continue;
		}
		/* time runs from the median time past that the coin's own
		 * block was judged by */
		BUG_ON(height > (uint64_t)view->height + 1);
		st = chain_median_time(view, height ? height - 1 : 0, &mtp);
		if (st != ST_OK)
			return st;
		mtp += (span << SEQUENCE_TIME_SHIFT) - 1;
		if (*min_time_s < mtp)
			*min_time_s = mtp;
	}
	return ST_OK;
}
