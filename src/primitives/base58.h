/* SPDX-License-Identifier: MIT */
/* Base58Check: addresses of the first kind, WIF keys, extended keys. */
#ifndef QUARRY_PRIMITIVES_BASE58_H
#define QUARRY_PRIMITIVES_BASE58_H

#include "base/buf.h"
#include "base/bytes.h"

/* Longest payload and text handled: the bounds of every use in Bitcoin are far
 * below (an extended key is 78 bytes, 111 characters), but test data of other
 * projects goes up to 256 bytes. */
#define BASE58_PAYLOAD_MAX 256
#define BASE58_TEXT_MAX 384

/* Plain base58 text with a NUL into out[BASE58_TEXT_MAX]; len <= 260. */
char *base58_encode(char out[BASE58_TEXT_MAX], const void *p, size_t len);
/* Bytes of base58 text; false on a foreign character or more than max bytes. */
NODISCARD bool base58_decode(uint8_t *out, size_t max, size_t *len,
			     const char *text, size_t text_len);
/* With the four-byte checksum appended, or verified and removed. */
char *base58check_encode(char out[BASE58_TEXT_MAX], const void *p, size_t len);
NODISCARD bool base58check_decode(uint8_t *out, size_t max, size_t *len,
				  const char *text, size_t text_len);

#endif
