/* SPDX-License-Identifier: MIT */
/*
 * The body of a nonce-search kernel over vectors, once per source file, which has
 * defined what crypto/sha256_lanes.h asks for, and
 *
 *   LANES            nonces per vector
 *   V_IOTA           lane numbers 0, 1, 2 ...
 *   V_BSWAP(a)       bytes of each lane reversed
 *   V_LE_MASK(a, b)  one bit per lane: a <= b, unsigned
 *   LANES_RUN        name of the function
 *   LANES_ATTR       its attributes
 *
 * Work saved against two plain compressions: rounds 0 to 2 and all of round 3
 * but two additions; additions of fixed words (they are folded into K, or into
 * h where h is fixed too); schedule terms that are zero or fixed; at the end of
 * the second hash everything but e of round 60, which is its last word: rounds
 * 61 to 63, words 61 to 63, and the a of rounds 57 to 60.
 */
#ifndef QUARRY_CRYPTO_POWSCAN_LANES_H
#define QUARRY_CRYPTO_POWSCAN_LANES_H

#include "crypto/powscan_kernel.h"
#include "crypto/sha256_block.h"
#include "crypto/sha256_lanes.h"

#define IV sha256_iv
/* The round constants come from memory, each a broadcast operand of an addition;
 * left to itself the compiler builds some in general registers, which costs an
 * operation of the vector unit. */
#define K(t) V_SET(k[t])
/* Round 0 of the second hash begins from fixed numbers. */
#define FIRST_T                                                                \
	(IV[7] + sha256_sum1(IV[4]) + sha256_ch(IV[4], IV[5], IV[6]) +         \
	 sha256_k[0])
#define FIRST_E (IV[3] + FIRST_T)
#define FIRST_A (FIRST_T + sha256_sum0(IV[0]) + sha256_maj(IV[0], IV[1], IV[2]))
#define PAD 0x80000000u

