/* SPDX-License-Identifier: MIT */
/* Transactions in: the one write path into the pool of unconfirmed ones. */
#ifndef QUARRY_NODE_MEMPOOL_H
#define QUARRY_NODE_MEMPOOL_H

#include "node/node.h"
#include "primitives/tx.h"
#include "primitives/verdict.h"

struct tx_options {
	const char *source;
	bool test_only;		/* judge, change nothing */
	int64_t max_fee_sat;	/* refuse a higher fee; 0: no limit */
};

struct tx_result {
	struct verdict verdict;
	struct txid txid;
	struct wtxid wtxid;
	int64_t fee_sat;	/* when valid */
	uint32_t vsize;
};

/* Judges a transaction by consensus and relay rules and adds it to the pool
 * with its rows and event. ST_OK whenever there is a verdict. */
NODISCARD enum status node_accept_tx(struct node *n, const void *raw, size_t len,
				     const struct tx_options *o,
				     struct tx_result *out);

struct mempool_info {
	int64_t count;
	int64_t vsize;
	int64_t bytes;
	int64_t fees_sat;
};
NODISCARD enum status node_mempool_info(struct node *n, struct mempool_info *out);

#endif
