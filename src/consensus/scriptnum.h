/* SPDX-License-Identifier: MIT */
/*
 * Numbers on the script stack: little-endian magnitude, sign in the highest bit
 * of the last byte, empty is zero. Operands are at most 4 bytes (5 for lock
 * times); results may be longer and are then no operands any more.
 */
#ifndef QUARRY_CONSENSUS_SCRIPTNUM_H
#define QUARRY_CONSENSUS_SCRIPTNUM_H

#include "base/bytes.h"

#define SCRIPTNUM_OPERAND_MAX 4
#define SCRIPTNUM_LOCKTIME_MAX 5

/* False when v is longer than max bytes (max <= 8) or, with `minimal`, could be
 * written shorter. */
bool scriptnum_get(int64_t *out, struct bytes v, size_t max, bool minimal);
/* The shortest form; returns its length, at most 9. */
unsigned scriptnum_put(uint8_t out[9], int64_t v);
/* What OP_IF and OP_VERIFY ask: false is any run of zeros, the last of which
 * may carry the sign bit. */
bool script_is_true(struct bytes v);

#endif
