/* SPDX-License-Identifier: MIT */
/* Signed messages of the first kind: a P2PKH address and a signature in base64
 * from which the public key is recovered. */
#ifndef QUARRY_WALLET_MESSAGE_H
#define QUARRY_WALLET_MESSAGE_H

#include "crypto/ec.h"
#include "primitives/params.h"

#define MESSAGE_SIGNATURE_TEXT 89	/* 65 bytes in base64, and a NUL */

/* key: a WIF of this network. False when it is none. */
NODISCARD bool message_sign(char out[MESSAGE_SIGNATURE_TEXT],
			    const struct params *p, const struct ec *ec,
			    const char *key, size_t key_len, const char *text,
			    size_t len);

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

#endif
