/* SPDX-License-Identifier: MIT */
/*
 * The key of regtest's faucet: the same in every development node, so that a
 * snapshot, a copy of the file and a node that changed over to another's chain
 * can all spend what the first blocks paid. Everybody knows it.
 */
#ifndef QUARRY_WALLET_FAUCET_H
#define QUARRY_WALLET_FAUCET_H

#include "primitives/address.h"
#include "wallet/sign.h"

void faucet_key(struct wallet_key *k);
/* The address it is paid at (P2WPKH), and its output script, appended. */
NODISCARD enum status faucet_payee(const struct params *p,
				   char address[ADDRESS_TEXT_SIZE],
				   struct buf *script);

#endif
