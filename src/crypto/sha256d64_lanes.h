/* SPDX-License-Identifier: MIT */
/*
 * The body of a function that hashes merkle pairs over vectors, once per source
 * file, which has defined what crypto/sha256_lanes.h asks for, LANES, LANES_ATTR
 * and the function's name LANES_D64. It does as many whole groups of LANES pairs
 * as there are and returns how many pairs that was.
 */
#ifndef QUARRY_CRYPTO_SHA256D64_LANES_H
#define QUARRY_CRYPTO_SHA256D64_LANES_H

#include "base/bytes.h"
#include "crypto/sha256_block.h"
#include "crypto/sha256_lanes.h"

#define LANES_INLINE static inline __attribute__((always_inline))

/* Eight rounds whose K + W are the same in every lane. */
#define L_EIGHT_FIXED(kw)                                                      \
	do {                                                                   \
		h = V_ADD(h, V_SET((kw)[0]));                                  \
		L_R0(V_SET((kw)[1]));                                          \
		L_R1(V_SET((kw)[2]));                                          \
		L_R2(V_SET((kw)[3]));                                          \
		L_R3(V_SET((kw)[4]));                                          \
		L_R4(V_SET((kw)[5]));                                          \
		L_R5(V_SET((kw)[6]));                                          \
		L_R6(V_SET((kw)[7]));                                          \
		L_R7_LAST();                                                   \
	} while (0)
#define L_FIRST_EIGHT(t)                                                       \
	do {                                                                   \
		h = V_ADD(h, L_KW(t));                                         \
		L_R0(L_KW((t) + 1));                                           \
		L_R1(L_KW((t) + 2));                                           \
		L_R2(L_KW((t) + 3));                                           \
		L_R3(L_KW((t) + 4));                                           \
		L_R4(L_KW((t) + 5));                                           \
		L_R5(L_KW((t) + 6));                                           \
		L_R6(L_KW((t) + 7));                                           \
		L_R7_LAST();                                                   \
	} while (0)
#define L_STATE(op)                                                            \
	do {                                                                   \
		op(a, 0);                                                      \
		op(b, 1);                                                      \
		op(c, 2);                                                      \
		op(d, 3);                                                      \
		op(e, 4);                                                      \
		op(f, 5);                                                      \
		op(g, 6);                                                      \
		op(h, 7);                                                      \
	} while (0)
#define L_IV(v, i) v = V_SET(sha256_iv[i])
#define L_ADD_IV(v, i) v = V_ADD(v, V_SET(sha256_iv[i]))
#define L_KEEP(v, i) w[i] = v
#define L_ADD_KEPT(v, i) w[i] = V_ADD(w[i], v)
#define L_OUT(v, i) V_STORE(words[i], v)

/* Word t of lane i's block stands at words[t][i]. */
LANES_INLINE void lanes_read(uint32_t words[16][LANES], const uint8_t *in)
{
	for (unsigned i = 0; i < LANES; i++)
		for (unsigned t = 0; t < 16; t++)
			words[t][i] = be32_get(in + 64 * i + 4 * t);
}

LANES_INLINE void lanes_write(uint8_t *out, uint32_t words[16][LANES])
{
	for (unsigned i = 0; i < LANES; i++)
		for (unsigned t = 0; t < 8; t++)
			be32_put(out + 32 * i + 4 * t, words[t][i]);
}

LANES_ATTR size_t LANES_D64(uint8_t *out, const uint8_t *in, size_t n)
{
	_Alignas(64) uint32_t words[16][LANES];
	size_t done = 0;

	for (; n - done >= LANES; done += LANES, in += 64 * LANES, out += 32 * LANES) {
		V w[16], a, b, c, d, e, f, g, h;
		const uint32_t *k = sha256_k, *kw = sha256_pad64_kw;

		V_HIDE(k);
		lanes_read(words, in);
		for (unsigned t = 0; t < 16; t++)
			w[t] = V_LOAD(words[t]);
		L_STATE(L_IV);
		for (unsigned pass = 0;; pass++) {
			V_HIDE(pass);
			L_FIRST_EIGHT(0);
			L_FIRST_EIGHT(8);
			for (unsigned t = 16; t < 64; t += 16)
				L_SIXTEEN(k + t);
			L_STATE(L_ADD_IV);
			if (pass == 1)
				break;
			/* The block of padding, then the hash as a message. */
			L_STATE(L_KEEP);
			for (unsigned t = 0; t < 64; t += 8)
				L_EIGHT_FIXED(kw + t);
			L_STATE(L_ADD_KEPT);
			w[8] = V_SET(0x80000000);
			for (unsigned t = 9; t < 15; t++)
				w[t] = V_SET(0);
			w[15] = V_SET(256);
			L_STATE(L_IV);
		}
		L_STATE(L_OUT);
		lanes_write(out, words);
	}
	return done;
}

#endif
