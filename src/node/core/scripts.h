/* SPDX-License-Identifier: MIT */
/*
 * The distinct scripts that a batch of blocks touches, with what the batch adds
 * to their totals and history. Collected in memory, then written in key order:
 * sorted writes cost a fraction of random ones.
 */
#ifndef QUARRY_NODE_CORE_SCRIPTS_H
#define QUARRY_NODE_CORE_SCRIPTS_H

#include "base/arena.h"
#include "crypto/siphash.h"
#include "db/db.h"
#include "primitives/params.h"
#include "store/store_script.h"

struct script_use {
	struct script_use *next;	/* in its bucket */
	struct bytes spk;		/* in the caller's memory */
	uint64_t hash;
	int64_t k;
	int64_t id;			/* 0 until resolved */
	int64_t last_tx;		/* newest history row collected */
	struct script_total_row total;	/* what to add */
};

struct history_use {
	struct script_use *script;
	int64_t tx;
};

struct scripts {
	struct arena arena;
	struct siphash_key key;
	struct script_use **bucket;
	size_t n_bucket, count;
	struct history_use *history;
	size_t n_history, room_history;
};

NODISCARD enum status scripts_init(struct scripts *s,
				   const struct siphash_key *key);
void scripts_free(struct scripts *s);
/* The entry of a script; id: script.id when the caller knows it, else 0. spk must
 * live until scripts_free. NULL: no memory. */
struct script_use *scripts_use(struct scripts *s, struct bytes spk, int64_t id);
/* tx funds or spends it; value in satoshi. */
NODISCARD enum status scripts_fund(struct scripts *s, struct script_use *u,
				   int64_t tx, int64_t value);
NODISCARD enum status scripts_spend(struct scripts *s, struct script_use *u,
				    int64_t tx, int64_t value);
/* Gives every entry its id, inserting rows for new scripts. */
NODISCARD enum status scripts_resolve(struct scripts *s, struct db *db,
				      const struct params *params);
/* Writes totals and history. */
NODISCARD enum status scripts_write(struct scripts *s, struct db *db);

/* script.k: the first eight bytes of SHA-256(spk) as a signed number. */
int64_t script_key(struct bytes spk);
/* The id of a script, inserted when it is new (the pool needs single ones). */
NODISCARD enum status script_id(struct db *db, const struct params *params,
				struct bytes spk, int64_t *id);

#endif
