/* SPDX-License-Identifier: MIT */
/*
 * How large and how old the pool may become, and what a full pool asks for.
 *
 * When transactions are evicted for lack of room, the fee rate that would have
 * kept them, and the incremental rate on top, is the least that a new one must
 * pay. Once a block has come, it halves every twelve hours, and faster in a pool
 * that is half or three quarters empty.
 */
#ifndef QUARRY_NODE_POOL_POOLLIMIT_H
#define QUARRY_NODE_POOL_POOLLIMIT_H

#include "node/core/priv.h"
#include "primitives/verdict.h"

/* Rows of a transaction beyond its bytes, by estimate. */
#define POOL_TX_OVERHEAD 512

/* Least rate to enter the pool; 0 while there is room. */
NODISCARD enum status pool_min_rate(struct node *n, int64_t *sat_kvb);
/* Whether fee is enough for vsize, by that rate and the relay minimum. */
NODISCARD enum status pool_judge_rate(struct node *n, int64_t vsize_vb,
				      int64_t fee_sat, struct verdict *v);
/* Inside a write transaction: what is too old leaves, then what pays least until
 * the pool fits. *evicted_sat_kvb: the highest rate of what had to leave for
 * lack of room, 0 when nothing had to. */
NODISCARD enum status pool_trim(struct node *n, int64_t *evicted_sat_kvb);
/* Whether the oldest one has waited too long. */
NODISCARD enum status pool_is_due(struct node *n, bool *due);
/* Inside a write transaction: remembers that so much was evicted. */
NODISCARD enum status pool_raise_rate(struct node *n, int64_t evicted_sat_kvb);

#endif
