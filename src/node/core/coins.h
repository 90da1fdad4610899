/* SPDX-License-Identifier: MIT */
/*
 * Coins in memory: outputs of recent transactions, over the rows of the
 * database.
 *
 * An entry is a transaction. What an entry says overrides the tables: while
 * blocks are judged (plan.h), their effects are here and nowhere else; the batch
 * then writes them. After the commit entries are the same as the rows and may be
 * dropped at any time. The whole is dropped when another process has written.
 */
#ifndef QUARRY_NODE_CORE_COINS_H
#define QUARRY_NODE_CORE_COINS_H

#include "crypto/siphash.h"
#include "db/db.h"
#include "primitives/tx.h"

struct coin_out {
	int64_t value;
	struct bytes spk;	/* owned by the entry, or malloc'ed when loaded */
	int64_t script;		/* script.id, 0 while unknown */
	int64_t spent_tx;	/* id of the spender, 0: unspent */
	uint32_t spent_n;
	bool loaded;		/* the fields above are filled */
	bool own_spk;
};

struct coin_tx {
	struct coin_tx *next;	/* in its bucket */
	struct coin_tx *under;	/* an earlier one of this txid, which comes back
				 * when this is removed */
	struct txid txid;
	int64_t id;		/* tx.id */
	uint32_t height;
	uint32_t n_out;
	bool coinbase;
	bool fresh;		/* not in the database */
	bool gone;		/* disconnected: there is no such transaction */
	size_t bytes;
	struct coin_out out[];
};

struct coins {
	struct db *db;
	struct siphash_key key;
	struct coin_tx **bucket;
	size_t n_bucket;	/* a power of two */
	size_t count;
	size_t bytes;
	size_t max_bytes;
};

/* db NULL: memory is all there is (a walk from the genesis block). */
NODISCARD enum status coins_init(struct coins *c, struct db *db,
				 size_t max_bytes);
void coins_free(struct coins *c);
void coins_clear(struct coins *c);

/* The transaction of the active chain (as overridden here) with this txid, the
 * latest when there are two; ST_NOT_FOUND. */
NODISCARD enum status coins_find(struct coins *c, const struct txid *txid,
				 struct coin_tx **out);
/* Fills out[n] of an entry from the tables when it is not loaded; ST_NOT_FOUND
 * when there is no such output. */
NODISCARD enum status coins_output(struct coins *c, struct coin_tx *t, uint32_t n,
				   struct coin_out **out);
/* A new transaction of a block being judged. An entry of the same txid (BIP30's
 * two exceptions; a transaction whose outputs are all spent may come again) is
 * covered, not freed: plans point to it. */
NODISCARD enum status coins_add(struct coins *c, const struct tx *tx, int64_t id,
				uint32_t height, bool coinbase,
				struct coin_tx **out);
void coins_remove(struct coins *c, struct coin_tx *t);
/* The disconnected transaction with this id: from now on the one with the same
 * txid before it is found, or none. */
NODISCARD enum status coins_forget(struct coins *c, const struct txid *txid,
				   int64_t id);
/* After a commit: fresh entries are rows now; drops the oldest when the whole is
 * larger than max_bytes. */
void coins_settle(struct coins *c);

#endif
