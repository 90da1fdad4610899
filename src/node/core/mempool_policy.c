/* SPDX-License-Identifier: MIT */
/* See mempool_policy.h: a part of struct node. */
#include "node/core/mempool_policy.h"

#include "node/core/playground.h"
#include "node/core/priv.h"

void mempool_policy_default(struct mempool_policy *p)
{
	*p = (struct mempool_policy){
		.require_standard = true,
		.bare_multisig = true,
		.bytes_per_sigop = 20,
		.full_rbf = true,
		.datacarrier_max = 83,
		.dust_sat_kvb = 3000,
		.min_relay_sat_kvb = 1000,
		.incremental_sat_kvb = 1000,
		.max_bytes = INT64_C(300000000),
		.expiry_s = INT64_C(336) * 3600,
		.ancestors_max = 25,
		.ancestors_max_vb = 101000,
		.descendants_max = 25,
		.descendants_max_vb = 101000,
	};
}

const struct mempool_policy *node_mempool_policy(const struct node *n)
{
	return &n->policy;
}

void node_set_mempool_policy(struct node *n, const struct mempool_policy *p)
{
	n->policy = *p;
}

bool node_allow_nonstandard(struct node *n)
{
	if (!node_is_playground(n))
		return false;
	n->policy.require_standard = false;
	return true;
}
