/* SPDX-License-Identifier: MIT */
/* A block's header with those branches of its Merkle tree that prove some of its
 * transactions: the message `merkleblock` of BIP37. */
#ifndef QUARRY_PRIMITIVES_MERKLE_PROOF_H
#define QUARRY_PRIMITIVES_MERKLE_PROOF_H

#include "base/arena.h"
#include "base/buf.h"
#include "primitives/header.h"

/* Appends the proof that the marked of n transactions (txids in their order) are
 * in the block; n is at least 1. The arena holds 33 bytes for each hash of the
 * tree meanwhile. ST_OK or ST_NOMEM. */
NODISCARD enum status merkle_block_write(struct buf *out,
					 const struct header *h,
					 const struct hash256 *txids, uint32_t n,
					 const bool *marked, struct arena *a);

#endif
