/* SPDX-License-Identifier: MIT */
/*
 * Rules for a transaction given the coins it spends, scripts aside.
 */
#ifndef QUARRY_CONSENSUS_TX_INPUTS_H
#define QUARRY_CONSENSUS_TX_INPUTS_H

#include "consensus/coin.h"
#include "consensus/flags.h"
#include "primitives/tx.h"
#include "primitives/verdict.h"

/* coins[i] is what input i spends; the caller has made sure that all exist.
 * Checks coinbase maturity at spend_height, ranges and sums; *fee_sat on
 * success. Not for coinbases. */
bool tx_check_inputs(const struct params *p, const struct tx *tx,
		     const struct coin *coins, uint32_t spend_height,
		     int64_t *fee_sat, struct verdict *v);
/* Signature operations in all scriptSigs and outputs, counted as before P2SH. */
uint32_t tx_sigops_legacy(const struct tx *tx);
/* BIP141 cost: legacy times 4, P2SH times 4 (with CF_P2SH), witness times 1
 * (with CF_WITNESS). coins as above; unused for a coinbase (NULL). */
uint32_t tx_sigop_cost(const struct tx *tx, const struct coin *coins,
		       struct consensus_flags flags);
/* Count in one script; accurate: CHECKMULTISIG by the number before it. Stops
 * at the first undecodable push and keeps the count so far. */
uint32_t script_sigops(struct bytes script, bool accurate);

#define BLOCK_SIGOP_COST_MAX 80000u

#endif
