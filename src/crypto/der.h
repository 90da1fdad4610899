/* SPDX-License-Identifier: MIT */
/*
 * Two views of a DER signature.
 *
 * The rules about validity (BIP66) look at the form of the bytes. Verifying
 * must also read everything that OpenSSL once took, because blocks before BIP66
 * hold such signatures; and after BIP66 the script rules have already refused
 * what is not strict.
 */
#ifndef QUARRY_CRYPTO_DER_H
#define QUARRY_CRYPTO_DER_H

#include "base/bytes.h"

/* The strict form of BIP66. sig is as it stands in the script: with the hash
 * type byte at its end. An empty signature is not strict; callers that allow it
 * (BIP66 does) ask first. */
bool ec_der_is_strict(struct bytes sig);

/* Reads R and S (no hash type byte), the way BIP66 calls lax: the length of the
 * sequence is skipped, lengths may have the long form, numbers any count of
 * leading zeros, bytes after S are ignored. rs receives R and S as two 32-byte
 * big-endian numbers; all zeros, which never verifies, when one has more than
 * 256 bits. False when the structure is broken. */
bool der_read_lax(struct bytes sig, uint8_t rs[64]);

#endif
