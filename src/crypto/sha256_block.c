/* SPDX-License-Identifier: MIT */
/* The rounds of sha256_lanes.h with one lane, a plain number. */
#include "crypto/sha256_block.h"

#include "base/bytes.h"

#define V uint32_t
#define V_ADD(a, b) ((a) + (b))
#define V_ROR(a, n) sha256_ror(a, n)
#define V_SHR(a, n) ((a) >> (n))
#define V_XOR3(a, b, c) ((a) ^ (b) ^ (c))
#define V_CH(a, b, c) sha256_ch(a, b, c)
#define V_MAJ(a, b, c) sha256_maj(a, b, c)
#include "crypto/sha256_lanes.h"

void sha256_compress_kw(uint32_t state[8], const uint32_t kw[64])
{
	uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
	uint32_t e = state[4], f = state[5], g = state[6], h = state[7];

	for (int t = 0; t < 64; t += 8) {
		h += kw[t];
		L_R0(kw[t + 1]);
		L_R1(kw[t + 2]);
		L_R2(kw[t + 3]);
		L_R3(kw[t + 4]);
		L_R4(kw[t + 5]);
		L_R5(kw[t + 6]);
		L_R6(kw[t + 7]);
		L_R7_LAST();
	}
	state[0] += a;
	state[1] += b;
	state[2] += c;
	state[3] += d;
	state[4] += e;
	state[5] += f;
	state[6] += g;
	state[7] += h;
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
