/* SPDX-License-Identifier: MIT */
/* Tables mempool_tx, mempool_in, mempool_out, mempool_history, mempool_gone,
 * mempool_delta. */
#ifndef QUARRY_STORE_STORE_MEMPOOL_H
#define QUARRY_STORE_STORE_MEMPOOL_H

#include "db/db.h"
#include "primitives/tx.h"

struct mempool_row {
	int64_t id;
	struct txid txid;
	struct wtxid wtxid;
	struct bytes raw;	/* lives until the next use */
	int64_t at;
	uint32_t height;
	int64_t fee, fee_delta;
	uint32_t weight, vsize, sigop_cost;
	bool spends_coinbase, replaceable;
	int64_t n_anc, vsize_anc, fee_anc;
	int64_t n_desc, vsize_desc, fee_desc;
	bool was_mined;		/* it came from a block that left; read only */
};

struct mempool_in_row {
	int64_t tx;
	uint32_t n;
	struct outpoint prevout;
	int64_t value;
	int64_t script;
};

struct mempool_out_row {
	int64_t tx;
	uint32_t n;
	int64_t value;
	int64_t script;
};

NODISCARD enum status store_mempool_by_txid(struct db *db, const struct txid *t,
					    struct mempool_row *out);
NODISCARD enum status store_mempool_by_wtxid(struct db *db,
					     const struct wtxid *t,
					     struct mempool_row *out);
/* Whether exactly this transaction, witness included, is in the pool. */
NODISCARD enum status store_mempool_has(struct db *db, const struct wtxid *t,
					bool *has);
NODISCARD enum status store_mempool_by_id(struct db *db, int64_t id,
					  struct mempool_row *out);
/* row->id is set. */
NODISCARD enum status store_mempool_insert(struct db *db, struct mempool_row *row,
					   const char *source);
/* With its inputs, outputs and history rows. */
NODISCARD enum status store_mempool_delete(struct db *db, int64_t id);
/* The n_/vsize_/fee_ columns of ancestors and descendants, and fee_delta. */
NODISCARD enum status store_mempool_update(struct db *db,
					   const struct mempool_row *row);
/* By its time, which a clock that was set back makes differ from the order of
 * arrival; ST_NOT_FOUND when the pool is empty. */
NODISCARD enum status store_mempool_oldest(struct db *db,
					   struct mempool_row *out);
/* In order of arrival, after `after`; ST_NOT_FOUND at the end. */
NODISCARD enum status store_mempool_next(struct db *db, int64_t after,
					 struct mempool_row *out);
NODISCARD enum status store_mempool_sums(struct db *db, int64_t *count,
					 int64_t *vsize, int64_t *bytes,
					 int64_t *fees);
/* 0: there is none. */
NODISCARD enum status store_mempool_newest(struct db *db, int64_t *id);
/* Handed in here and not asked for by anybody: noted, forgotten, looked for, the next
 * after *t (all zero: the first; ST_NOT_FOUND), how many. */
NODISCARD enum status store_untold_put(struct db *db, const struct txid *t);
NODISCARD enum status store_untold_delete(struct db *db, const struct txid *t);
NODISCARD enum status store_untold_has(struct db *db, const struct txid *t,
				       bool *has);
NODISCARD enum status store_untold_next(struct db *db, struct txid *t);
NODISCARD enum status store_untold_count(struct db *db, int64_t *count);
/* The transaction to evict first: the lowest of the greater of its own modified
 * fee rate and that of it with its descendants; the newest of equals. */
NODISCARD enum status store_mempool_worst(struct db *db, struct mempool_row *out);

NODISCARD enum status store_mempool_in_insert(struct db *db,
					      const struct mempool_in_row *row);
/* Who in the pool spends this output. */
NODISCARD enum status store_mempool_spender(struct db *db,
					    const struct outpoint *o,
					    int64_t *tx, uint32_t *n);
/* Inputs of tx in order: the n-th. */
NODISCARD enum status store_mempool_in_get(struct db *db, int64_t tx, uint32_t n,
					   struct mempool_in_row *out);
NODISCARD enum status store_mempool_out_insert(struct db *db,
					       const struct mempool_out_row *row);
NODISCARD enum status store_mempool_out_get(struct db *db, int64_t tx, uint32_t n,
					    struct mempool_out_row *out);
/* Outputs of a script made in the pool: the next after (tx, n), from (0, 0). */
NODISCARD enum status store_mempool_out_next(struct db *db, int64_t script,
					     int64_t tx, uint32_t n,
					     struct mempool_out_row *out);
/* What the pool funds and spends of a script. */
struct script_total_row;
NODISCARD enum status store_mempool_script_total(struct db *db, int64_t script,
						 struct script_total_row *out);
/* Transaction tx of the pool pays value to a script, or spends an output of that
 * value: one call for each output and each input. */
NODISCARD enum status store_mempool_history_fund(struct db *db, int64_t script,
						 int64_t tx, int64_t value);
NODISCARD enum status store_mempool_history_spend(struct db *db, int64_t script,
						  int64_t tx, int64_t value);
/* Ids of transactions in the pool that spend an output of tx; at most max. */
NODISCARD enum status store_mempool_children(struct db *db,
					     const struct txid *txid,
					     int64_t *ids, int max, int *n);
/* Steps through the wtxids of all; fn false stops (ST_CANCELLED). */
NODISCARD enum status store_mempool_each_wtxid(struct db *db,
					       bool (*fn)(void *arg,
							  const struct wtxid *w),
					       void *arg);
NODISCARD enum status store_mempool_gone_add(struct db *db, int64_t at,
					     const struct txid *txid,
					     const char *why,
					     const struct hash256 *by,
					     struct bytes raw);
/* raw lives until the next use. */
NODISCARD enum status store_mempool_gone_get(struct db *db,
					     const struct txid *txid,
					     struct bytes *raw);
struct mempool_gone_row {
	int64_t at;
	char why[16];
	bool has_by;
	struct hash256 by;
};
/* When and why it left last. */
NODISCARD enum status store_mempool_gone_why(struct db *db,
					     const struct txid *txid,
					     struct mempool_gone_row *out);
/* The newest that was replaced, of those with a row id below; of the last 2,000 rows.
 * raw lives until the next use. ST_NOT_FOUND. */
NODISCARD enum status store_mempool_replaced_before(struct db *db, int64_t *id,
						    int64_t *at,
						    struct txid *txid,
						    struct hash256 *by,
						    struct bytes *raw);
/* Keeps the newest `keep` rows of mempool_gone. */
NODISCARD enum status store_mempool_gone_trim(struct db *db, int64_t keep);

/* What is added to the fee of a transaction, in the pool or not: satoshi, 0 when
 * there is no row. */
NODISCARD enum status store_mempool_delta(struct db *db, const struct txid *t,
					  int64_t *delta);
/* 0 deletes the row. */
NODISCARD enum status store_mempool_delta_set(struct db *db,
					      const struct txid *t,
					      int64_t delta);
/* In the order of txids as shown, after `t` (all zero: the first); t becomes its
 * txid. ST_NOT_FOUND at the end. */
NODISCARD enum status store_mempool_delta_next(struct db *db, struct txid *t,
					       int64_t *delta);

#endif
