/* SPDX-License-Identifier: MIT */
#include "crypto/selftest.h"

#include <secp256k1.h>

#include "base/hex.h"
#include "crypto/ec.h"
#include "crypto/hash160.h"
#include "crypto/sha256.h"
#include "crypto/sha256_block.h"

/* FIPS 180-4 and the RIPEMD-160 paper, for the message "abc". */
static const char abc_sha256[] =
	"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
static const char abc_ripemd160[] = "8eb208f7e05d987a9b044a8e98c6b087f15a0bfc";
static const char abc_sha1[] = "a9993e364706816aba3e25717850c26c9cd0d89d";

/* BIP340 test vector 0. */
static const char schnorr_key[] =
	"f9308a019258c31049344f85f89d5229b531c845836f99b08601f113bce036f9";
static const char schnorr_sig[] =
	"e907831f80848d1069a5371b402410364bdf1c5f8307b0084c55f1ce2dca8215"
	"25f66a4a85ea8b71e482a74f382d2ce5ebeee8fdb2172f477df4900d310536c0";

static bool is(const uint8_t *got, const char *want, size_t n)
{
	char text[65];

	return strcmp(hex_text(text, got, n), want) == 0;
}

/* The fast way of hashing pairs against the plain one. */
static bool pairs_agree(void)
{
	uint8_t in[64 * 19], out[32 * 19], want[32];

	for (size_t i = 0; i < sizeof(in); i++)
		in[i] = (uint8_t)(i * 131 + (i >> 6));
	sha256d64_many(out, in, 19);
	for (int i = 0; i < 19; i++) {
		sha256d(want, in + 64 * i, 64);
		if (memcmp(want, out + 32 * i, 32) != 0)
			return false;
	}
	return true;
}

const char *crypto_selftest(void)
{
	uint8_t h[32], key[32], sig[64], msg[32] = {0};

	/* Aborts with a message of its own when the library is broken. */
	secp256k1_selftest();
	sha256(h, "abc", 3);
	if (!is(h, abc_sha256, 32))
		return "SHA-256 of this machine's libcrypto gives a wrong answer.";
	ripemd160(h, "abc", 3);
	if (!is(h, abc_ripemd160, 20))
		return "RIPEMD-160 of this machine's libcrypto gives a wrong "
		       "answer; install OpenSSL 3.0.7 or newer.";
	sha1(h, "abc", 3);
	if (!is(h, abc_sha1, 20))
		return "SHA-1 of this machine's libcrypto gives a wrong answer.";
	if (!pairs_agree())
		return "The fast SHA-256 code gives a wrong answer on this "
		       "processor.";
	if (!hex_parse(key, 32, schnorr_key, 64) ||
	    !hex_parse(sig, 64, schnorr_sig, 128) ||
	    !ec_verify_schnorr(sig, key, msg))
		return "libsecp256k1 does not verify a BIP340 test vector.";
	sig[63] ^= 1;
	if (ec_verify_schnorr(sig, key, msg))
		return "libsecp256k1 accepts a wrong signature.";
	return NULL;
}
