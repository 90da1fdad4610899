/* SPDX-License-Identifier: MIT */
/* What the ways into the pool share: one transaction (mempool.c) and packages
 * (poolpackage.c). */
#ifndef QUARRY_NODE_POOLPACKAGE_H
#define QUARRY_NODE_POOLPACKAGE_H

#include "node/pooljudge.h"

/* The scripts of a candidate whose coins are known: consensus and policy. */
NODISCARD enum status pool_judge_scripts(const struct pool_candidate *c,
					 struct verdict *v);
/* A write transaction; *changed: somebody else has committed since the last
 * one, read or write. */
NODISCARD enum status pool_begin_write(struct node *n, bool *changed);
NODISCARD enum status pool_commit(struct node *n);
/* Rolls back, remembers the rate that was not reached, refuses. */
NODISCARD enum status pool_refuse_full(struct node *n, int64_t evicted,
				       struct verdict *v);
void pool_result(struct tx_result *out, const struct pool_candidate *c);

#endif
