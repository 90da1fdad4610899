/* SPDX-License-Identifier: MIT */
/* Tables tx, tx_by_txid, txin and txout: the transactions of the active chain. */
#ifndef QUARRY_STORE_STORE_TX_H
#define QUARRY_STORE_STORE_TX_H

#include "db/db.h"
#include "primitives/hash.h"

struct tx_row {
	int64_t id;
	struct txid txid;
	uint32_t height;
	int64_t fee;		/* satoshi; -1 for a coinbase */
	uint32_t weight;
	uint32_t n_in, n_out;
	struct bytes raw;	/* lives until the next use of the same get */
};

struct txin_row {
	int64_t tx;
	uint32_t n;
	int64_t prev_tx;	/* 0: coinbase */
	uint32_t prev_n;
	uint32_t sequence;
	uint32_t sig_at, sig_len;
};

struct txout_row {
	int64_t tx;
	uint32_t n;
	int64_t value;
	int64_t script;		/* script.id */
	int64_t spent_tx;	/* 0: unspent */
	uint32_t spent_n;
};

/* The latest transaction with this txid. */
NODISCARD enum status store_tx_id(struct db *db, const struct txid *txid,
				  int64_t *id);
/* The latest before the one with id `before`. */
NODISCARD enum status store_tx_id_before(struct db *db, const struct txid *txid,
					 int64_t before, int64_t *id);
NODISCARD enum status store_tx_get(struct db *db, int64_t id, struct tx_row *out);
/* As store_tx_get without raw. */
NODISCARD enum status store_tx_head(struct db *db, int64_t id,
				    struct tx_row *out);
NODISCARD enum status store_tx_insert(struct db *db, const struct tx_row *row);
NODISCARD enum status store_tx_index(struct db *db, const struct txid *txid,
				     int64_t id);
NODISCARD enum status store_tx_unindex(struct db *db, const struct txid *txid,
				       int64_t id);
/* Removes tx, txin and txout rows with ids from..to. */
NODISCARD enum status store_tx_delete_range(struct db *db, int64_t from,
					    int64_t to);
/* Steps through the raw bytes of transactions from..to in order; fn false stops
 * (ST_CANCELLED). */
NODISCARD enum status store_tx_each_raw(struct db *db, int64_t from, int64_t to,
					bool (*fn)(void *arg, int64_t id,
						   const struct txid *txid,
						   struct bytes raw),
					void *arg);

NODISCARD enum status store_txin_insert(struct db *db, const struct txin_row *row);
NODISCARD enum status store_txin_get(struct db *db, int64_t tx, uint32_t n,
				     struct txin_row *out);

NODISCARD enum status store_txout_insert(struct db *db,
					 const struct txout_row *row);
NODISCARD enum status store_txout_get(struct db *db, int64_t tx, uint32_t n,
				      struct txout_row *out);
/* ST_CORRUPT when the output is not there or already spent. */
NODISCARD enum status store_txout_spend(struct db *db, int64_t tx, uint32_t n,
					int64_t spent_tx, uint32_t spent_n);
NODISCARD enum status store_txout_unspend(struct db *db, int64_t tx, uint32_t n);
/* Unspent outputs of a script on the active chain, in chain order: the next
 * after (tx, n); start with (0, 0). ST_NOT_FOUND at the end. */
NODISCARD enum status store_utxo_next(struct db *db, int64_t script, int64_t tx,
				      uint32_t n, struct txout_row *out);
/* BIP30's exceptions: an output lost because spent_tx has the same txid. Spent,
 * but by no input. */
NODISCARD enum status store_txout_overwrite(struct db *db, int64_t tx, uint32_t n,
					    int64_t spent_tx);
/* Whether the transaction has an unspent output (BIP30). */
NODISCARD enum status store_txout_any_unspent(struct db *db, int64_t tx,
					      bool *any);

#endif
