/* SPDX-License-Identifier: MIT */
#include "crypto/ec.h"

#include <stdlib.h>

#include <secp256k1.h>
#include <secp256k1_extrakeys.h>
#include <secp256k1_recovery.h>
#include <secp256k1_schnorrsig.h>

#include "base/bug.h"
#include "crypto/rand.h"
#include "crypto/wipe.h"

struct ec {
	secp256k1_context *ctx;
};

static void misused(const char *what, void *data)
{
	BUG("libsecp256k1: %s", what);
}

struct ec *ec_open(void)
{
	struct ec *ec = malloc(sizeof(*ec));
	uint8_t seed[32];

	if (!ec)
		return NULL;
	if (rand_secret(seed, sizeof(seed)) != ST_OK) {
		free(ec);
		return NULL;
	}
	ec->ctx = secp256k1_context_create(SECP256K1_CONTEXT_NONE);
	secp256k1_context_set_illegal_callback(ec->ctx, misused, NULL);
	if (!secp256k1_context_randomize(ec->ctx, seed))
		BUG("libsecp256k1 refused a random seed");
	wipe(seed, sizeof(seed));
	return ec;
}

void ec_close(struct ec *ec)
{
	if (!ec)
		return;
	secp256k1_context_destroy(ec->ctx);
	free(ec);
}

size_t ec_pubkey_create(const struct ec *ec, uint8_t *out,
			const uint8_t seckey[32], bool compressed)
{
	secp256k1_pubkey pub;
	size_t n = compressed ? 33 : 65;

	if (!secp256k1_ec_pubkey_create(ec->ctx, &pub, seckey))
		return 0;
	secp256k1_ec_pubkey_serialize(ec->ctx, out, &n, &pub,
				      compressed ? SECP256K1_EC_COMPRESSED
						 : SECP256K1_EC_UNCOMPRESSED);
	return n;
}

bool ec_xonly_create(const struct ec *ec, uint8_t xonly[32], int *parity,
		     const uint8_t seckey[32])
{
	secp256k1_pubkey pub;
	secp256k1_xonly_pubkey x;

	return secp256k1_ec_pubkey_create(ec->ctx, &pub, seckey) &&
	       secp256k1_xonly_pubkey_from_pubkey(ec->ctx, &x, parity, &pub) &&
	       secp256k1_xonly_pubkey_serialize(ec->ctx, xonly, &x);
}

bool ec_seckey_tweak_xonly(const struct ec *ec, uint8_t seckey[32],
			   const uint8_t tweak[32])
{
	secp256k1_keypair pair;
	bool ok = secp256k1_keypair_create(ec->ctx, &pair, seckey) &&
		  secp256k1_keypair_xonly_tweak_add(ec->ctx, &pair, tweak) &&
		  secp256k1_keypair_sec(ec->ctx, seckey, &pair);

	wipe(&pair, sizeof(pair));
	return ok;
}

size_t ec_sign_ecdsa(const struct ec *ec, uint8_t der[EC_DER_MAX],
		     const uint8_t seckey[32], const uint8_t msg[32])
{
	uint8_t extra[32] = {0}, compact[64];
	secp256k1_ecdsa_signature sig;
	size_t n = EC_DER_MAX;

	/* The first try is plain RFC 6979; half of all R are low. */
	for (uint32_t i = 0;; i++) {
		le32_put(extra, i);
		if (!secp256k1_ecdsa_sign(ec->ctx, &sig, msg, seckey, NULL,
					  i ? extra : NULL))
			return 0;
		secp256k1_ecdsa_signature_serialize_compact(ec->ctx, compact, &sig);
		if (!(compact[0] & 0x80))
			break;
	}
	secp256k1_ecdsa_signature_serialize_der(ec->ctx, der, &n, &sig);
	return n;
}

bool ec_sign_schnorr(const struct ec *ec, uint8_t sig[64],
		     const uint8_t seckey[32], const uint8_t msg[32],
		     const uint8_t aux[32])
{
	secp256k1_keypair pair;
	bool ok = secp256k1_keypair_create(ec->ctx, &pair, seckey) &&
		  secp256k1_schnorrsig_sign32(ec->ctx, sig, msg, &pair, aux);

	wipe(&pair, sizeof(pair));
	return ok;
}

bool ec_sign_recoverable(const struct ec *ec, uint8_t sig[64], int *recid,
			 const uint8_t seckey[32], const uint8_t msg[32])
{
	secp256k1_ecdsa_recoverable_signature s;

	return secp256k1_ecdsa_sign_recoverable(ec->ctx, &s, msg, seckey, NULL,
						NULL) &&
	       secp256k1_ecdsa_recoverable_signature_serialize_compact(
		       ec->ctx, sig, recid, &s);
}
