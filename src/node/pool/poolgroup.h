/* SPDX-License-Identifier: MIT */
/* Transactions that are judged as one: those of a package that pay too little by
 * themselves, and those that are tested together. */
#ifndef QUARRY_NODE_POOL_POOLGROUP_H
#define QUARRY_NODE_POOL_POOLGROUP_H

#include "node/pool/pooljudge.h"

#define GROUP_TX_MAX 25

struct pool_group {
	struct pool_candidate *c[GROUP_TX_MAX];	/* parents before children */
	uint32_t n;
	/* filled by the judgement */
	int64_t fee, vsize;	/* of all, fees as modified */
	uint32_t bad;		/* whose verdict it is, for V_PACKAGE_TX */
	struct verdict why;	/* that verdict */
};

/* What can be said of a package by its bytes: number, weight, order, each
 * transaction and each input once. */
bool pool_group_shape(const struct pool_candidate *c, uint32_t n,
		      struct verdict *v);
bool pool_tx_spends(const struct tx *child, const struct tx *parent);
/* All rules but those for scripts. v: VALID; V_PACKAGE_TX, then bad and why say
 * more; or what is wrong with all of them. The mode of the candidates says
 * whether fee rates are judged for the group (POOL_GROUP) and whether one parent
 * with one child may replace others. */
NODISCARD enum status pool_group_judge(struct node *n, struct pool_group *g,
				       struct verdict *v);

#endif
