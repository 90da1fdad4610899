/* SPDX-License-Identifier: MIT */
/*
 * A block as parsed data: a header and transactions that point into the bytes
 * parsed (see tx.h). No limit but the bytes given.
 */
#ifndef QUARRY_PRIMITIVES_BLOCK_H
#define QUARRY_PRIMITIVES_BLOCK_H

#include "primitives/header.h"
#include "primitives/tx.h"

/* BIP141; the message limit follows from it. */
#define BLOCK_WEIGHT_MAX 4000000u
#define BLOCK_SIZE_MAX 4000000u

struct block {
	struct header header;
	struct blkid id;
	uint32_t n_tx;
	struct tx *tx;
	struct bytes raw;
	uint32_t base_size;	/* bytes without any witness */
};

/* Parses and hashes exactly len bytes, which must outlive block. ST_OK,
 * ST_PARSE (also for bytes left over) or ST_NOMEM. */
NODISCARD enum status block_parse(struct block *b, const void *p, size_t len,
				  struct arena *a);
void block_write(struct buf *out, const struct block *b);

static inline uint32_t block_weight(const struct block *b)
{
	return 3 * b->base_size + (uint32_t)b->raw.len;
}

/* Root over txids (witness false) or over wtxids with the coinbase's taken as
 * zero (witness true, BIP141). *mutated is set when two equal hashes stand side
 * by side at any level (CVE-2012-2459): another list of transactions has the
 * same root, so a failure must not be remembered against the header. scratch
 * arena: 32 bytes a transaction. */
NODISCARD enum status block_merkle_root(struct hash256 *root, bool *mutated,
					const struct block *b, bool witness,
					struct arena *scratch);
/* Root of n hashes; leaves are overwritten. n == 0 gives zero. */
void merkle_root(struct hash256 *root, bool *mutated, struct hash256 *leaves,
		 size_t n);
/* The hashes beside the way from leaf `pos` up to the root, lowest first; room
 * for 32 in branch; returns how many. leaves are overwritten. */
unsigned merkle_branch(struct hash256 *branch, struct hash256 *leaves, size_t n,
		       size_t pos);
/* The root that leaf at pos with that branch leads to. */
void merkle_branch_root(struct hash256 *root, const struct hash256 *leaf,
			const struct hash256 *branch, unsigned n, size_t pos);

#endif
