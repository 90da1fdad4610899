/* SPDX-License-Identifier: MIT */
/*
 * What the rules may know of a block's ancestors: their headers, by height, on
 * the very branch the block stands on. The node adapts its store to this, tests
 * adapt an array.
 */
#ifndef QUARRY_CONSENSUS_CHAIN_VIEW_H
#define QUARRY_CONSENSUS_CHAIN_VIEW_H

#include "primitives/header.h"

struct chain_view {
	/* The header at a height not above `height`. Any status but ST_OK ends
	 * the judgement with that status, never with a verdict. */
	enum status (*header_at)(void *arg, uint32_t height, struct header *out);
	void *arg;
	uint32_t height;	/* of the parent */
	struct header parent;
};

/* The header at a height, the parent included; height is at most view->height. */
NODISCARD enum status chain_header(const struct chain_view *view,
				   uint32_t height, struct header *out);
/* Median of the times of the block at `height` and up to ten before it
 * (BIP113's "median time past" of that block's child). */
NODISCARD enum status chain_median_time(const struct chain_view *view,
					uint32_t height, int64_t *mtp);

#endif
