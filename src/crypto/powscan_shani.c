/* SPDX-License-Identifier: MIT */
/*
 * Nonce search with the SHA extensions: two nonces side by side, because one
 * chain of sha256rnds2 uses half of the unit's time. Rounds 0 and 1 are left
 * out, and rounds 62 and 63 of the second hash; the quads of the schedule that
 * do not hold the nonce are made once per call.
 */
#include "crypto/powscan_kernel.h"
#include "crypto/sha256_shani.h"

#ifdef SHA256_HAVE_SHANI
#include "crypto/sha256_block.h"

#define PAD ((int)0x80000000)

struct pair {
	struct shani_state s;
	__m128i m[4];
};

SHANI_INLINE __m128i k4(int t)
{
	return shani_load4(sha256_k + t);
}

/* Rounds t to t + 3 of both, t from 16 on, with the schedule. */
#define QUAD(t)                                                                \
	do {                                                                   \
		x.m[(t) / 4 & 3] =                                             \
			shani_next(x.m[(t) / 4 & 3], x.m[((t) / 4 + 1) & 3],   \
				   x.m[((t) / 4 + 2) & 3],                     \
				   x.m[((t) / 4 + 3) & 3]);                    \
		y.m[(t) / 4 & 3] =                                             \
			shani_next(y.m[(t) / 4 & 3], y.m[((t) / 4 + 1) & 3],   \
				   y.m[((t) / 4 + 2) & 3],                     \
				   y.m[((t) / 4 + 3) & 3]);                    \
		BOTH(_mm_add_epi32(x.m[(t) / 4 & 3], k4(t)),                   \
		     _mm_add_epi32(y.m[(t) / 4 & 3], k4(t)));                  \
	} while (0)
/* Four rounds of both. */
#define BOTH(kx, ky)                                                           \
	do {                                                                   \
		__m128i kx_ = (kx), ky_ = (ky);                                \
		x.s.cdgh = _mm_sha256rnds2_epu32(x.s.cdgh, x.s.abef, kx_);     \
		y.s.cdgh = _mm_sha256rnds2_epu32(y.s.cdgh, y.s.abef, ky_);     \
		kx_ = _mm_shuffle_epi32(kx_, 0x0e);                            \
		ky_ = _mm_shuffle_epi32(ky_, 0x0e);                            \
		x.s.abef = _mm_sha256rnds2_epu32(x.s.abef, x.s.cdgh, kx_);     \
		y.s.abef = _mm_sha256rnds2_epu32(y.s.abef, y.s.cdgh, ky_);     \
	} while (0)

SHANI_TARGET uint32_t powscan_shani(const struct powscan_prep *p, uint32_t first,
				    uint32_t groups, uint32_t *mask)
{
	const struct shani_state mid = shani_load(p->mid), iv = shani_load(sha256_iv);
	const __m128i m0 = _mm_setr_epi32((int)p->w[0], (int)p->w[1], (int)p->w[2], 0);
	const __m128i pad1 = _mm_setr_epi32(PAD, 0, 0, 0);
	const __m128i pad3 = _mm_setr_epi32(0, 0, 0, 640);
	const __m128i kw1 = _mm_add_epi32(k4(4), pad1);
	const __m128i kw3 = _mm_add_epi32(k4(12), pad3);
	const __m128i end1 = _mm_add_epi32(k4(8), pad1);
	const __m128i end3 = _mm_add_epi32(k4(12), _mm_setr_epi32(0, 0, 0, 256));
	struct shani_state two;

	/* The state after rounds 0 and 1: as sha256rnds2 leaves it. */
	two.cdgh = mid.abef;
	two.abef = _mm_sha256rnds2_epu32(mid.cdgh, mid.abef, _mm_add_epi32(m0, k4(0)));

	*mask = 0;
	for (uint32_t n = 0; n < groups; n++, first += 2) {
		struct pair x, y;
		__m128i kx, ky;
		uint32_t hx, hy, hit;

		x.m[0] = _mm_insert_epi32(m0, (int)__builtin_bswap32(first), 3);
		y.m[0] = _mm_insert_epi32(m0, (int)__builtin_bswap32(first + 1), 3);
		x.m[1] = y.m[1] = pad1;
		x.m[2] = y.m[2] = _mm_setzero_si128();
		x.m[3] = y.m[3] = pad3;
		kx = _mm_shuffle_epi32(_mm_add_epi32(x.m[0], k4(0)), 0x0e);
		ky = _mm_shuffle_epi32(_mm_add_epi32(y.m[0], k4(0)), 0x0e);
		x.s.cdgh = y.s.cdgh = two.abef;
		x.s.abef = _mm_sha256rnds2_epu32(two.cdgh, two.abef, kx);
		y.s.abef = _mm_sha256rnds2_epu32(two.cdgh, two.abef, ky);
		BOTH(kw1, kw1);
		BOTH(k4(8), k4(8));
		BOTH(kw3, kw3);
		QUAD(16);
		QUAD(20);
		QUAD(24);
		QUAD(28);
		QUAD(32);
		QUAD(36);
		QUAD(40);
		QUAD(44);
		QUAD(48);
		QUAD(52);
		QUAD(56);
		QUAD(60);
		x.s = shani_add(x.s, mid);
		y.s = shani_add(y.s, mid);

		shani_words(x.s, &x.m[0], &x.m[1]);
		shani_words(y.s, &y.m[0], &y.m[1]);
		x.m[2] = y.m[2] = pad1;
		x.m[3] = y.m[3] = _mm_setr_epi32(0, 0, 0, 256);
		x.s = y.s = iv;
		BOTH(_mm_add_epi32(x.m[0], k4(0)), _mm_add_epi32(y.m[0], k4(0)));
		BOTH(_mm_add_epi32(x.m[1], k4(4)), _mm_add_epi32(y.m[1], k4(4)));
		BOTH(end1, end1);
		BOTH(end3, end3);
		QUAD(16);
		QUAD(20);
		QUAD(24);
		QUAD(28);
		QUAD(32);
		QUAD(36);
		QUAD(40);
		QUAD(44);
		QUAD(48);
		QUAD(52);
		QUAD(56);
		/* Rounds 60 and 61; e after round 60 is f now, h at the end. */
		kx = _mm_add_epi32(shani_next(x.m[3], x.m[0], x.m[1], x.m[2]), k4(60));
		ky = _mm_add_epi32(shani_next(y.m[3], y.m[0], y.m[1], y.m[2]), k4(60));
		x.s.cdgh = _mm_sha256rnds2_epu32(x.s.cdgh, x.s.abef, kx);
		y.s.cdgh = _mm_sha256rnds2_epu32(y.s.cdgh, y.s.abef, ky);
		hx = (uint32_t)_mm_cvtsi128_si32(x.s.cdgh) + sha256_iv[7];
		hy = (uint32_t)_mm_cvtsi128_si32(y.s.cdgh) + sha256_iv[7];
		hit = (uint32_t)(__builtin_bswap32(hx) <= p->limit) |
		      (uint32_t)(__builtin_bswap32(hy) <= p->limit) << 1;
		if (hit) {
			*mask = hit;
			return n + 1;
		}
	}
	return groups;
}
#else
/* Never called: powscan_kernel() offers what cpu_features() allows. */
uint32_t powscan_shani(const struct powscan_prep *p, uint32_t first,
		       uint32_t groups, uint32_t *mask)
{
	return powscan_portable(p, first, groups, mask);
}
#endif
