/* SPDX-License-Identifier: MIT */
/* The settings of the pool of unconfirmed transactions. */
#ifndef QUARRY_NODE_CORE_MEMPOOL_POLICY_H
#define QUARRY_NODE_CORE_MEMPOOL_POLICY_H

#include "node/core/node.h"

/* What the pool takes and keeps; the process's own setting, with Bitcoin Core's
 * defaults. Rates are satoshi per 1,000 vbytes. */
struct mempool_policy {
	bool require_standard;
	bool bare_multisig;
	bool full_rbf;			/* replace without a BIP125 signal */
	uint32_t datacarrier_max;	/* bytes of an OP_RETURN script */
	uint32_t bytes_per_sigop;	/* weight that each counts at least */
	int64_t dust_sat_kvb;
	int64_t min_relay_sat_kvb;
	int64_t incremental_sat_kvb;
	int64_t max_bytes;		/* see mempool_info.usage_bytes */
	int64_t expiry_s;
	int64_t ancestors_max, ancestors_max_vb;
	int64_t descendants_max, descendants_max_vb;
};
const struct mempool_policy *node_mempool_policy(const struct node *n);
void node_set_mempool_policy(struct node *n, const struct mempool_policy *p);
/* Takes transactions that are not standard, too: on regtest and own chains; false
 * where it does not hold. */
bool node_allow_nonstandard(struct node *n);
/* Bitcoin Core 28's defaults. */
void mempool_policy_default(struct mempool_policy *p);

#endif
