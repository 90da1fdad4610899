/* SPDX-License-Identifier: MIT */
/* What tells two states of a chain's database apart. */
#ifndef QUARRY_NODE_CORE_MARK_H
#define QUARRY_NODE_CORE_MARK_H

#include "primitives/hash.h"

/* The state an answer was computed at. */
struct query_mark {
	struct blkid tip;
	uint32_t height;
	int64_t event;		/* grows with everything that happens */
	uint64_t held;		/* of the fee estimates held (playground.h) */
};

#endif
