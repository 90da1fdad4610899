/* SPDX-License-Identifier: MIT */
/*
 * What is stored, as plain data. Each function makes one read transaction of its
 * own unless the caller holds one (node_snapshot). What it returns lives in the
 * arena given.
 */
#ifndef QUARRY_NODE_QUERY_QUERY_H
#define QUARRY_NODE_QUERY_QUERY_H

#include "base/arena.h"
#include "node/core/node.h"
#include "primitives/block.h"
#include "primitives/verdict.h"

struct block_info {
	struct blkid id;
	struct header header;
	uint32_t height;
	int64_t mtp;
	struct u256 chainwork;
	bool active;		/* on the active chain */
	bool invalid;
	bool has_data;
	uint32_t n_tx, size, weight;
	int64_t fees_sat;	/* -1: never connected */
	struct blkid next;	/* on the active chain; zero for the tip */
	int64_t received_at;
};

NODISCARD enum status query_block(struct node *n, const struct blkid *id,
				  struct block_info *out);
NODISCARD enum status query_block_at(struct node *n, uint32_t height,
				     struct block_info *out);
/* The block's exact bytes, of any branch whose data is here. */
NODISCARD enum status query_block_raw(struct node *n, const struct blkid *id,
				      struct arena *a, struct bytes *raw);
/* txids of a block in order. */
NODISCARD enum status query_block_txids(struct node *n, const struct blkid *id,
					struct arena *a, struct txid **ids,
					uint32_t *count);

struct tx_info {
	struct txid txid;
	struct bytes raw;
	bool confirmed;
	uint32_t height;	/* when confirmed */
	struct blkid block;
	uint32_t block_time;
	int64_t fee_sat;	/* -1: coinbase */
	int64_t seen_at;	/* in the pool */
	int64_t pool_no;	/* order of arrival there */
	bool was_mined;		/* in a block that left the chain */
};
/* Of the active chain or the pool. */
NODISCARD enum status query_tx(struct node *n, const struct txid *id,
			       struct arena *a, struct tx_info *out);

/* Of the pool, by the hash that covers its witnesses. */
NODISCARD enum status query_pool_tx(struct node *n, const struct wtxid *id,
				    struct arena *a, struct tx_info *out);

struct output_info {
	int64_t value;
	struct bytes script;
	uint32_t height;	/* meaningless while unconfirmed */
	bool confirmed;
	bool coinbase;
	bool spent;		/* by the chain or the pool */
	struct txid spender;	/* when spent */
	uint32_t spender_in;
};
/* An output of a transaction of the active chain or the pool. */
NODISCARD enum status query_output(struct node *n, const struct outpoint *o,
				   struct arena *a, struct output_info *out);

struct script_info {
	int64_t n_tx, n_funded, funded_sat, n_spent, spent_sat; /* confirmed */
	int64_t pool_n_tx, pool_n_funded, pool_funded_sat, pool_n_spent,
		pool_spent_sat;
};
/* Totals of a script; zeros when it was never seen. */
NODISCARD enum status query_script(struct node *n, struct bytes script,
				   struct script_info *out);

struct utxo_info {
	struct outpoint at;
	int64_t value;
	bool confirmed;
	uint32_t height;
	bool coinbase;
};
/* Unspent outputs of a script, confirmed ones not spent by the pool and those of
 * the pool; ST_TOO_BIG past max. */
NODISCARD enum status query_utxos(struct node *n, struct bytes script,
				  uint32_t max, struct arena *a,
				  struct utxo_info **out, uint32_t *count);

/* Headers after the first locator hash that is on the active chain (after
 * genesis when none is), at most max; up to stop when it is not zero. */
NODISCARD enum status query_headers(struct node *n, const struct blkid *locator,
				    size_t n_locator, const struct blkid *stop,
				    uint32_t max, struct arena *a,
				    uint8_t **headers, uint32_t *count);
/* In these, where validators vote: with the most work of those that build on the
 * best justified block.
 *
 * Hashes from the header with the most work backwards in growing steps down to
 * genesis. */
NODISCARD enum status query_locator(struct node *n, struct blkid out[64],
				    size_t *count);
