/* SPDX-License-Identifier: MIT */
/* A fresh key and what it is called in text. */
#ifndef QUARRY_WALLET_NEWKEY_H
#define QUARRY_WALLET_NEWKEY_H

#include "primitives/address.h"
#include "wallet/sign.h"

/* The context for secret keys, for programs that do not see crypto. NULL: no memory
 * or no randomness. */
struct ec;
NODISCARD struct ec *wallet_ec_open(void);
void wallet_ec_close(struct ec *ec);

/* From the generator for secrets; ST_IO when there is no randomness. */
NODISCARD enum status wallet_key_new(struct wallet_key *k);
/* WIF, and the addresses of its compressed public key: P2WPKH and P2PKH. False
 * when the key is not valid or there is no memory. */
NODISCARD bool wallet_key_texts(const struct wallet_key *k,
				const struct params *p,
				char wif[ADDRESS_TEXT_SIZE],
				char segwit[ADDRESS_TEXT_SIZE],
				char legacy[ADDRESS_TEXT_SIZE]);

#endif
