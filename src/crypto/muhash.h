/* SPDX-License-Identifier: MIT */
/*
 * MuHash3072: a hash of a set, whatever the order its members come in. Each
 * member becomes a number modulo 2^3072 - 1103717 (SHA-256, spread out by
 * ChaCha20), the numbers are multiplied, and the product is hashed. What Bitcoin
 * Core's gettxoutsetinfo calls muhash.
 */
#ifndef QUARRY_CRYPTO_MUHASH_H
#define QUARRY_CRYPTO_MUHASH_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

struct muhash;

/* The empty set; NULL without memory. */
NODISCARD struct muhash *muhash_new(void);
void muhash_free(struct muhash *m);
/* ST_NOMEM. */
NODISCARD enum status muhash_add(struct muhash *m, const void *p, size_t n);
/* In the order SHA-256 puts out. */
NODISCARD enum status muhash_done(const struct muhash *m, uint8_t out[32]);

#endif
