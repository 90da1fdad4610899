/* SPDX-License-Identifier: MIT */
/*
 * Between quarry-miner and those who may steer it: what miners tell of
 * themselves (rows of table miner), and what they are told (two settings). A
 * miner looks whenever the file has changed.
 */
#ifndef QUARRY_NODE_MINE_MINING_H
#define QUARRY_NODE_MINE_MINING_H

#include "node/core/node.h"

#define MINING_THREADS_MAX 256
#define MINING_LIST_MAX 32
/* A row older than this is of a miner that was killed. */
#define MINING_SILENT_S 35
/* How often a miner tells of itself. */
#define MINING_TELL_MS 10000

enum mining_state {
	MINING_SEARCHING,
	MINING_RESTING,		/* told to */
	MINING_WAITING,		/* for its turn, or a database that is busy */
};

struct mining_report {
	int64_t pid;
	int64_t started_s, seen_s;	/* the machine's clock; seen_s is set here */
	enum mining_state state;
	unsigned threads;
	unsigned duty;			/* percent of a core */
	char kernel[24];
	int64_t hash_rate;		/* a second */
	int64_t mined;			/* blocks since its start */
};

struct mining_order {
	bool rest;
	unsigned threads;		/* 0: as the miner is configured */
};

const char *mining_state_name(enum mining_state s);

/* Writes the miner's row, and forgets the killed. ST_BUSY and other statuses of
 * a write: nothing was told. */
NODISCARD enum status node_mining_tell(struct node *n,
				       const struct mining_report *r);
/* Removes the row of a miner that ends. */
NODISCARD enum status node_mining_end(struct node *n, int64_t pid);
/* Miners that told of themselves within MINING_SILENT_S: at most
 * MINING_LIST_MAX. */
NODISCARD enum status node_mining_list(struct node *n,
				       struct mining_report out[MINING_LIST_MAX],
				       unsigned *count);

NODISCARD enum status node_mining_order(struct node *n, struct mining_order *o);
/* ST_USAGE: too many threads. */
NODISCARD enum status node_mining_set_order(struct node *n,
					    const struct mining_order *o);

#endif
