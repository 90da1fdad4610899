/* SPDX-License-Identifier: MIT */
/*
 * SipHash-2-4 (Aumasson, Bernstein 2012): a keyed 64-bit hash. With a secret
 * key nobody outside can make entries of a hash map collide; with a public one
 * it makes the short ids of compact blocks (BIP152) and the filters of BIP158.
 */
#ifndef QUARRY_CRYPTO_SIPHASH_H
#define QUARRY_CRYPTO_SIPHASH_H

#include <stddef.h>
#include <stdint.h>

struct siphash_key {
	uint64_t k0, k1;
};

/* The key from its 16 bytes, little-endian halves as in the paper. */
struct siphash_key siphash_key_of(const uint8_t k[16]);

uint64_t siphash(const struct siphash_key *key, const void *p, size_t n);
/* The same value as siphash over the 32 bytes, or over the 36 bytes of a hash
 * and a little-endian number (an outpoint), but quicker. */
uint64_t siphash_32(const struct siphash_key *key, const uint8_t v[32]);
uint64_t siphash_32_u32(const struct siphash_key *key, const uint8_t v[32],
			uint32_t extra);

#endif
