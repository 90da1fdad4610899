/* SPDX-License-Identifier: MIT */
/*
 * Whether somebody holds a key: by its signature of a text. A key is named by a
 * public key (66 digits; 64, x-only, as BIP340 has them) or by an address.
 */
#ifndef QUARRY_WALLET_KEYPROOF_H
#define QUARRY_WALLET_KEYPROOF_H

#include <stdbool.h>

#include "primitives/address.h"
#include "primitives/params.h"

#define KEYPROOF_NAME_SIZE ADDRESS_TEXT_SIZE

/* One spelling of a public key: compressed, in small digits. False when the text
 * is none. An uncompressed one is taken, too. */
bool keyproof_public_key(char out[KEYPROOF_NAME_SIZE], const char *text,
			 size_t len);
/* The same for an address of this network whose key can sign messages. */
bool keyproof_address(char out[KEYPROOF_NAME_SIZE], const struct params *p,
		      const char *text, size_t len);
/* name: of one of the two. signature: base64, as Bitcoin's wallets sign messages
 * for the key's P2PKH address; or, for public keys, the 128 digits of a BIP340
 * signature of the text's SHA-256. */
bool keyproof_verify(const struct params *p, const char *name,
		     const char *signature, size_t signature_len,
		     const char *text);

#endif
