/* SPDX-License-Identifier: MIT */
/*
 * libsecp256k1's static context serves everything that computes with public
 * data. Its functions abort on a misuse by the program only; bad bytes are
 * refused by the parse functions, and nothing goes on after those fail.
 */
#include "crypto/ec.h"

#include <secp256k1.h>
#include <secp256k1_extrakeys.h>
#include <secp256k1_schnorrsig.h>

/* A signature whose R or S is not below the order becomes zero and then fails,
 * as everywhere in Bitcoin. */
static bool read_sig(secp256k1_ecdsa_signature *out, struct bytes sig)
{
	static const uint8_t zero[64];
	uint8_t rs[64];

	if (!der_read_lax(sig, rs))
		return false;
	if (!secp256k1_ecdsa_signature_parse_compact(secp256k1_context_static,
						     out, rs))
		return secp256k1_ecdsa_signature_parse_compact(
			secp256k1_context_static, out, zero);
	return true;
}

bool ec_verify_ecdsa(struct bytes sig, struct bytes pubkey, const uint8_t msg[32])
{
	secp256k1_ecdsa_signature s;
	secp256k1_pubkey pub;

	if (pubkey.len == 0 ||
	    !secp256k1_ec_pubkey_parse(secp256k1_context_static, &pub, pubkey.p,
				       pubkey.len) ||
	    !read_sig(&s, sig))
		return false;
	secp256k1_ecdsa_signature_normalize(secp256k1_context_static, &s, &s);
	return secp256k1_ecdsa_verify(secp256k1_context_static, &s, msg, &pub);
}

bool ec_sig_is_low_s(struct bytes sig)
{
	secp256k1_ecdsa_signature s;

	if (!ec_der_is_strict(sig) || !read_sig(&s, bytes_of(sig.p, sig.len - 1)))
		return false;
	return !secp256k1_ecdsa_signature_normalize(secp256k1_context_static, NULL,
						    &s);
}

bool ec_verify_schnorr(const uint8_t sig[64], const uint8_t xonly[32],
		       const uint8_t msg[32])
{
	return ec_verify_schnorr_any(sig, xonly, bytes_of(msg, 32));
}

bool ec_verify_schnorr_any(const uint8_t sig[64], const uint8_t xonly[32],
			   struct bytes msg)
{
	secp256k1_xonly_pubkey pub;

	return secp256k1_xonly_pubkey_parse(secp256k1_context_static, &pub, xonly) &&
	       secp256k1_schnorrsig_verify(secp256k1_context_static, sig, msg.p,
					   msg.len, &pub);
}

bool ec_xonly_ok(const uint8_t xonly[32])
{
	secp256k1_xonly_pubkey pub;

	return secp256k1_xonly_pubkey_parse(secp256k1_context_static, &pub, xonly);
}

bool ec_xonly_tweak_check(const uint8_t q[32], int parity,
			  const uint8_t internal[32], const uint8_t tweak[32])
{
	secp256k1_xonly_pubkey pub;

	return secp256k1_xonly_pubkey_parse(secp256k1_context_static, &pub,
					    internal) &&
	       secp256k1_xonly_pubkey_tweak_add_check(secp256k1_context_static, q,
						      parity, &pub, tweak);
}

bool ec_xonly_tweak_add(uint8_t q[32], int *parity, const uint8_t internal[32],
			const uint8_t tweak[32])
{
	secp256k1_xonly_pubkey in, x;
	secp256k1_pubkey out;

	return secp256k1_xonly_pubkey_parse(secp256k1_context_static, &in,
					    internal) &&
	       secp256k1_xonly_pubkey_tweak_add(secp256k1_context_static, &out, &in,
						tweak) &&
	       secp256k1_xonly_pubkey_from_pubkey(secp256k1_context_static, &x,
						  parity, &out) &&
	       secp256k1_xonly_pubkey_serialize(secp256k1_context_static, q, &x);
}
