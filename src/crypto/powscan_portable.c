/* SPDX-License-Identifier: MIT */
/* Nonce search in plain C: four lanes, which SSE2 and NEON do in registers. */
#define LANES 4
#include "crypto/lanes_generic.h"

#define V_IOTA ((generic_v){0, 1, 2, 3})
#define LANES_RUN powscan_portable
#define LANES_ATTR
#include "crypto/powscan_lanes.h"
