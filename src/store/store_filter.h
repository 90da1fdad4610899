/* SPDX-License-Identifier: MIT */
/* Table block_filter. */
#ifndef QUARRY_STORE_STORE_FILTER_H
#define QUARRY_STORE_STORE_FILTER_H

#include "db/db.h"
#include "primitives/hash.h"

struct filter_row {
	int64_t block;		/* block.id */
	struct hash256 hash;	/* of the filter */
	struct hash256 header;
	struct bytes filter;	/* lives until the next use of the same get */
};

/* Does nothing when the block has one. */
NODISCARD enum status store_filter_put(struct db *db,
				       const struct filter_row *row);
NODISCARD enum status store_filter_get(struct db *db, int64_t block,
				       struct filter_row *out);
/* As store_filter_get without the filter. */
NODISCARD enum status store_filter_head(struct db *db, int64_t block,
					struct filter_row *out);
/* Removes at most max rows, the newest blocks' first; *gone: how many. */
NODISCARD enum status store_filter_del(struct db *db, int max, int64_t *gone);

#endif
