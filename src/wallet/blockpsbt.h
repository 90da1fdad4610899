/* SPDX-License-Identifier: MIT */
/*
 * Signing a block (BIP325) as a PSBT: its one input spends the output of a
 * transaction that never exists, and that comes along as what made the coin.
 */
#ifndef QUARRY_WALLET_BLOCKPSBT_H
#define QUARRY_WALLET_BLOCKPSBT_H

#include "wallet/psbt.h"

/* Whether a PSBT asks for a block's signature and for nothing else: then nothing
 * that is worth a coin can be signed by it. */
NODISCARD bool blockpsbt_is(const struct psbt *psbt, struct arena *a);

#endif
