/* SPDX-License-Identifier: MIT */
/* What the configuration says of the mempool and of other nodes' headers, the
 * same for every program that takes transactions. */
#ifndef QUARRY_NODE_POOL_POLICY_H
#define QUARRY_NODE_POOL_POLICY_H

#include "base/conf.h"
#include "node/core/node.h"

/* Sets the mempool's limits and fees, whether it takes what is not standard, and
 * the least work of a chain. ST_USAGE with one sentence: minimum_chainwork is no
 * number. */
NODISCARD enum status node_configure(struct node *n, const struct conf *c,
				     char error[NODE_ERROR_SIZE]);

#endif
