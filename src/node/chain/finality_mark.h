/* SPDX-License-Identifier: MIT */
/* A checkpoint: what votes make justified and final. */
#ifndef QUARRY_NODE_CHAIN_FINALITY_MARK_H
#define QUARRY_NODE_CHAIN_FINALITY_MARK_H

#include "primitives/hash.h"

struct finality_mark {
	struct blkid id;
	uint32_t height;
};

#endif
