/* SPDX-License-Identifier: MIT */
/* Whole tables, for verification: counts, and rows in an order of their own. */
#ifndef QUARRY_STORE_STORE_CHECK_H
#define QUARRY_STORE_STORE_CHECK_H

#include "db/db.h"

struct store_counts {
	uint64_t n_out, n_spent;	/* rows of txout, those with a spender */
	uint64_t n_history;
	uint64_t n_totals;		/* scripts with a transaction */
	uint64_t n_lost;		/* scripts in a segment nobody searches */
};

NODISCARD enum status store_counts(struct db *db, struct store_counts *out);

/* ST_NOT_FOUND when the pair is missing. */
NODISCARD enum status store_history_has(struct db *db, int64_t script,
					int64_t tx);
/* The columns of a block that repeat its header for readers. */
struct store_header_columns {
	int64_t time, bits, version, nonce;
};
NODISCARD enum status store_header_columns(struct db *db, int64_t block,
					   struct store_header_columns *out);

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
