/* SPDX-License-Identifier: MIT */
/* The 20-byte hashes of Bitcoin's script. No call fails; any thread. */
#ifndef QUARRY_CRYPTO_HASH160_H
#define QUARRY_CRYPTO_HASH160_H

#include <stddef.h>
#include <stdint.h>

void ripemd160(uint8_t out[20], const void *p, size_t n);
void sha1(uint8_t out[20], const void *p, size_t n);
/* RIPEMD-160 of SHA-256: OP_HASH160, addresses. */
void hash160(uint8_t out[20], const void *p, size_t n);

#endif
