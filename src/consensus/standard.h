/* SPDX-License-Identifier: MIT */
/*
 * Standard transactions: the forms we relay and mine. Pure relay policy, as
 * Bitcoin Core 28 has it, in its order; a block may hold anything else.
 */
#ifndef QUARRY_CONSENSUS_STANDARD_H
#define QUARRY_CONSENSUS_STANDARD_H

#include "consensus/coin.h"
#include "primitives/tx.h"
#include "primitives/verdict.h"

#define STANDARD_WEIGHT_MAX 400000u
#define STANDARD_SIGOP_COST_MAX 16000u
#define STANDARD_BASE_SIZE_MIN 65u
/* An input or output script longer than this is refused. */
#define STANDARD_SCRIPTSIG_MAX 1650u
/* BIP431: topologically restricted until confirmation. */
#define TRUC_VERSION 3u

struct standard_rules {
	uint32_t datacarrier_max;	/* bytes of an OP_RETURN script; 83 */
	bool bare_multisig;		/* such outputs are taken */
	int64_t dust_sat_kvb;		/* 3000 */
};

/* rate * vsize / 1000 in satoshi, rounded up. */
int64_t fee_at_rate_sat(int64_t rate_sat_kvb, int64_t vsize_vb);
/* Below this value spending the output costs more than a third of it, at
 * dust_sat_kvb; 0 for what cannot be spent. */
int64_t standard_dust_sat(const struct txout *out, int64_t dust_sat_kvb);
/* Version, weight, input scripts, output scripts and values. */
bool standard_tx(const struct tx *tx, const struct standard_rules *r,
		 struct verdict *v);
/* The forms of what is spent; coins as in tx_inputs.h. P2SH scripts with more
 * than 15 signature operations are refused. */
bool standard_inputs(const struct tx *tx, const struct coin *coins,
		     struct verdict *v);
/* Limits on witnesses: P2WSH 3,600 bytes of script and 100 items of 80 bytes,
 * tapscript items of 80 bytes, no annex, no witness where none belongs. */
bool standard_witness(const struct tx *tx, const struct coin *coins,
		      struct verdict *v);

#endif
