/* SPDX-License-Identifier: MIT */
/*
 * Signed messages. Of the first kind: a P2PKH address and a signature in base64
 * from which the public key is recovered. Of the second (BIP322, simple): the
 * witness, in base64, of a transaction that nobody can send, made of the message
 * and the address; for P2WPKH, also in P2SH, and the key path of P2TR.
 */
#ifndef QUARRY_WALLET_MESSAGE_H
#define QUARRY_WALLET_MESSAGE_H

#include "crypto/ec.h"
#include "primitives/params.h"
#include "wallet/keysource.h"

#define MESSAGE_SIGNATURE_TEXT 89	/* 65 bytes in base64, and a NUL */

/* key: a WIF of this network. False when it is none. */
NODISCARD bool message_sign(char out[MESSAGE_SIGNATURE_TEXT],
			    const struct params *p, const struct ec *ec,
			    const char *key, size_t key_len, const char *text,
			    size_t len);

/* The same with the key itself. */
NODISCARD bool message_sign_with(char out[MESSAGE_SIGNATURE_TEXT],
				 const struct ec *ec, const uint8_t secret[32],
				 bool compressed, const char *text, size_t len);
/* BIP322, simple: appends the signature for an output script. False: the key is
 * not the script's, the script has another form, or no memory. */
NODISCARD bool message_sign_bip322(struct buf *out, const struct ec *ec,
				   const struct key_found *key,
				   struct bytes script, struct bytes text);

enum message_result {
	MESSAGE_GOOD,
	MESSAGE_BAD,
	MESSAGE_NO_ADDRESS,
	MESSAGE_NO_KEY,		/* the address is not a key's hash */
	MESSAGE_MALFORMED,	/* the signature is no base64 */
};
enum message_result message_verify(const struct params *p, const char *address,
				   size_t address_len, const char *signature,
				   size_t signature_len, const char *text,
				   size_t len);
/* The same for BIP322; MESSAGE_NO_KEY: the address has another form. */
enum message_result message_verify_bip322(const struct params *p,
					  const char *address,
					  size_t address_len,
					  const char *signature,
					  size_t signature_len,
					  struct bytes text);

#endif
