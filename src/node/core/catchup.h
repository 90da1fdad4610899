/* SPDX-License-Identifier: MIT */
/*
 * Whether the node is in its initial download (Bitcoin Core's
 * initialblockdownload): its chain has less work than the network's least, or
 * ended more than a day ago and has not been of the day since the program began.
 * A node that is takes no transactions from peers: it could not judge them. An own
 * chain may rest for as long as its people like: there only the work counts.
 */
#ifndef QUARRY_NODE_CORE_CATCHUP_H
#define QUARRY_NODE_CORE_CATCHUP_H

#include "node/core/node.h"

#define CATCHUP_TIP_AGE_S 86400	/* unless the configuration says more */

NODISCARD enum status node_catching_up(struct node *n, bool *is);

#endif
