/* SPDX-License-Identifier: MIT */
/*
 * OpenSSL's direct interface (SHA256_Init and so on) goes straight to its
 * assembler. It is marked deprecated, but the recommended one fetches the
 * algorithm by name on each call, three to six times slower for short data.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "crypto/sha256.h"

#include <string.h>

#include <openssl/sha.h>

_Static_assert(sizeof(SHA256_CTX) <= sizeof(struct sha256_ctx),
	       "struct sha256_ctx is too small");
_Static_assert(_Alignof(SHA256_CTX) <= _Alignof(struct sha256_ctx),
	       "struct sha256_ctx is not aligned");

static SHA256_CTX *inner(struct sha256_ctx *c)
{
	return (SHA256_CTX *)(void *)c->opaque;
}

void sha256_init(struct sha256_ctx *c)
{
	SHA256_Init(inner(c));
}

void sha256_add(struct sha256_ctx *c, const void *p, size_t n)
{
	if (n)
		SHA256_Update(inner(c), p, n);
}

void sha256_done(struct sha256_ctx *c, uint8_t out[32])
{
	SHA256_Final(out, inner(c));
}

void sha256d_done(struct sha256_ctx *c, uint8_t out[32])
{
	SHA256_CTX *o = inner(c);

	SHA256_Final(out, o);
	SHA256_Init(o);
	SHA256_Update(o, out, 32);
	SHA256_Final(out, o);
}

void sha256(uint8_t out[32], const void *p, size_t n)
{
	struct sha256_ctx c;

	sha256_init(&c);
	sha256_add(&c, p, n);
	sha256_done(&c, out);
}

void sha256d(uint8_t out[32], const void *p, size_t n)
{
	struct sha256_ctx c;

	sha256_init(&c);
	sha256_add(&c, p, n);
	sha256d_done(&c, out);
}

void sha256_tagged_init(struct sha256_ctx *c, const char *tag)
{
	uint8_t h[32];

	sha256(h, tag, strlen(tag));
	sha256_init(c);
	sha256_add(c, h, 32);
	sha256_add(c, h, 32);
}
