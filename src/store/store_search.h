/* SPDX-License-Identifier: MIT */
/* Hashes by how they begin; what happened last. */
#ifndef QUARRY_STORE_STORE_SEARCH_H
#define QUARRY_STORE_STORE_SEARCH_H

#include "db/db.h"
#include "primitives/hash.h"

enum store_search {
	STORE_IN_BLOCKS,	/* of any branch */
	STORE_IN_CHAIN,	/* of the active chain */
	STORE_IN_POOL,
};

/* Hashes from `first` to `last`, both in the order people read, at most max. */
NODISCARD enum status store_search(struct db *db, enum store_search where,
				   const uint8_t first[32],
				   const uint8_t last[32], struct hash256 *out,
				   int max, int *n);

struct reorg_row {
	int64_t id, at;
	uint32_t fork_height, depth;
	struct blkid old_tip, new_tip;
};
/* With ids below `below`, newest first, at most max. */
NODISCARD enum status store_reorgs_below(struct db *db, int64_t below,
					 struct reorg_row *out, int max, int *n);

struct reject_brief {
	int64_t id, at;
	char kind[8];
	struct hash256 hash;
	char reason[96];
};
NODISCARD enum status store_rejects_below(struct db *db, int64_t below,
					  struct reject_brief *out, int max,
					  int *n);

#endif
