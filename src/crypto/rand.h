/* SPDX-License-Identifier: MIT */
/* Random bytes from OpenSSL's generators, which reseed themselves after fork. */
#ifndef QUARRY_CRYPTO_RAND_H
#define QUARRY_CRYPTO_RAND_H

#include <stddef.h>

#include "base/status.h"

/* Fills p with n bytes fit for anything that will be seen by others (nonces,
 * salts, tokens). ST_IO when the system gave no entropy: p then holds nothing
 * of use and the caller must stop. */
NODISCARD enum status rand_bytes(void *p, size_t n);
/* The same from a generator of its own, for keys that stay secret. */
NODISCARD enum status rand_secret(void *p, size_t n);

#endif
