/* SPDX-License-Identifier: MIT */
/*
 * scrypt (RFC 7914) for passwords. One call with n = 2^16, r = 8, p = 1 costs
 * about 0.2 s and 64 MiB: never inside a database transaction, and not many at
 * once.
 */
#ifndef QUARRY_CRYPTO_SCRYPT_H
#define QUARRY_CRYPTO_SCRYPT_H

#include "base/bytes.h"
#include "base/status.h"

/* n is a power of two above 1. ST_USAGE when the parameters are outside RFC
 * 7914 or ask for more than 1 GiB, ST_NOMEM when memory is missing. */
NODISCARD enum status scrypt_derive(uint8_t *out, size_t out_len,
				    struct bytes pass, struct bytes salt,
				    uint64_t n, uint32_t r, uint32_t p);

#endif
