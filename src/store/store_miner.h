/* SPDX-License-Identifier: MIT */
/* Table miner. */
#ifndef QUARRY_STORE_STORE_MINER_H
#define QUARRY_STORE_STORE_MINER_H

#include "db/db.h"

struct miner_row {
	int64_t pid;
	int64_t started_s, seen_s;
	char state[12];		/* searching, resting, waiting */
	int64_t threads, duty;
	char kernel[24];
	int64_t hash_rate;	/* a second */
	int64_t mined;
};

NODISCARD enum status store_miner_put(struct db *db, const struct miner_row *row);
NODISCARD enum status store_miner_del(struct db *db, int64_t pid);
/* Removes rows last seen before then. */
/* When the last one told of itself; 0: none is there. */
NODISCARD enum status store_miner_seen(struct db *db, int64_t *seen_s);
NODISCARD enum status store_miner_forget(struct db *db, int64_t before_s);
/* At most max rows by pid; *n: how many. */
NODISCARD enum status store_miner_list(struct db *db, struct miner_row *out,
				       unsigned max, unsigned *n);

#endif
