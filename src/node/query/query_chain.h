/* SPDX-License-Identifier: MIT */
/*
 * The chain as a whole, for those who report on it: the tips of all branches, the
 * set of unspent outputs, counts. As in query.h each function makes one read
 * transaction of its own unless the caller holds one.
 */
#ifndef QUARRY_NODE_QUERY_QUERY_CHAIN_H
#define QUARRY_NODE_QUERY_QUERY_CHAIN_H

#include "node/query/query.h"

enum chain_tip_status {
	TIP_ACTIVE,
	TIP_VALID_FORK,		/* was connected once */
	TIP_VALID_HEADERS,	/* all of the branch is here, never connected */
	TIP_HEADERS_ONLY,
	TIP_INVALID,
};
struct chain_tip {
	struct blkid id;
	uint32_t height;
	uint32_t branch_len;	/* blocks beside the active chain */
	enum chain_tip_status status;
};
/* Highest first, at most max. */
NODISCARD enum status query_chain_tips(struct node *n, uint32_t max,
				       struct arena *a, struct chain_tip **out,
				       uint32_t *count);
/* The block below this one at a height, along its own branch. */
NODISCARD enum status query_ancestor(struct node *n, const struct blkid *id,
				     uint32_t height, struct block_info *out);
/* Transactions in blocks from..to of the active chain. */
NODISCARD enum status query_chain_txs(struct node *n, uint32_t from, uint32_t to,
				      int64_t *count);

struct utxo {
	struct outpoint at;
	int64_t value;
	uint32_t height;
	bool coinbase;
	struct bytes script;
};
/* Every output that can still be spent by the chain, in no order. fn false
 * stops: ST_CANCELLED. */
NODISCARD enum status query_each_utxo(struct node *n,
				      bool (*fn)(void *arg, const struct utxo *u),
				      void *arg);

enum utxo_hash { UTXO_HASH_NONE, UTXO_HASH_SERIALIZED, UTXO_HASH_MUHASH };
struct utxo_stats {
	uint64_t n_tx, n_out, bogo_size;
	int64_t total_sat;
	struct hash256 hash;
};
/* Bitcoin Core's statistics over the set, with its hash_serialized_3 or muhash. */
NODISCARD enum status query_utxo_stats(struct node *n, enum utxo_hash hash,
				       struct utxo_stats *out);

#endif
