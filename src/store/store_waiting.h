/* SPDX-License-Identifier: MIT */
/* Table waiting. */
#ifndef QUARRY_STORE_STORE_WAITING_H
#define QUARRY_STORE_STORE_WAITING_H

#include "db/db.h"

#define WAITING_PROGRAM_SIZE 32
#define WAITING_DETAIL_SIZE 300

struct waiting_row {
	char program[WAITING_PROGRAM_SIZE];
	char detail[WAITING_DETAIL_SIZE];
	int64_t since_s, seen_s;
};

/* A row that is there keeps its `since`. */
NODISCARD enum status store_waiting_put(struct db *db, int64_t pid,
					const struct waiting_row *row);
NODISCARD enum status store_waiting_del(struct db *db, int64_t pid);
/* Removes rows last seen before then. */
NODISCARD enum status store_waiting_forget(struct db *db, int64_t before_s);
/* At most max rows by pid; *n: how many. */
NODISCARD enum status store_waiting_list(struct db *db, struct waiting_row *out,
					 unsigned max, unsigned *n);

#endif
