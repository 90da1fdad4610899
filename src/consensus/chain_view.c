/* SPDX-License-Identifier: MIT */
/* Median time past over a chain view. */
#include "consensus/chain_view.h"

#include "base/bug.h"

#define MEDIAN_SPAN 11

enum status chain_header(const struct chain_view *view, uint32_t height,
			 struct header *out)
{
	BUG_ON(height > view->height);
	if (height == view->height) {
		*out = view->parent;
		return ST_OK;
	}
	return view->header_at(view->arg, height, out);
}

enum status chain_median_time(const struct chain_view *view, uint32_t height,
			      int64_t *mtp)
{
	uint32_t times[MEDIAN_SPAN];
	unsigned n = 0;

	for (uint32_t h = height; n < MEDIAN_SPAN; h--) {
		struct header hd;
		enum status st = chain_header(view, h, &hd);
		unsigned i = n++;

		if (st != ST_OK)
			return st;
		for (; i > 0 && times[i - 1] > hd.time; i--)
			times[i] = times[i - 1];
		times[i] = hd.time;
		if (h == 0)
			break;
	}
	*mtp = times[n / 2];
	return ST_OK;
}
