/* SPDX-License-Identifier: MIT */
/*
 * What the miner tells of itself and is told (node/mine/mining.h): its row in the
 * database every MINING_TELL_MS and whenever its state changes; the order to rest,
 * or how many threads to use, looked for every half second. A database that is
 * busy only delays it.
 */
#ifndef QUARRY_MINER_CONTROL_H
#define QUARRY_MINER_CONTROL_H

#include "node/mine/mining.h"

struct control {
	struct node *node;
	unsigned threads;		/* as configured */
	struct mining_order order;
	struct mining_report said;
	int64_t looked_ms, told_ms;	/* clock_mono_ms; 0: not at all */
	uint64_t hashes_then;
	int64_t hashes_ms;
};

/* kernel: the name told; threads >= 1. */
void control_init(struct control *c, struct node *node, unsigned threads,
		  unsigned duty, const char *kernel);
/* Looks for orders when it is time, and tells when it is. hashes: those of the
 * pool since it was opened. */
void control_step(struct control *c, enum mining_state state, uint64_t hashes,
		  int64_t mined);
/* Threads that the pool should have. */
unsigned control_threads(const struct control *c);
/* The pool is a new one, which has searched nothing. */
void control_new_pool(struct control *c, unsigned threads);
/* The miner ends. */
void control_end(struct control *c);

#endif
