/* SPDX-License-Identifier: MIT */
/* What the ways into the pool share: one transaction (mempool.c) and packages
 * (poolpackage.c). */
#ifndef QUARRY_NODE_POOL_POOLPACKAGE_H
#define QUARRY_NODE_POOL_POOLPACKAGE_H

#include "node/pool/mempool.h"
#include "node/pool/pooljudge.h"

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
/* Parses `count` transactions and begins their results. *package is refused when
 * they are too many or one is none. Free in any case. */
NODISCARD enum status pool_candidates(struct pool_candidate **c,
				      const struct bytes *raw, uint32_t count,
				      const struct tx_options *o,
				      struct tx_result *out,
				      struct verdict *package);
void pool_candidates_free(struct pool_candidate *c, uint32_t count);
void pool_result(struct tx_result *out, const struct pool_candidate *c);

#endif
