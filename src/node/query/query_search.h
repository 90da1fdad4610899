/* SPDX-License-Identifier: MIT */
/*
 * Looking for things without knowing all of their name, and what happened last.
 * As in query.h each function makes one read transaction of its own unless the
 * caller holds one.
 */
#ifndef QUARRY_NODE_QUERY_QUERY_SEARCH_H
#define QUARRY_NODE_QUERY_QUERY_SEARCH_H

#include "node/core/node.h"

#define SEARCH_DIGITS_MIN 4

struct search_found {
	struct hash256 hash;
	bool block;		/* else a transaction, of the chain or the pool */
};
/* Blocks and transactions whose hashes begin with these digits, as people read
 * them: at most max blocks and 2 * max transactions; out has room for 3 * max.
 * None for fewer than SEARCH_DIGITS_MIN digits or for what are no digits. */
NODISCARD enum status query_hash_prefix(struct node *n, const char *digits,
					size_t len, int max,
					struct search_found *out, int *count);

struct reorg_info {
	int64_t id;
	int64_t at;			/* UNIX seconds */
	uint32_t fork_height, depth;	/* of the last common block; disconnected */
	struct blkid old_tip, new_tip;
};
/* Changes of branch with ids below `below`, newest first, at most max. */
NODISCARD enum status query_reorgs(struct node *n, int64_t below, int max,
				   struct reorg_info *out, int *count);

struct refusal_brief {
	int64_t id;
	int64_t at;
	char kind[8];			/* block, header, tx */
	struct hash256 hash;
	char reason[96];
};
NODISCARD enum status query_refusals(struct node *n, int64_t below, int max,
				     struct refusal_brief *out, int *count);

#endif
