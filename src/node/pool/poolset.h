/* SPDX-License-Identifier: MIT */
/* Sets of pool transactions by relation: parents, ancestors, descendants. */
#ifndef QUARRY_NODE_POOL_POOLSET_H
#define QUARRY_NODE_POOL_POOLSET_H

#include "node/core/priv.h"
#include "store/store_mempool.h"

/* Ids in the order they were found, each once. */
struct poolset {
	int64_t *id;
	size_t n, room;
};

void poolset_init(struct poolset *s);
void poolset_free(struct poolset *s);
bool poolset_has(const struct poolset *s, int64_t id);
/* *added: false when it was there. */
NODISCARD enum status poolset_add(struct poolset *s, int64_t id, bool *added);

/* Adds the direct parents of a pool transaction that are in the pool. */
NODISCARD enum status poolset_parents(struct node *n, struct poolset *s,
				      int64_t id);
/* Adds all ancestors in the pool of every member, the members not removed. */
NODISCARD enum status poolset_ancestors(struct node *n, struct poolset *s);
/* Adds all descendants of every member. */
NODISCARD enum status poolset_descendants(struct node *n, struct poolset *s);

#endif
