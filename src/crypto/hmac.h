/* SPDX-License-Identifier: MIT */
/*
 * HMAC (RFC 2104) with SHA-256 and SHA-512, SHA-512 itself, and PBKDF2 (RFC
 * 8018) with HMAC-SHA512: what BIP32 and BIP39 derive keys with. HMAC with SHA-1 is
 * there for one-time codes (RFC 6238), whose apps know no other. No call fails.
 */
#ifndef QUARRY_CRYPTO_HMAC_H
#define QUARRY_CRYPTO_HMAC_H

#include "base/bytes.h"

void sha512(uint8_t out[64], const void *p, size_t n);
void hmac_sha1(uint8_t out[20], struct bytes key, struct bytes msg);
void hmac_sha256(uint8_t out[32], struct bytes key, struct bytes msg);
void hmac_sha512(uint8_t out[64], struct bytes key, struct bytes msg);
/* The first 64 bytes that PBKDF2 gives; rounds >= 1. */
void pbkdf2_sha512(uint8_t out[64], struct bytes pass, struct bytes salt,
		   unsigned rounds);

#endif
