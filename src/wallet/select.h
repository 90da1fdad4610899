/* SPDX-License-Identifier: MIT */
/*
 * Coin selection: which coins pay for what, at which fee, with what change.
 *
 * Pure: coins and sizes go in, a choice comes out; the same seed makes the same
 * choice. First a branch-and-bound search looks for coins that need no change
 * (Murch's); then coins at random, and a search for the smallest that suffice
 * (Bitcoin Core's knapsack), each with change, are compared by what they waste: the
 * fee of the inputs now against what it would be at the long-term rate, and what
 * change costs to make and later to spend. What is left is never a dust output.
 *
 * The fee is what the rate says for the size of the signed transaction, or at most
 * one satoshi per vbyte more where that saves an output for change. Where even all
 * coins together would leave less than change is worth, what is left goes to the
 * fee, since nothing else can be done with it: dropped_sat says how much, as little
 * as was found.
 */
#ifndef QUARRY_WALLET_SELECT_H
#define QUARRY_WALLET_SELECT_H

#include "base/arena.h"
#include "base/bytes.h"
#include "base/status.h"

#define SELECT_WEIGHT_MAX 400000	/* a standard transaction's (policy) */
#define SELECT_LONG_RATE_SAT_KVB 10000	/* Bitcoin Core's -consolidatefeerate */
#define DUST_RATE_SAT_KVB 3000		/* as nodes relay it */

struct select_coin {
	int64_t value_sat;
	uint32_t weight;	/* of the signed input: its 36 and 4 bytes and the
				 * script's length too, and the witness */
	bool witness;		/* it has one */
	bool must;		/* it is spent in any case */
	size_t at;		/* the caller's */
};

struct select_order {
	struct select_coin *coin;	/* is reordered */
	size_t n_coin;
	int64_t target_sat;	/* all outputs but change */
	uint32_t n_out;		/* how many they are */
	uint32_t out_weight;	/* of them all */
	int64_t rate_sat_kvb;
	int64_t long_rate_sat_kvb;
	/* Fee and change beside which everything else is ignored: a replacement
	 * must pay for what it replaces. 0: none. */
	int64_t min_fee_sat;
	int64_t add_fee_sat;	/* beyond what the rate says: for a parent */
	bool no_change;		/* there is nowhere to send it: goes to the fee */
	uint32_t change_size;	/* bytes of an output for change */
	uint32_t change_spend_vb; /* vbytes of an input that spends it */
	int64_t change_dust_sat;
	bool subtract;		/* outputs pay the fee: the caller takes it off */
	bool only_must;		/* no other coins than those */
	uint32_t max_weight;	/* 0: SELECT_WEIGHT_MAX */
	uint64_t seed;
};

enum select_result {
	SELECT_OK,
	SELECT_POOR,		/* the coins do not reach: short_sat */
	SELECT_FEE_POOR,	/* they reach the amount, not the fee: short_sat */
	SELECT_HEAVY,		/* they would, in a transaction that is too large */
	SELECT_NO_MEMORY,
};
enum select_way { SELECT_ALL, SELECT_EXACT, SELECT_RANDOM, SELECT_KNAPSACK,
		  SELECT_LARGEST };

struct select_choice {
	size_t *pick;		/* indexes in order->coin, in the arena */
	size_t n_pick;
	int64_t in_sat;
	int64_t fee_sat;	/* in_sat - target (less it when subtract) - change */
	int64_t change_sat;	/* 0: none */
	int64_t dropped_sat;	/* part of fee_sat: see above */
	uint32_t weight;	/* of the whole transaction, signed */
	enum select_way way;
	int64_t short_sat;	/* what is missing, of the POOR results */
};

enum select_result select_coins(const struct select_order *o, struct arena *a,
				struct select_choice *out);

/* The fee of a weight at a rate, rounded up as nodes count. */
int64_t select_fee(uint32_t weight, int64_t rate_sat_kvb);
/* The weight of a transaction with these inputs and outputs. n_base: inputs
 * without a witness of their own. */
uint32_t select_weight(size_t n_in, size_t n_base, uint64_t in_weight,
		       size_t n_out, uint64_t out_weight);
/* Bytes of an output with its script. */
uint32_t select_out_size(struct bytes script);
/* Below this an output costs more to spend than a third of it: nodes do not relay
 * it. 0: what cannot be spent is no dust. */
int64_t select_dust(struct bytes script, int64_t rate_sat_kvb);

#endif
