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

struct merkle_proof {
	struct header header;
	uint32_t n_tx;			/* as it claims */
	struct hash256 root;		/* that its hashes lead to */
	uint32_t n_match;
	struct hash256 *match;		/* marked txids, in the arena */
};
/* Reads one that somebody sent. ST_PARSE when it is not well formed: bits or
 * hashes missing or left over, a right branch equal to the left one
 * (CVE-2012-2459), more transactions than a block can hold. Whether the root is
 * the header's is for the caller to compare. */
NODISCARD enum status merkle_block_read(struct merkle_proof *out, const void *p,
					size_t len, struct arena *a);

#endif
