/* SPDX-License-Identifier: MIT */
/* BIP431: a version 3 transaction has one unconfirmed relative at most. */
#ifndef QUARRY_NODE_POOL_POOLTRUC_H
#define QUARRY_NODE_POOL_POOLTRUC_H

#include "node/pool/pooljudge.h"

/* One transaction whose ancestors are known. A child that would be a second one
 * may take the place of the first: that becomes a conflict, with
 * sibling_eviction set. */
NODISCARD enum status pool_judge_truc(struct node *n, struct pool_candidate *c,
				      struct verdict *v);
/* The i-th of a group, whose other members count as relatives too. */
NODISCARD enum status pool_judge_truc_of_group(struct node *n,
					       struct pool_candidate *const *c,
					       uint32_t count, uint32_t i,
					       struct verdict *v);

#endif
