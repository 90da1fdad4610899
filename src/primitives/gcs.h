/* SPDX-License-Identifier: MIT */
/*
 * Golomb-coded sets and the basic block filter made of them (BIP158): a client
 * asks whether a block may touch its scripts without telling which they are. One
 * element in 784,931 matches by chance.
 */
#ifndef QUARRY_PRIMITIVES_GCS_H
#define QUARRY_PRIMITIVES_GCS_H

#include "crypto/siphash.h"
#include "primitives/block.h"

/* Appends the filter of n elements in any order, repeated or not: the count of
 * different ones and the coded set. a is scratch: 24 bytes an element.
 * ST_NOMEM or what buf_status says. */
NODISCARD enum status gcs_build(struct buf *out, const struct siphash_key *key,
				const struct bytes *elements, uint32_t n,
				struct arena *a);
/* *match: whether any of n elements may be in the filter. ST_PARSE when the
 * filter is not well-formed as far as it had to be read. a is scratch. */
NODISCARD enum status gcs_match_any(struct bytes filter,
				    const struct siphash_key *key,
				    const struct bytes *elements, uint32_t n,
				    struct arena *a, bool *match);

/* The key of a block's filter: the first 16 bytes of its hash. */
struct siphash_key filter_key(const struct blkid *block);
/* The basic filter of a block: scripts of its outputs but OP_RETURN's, and those
 * of the outputs it spends; empty ones left out. spent: n_spent scripts in any
 * order. */
NODISCARD enum status filter_basic(struct buf *out, const struct block *b,
				   const struct bytes *spent, uint32_t n_spent,
				   struct arena *a);
/* BIP157: the filter's hash, and the header that chains them. */
void filter_hash(struct hash256 *out, struct bytes filter);
void filter_header(struct hash256 *out, const struct hash256 *hash,
		   const struct hash256 *prev);

#endif
