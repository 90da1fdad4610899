/* SPDX-License-Identifier: MIT */
/*
 * What only a chain of worthless coins allows: setting its clock, its fee
 * estimates, and making branches to order. For regtest and own chains; every
 * function that changes something says ST_DENIED elsewhere. What is set is in
 * the database: all processes on the file have it, and a copy of the file.
 */
#ifndef QUARRY_NODE_LAB_H
#define QUARRY_NODE_LAB_H

#include "node/accept.h"

/* Coins are worthless here by design. */
bool node_is_playground(const struct node *n);

#define MOCKTIME_MAX INT64_C(9223372036)	/* as Core has it */
/* Stops the clock of the rules at now_s for all processes (setmocktime); 0: wall
 * time again. ST_USAGE outside of 0 to MOCKTIME_MAX. */
NODISCARD enum status node_set_mocktime(struct node *n, int64_t now_s);
/* *now_s: where the clock is stopped, 0 when it goes. */
NODISCARD enum status node_mocktime(struct node *n, int64_t *now_s);
/* Moves the clock by this many seconds and stops it there; *now_s: the result.
 * ST_USAGE as above. */
NODISCARD enum status node_advance_time(struct node *n, int64_t by_s,
					int64_t *now_s);

#define FEE_HOLD_TEXT_MAX 1000
/* Fee estimates as a text instead of as found: a rate in sat/vB ("12.5"), rates
 * by confirmation target ("1=20,6=5.5,144=1"), or a script of such, each from a
 * height on ("@120:20;@130:1=50,6=10"); "" lets go. ST_PARSE. */
NODISCARD enum status node_hold_fees(struct node *n, const char *text);
/* The text; "" when nothing is held. */
NODISCARD enum status node_held_fees(struct node *n,
				     char text[FEE_HOLD_TEXT_MAX]);
/* The rate held for a target at the present height, in satoshi per 1,000 vbytes;
 * ST_NOT_FOUND: none is, estimate. */
NODISCARD enum status node_held_fee(struct node *n, uint32_t target,
				    int64_t *sat_kvb);

/* Puts what is held, in sat/vB, in place of the estimates found. */
NODISCARD enum status node_held_rates(struct node *n, const uint32_t *target,
				      uint32_t n_target, double *rate);

#define BRANCH_BLOCKS_MAX 1000u

struct branch_order {
	uint32_t fork_height;	/* of the last common block */
	uint32_t blocks;	/* how many; 0 with `win`: as many as it takes */
	bool keep_txs;		/* with the transactions of the blocks they
				 * stand beside, else empty */
	bool win;		/* go on until it is the active chain */
	struct bytes script;	/* whom the blocks pay */
	uint64_t max_tries;	/* hashes for each block */
	const char *source;
};
struct branch_made {
	struct blkid fork, old_tip, tip;
	uint32_t height;	/* of tip */
	uint32_t blocks;
	uint32_t kept;		/* transactions that are in the branch */
	uint32_t left;		/* those that are not, although they stood beside
				 * it: they spent coins that it does not make */
	bool active;		/* it is the chain now */
};
/* Makes a branch beside the active chain, of blocks that are new whatever the
 * time; when it gets more work the chain changes over in one transaction.
 * ST_USAGE: the height is above the tip, more than BRANCH_BLOCKS_MAX blocks.
 * ST_TIMEOUT: max_tries did not do. v: why a block was refused (ST_OK then). */
NODISCARD enum status node_make_branch(struct node *n,
				       const struct branch_order *o,
				       struct branch_made *out,
				       struct verdict *v);

#endif
