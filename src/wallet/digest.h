/* SPDX-License-Identifier: MIT */
/*
 * What a signature with SIGHASH_ALL signs: a second implementation, apart from
 * the one in consensus/ that judges signatures, so that a mistake in either
 * shows as a refusal.
 */
#ifndef QUARRY_WALLET_DIGEST_H
#define QUARRY_WALLET_DIGEST_H

#include "primitives/tx.h"

#define WALLET_SIGHASH_ALL 1

/* The original digest of input `at`: the transaction with the spent output's
 * script (without OP_CODESEPARATOR) in that input's place, the scripts of all
 * others empty. ST_OK, ST_NOMEM or ST_TOO_BIG. */
NODISCARD enum status wallet_digest_legacy(uint8_t out[32], const struct tx *tx,
					   uint32_t at, struct bytes script);
/* BIP143's digest for an output that pays to the key hash. */
NODISCARD enum status wallet_digest_segwit(uint8_t out[32], const struct tx *tx,
					   uint32_t at, const uint8_t hash[20],
					   int64_t value_sat);

#endif
