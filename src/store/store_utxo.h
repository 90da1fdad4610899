/* SPDX-License-Identifier: MIT */
/* The unspent outputs of the active chain as a whole. */
#ifndef QUARRY_STORE_STORE_UTXO_H
#define QUARRY_STORE_STORE_UTXO_H

#include "db/db.h"
#include "primitives/hash.h"

struct utxo_row {
	struct txid txid;
	uint32_t n;
	int64_t value;
	uint32_t height;
	bool coinbase;
	struct bytes script;	/* during the call */
};

/* Every output that can still be spent; sorted: by txid in wire order, then n. fn
 * false stops (ST_CANCELLED). */
NODISCARD enum status store_utxo_walk(struct db *db, bool sorted,
				      bool (*fn)(void *arg,
						 const struct utxo_row *row),
				      void *arg);
/* Transactions in the active chain's blocks from one height to another. */
NODISCARD enum status store_chain_txs(struct db *db, uint32_t from, uint32_t to,
				      int64_t *count);

#endif
