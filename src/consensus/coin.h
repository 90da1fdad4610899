/* SPDX-License-Identifier: MIT */
/* An output as the rules see it when it is spent. */
#ifndef QUARRY_CONSENSUS_COIN_H
#define QUARRY_CONSENSUS_COIN_H

#include "base/bytes.h"

struct coin {
	int64_t value;
	struct bytes script;
	uint32_t height;	/* of the block that made it */
	bool coinbase;
};

#endif
