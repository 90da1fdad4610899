/* SPDX-License-Identifier: MIT */
/*
 * One transaction of the pool with its relations, for those who report on the
 * pool. As in query.h each function makes one read transaction of its own unless
 * the caller holds one.
 */
#ifndef QUARRY_NODE_QUERY_QUERY_MEMPOOL_H
#define QUARRY_NODE_QUERY_QUERY_MEMPOOL_H

#include "node/query/query.h"

struct pool_entry {
	int64_t id;
	struct txid txid;
	struct wtxid wtxid;
	uint32_t vsize, weight;
	int64_t at;			/* UNIX seconds */
	uint32_t height;		/* of the tip when it came */
	int64_t fee_sat, delta_sat;	/* delta: prioritisetransaction */
	int64_t n_ancestors, ancestors_vb, ancestors_sat; /* itself included */
	int64_t n_descendants, descendants_vb, descendants_sat;
	bool untold;			/* mempool.h: node_tx_untold */
	bool replaceable;		/* it or an ancestor signals BIP125 */
	struct txid *parent;		/* in the pool */
	uint32_t n_parents;
	struct txid *child;
	uint32_t n_children;
};
NODISCARD enum status query_pool_entry(struct node *n, const struct txid *id,
				       struct arena *a, struct pool_entry *out);
/* The next in order of arrival after `after` (0: the first); ST_NOT_FOUND. */
NODISCARD enum status query_pool_next(struct node *n, int64_t after,
				      struct arena *a, struct pool_entry *out);
/* The pool_no of what came last; 0. */
NODISCARD enum status query_pool_newest(struct node *n, int64_t *no);
/* What prioritisetransaction added to a transaction's fee. */
struct pool_delta {
	struct txid txid;
	int64_t delta_sat;
	bool in_pool;
	int64_t fee_sat;	/* in the pool: without the delta */
};
/* The next in the order of txids after out->txid (all zero: the first).
 * ST_NOT_FOUND. */
NODISCARD enum status query_pool_delta_next(struct node *n,
					    struct pool_delta *out);
/* All in order of arrival, at most max. */
NODISCARD enum status query_pool_ids(struct node *n, uint32_t max,
				     struct arena *a, struct txid **out,
				     uint32_t *count);
/* All its ancestors or descendants in the pool, itself left out. */
NODISCARD enum status query_pool_relatives(struct node *n, const struct txid *id,
					bool ancestors, struct arena *a,
					struct txid **out, uint32_t *count);
/* The transaction of the pool that spends an output. ST_NOT_FOUND. */
NODISCARD enum status query_pool_spender(struct node *n,
					 const struct outpoint *o,
					 struct txid *by);

#endif
