/* SPDX-License-Identifier: MIT */
/*
 * What is stored with all that belongs to it: transactions with their block and
 * the outputs they spend, a script's history, what the pool comes to. Made for
 * interfaces that show much at once (Esplora's): few statements, a cursor each.
 *
 * As in query.h each function makes one read transaction of its own unless the
 * caller holds one. Lists are handed over row by row: the function given must
 * copy what it keeps, and any status but ST_OK that it returns ends the walk and
 * is returned.
 */
#ifndef QUARRY_NODE_QUERY_QUERY_FULL_H
#define QUARRY_NODE_QUERY_QUERY_FULL_H

#include "node/core/mark.h"
#include "node/query/query.h"
#include "primitives/tx.h"

/* The state that the database has now. */
NODISCARD enum status query_mark(struct node *n, struct query_mark *out);

/* An output that an input spends. */
struct full_coin {
	int64_t value;
	struct bytes script;
	struct bytes address;	/* of the script; empty: none, or not known */
};

struct full_tx {
	int64_t id;		/* of its table: for paging */
	struct tx tx;		/* parsed; its hashes are not set but for txid */
	bool confirmed;
	uint32_t height;	/* these when confirmed */
	struct blkid block;
	uint32_t block_time;
	int64_t fee_sat;	/* 0 for a coinbase */
	bool coinbase;
	uint32_t weight;
	int64_t seen_at;	/* in the pool */
	struct full_coin *coin;	/* one for each input; NULL for a coinbase */
};

/* Of the active chain or the pool; everything lives in the arena. */
NODISCARD enum status query_full_tx(struct node *n, const struct txid *id,
				    struct arena *a, struct full_tx *out);
/* Whether and where it is confirmed; raw and fee are not read. ST_NOT_FOUND when
 * it is in neither chain nor pool. */
NODISCARD enum status query_tx_status(struct node *n, const struct txid *id,
				      struct tx_info *out);
/* At most max transactions of a block of the active chain from the start-th on.
 * ST_NOT_FOUND for any other block. */
NODISCARD enum status query_full_block(struct node *n, const struct blkid *id,
				       uint32_t start, uint32_t max,
				       enum status (*fn)(void *arg, const struct full_tx *t),
				       void *arg);

/* At most max, of the active chain from `height` downwards. */
NODISCARD enum status query_blocks_below(struct node *n, uint32_t height,
					 int max, struct arena *a,
					 struct block_info **out, int *count);
/* ST_NOT_FOUND when the block is not here or has no transaction of that index. */
NODISCARD enum status query_block_txid(struct node *n, const struct blkid *id,
				       uint32_t index, struct txid *out);
/* Fees and weights of a block's transactions without the coinbase. */
struct block_fee {
	int64_t fee_sat;
	uint32_t weight;
};
NODISCARD enum status query_block_fees(struct node *n, const struct blkid *id,
				       struct arena *a, struct block_fee **out,
				       uint32_t *count);

/* An output and who spends it. */
struct full_spend {
	bool spent, confirmed;
	struct txid by;
	uint32_t in;
	uint32_t height;	/* of the spender; these when confirmed */
	struct blkid block;
	uint32_t block_time;
};
/* One output; `spent` false when there is no such output. */
NODISCARD enum status query_spend(struct node *n, const struct outpoint *o,
				  struct full_spend *out);
/* All outputs in order, spent or not. ST_NOT_FOUND: no such transaction. */
NODISCARD enum status query_spends(struct node *n, const struct txid *id,
				   enum status (*fn)(void *arg,
						     const struct full_spend *s),
				   void *arg);

/* A script as this database knows it; 0 when it was never seen. */
NODISCARD enum status query_script_id(struct node *n, struct bytes script,
				      int64_t *id);
/* By the SHA-256 of the script, in the order of its digits. */
NODISCARD enum status query_script_id_by_hash(struct node *n,
					      const uint8_t hash[32],
					      int64_t *id);
