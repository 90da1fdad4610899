/* SPDX-License-Identifier: MIT */
/* Tables script, script_total and history: what addresses are made of. */
#ifndef QUARRY_STORE_STORE_SCRIPT_H
#define QUARRY_STORE_STORE_SCRIPT_H

#include "db/db.h"

struct script_row {
	int64_t id;
	int64_t k;
	struct bytes spk;	/* lives until the next use */
	int kind;
	const char *address;	/* "" when it has none; lives as spk */
};

struct script_total_row {
	int64_t script;
	int64_t n_tx;
	int64_t n_funded, funded;
	int64_t n_spent, spent;
};

/* The id of exactly this script, whose key is k. */
NODISCARD enum status store_script_find(struct db *db, int64_t k,
					struct bytes spk, int64_t *id);
NODISCARD enum status store_script_get(struct db *db, int64_t id,
				       struct script_row *out);
/* Scripts whose key is k (a scripthash look-up: compare the full hash). */
NODISCARD enum status store_script_by_key(struct db *db, int64_t k, int skip,
					  struct script_row *out);
/* Inserts with the id given in the row; address "" becomes NULL. */
NODISCARD enum status store_script_insert(struct db *db,
					  const struct script_row *row);
/* 0 when there is none. */
NODISCARD enum status store_script_max_id(struct db *db, int64_t *id);

NODISCARD enum status store_script_total_get(struct db *db, int64_t script,
					     struct script_total_row *out);
/* Adds the row's numbers (which may be negative) to those there are; a row that
 * comes to nothing goes. */
NODISCARD enum status store_script_total_add(struct db *db,
					     const struct script_total_row *row);

/* ST_DENIED when the pair is there already. */
NODISCARD enum status store_history_insert(struct db *db, int64_t script,
					   int64_t tx);
/* ST_NOT_FOUND when it is not. */
NODISCARD enum status store_history_delete(struct db *db, int64_t script,
					   int64_t tx);

#endif