LANES_ATTR uint32_t LANES_RUN(const struct powscan_prep *p, uint32_t first,
			      uint32_t groups, uint32_t *mask)
{
	const V limit = V_SET(p->limit);

	*mask = 0;
	for (uint32_t n = 0; n < groups; n++) {
		V w[16], a, b, c, d, e, f, g, h;
		const uint32_t *k = sha256_k;
		unsigned pass = 0;
		uint32_t hit;

		V_HIDE(k);
		V_HIDE(p);
		w[3] = V_ADD(V_SET(first + n * LANES), V_IOTA);
		w[3] = V_BSWAP(w[3]);

		/* First hash, second block, as it stands after round 3. */
		e = V_ADD(w[3], V_SET(p->a3));
		a = V_ADD(w[3], V_SET(p->e3));
		f = V_SET(p->s[0]);
		g = V_SET(p->s[1]);
		h = V_SET(p->s[2]);
		b = V_SET(p->s[4]);
		c = V_SET(p->s[5]);
		d = V_SET(p->hk4);
		L_ROUND(e, f, g, h, a, b, c, d, V_SET(p->hk5));
		L_ROUND(d, e, f, g, h, a, b, c, V_SET(p->hk6));
		L_R6(K(7));
		L_R7(K(8));
		L_R0(K(9));
		L_R1(K(10));
		L_R2(K(11));
		L_R3(K(12));
		L_R4(K(13));
		L_R5(K(14));
		L_R6(V_SET(p->kw15));
		L_R7(V_SET(p->kw16));
		L_R0(V_SET(p->kw17));
		w[2] = V_ADD(L_SIG0(w[3]), V_SET(p->c18));
		L_R1(L_KW(18));
		w[3] = V_ADD(w[3], V_SET(p->c19));
		L_R2(L_KW(19));
		w[4] = V_ADD(L_SIG1(w[2]), V_SET(PAD));
		L_R3(L_KW(20));
		w[5] = L_SIG1(w[3]);
		L_R4(L_KW(21));
		w[6] = V_ADD(L_SIG1(w[4]), V_SET(640));
		L_R5(L_KW(22));
		w[7] = V_ADD(L_SIG1(w[5]), V_SET(p->w16));
		L_R6(L_KW(23));
		w[8] = V_ADD(L_SIG1(w[6]), V_SET(p->w17));
		L_R7(L_KW(24));
		w[9] = V_ADD(L_SIG1(w[7]), w[2]);
		L_R0(L_KW(25));
		w[10] = V_ADD(L_SIG1(w[8]), w[3]);
		L_R1(L_KW(26));
		w[11] = V_ADD(L_SIG1(w[9]), w[4]);
		L_R2(L_KW(27));
		w[12] = V_ADD(L_SIG1(w[10]), w[5]);
		L_R3(L_KW(28));
		w[13] = V_ADD(L_SIG1(w[11]), w[6]);
		L_R4(L_KW(29));
		w[14] = V_ADD(V_ADD(L_SIG1(w[12]), w[7]),
			      V_SET(sha256_sig0(640)));
		L_R5(L_KW(30));
		w[15] = V_ADD(V_ADD(L_SIG1(w[13]), w[8]), V_SET(p->c31));
		L_R6(L_KW(31));
		L_R7_LAST();
		w[0] = V_SET(p->w16);
		w[1] = V_SET(p->w17);

		/* The plain rounds: 32 to 63 of the first hash, 32 to 47 of the
		 * second. One piece of code for the three, so that less of the
		 * kernel falls out of the processor's cache of decoded
		 * instructions. */
		for (;; pass++) {
			V_HIDE(pass);
			L_SIXTEEN(k + 32 + (pass & 1) * 16);
			if (pass == 0)
				continue;
			if (pass == 2)
				break;
			w[0] = V_ADD(a, V_SET(p->mid[0]));
			w[1] = V_ADD(b, V_SET(p->mid[1]));
			w[2] = V_ADD(c, V_SET(p->mid[2]));
			w[3] = V_ADD(d, V_SET(p->mid[3]));
			w[4] = V_ADD(e, V_SET(p->mid[4]));
			w[5] = V_ADD(f, V_SET(p->mid[5]));
			w[6] = V_ADD(g, V_SET(p->mid[6]));
			w[7] = V_ADD(h, V_SET(p->mid[7]));

			/* Second hash, as it stands after round 0. */
			h = V_ADD(w[0], V_SET(FIRST_A));
			d = V_ADD(w[0], V_SET(FIRST_E));
			a = V_SET(IV[0]);
			b = V_SET(IV[1]);
			c = V_SET(IV[2]);
			e = V_SET(IV[4]);
			f = V_SET(IV[5]);
			g = V_ADD(w[1], V_SET(IV[6] + sha256_k[1]));
			L_ROUND(h, a, b, c, d, e, f, g,
				V_ADD(w[2], V_SET(IV[5] + sha256_k[2])));
			L_ROUND(g, h, a, b, c, d, e, f,
				V_ADD(w[3], V_SET(IV[4] + sha256_k[3])));
			L_R3(L_KW(4));
			L_R4(L_KW(5));
			L_R5(L_KW(6));
			L_R6(L_KW(7));
			L_R7(V_SET(sha256_k[8] + PAD));
			L_R0(K(9));
			L_R1(K(10));
			L_R2(K(11));
			L_R3(K(12));
			L_R4(K(13));
			L_R5(K(14));
			L_R6(V_SET(sha256_k[15] + 256));
			w[0] = V_ADD(L_SIG0(w[1]), w[0]);
			L_R7(L_KW(16));
			w[1] = V_ADD(V_ADD(L_SIG0(w[2]), w[1]), V_SET(sha256_sig1(256)));
			L_R0(L_KW(17));
			w[2] = V_ADD(V_ADD(L_SIG0(w[3]), w[2]), L_SIG1(w[0]));
			L_R1(L_KW(18));
			w[3] = V_ADD(V_ADD(L_SIG0(w[4]), w[3]), L_SIG1(w[1]));
			L_R2(L_KW(19));
			w[4] = V_ADD(V_ADD(L_SIG0(w[5]), w[4]), L_SIG1(w[2]));
			L_R3(L_KW(20));
			w[5] = V_ADD(V_ADD(L_SIG0(w[6]), w[5]), L_SIG1(w[3]));
			L_R4(L_KW(21));
			w[6] = V_ADD(V_ADD(L_SIG0(w[7]), w[6]),
				     V_ADD(L_SIG1(w[4]), V_SET(256)));
			L_R5(L_KW(22));
			w[7] = V_ADD(V_ADD(w[0], V_ADD(w[7], V_SET(sha256_sig0(PAD)))),
				     L_SIG1(w[5]));
			L_R6(L_KW(23));
			w[8] = V_ADD(V_ADD(w[1], V_SET(PAD)), L_SIG1(w[6]));
			L_R7(L_KW(24));
			w[9] = V_ADD(w[2], L_SIG1(w[7]));
			L_R0(L_KW(25));
			w[10] = V_ADD(w[3], L_SIG1(w[8]));
			L_R1(L_KW(26));
			w[11] = V_ADD(w[4], L_SIG1(w[9]));
			L_R2(L_KW(27));
			w[12] = V_ADD(w[5], L_SIG1(w[10]));
			L_R3(L_KW(28));
			w[13] = V_ADD(w[6], L_SIG1(w[11]));
			L_R4(L_KW(29));
			w[14] = V_ADD(V_ADD(w[7], V_SET(sha256_sig0(256))),
				      L_SIG1(w[12]));
			L_R5(L_KW(30));
			w[15] = V_ADD(V_ADD(V_ADD(L_SIG0(w[0]), V_SET(256)), w[8]),
				      L_SIG1(w[13]));
			L_R6(L_KW(31));
			L_R7_LAST();
		}
		L_NEXT(48);
		h = V_ADD(h, L_KW(48));
		L_STEP(L_R0, k + 48, 49);
		L_STEP(L_R1, k + 48, 50);
		L_STEP(L_R2, k + 48, 51);
		L_STEP(L_R3, k + 48, 52);
		L_STEP(L_R4, k + 48, 53);
		L_STEP(L_R5, k + 48, 54);
		L_STEP(L_R6, k + 48, 55);
		L_STEP(L_R7, k + 48, 56);
		L_STEP(L_R0, k + 48, 57);
		L_NEXT(58);
		L_ROUND_E(c, d, e, f, g, V_ADD(f, L_KW(58)));
		L_NEXT(59);
		L_ROUND_E(b, c, d, e, f, V_ADD(e, L_KW(59)));
		L_NEXT(60);
		L_ROUND_E(a, b, c, d, e, V_ADD(d, L_KW(60)));
		L_ROUND_E(h, a, b, c, d, c);
		h = V_ADD(h, V_SET(IV[7]));
		h = V_BSWAP(h);
		hit = V_LE_MASK(h, limit);
		if (hit) {
			*mask = hit;
			return n + 1;
		}
	}
	return groups;
}

#undef IV
#undef K
#undef FIRST_T
#undef FIRST_E
#undef FIRST_A
#undef PAD

#endif
