/* SPDX-License-Identifier: MIT */
/*
 * Reads over several tables at once: what clients are shown of transactions,
 * scripts and the pool, a statement for each question.
 *
 * Where there may be many rows a cursor walks them. `..._begin` binds, `..._next`
 * gives ST_OK and a row, or ST_NOT_FOUND at the end, where the cursor closes
 * itself; a caller that stops before calls store_join_close. A function's cursor
 * must be closed before the same function opens one again. Bytes in a row live
 * until the cursor's next step.
 */
#ifndef QUARRY_STORE_STORE_JOIN_H
#define QUARRY_STORE_STORE_JOIN_H

#include "db/db.h"
#include "primitives/hash.h"

struct join_cursor {
	struct db_stmt *s;	/* NULL when closed */
	uint8_t bound[32];	/* a hash that the statement refers to */
};

void store_join_close(struct join_cursor *c);

/* A confirmed transaction with its block. */
struct join_tx {
	int64_t id;
	struct txid txid;
	uint32_t height;
	int64_t fee;		/* satoshi; -1 for a coinbase */
	uint32_t weight, n_in, n_out;
	struct blkid block;	/* zero where the block was given */
	uint32_t block_time;
	struct bytes raw;	/* empty where it was not asked for */
};

/* Lives until the next use. */
NODISCARD enum status store_join_tx(struct db *db, const struct txid *txid,
				    struct join_tx *out);
/* As above without raw. */
NODISCARD enum status store_join_status(struct db *db, const struct txid *txid,
					struct join_tx *out);
/* Transactions with ids from..to, of one block: in order. */
void store_join_range_begin(struct db *db, int64_t from, int64_t to,
			    struct join_cursor *c);
/* Those that touch a script, newest first, before the one with id `before`. */
void store_join_history_begin(struct db *db, int64_t script, int64_t before,
			      uint32_t max, struct join_cursor *c);
NODISCARD enum status store_join_tx_next(struct join_cursor *c,
					 struct join_tx *out);
/* Whether a confirmed transaction touches a script. */
NODISCARD enum status store_join_history_has(struct db *db, int64_t script,
					     int64_t tx, bool *has);

/* An output that an input spends. */
struct join_coin {
	int64_t value;
	struct bytes script;
	struct bytes address;	/* empty where the script has none */
};

/* Of all inputs of confirmed transactions from..to, coinbases left out. */
void store_join_coins_begin(struct db *db, int64_t from, int64_t to,
			    struct join_cursor *c);
/* Of a transaction in the pool. */
void store_join_pool_coins_begin(struct db *db, int64_t tx,
				 struct join_cursor *c);
NODISCARD enum status store_join_coin_next(struct join_cursor *c,
					   struct join_coin *out);

void store_join_txids_begin(struct db *db, int64_t from, int64_t to,
			    struct join_cursor *c);
/* In order of arrival. */
void store_join_pool_txids_begin(struct db *db, struct join_cursor *c);
NODISCARD enum status store_join_txid_next(struct join_cursor *c,
					   struct txid *out);

/* Fee and weight of transactions from..to, coinbases left out. */
void store_join_fees_begin(struct db *db, int64_t from, int64_t to,
			   struct join_cursor *c);
NODISCARD enum status store_join_fee_next(struct join_cursor *c, int64_t *fee,
					  uint32_t *weight);

/* An output and who spends it. */
struct join_spend {
	uint32_t n;
	bool spent, confirmed;
	struct txid by;
	uint32_t in;
	uint32_t height;	/* of the spender; these when confirmed */
	struct blkid block;
	uint32_t block_time;
};

/* Outputs first..last of a transaction with this row and txid. The cursor must
 * not move in memory. */
void store_join_spends_begin(struct db *db, int64_t tx, bool pool,
			     const struct txid *txid, uint32_t first,
			     uint32_t last, struct join_cursor *c);
NODISCARD enum status store_join_spend_next(struct join_cursor *c,
					    struct join_spend *out);

struct join_utxo {
	struct txid txid;
	uint32_t n;
	int64_t value;
	bool confirmed, coinbase;
	bool pool_spent;	/* by the pool */
	uint32_t height;	/* these when confirmed */
	struct blkid block;
	uint32_t block_time;
};

/* Outputs of a script that the chain does not spend, newest first; those that a
 * transaction of the pool makes, likewise. */
void store_join_utxos_begin(struct db *db, int64_t script,
			    struct join_cursor *c);
void store_join_pool_utxos_begin(struct db *db, int64_t script,
				 struct join_cursor *c);
NODISCARD enum status store_join_utxo_next(struct join_cursor *c,
					   struct join_utxo *out);

struct join_pool_tx {
	int64_t id;
	struct txid txid;
	int64_t fee;
	uint32_t weight, vsize;
	int64_t at;
	struct bytes raw;
};

/* Lives until the next use. */
NODISCARD enum status store_join_pool_tx(struct db *db, const struct txid *txid,
					 struct join_pool_tx *out);
/* Those that touch a script, newest first, before the one with id `before`. */
void store_join_pool_history_begin(struct db *db, int64_t script, int64_t before,
				   uint32_t max, struct join_cursor *c);
NODISCARD enum status store_join_pool_tx_next(struct join_cursor *c,
					      struct join_pool_tx *out);
NODISCARD enum status store_join_pool_history_has(struct db *db, int64_t script,
						  int64_t tx, bool *has);

/* The newest, at most max. */
struct join_recent {
	struct txid txid;
	int64_t fee;
	uint32_t vsize;
	int64_t value;		/* of all outputs */
};
void store_join_recent_begin(struct db *db, uint32_t max, struct join_cursor *c);
/* The one with this id, in the same way. */
void store_join_member_begin(struct db *db, int64_t id, struct join_cursor *c);
NODISCARD enum status store_join_recent_next(struct join_cursor *c,
					     struct join_recent *out);

/* What the order of the pool's transactions in blocks depends on. */
struct join_rate {
	int64_t id;
	int64_t fee;
	uint32_t vsize, weight;
	int64_t fee_anc, vsize_anc, fee_desc, vsize_desc;
};
void store_join_rates_begin(struct db *db, struct join_cursor *c);
NODISCARD enum status store_join_rate_next(struct join_cursor *c,
					   struct join_rate *out);

/* The first address from `from` on and below `below`; ST_NOT_FOUND when there is
 * none. The text lives until the next use. */
NODISCARD enum status store_join_address_from(struct db *db, const char *from,
					      const char *below,
					      const char **out);

#endif
