/* SPDX-License-Identifier: MIT */
/* Who of the validators voted for the last checkpoints of the active chain: for
 * people and monitors. */
#ifndef QUARRY_NODE_FINALITY_TURNOUT_H
#define QUARRY_NODE_FINALITY_TURNOUT_H

#include "base/arena.h"
#include "node/finality/finality.h"

#define TURNOUT_POINTS 8

struct turnout_point {
	uint32_t height;
	struct blkid id;
	bool justified, final;
	uint32_t voters;	/* of the set in force */
	uint64_t weight;	/* theirs */
};

struct turnout_voter {
	struct finality_validator of;
	unsigned voted;		/* bit i: for point[i] */
	int64_t at;		/* of the last of them, UNIX seconds; 0: none */
};

struct turnout {
	uint32_t interval;
	struct turnout_point point[TURNOUT_POINTS];	/* newest first */
	uint32_t n_point;
	struct turnout_voter *voter;	/* by ascending key */
	uint32_t n;
	uint64_t weight;		/* of all */
	/* The newest point that has a whole interval of blocks on top, by which
	 * everybody should have voted for it or a later one: its height, how many
	 * have not, and their weight. Convicted ones are not missed. */
	uint32_t due, missing;
	uint64_t missing_weight;
};

/* ST_NOT_FOUND: the chain has no finality. */
NODISCARD enum status node_turnout(struct node *n, struct arena *a,
				   struct turnout *out);

#endif
