/* SPDX-License-Identifier: MIT */
/*
 * How a taproot output commits to scripts (BIP341): leaves, hashed pairwise in
 * lexicographic order up to a root, which tweaks the internal key. A control
 * block holds the leaf's version with the parity of the output key, the
 * internal key, and the hashes beside the way from the leaf up.
 */
#ifndef QUARRY_CONSENSUS_TAPROOT_H
#define QUARRY_CONSENSUS_TAPROOT_H

#include "base/bytes.h"
#include "primitives/hash.h"

#define TAPROOT_CONTROL_BASE 33
#define TAPROOT_CONTROL_NODE 32
#define TAPROOT_NODES_MAX 128
#define TAPROOT_LEAF_MASK 0xfe

/* 33 bytes and up to 128 times 32. */
bool taproot_control_size_ok(size_t len);
void taproot_leaf_hash(struct hash256 *out, uint8_t version,
		       struct bytes script);
/* Does the output key (program, 32 bytes) commit to the leaf, along the way in
 * the control block, whose size is good? */
bool taproot_commits(struct bytes program, struct bytes control,
		     const struct hash256 *leaf);

#endif
