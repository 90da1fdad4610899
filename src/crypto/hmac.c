/* SPDX-License-Identifier: MIT */
/*
 * HMAC(k, m) = H((k ^ opad) || H((k ^ ipad) || m)). Both inner states depend on
 * the key alone, so PBKDF2 prepares them once and copies them for each round.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "crypto/hmac.h"

#include <openssl/sha.h>

#include "base/bug.h"
#include "crypto/sha256.h"
#include "crypto/wipe.h"

#define IPAD 0x36
#define OPAD 0x5c

struct hmac512 {
	SHA512_CTX in, out;
};

static void xor_all(uint8_t *p, size_t n, uint8_t v)
{
	for (size_t i = 0; i < n; i++)
		p[i] ^= v;
}

static void add512(SHA512_CTX *c, const void *p, size_t n)
{
	if (n)
		SHA512_Update(c, p, n);
}

void sha512(uint8_t out[64], const void *p, size_t n)
{
	SHA512_CTX c;

	SHA512_Init(&c);
	add512(&c, p, n);
	SHA512_Final(out, &c);
}

void hmac_sha1(uint8_t out[20], struct bytes key, struct bytes msg)
{
	uint8_t k[64] = {0};
	SHA_CTX c;

	if (key.len > sizeof(k))
		SHA1(key.p, key.len, k);
	else if (key.len)
		memcpy(k, key.p, key.len);
	xor_all(k, sizeof(k), IPAD);
	SHA1_Init(&c);
	SHA1_Update(&c, k, sizeof(k));
	if (msg.len)
		SHA1_Update(&c, msg.p, msg.len);
	SHA1_Final(out, &c);
	xor_all(k, sizeof(k), IPAD ^ OPAD);
	SHA1_Init(&c);
	SHA1_Update(&c, k, sizeof(k));
	SHA1_Update(&c, out, 20);
	SHA1_Final(out, &c);
	wipe(k, sizeof(k));
	wipe(&c, sizeof(c));
}

void hmac_sha256(uint8_t out[32], struct bytes key, struct bytes msg)
{
	struct sha256_ctx c;
	uint8_t k[64] = {0};

	if (key.len > sizeof(k))
		sha256(k, key.p, key.len);
	else if (key.len)
		memcpy(k, key.p, key.len);
	xor_all(k, sizeof(k), IPAD);
	sha256_init(&c);
	sha256_add(&c, k, sizeof(k));
	sha256_add(&c, msg.p, msg.len);
	sha256_done(&c, out);
	xor_all(k, sizeof(k), IPAD ^ OPAD);
	sha256_init(&c);
	sha256_add(&c, k, sizeof(k));
	sha256_add(&c, out, 32);
	sha256_done(&c, out);
	wipe(k, sizeof(k));
	wipe(&c, sizeof(c));
}

static void hmac512_key(struct hmac512 *h, struct bytes key)
{
	uint8_t k[128] = {0};

	if (key.len > sizeof(k))
		sha512(k, key.p, key.len);
	else if (key.len)
		memcpy(k, key.p, key.len);
	xor_all(k, sizeof(k), IPAD);
	SHA512_Init(&h->in);
	SHA512_Update(&h->in, k, sizeof(k));
	xor_all(k, sizeof(k), IPAD ^ OPAD);
	SHA512_Init(&h->out);
	SHA512_Update(&h->out, k, sizeof(k));
	wipe(k, sizeof(k));
}

/* out may be msg. */
static void hmac512_of(const struct hmac512 *h, uint8_t out[64], struct bytes msg,
		       struct bytes more)
{
	SHA512_CTX c = h->in;

	add512(&c, msg.p, msg.len);
	add512(&c, more.p, more.len);
	SHA512_Final(out, &c);
	c = h->out;
	SHA512_Update(&c, out, 64);
	SHA512_Final(out, &c);
	wipe(&c, sizeof(c));
}

void hmac_sha512(uint8_t out[64], struct bytes key, struct bytes msg)
{
	struct hmac512 h;

	hmac512_key(&h, key);
	hmac512_of(&h, out, msg, bytes_of(NULL, 0));
	wipe(&h, sizeof(h));
}

void pbkdf2_sha512(uint8_t out[64], struct bytes pass, struct bytes salt,
		   unsigned rounds)
{
	static const uint8_t first[4] = {0, 0, 0, 1};
	struct hmac512 h;
	uint8_t u[64];

	BUG_ON(rounds == 0);
	hmac512_key(&h, pass);
	hmac512_of(&h, u, salt, bytes_of(first, sizeof(first)));
	memcpy(out, u, 64);
	while (--rounds) {
		hmac512_of(&h, u, bytes_of(u, 64), bytes_of(NULL, 0));
		for (int i = 0; i < 64; i++)
			out[i] ^= u[i];
	}
	wipe(&h, sizeof(h));
	wipe(u, sizeof(u));
}
