/* SPDX-License-Identifier: MIT */
#include "crypto/sha256_block.h"

#include "base/bytes.h"

void sha256_compress_kw(uint32_t state[8], const uint32_t kw[64])
{
	uint32_t s[8];

	memcpy(s, state, sizeof(s));
	for (int i = 0; i < 64; i++)
		sha256_round(s, kw[i]);
	for (int i = 0; i < 8; i++)
		state[i] += s[i];
}

void sha256_compress(uint32_t state[8], const uint32_t w[16])
{
	uint32_t x[64];

	memcpy(x, w, 16 * sizeof(x[0]));
	for (int i = 16; i < 64; i++)
		x[i] = sha256_sig1(x[i - 2]) + x[i - 7] + sha256_sig0(x[i - 15]) +
		       x[i - 16];
	for (int i = 0; i < 64; i++)
		x[i] += sha256_k[i];
	sha256_compress_kw(state, x);
}

void sha256d64_portable(uint8_t *out, const uint8_t *in, size_t n)
{
	for (; n; n--, in += 64, out += 32) {
		uint32_t s[8], w[16];

		memcpy(s, sha256_iv, sizeof(s));
		for (int i = 0; i < 16; i++)
			w[i] = be32_get(in + 4 * i);
		sha256_compress(s, w);
		sha256_compress_kw(s, sha256_pad64_kw);
		memset(w, 0, sizeof(w));
		memcpy(w, s, sizeof(s));
		w[8] = 0x80000000;
		w[15] = 256;
		memcpy(s, sha256_iv, sizeof(s));
		sha256_compress(s, w);
		for (int i = 0; i < 8; i++)
			be32_put(out + 4 * i, s[i]);
	}
}
