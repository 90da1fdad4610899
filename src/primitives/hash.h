/* SPDX-License-Identifier: MIT */
/*
 * One type for each kind of 32-byte hash, so that the compiler keeps them
 * apart.
 *
 * Inside the program a hash is in wire order, the order SHA-256 puts out. People
 * read hashes last byte first; only the functions here turn the order, for text
 * and for the database (whose BLOBs are in the order people read).
 */
#ifndef QUARRY_PRIMITIVES_HASH_H
#define QUARRY_PRIMITIVES_HASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/status.h"

struct hash256 {
	uint8_t b[32];
};

struct txid {
	struct hash256 h;
};

struct wtxid {
	struct hash256 h;
};

struct blkid {
	struct hash256 h;
};

#define HASH_TEXT_SIZE 65

static inline bool hash256_equal(const struct hash256 *a, const struct hash256 *b)
{
	return memcmp(a->b, b->b, 32) == 0;
}

bool hash256_is_zero(const struct hash256 *h);
/* 64 digits and a NUL in the order people read. Returns out. */
char *hash256_text(char out[HASH_TEXT_SIZE], const struct hash256 *h);
/* Exactly 64 digits in that order. */
NODISCARD bool hash256_parse(struct hash256 *h, const char *text, size_t len);
/* To and from the reversed 32 bytes that the database keeps. */
void hash256_to_display(uint8_t out[32], const struct hash256 *h);
void hash256_from_display(struct hash256 *h, const uint8_t in[32]);

#endif
