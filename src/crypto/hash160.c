/* SPDX-License-Identifier: MIT */
/*
 * Direct calls, as in sha256.c. They also work where RIPEMD-160 sits in a
 * provider that is not loaded.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "crypto/hash160.h"

#include <openssl/ripemd.h>
#include <openssl/sha.h>

#include "crypto/sha256.h"

void ripemd160(uint8_t out[20], const void *p, size_t n)
{
	RIPEMD160_CTX c;

	RIPEMD160_Init(&c);
	if (n)
		RIPEMD160_Update(&c, p, n);
	RIPEMD160_Final(out, &c);
}

void sha1(uint8_t out[20], const void *p, size_t n)
{
	SHA_CTX c;

	SHA1_Init(&c);
	if (n)
		SHA1_Update(&c, p, n);
	SHA1_Final(out, &c);
}

void hash160(uint8_t out[20], const void *p, size_t n)
{
	uint8_t h[32];

	sha256(h, p, n);
	ripemd160(out, h, sizeof(h));
}
