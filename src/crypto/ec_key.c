/* SPDX-License-Identifier: MIT */
/* Keys: forms, tweaks, recovery. Nothing here needs the blinded context. */
#include "crypto/ec.h"

#include <secp256k1.h>
#include <secp256k1_recovery.h>

static bool read_pubkey(secp256k1_pubkey *out, struct bytes pubkey)
{
	return pubkey.len != 0 &&
	       secp256k1_ec_pubkey_parse(secp256k1_context_static, out, pubkey.p,
					 pubkey.len);
}

static size_t write_pubkey(uint8_t *out, bool compressed,
			   const secp256k1_pubkey *pub)
{
	size_t n = compressed ? 33 : 65;

	secp256k1_ec_pubkey_serialize(secp256k1_context_static, out, &n, pub,
				      compressed ? SECP256K1_EC_COMPRESSED
						 : SECP256K1_EC_UNCOMPRESSED);
	return n;
}

bool ec_pubkey_parse_ok(struct bytes pubkey)
{
	secp256k1_pubkey pub;

	return read_pubkey(&pub, pubkey);
}

size_t ec_pubkey_convert(uint8_t *out, bool compressed,
			 struct bytes pubkey)
{
	secp256k1_pubkey pub;

	return read_pubkey(&pub, pubkey) ? write_pubkey(out, compressed, &pub) : 0;
}

bool ec_pubkey_tweak_add(uint8_t out[33], struct bytes pubkey,
			 const uint8_t tweak[32])
{
	secp256k1_pubkey pub;

	if (!read_pubkey(&pub, pubkey) ||
	    !secp256k1_ec_pubkey_tweak_add(secp256k1_context_static, &pub, tweak))
		return false;
	write_pubkey(out, true, &pub);
	return true;
}

bool ec_seckey_valid(const uint8_t seckey[32])
{
	return secp256k1_ec_seckey_verify(secp256k1_context_static, seckey);
}

bool ec_seckey_tweak_add(uint8_t seckey[32], const uint8_t tweak[32])
{
	return secp256k1_ec_seckey_tweak_add(secp256k1_context_static, seckey,
					     tweak);
}

size_t ec_recover(uint8_t *out, bool compressed,
		  const uint8_t sig[64], int recid, const uint8_t msg[32])
{
	secp256k1_ecdsa_recoverable_signature s;
	secp256k1_pubkey pub;

	/* Out of range is a misuse to the library, and may be data to us. */
	if (recid < 0 || recid > 3)
		return 0;
	if (!secp256k1_ecdsa_recoverable_signature_parse_compact(
		    secp256k1_context_static, &s, sig, recid) ||
	    !secp256k1_ecdsa_recover(secp256k1_context_static, &pub, &s, msg))
		return 0;
	return write_pubkey(out, compressed, &pub);
}
