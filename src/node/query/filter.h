/* SPDX-License-Identifier: MIT */
/*
 * Basic block filters (BIP158) and their headers (BIP157): an index that is
 * written with each block that is connected. A new database has it; it may be
 * taken away and built again. Stale blocks keep their filters.
 */
#ifndef QUARRY_NODE_QUERY_FILTER_H
#define QUARRY_NODE_QUERY_FILTER_H

#include "base/arena.h"
#include "node/core/node.h"

struct filter_info {
	struct blkid block;
	uint32_t height;
	struct bytes filter;	/* number of elements and coded set, as sent */
	struct hash256 hash;	/* of the filter */
	struct hash256 header;
};

/* The filter of a block of any branch. ST_NOT_FOUND: no such block, or it has no
 * filter (it was never connected, or the index is off or being built). */
NODISCARD enum status node_filter(struct node *n, const struct blkid *id,
				  struct arena *a, struct filter_info *out);
/* Those of the blocks from height first up to `last`, along its branch, lowest
 * first. with_bytes false: `filter` stays empty. ST_TOO_BIG: more than max;
 * ST_NOT_FOUND: as above, or first is above the block. */
NODISCARD enum status node_filter_range(struct node *n, const struct blkid *last,
					uint32_t first, uint32_t max,
					bool with_bytes, struct arena *a,
					struct filter_info **out,
					uint32_t *count);
/* Filter headers at heights every, 2 * every ... up to `last`, along its branch. */
NODISCARD enum status node_filter_headers_each(struct node *n,
					       const struct blkid *last,
					       uint32_t every, struct arena *a,
					       struct hash256 **out,
					       uint32_t *count);

struct filter_state {
	bool on;		/* there are filters at all */
	bool complete;		/* the tip has one: every block will */
	uint32_t height;	/* on the chain: all have one up to here, if on */
};
NODISCARD enum status node_filter_state(struct node *n,
					struct filter_state *out);
/* Makes the filters that the active chain lacks, some blocks in a transaction,
 * so that others can write meanwhile. progress false: ST_CANCELLED; what is done
 * stays. */
NODISCARD enum status node_filter_build(struct node *n,
					bool (*progress)(void *arg,
							 uint32_t height,
							 uint32_t tip),
					void *arg);
/* Takes all filters away: blocks that come get none. */
NODISCARD enum status node_filter_drop(struct node *n);

#endif
