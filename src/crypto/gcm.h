/* SPDX-License-Identifier: MIT */
/*
 * AES-256-GCM: secrecy and integrity of a stored record. A nonce must never
 * come twice under one key; take it from rand_bytes. Put what names the record
 * (its id, the format's version) into aad, so that records cannot be exchanged.
 */
#ifndef QUARRY_CRYPTO_GCM_H
#define QUARRY_CRYPTO_GCM_H

#include "base/bytes.h"
#include "base/status.h"

#define GCM_KEY_BYTES 32
#define GCM_NONCE_BYTES 12
#define GCM_TAG_BYTES 16

/* out holds plain.len bytes and may be plain.p. ST_NOMEM, or ST_TOO_BIG from
 * 2^31 bytes on. */
NODISCARD enum status gcm_seal(uint8_t *out, uint8_t tag[GCM_TAG_BYTES],
			       const uint8_t key[GCM_KEY_BYTES],
			       const uint8_t nonce[GCM_NONCE_BYTES],
			       struct bytes aad, struct bytes plain);
/* The reverse. ST_CORRUPT when the tag does not fit (wrong key, wrong aad,
 * changed data): out is then wiped. */
NODISCARD enum status gcm_open(uint8_t *out, const uint8_t tag[GCM_TAG_BYTES],
			       const uint8_t key[GCM_KEY_BYTES],
			       const uint8_t nonce[GCM_NONCE_BYTES],
			       struct bytes aad, struct bytes sealed);

#endif
