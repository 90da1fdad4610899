/* SPDX-License-Identifier: MIT */
/*
 * SHA-256 (FIPS 180-4), Bitcoin's double SHA-256, and the tagged hashes of
 * BIP340. No call can fail; none allocates. Any thread, one context each.
 */
#ifndef QUARRY_CRYPTO_SHA256_H
#define QUARRY_CRYPTO_SHA256_H

#include <stddef.h>
#include <stdint.h>

/* A hash under way; may be copied to go on from a common beginning. */
struct sha256_ctx {
	uint64_t opaque[14];
};

void sha256_init(struct sha256_ctx *c);
/* p may be NULL when n is 0. */
void sha256_add(struct sha256_ctx *c, const void *p, size_t n);
/* Ends the hash; init before the next use. out may be inside the data. */
void sha256_done(struct sha256_ctx *c, uint8_t out[32]);
/* Ends the hash and hashes the result once more. */
void sha256d_done(struct sha256_ctx *c, uint8_t out[32]);

void sha256(uint8_t out[32], const void *p, size_t n);
void sha256d(uint8_t out[32], const void *p, size_t n);

/* Begins SHA-256 of SHA256(tag) || SHA256(tag) || ... (BIP340). tag is ASCII
 * text such as "TapLeaf". */
void sha256_tagged_init(struct sha256_ctx *c, const char *tag);

/* n double hashes, each of 64 bytes: out[32 * i] from in[64 * i]. One level of
 * a merkle tree. out may equal in (a tree is folded in place); any other
 * overlap is not allowed. */
void sha256d64_many(uint8_t *out, const uint8_t *in, size_t n);

#endif
