/* SPDX-License-Identifier: MIT */
/*
 * Transactions in: the one write path into the pool of unconfirmed ones.
 *
 * A transaction is judged against a snapshot, its scripts with no lock held; a
 * short write transaction then looks again at what may have changed, removes
 * what it replaces, adds its rows and event, and keeps the pool within its
 * limits. The rules and their order are Bitcoin Core 28.1's.
 */
#ifndef QUARRY_NODE_POOL_MEMPOOL_H
#define QUARRY_NODE_POOL_MEMPOOL_H

#include "node/core/mempool_policy.h"
#include "primitives/tx.h"
#include "primitives/verdict.h"

struct tx_options {
	const char *source;
	bool own;		/* handed in here: it is told to peers until
				 * one asks for it */
	bool test_only;		/* judge, change nothing */
	int64_t max_fee_sat;	/* refuse a higher fee; 0: no limit */
	int64_t max_rate_sat_kvb; /* a higher rate, V_MAX_FEERATE; 0: no limit */
};

struct tx_result {
	struct verdict verdict;
	struct txid txid;
	struct wtxid wtxid;
	int64_t fee_sat;	/* when valid */
	uint32_t vsize;		/* adjusted for signature operations */
	bool known;		/* refused because it is in the pool already */
	struct wtxid pool_wtxid; /* in a package, of the one there */
	bool judged;		/* false: of several, it was not reached */
	int64_t group_fee_sat;	/* of what was accepted together: the fee rate */
	uint32_t group_vsize;	/* that counted, of fees as modified; its own
				 * when alone */
};

/* Judges a transaction by consensus and relay rules and adds it to the pool
 * with its rows and event. ST_OK whenever there is a verdict. */
NODISCARD enum status node_accept_tx(struct node *n, const void *raw, size_t len,
				     const struct tx_options *o,
				     struct tx_result *out);

/* A package: parents first, the child that spends all of them last. Each is
 * tried alone; those that pay too little, or that spend such, are tried once
 * more together, at the fee rate of the whole; one parent with one child may then
 * replace others. out: one result each; a member that was in the pool already is
 * known, with its fee and size there, and harms nothing. *package: VALID when all
 * are in the pool now, V_PACKAGE_TX when the results say why not, or what is wrong
 * with them together: the results are then those of each alone, or VALID with
 * judged false when nothing was tried (submitpackage of Bitcoin Core 28 throws
 * when it is V_PACKAGE_ORDER or V_PACKAGE_TOPOLOGY). */
#define PACKAGE_TX_MAX 25
NODISCARD enum status node_accept_package(struct node *n,
					  const struct bytes *raw, uint32_t count,
					  const struct tx_options *o,
					  struct tx_result *out,
					  struct verdict *package);
/* Judges up to PACKAGE_TX_MAX transactions as if they came one after the other:
 * they may spend each other's outputs and need not be related, but replace
 * nothing. Each pays for itself. It ends at the first refusal: *package is
 * V_PACKAGE_TX, and only the results with judged set mean anything; another code
 * is about all of them. As testmempoolaccept; one alone is node_accept_tx with
 * test_only. */
NODISCARD enum status node_test_txs(struct node *n, const struct bytes *raw,
				    uint32_t count, const struct tx_options *o,
				    struct tx_result *out,
				    struct verdict *package);
/* How many times this node was handed transactions that are in the pool since:
 * compare two answers. */
uint64_t node_txs_taken(const struct node *n);
/* Adds to the fee by which a transaction is judged and ranked, in the pool or not
 * known at all. What is added is summed up and kept until a block has the
 * transaction, or the sum is 0. ST_TOO_BIG when the sum exceeds all money. */
NODISCARD enum status node_prioritise_tx(struct node *n, const struct txid *txid,
					 int64_t delta_sat);

/* What has waited longer than the policy allows leaves. Each newcomer sees to
 * that; programs that run for long call it now and then, for times when none
 * comes: it reads one row when nothing is due. */
NODISCARD enum status node_mempool_expire(struct node *n);

/* Whether a transaction was handed in here and no peer has asked for it yet. */
NODISCARD enum status node_tx_untold(struct node *n, const struct txid *id,
				     bool *untold);
/* The next such one after *id (all zero: the first). ST_NOT_FOUND. */
NODISCARD enum status node_tx_untold_next(struct node *n, struct txid *id);
/* A peer asked for it. */
NODISCARD enum status node_tx_told(struct node *n, const struct txid *id);

struct mempool_info {
	int64_t count;
	int64_t vsize;
	int64_t bytes;
	int64_t fees_sat;
	int64_t usage_bytes;	/* bytes and an estimate of the other rows */
	int64_t min_fee_sat_kvb; /* what a transaction must pay now */
	int64_t untold;		/* handed in here, asked for by nobody */
};
NODISCARD enum status node_mempool_info(struct node *n, struct mempool_info *out);

#endif
