/* SPDX-License-Identifier: MIT */
/*
 * What only a chain of worthless coins allows: setting its clock and its fee
 * estimates. For regtest and own chains; every function that changes something
 * says ST_DENIED elsewhere. What is set is in the database: all processes on the
 * file have it, and a copy of the file.
 */
#ifndef QUARRY_NODE_CORE_PLAYGROUND_H
#define QUARRY_NODE_CORE_PLAYGROUND_H

#include "node/core/node.h"

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

#endif