/* As query_script. */
NODISCARD enum status query_script_totals(struct node *n, int64_t script,
					  struct script_info *out);
/* Confirmed transactions that touch a script, newest first, at most max; those
 * after the one with txid `after` when it is not NULL, none when that is not
 * confirmed or does not touch it. *found: `after` is one of them. */
NODISCARD enum status query_history(struct node *n, int64_t script,
				    const struct txid *after, uint32_t max,
				    bool *found,
				    enum status (*fn)(void *arg, const struct full_tx *t),
				    void *arg);
/* The same of the pool. */
NODISCARD enum status query_pool_history(struct node *n, int64_t script,
					 const struct txid *after, uint32_t max,
					 bool *found,
					 enum status (*fn)(void *arg, const struct full_tx *t),
					 void *arg);

struct full_utxo {
	struct outpoint at;
	int64_t value;
	bool confirmed, coinbase;
	uint32_t height;	/* these when confirmed */
	struct blkid block;
	uint32_t block_time;
};
/* What nothing spends, neither chain nor pool: the pool's, then the chain's,
 * newest first. ST_TOO_BIG when the chain has more than max for the script;
 * nothing is handed over then. */
NODISCARD enum status query_full_utxos(struct node *n, int64_t script,
				       uint32_t max,
				       enum status (*fn)(void *arg,
							 const struct full_utxo *u),
				       void *arg);

/* Addresses seen that begin so, in order, at most max. */
NODISCARD enum status query_addresses(struct node *n, const char *prefix,
				      uint32_t max, struct arena *a,
				      const char ***out, uint32_t *count);

NODISCARD enum status query_pool_txids(struct node *n,
				       enum status (*fn)(void *arg,
							 const struct txid *t),
				       void *arg);
struct pool_recent {
	struct txid txid;
	int64_t fee_sat;
	uint32_t vsize;
	int64_t value;		/* of all outputs */
};
/* The newest first, at most max. */
NODISCARD enum status query_pool_recent(struct node *n, uint32_t max,
					struct arena *a, struct pool_recent **out,
					uint32_t *count);

/* The pool's transactions by the rate a block maker would take them at (with
 * parents that must come along, or children that pay for them), best first. */
struct pool_rate {
	int64_t id;		/* in the pool, for query_pool_member */
	int64_t fee_sat;
	uint32_t vsize, weight;
	double rate;		/* satoshi per vbyte that it counts with */
};
NODISCARD enum status query_pool_rates(struct node *n, struct arena *a,
				       struct pool_rate **out, uint32_t *count);

/* Its id there, and what is shown of it. ST_NOT_FOUND: it is not in the pool. */
NODISCARD enum status query_pool_id(struct node *n, const struct txid *id,
				    int64_t *out);
NODISCARD enum status query_pool_member(struct node *n, int64_t id,
					struct pool_recent *out);

/* Satoshi per vbyte for being in one of the next target[i] blocks, targets
 * ascending; from the pool's rates, or from those given. */
NODISCARD enum status query_fee_rates(struct node *n, const uint32_t *target,
				      uint32_t n_target, struct arena *a,
				      double *out);
void query_fee_of_pool(const struct pool_rate *pool, uint32_t n, double min,
		       const uint32_t *target, uint32_t n_target, double *out);

/* Relatives of a transaction in the pool. ST_NOT_FOUND when it is not there. */
struct pool_relative {
	struct txid txid;
	int64_t fee_sat;
	uint32_t weight;
};
struct pool_family {
	struct pool_relative *ancestor, *descendant;
	uint32_t n_ancestor, n_descendant;
	int64_t fee_sat;
	uint32_t vsize, sigops;
	double rate;		/* as in pool_rate */
};
NODISCARD enum status query_pool_family(struct node *n, const struct txid *id,
					struct arena *a, struct pool_family *out);

#endif
