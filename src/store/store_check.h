/* SPDX-License-Identifier: MIT */
/* Whole tables, for verification: counts, and rows in an order of their own. */
#ifndef QUARRY_STORE_STORE_CHECK_H
#define QUARRY_STORE_STORE_CHECK_H

#include "db/db.h"

struct store_counts {
	uint64_t n_out, n_spent;	/* rows of txout, those with a spender */
	uint64_t n_history;
	uint64_t n_totals;		/* scripts with a transaction */
};

NODISCARD enum status store_counts(struct db *db, struct store_counts *out);

/* Every unspent output, by txid and n: fn gets one text "txid:n value height
 * coinbase script". Stops when fn says false (ST_CANCELLED). */
NODISCARD enum status store_each_utxo(struct db *db,
				      bool (*fn)(void *arg, const char *row),
				      void *arg);
/* Every script that has a transaction, by its bytes: "script n_tx n_funded
 * funded n_spent spent", then every history row: "script txid". */
NODISCARD enum status store_each_total(struct db *db,
				       bool (*fn)(void *arg, const char *row),
				       void *arg);
/* Every transaction of the pool, by txid: "txid wtxid fee vsize n_anc n_desc". */
NODISCARD enum status store_each_pool(struct db *db,
				      bool (*fn)(void *arg, const char *row),
				      void *arg);

#endif
