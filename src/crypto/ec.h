/* SPDX-License-Identifier: MIT */
/*
 * The curve secp256k1: keys, ECDSA and Schnorr (BIP340) signatures.
 *
 * Verifying and work on public keys need no set-up and may run in any thread.
 * What touches a secret key takes a `struct ec`, made once per process: its
 * random blinding hides the key's bits from timing. One struct ec may serve
 * several threads at once.
 *
 * Bytes that come from outside are never an error of the program: a bool says
 * whether they were good, outputs are unspecified when false.
 */
#ifndef QUARRY_CRYPTO_EC_H
#define QUARRY_CRYPTO_EC_H

#include "base/bytes.h"
#include "base/status.h"
#include "crypto/der.h"

/* A public key has 33 bytes (compressed) or 65: so much room must `out` have
 * where `compressed` says which. */
#define EC_PUBKEY_MAX 65
/* DER with a low R and low S: 70, seldom less; 72 bounds any. */
#define EC_DER_MAX 72

/* --- verifying (ec_verify.c) --- */

/* ECDSA as consensus has it. sig: DER in the lax reading, without the hash type
 * byte; pubkey: compressed, uncompressed or hybrid (06, 07); S may be high. */
bool ec_verify_ecdsa(struct bytes sig, struct bytes pubkey, const uint8_t msg[32]);

/* BIP340. */
bool ec_verify_schnorr(const uint8_t sig[64], const uint8_t xonly[32],
		       const uint8_t msg[32]);
/* The same for a message of any length, which Bitcoin has no use for. */
bool ec_verify_schnorr_any(const uint8_t sig[64], const uint8_t xonly[32],
			   struct bytes msg);

/* BIP341: is q the x coordinate, and parity (0, 1) the oddness of y, of the
 * point internal + tweak * G? False too when tweak is not below the order. */
bool ec_xonly_tweak_check(const uint8_t q[32], int parity,
			  const uint8_t internal[32], const uint8_t tweak[32]);
/* Computes that point. */
bool ec_xonly_tweak_add(uint8_t q[32], int *parity, const uint8_t internal[32],
			const uint8_t tweak[32]);
/* Is it the x coordinate of a point? */
bool ec_xonly_ok(const uint8_t xonly[32]);

/* S at most half the order (BIP62 rule 5, BIP146). sig as it stands in the
 * script, with the hash type byte; false when it is not strict DER. */
bool ec_sig_is_low_s(struct bytes sig);

/* --- public keys (ec_key.c) --- */

/* 33 or 65 bytes that are a point on the curve, hybrid form included. */
bool ec_pubkey_parse_ok(struct bytes pubkey);
/* Another form of the same point. Returns the length written, 33 or 65; 0 when
 * pubkey is not a point. */
size_t ec_pubkey_convert(uint8_t *out, bool compressed,
			 struct bytes pubkey);
/* pubkey + tweak * G, compressed: BIP32's public derivation. */
bool ec_pubkey_tweak_add(uint8_t out[33], struct bytes pubkey,
			 const uint8_t tweak[32]);

/* Not zero and below the order. */
bool ec_seckey_valid(const uint8_t seckey[32]);
/* seckey += tweak modulo the order; false when the result is zero or tweak is
 * not below the order: BIP32's private derivation. */
bool ec_seckey_tweak_add(uint8_t seckey[32], const uint8_t tweak[32]);

/* The public key from a message signature made by ec_sign_recoverable. Returns
 * the length written, 0 when there is none. recid 0..3. */
size_t ec_recover(uint8_t *out, bool compressed,
		  const uint8_t sig[64], int recid, const uint8_t msg[32]);

/* --- secret keys (ec_sign.c) --- */

struct ec;

/* NULL when memory or randomness is missing. */
NODISCARD struct ec *ec_open(void);
void ec_close(struct ec *ec);

/* Returns the length written, 33 or 65; 0 when seckey is not valid. */
size_t ec_pubkey_create(const struct ec *ec, uint8_t *out,
			const uint8_t seckey[32], bool compressed);
/* The x coordinate and the oddness of y. parity may be NULL. */
bool ec_xonly_create(const struct ec *ec, uint8_t xonly[32], int *parity,
		     const uint8_t seckey[32]);
/* Turns an internal secret key into the one that signs for the output key:
 * negated when its point has an odd y, plus tweak (BIP341). */
bool ec_seckey_tweak_xonly(const struct ec *ec, uint8_t seckey[32],
			   const uint8_t tweak[32]);

/* Deterministic (RFC 6979), low S, and repeated with a counter until R is below
 * 2^255, so that a signature with its hash type has at most 71 bytes. Returns
 * the DER length; 0 when seckey is not valid. */
size_t ec_sign_ecdsa(const struct ec *ec, uint8_t der[EC_DER_MAX],
		     const uint8_t seckey[32], const uint8_t msg[32]);
/* BIP340 with 32 bytes of auxiliary randomness. */
bool ec_sign_schnorr(const struct ec *ec, uint8_t sig[64],
		     const uint8_t seckey[32], const uint8_t msg[32],
		     const uint8_t aux[32]);
/* A signature from which the public key can be computed: signed messages. */
bool ec_sign_recoverable(const struct ec *ec, uint8_t sig[64], int *recid,
			 const uint8_t seckey[32], const uint8_t msg[32]);

#endif