/* Blocks whose headers are known and worth fetching: on the branch with the most
 * work, data missing, lowest first; at most max. */
NODISCARD enum status query_missing_blocks(struct node *n, uint32_t max,
					   struct arena *a, struct blkid **ids,
					   uint32_t *count);

/* The header with the most work. */
NODISCARD enum status query_best_header(struct node *n, struct block_info *out);
/* False: the block is invalid, or votes of validators prefer another branch to
 * its own: nothing of it is to be fetched. Of a block unknown nothing is said. */
NODISCARD enum status query_is_wanted(struct node *n, const struct blkid *id,
				      bool *wanted);
/* Whether scripts of a block need not be run, as assume.h says, when the operator
 * names this known block: its header, and all above it, are in the database. */
NODISCARD enum status query_is_assumed(struct node *n, const struct blkid *known,
				       const struct blkid *id, bool *assumed);
/* Whether the block is the header with the most work or an ancestor of it;
 * *height is the block's. A block unknown is not. */
NODISCARD enum status query_on_best_branch(struct node *n,
					   const struct blkid *id,
					   uint32_t *height, bool *on);

/* Raw transactions of the pool in order of arrival after `after` (0: all), at
 * most max. */
struct pool_tx {
	int64_t id;
	struct txid txid;
	struct wtxid wtxid;
	struct bytes raw;
	int64_t fee_sat;
	uint32_t vsize, weight;
	int64_t at;
};
NODISCARD enum status query_pool(struct node *n, int64_t after, uint32_t max,
				 struct arena *a, struct pool_tx **out,
				 uint32_t *count);

/* All of the pool, in no order that means anything. */
NODISCARD enum status query_pool_wtxids(struct node *n, struct arena *a,
					struct wtxid **ids, uint32_t *count);
/* The bytes of a transaction that left the pool not long ago, of the last time
 * it did. */
NODISCARD enum status query_pool_gone(struct node *n, const struct txid *id,
				      struct arena *a, struct bytes *raw);

/* When and why it left the pool last: "conflict", "replaced", "expired",
 * "sizelimit", "reorg". ST_NOT_FOUND: it did not, as far as is remembered. */
struct gone_info {
	int64_t at;
	char why[16];
	bool has_by;		/* the transaction or block that caused it */
	struct hash256 by;
};
NODISCARD enum status query_gone(struct node *n, const struct txid *id,
				 struct gone_info *out);

/* What was replaced lately, newest first, at most max. */
struct replaced_tx {
	struct txid txid, by;
	int64_t at;		/* UNIX seconds */
	struct bytes raw;
};
NODISCARD enum status query_replacements(struct node *n, uint32_t max,
					 struct arena *a, struct replaced_tx **out,
					 uint32_t *count);
/* What transactions of a package took the place of, since the event `after`. */
NODISCARD enum status query_replaced(struct node *n, int64_t after,
				     const struct tx *by, uint32_t n_by,
				     struct arena *a, struct txid **out,
				     uint32_t *count);

/* Why it was refused, newest first. ST_NOT_FOUND: it was not. */
struct refusal {
	char kind[8];
	char reason[96];
	char rule[64];
	char detail[VERDICT_DETAIL_SIZE];
	int32_t input, script_pos;
	bool has_txid;		/* of the transaction at fault in a block */
	struct txid txid;
	char script[16];	/* which failed ("tapscript"); "": none */
	char stack[VERDICT_STACK_SIZE]; /* as in struct verdict */
	int64_t at;
};
NODISCARD enum status query_refusal(struct node *n, const struct hash256 *hash,
				    struct refusal *out);

/* Events after a cursor. */
struct event_info {
	int64_t id;
	int64_t at_ms;
	const char *kind;
	struct hash256 hash;
	bool has_hash;
	const char *json;
};
NODISCARD enum status query_events(struct node *n, int64_t after, uint32_t max,
				   struct arena *a, struct event_info **out,
				   uint32_t *count);
/* 0: none. */
NODISCARD enum status query_last_event(struct node *n, int64_t *id);
/* The last one of the chain or the pool: what others do to peers is none. */
NODISCARD enum status query_last_change(struct node *n, int64_t *id);

#endif
