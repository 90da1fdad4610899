/* SPDX-License-Identifier: MIT */
/*
 * The inside of SHA-256 (FIPS 180-4): its constants and the compression
 * function, for the merkle and nonce-search code that needs the state between
 * blocks. Everybody else uses crypto/sha256.h.
 */
#ifndef QUARRY_CRYPTO_SHA256_BLOCK_H
#define QUARRY_CRYPTO_SHA256_BLOCK_H

#include <stddef.h>
#include <stdint.h>

/* The round constants, section 4.2.2. */
static const uint32_t sha256_k[64] __attribute__((unused)) = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5,
	0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
	0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3,
	0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
	0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc,
	0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
	0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7,
	0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
	0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
	0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
	0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3,
	0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
	0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5,
	0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
	0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
	0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

/* The state before the first block, section 5.3.3. */
static const uint32_t sha256_iv[8] __attribute__((unused)) = {
	0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
	0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
};

/* sha256_k plus the message schedule of the block that pads a message of 64
 * bytes (0x80, zeros, the length 512): the second block of every merkle pair. */
static const uint32_t sha256_pad64_kw[64] __attribute__((unused)) = {
	0xc28a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5,
	0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
	0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3,
	0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf374,
	0x649b69c1, 0xf0fe4786, 0x0fe1edc6, 0x240cf254,
	0x4fe9346f, 0x6cc984be, 0x61b9411e, 0x16f988fa,
	0xf2c65152, 0xa88e5a6d, 0xb019fc65, 0xb9d99ec7,
	0x9a1231c3, 0xe70eeaa0, 0xfdb1232b, 0xc7353eb0,
	0x3069bad5, 0xcb976d5f, 0x5a0f118f, 0xdc1eeefd,
	0x0a35b689, 0xde0b7a04, 0x58f4ca9d, 0xe15d5b16,
	0x007f3e86, 0x37088980, 0xa507ea32, 0x6fab9537,
	0x17406110, 0x0d8cd6f1, 0xcdaa3b6d, 0xc0bbbe37,
	0x83613bda, 0xdb48a363, 0x0b02e931, 0x6fd15ca7,
	0x521afaca, 0x31338431, 0x6ed41a95, 0x6d437890,
	0xc39c91f2, 0x9eccabbd, 0xb5c9a0e6, 0x532fb63c,
	0xd2c741c6, 0x07237ea3, 0xa4954b68, 0x4c191d76,
};

static inline uint32_t sha256_ror(uint32_t x, unsigned n)
{
	return x >> n | x << (32 - n);
}

static inline uint32_t sha256_sum0(uint32_t x)
{
	return sha256_ror(x, 2) ^ sha256_ror(x, 13) ^ sha256_ror(x, 22);
}

static inline uint32_t sha256_sum1(uint32_t x)
{
	return sha256_ror(x, 6) ^ sha256_ror(x, 11) ^ sha256_ror(x, 25);
}

static inline uint32_t sha256_sig0(uint32_t x)
{
	return sha256_ror(x, 7) ^ sha256_ror(x, 18) ^ x >> 3;
}

static inline uint32_t sha256_sig1(uint32_t x)
{
	return sha256_ror(x, 17) ^ sha256_ror(x, 19) ^ x >> 10;
}

static inline uint32_t sha256_ch(uint32_t x, uint32_t y, uint32_t z)
{
	return z ^ (x & (y ^ z));
}

static inline uint32_t sha256_maj(uint32_t x, uint32_t y, uint32_t z)
{
	return (x & y) | (z & (x | y));
}

/* One round on the state s = {a .. h}; kw is K[t] + W[t]. */
static inline void sha256_round(uint32_t s[8], uint32_t kw)
{
	uint32_t t = s[7] + sha256_sum1(s[4]) + sha256_ch(s[4], s[5], s[6]) + kw;
	uint32_t u = sha256_sum0(s[0]) + sha256_maj(s[0], s[1], s[2]);

	s[7] = s[6];
	s[6] = s[5];
	s[5] = s[4];
	s[4] = s[3] + t;
	s[3] = s[2];
	s[2] = s[1];
	s[1] = s[0];
	s[0] = t + u;
}

/* Adds one block, w[16] in host order, to the state. Portable C. */
void sha256_compress(uint32_t state[8], const uint32_t w[16]);
/* As above with the K + W of all rounds already added up. */
void sha256_compress_kw(uint32_t state[8], const uint32_t kw[64]);

/* The ways of sha256d64_many; see crypto/sha256.h. */
void sha256d64_portable(uint8_t *out, const uint8_t *in, size_t n);
/* As many pairs as fill whole vectors; returns how many that was. */
size_t sha256d64_avx2(uint8_t *out, const uint8_t *in, size_t n);
size_t sha256d64_avx512(uint8_t *out, const uint8_t *in, size_t n);

#endif
