/* SPDX-License-Identifier: MIT */
/*
 * SHA-256 with the processor's SHA extensions, in pieces: two streams of rounds
 * are run side by side, because one alone waits for the latency of sha256rnds2
 * half of the time.
 *
 * The instructions want the state as two registers, {f e b a} and {h g d c}
 * (lowest word first), and take W + K of two rounds in the low half of a third.
 * Functions that use these carry SHANI_TARGET and are called only when
 * cpu_features() says CPU_SHANI.
 */
#ifndef QUARRY_CRYPTO_SHA256_SHANI_H
#define QUARRY_CRYPTO_SHA256_SHANI_H

#include <stddef.h>
#include <stdint.h>

#if defined(__x86_64__)
#define SHA256_HAVE_SHANI 1
#include <immintrin.h>

#define SHANI_TARGET __attribute__((target("sha,sse4.1,ssse3")))
#define SHANI_INLINE                                                           \
	static inline __attribute__((always_inline, unused)) SHANI_TARGET

/* One stream's state. */
struct shani_state {
	__m128i abef, cdgh;
};

SHANI_INLINE struct shani_state shani_load(const uint32_t s[8])
{
	__m128i lo = _mm_loadu_si128((const __m128i *)(const void *)s);
	__m128i hi = _mm_loadu_si128((const __m128i *)(const void *)(s + 4));
	__m128i cdab = _mm_shuffle_epi32(lo, 0xb1);
	__m128i efgh = _mm_shuffle_epi32(hi, 0x1b);

	return (struct shani_state){_mm_alignr_epi8(cdab, efgh, 8),
				    _mm_blend_epi16(efgh, cdab, 0xf0)};
}

SHANI_INLINE struct shani_state shani_add(struct shani_state a,
					  struct shani_state b)
{
	return (struct shani_state){_mm_add_epi32(a.abef, b.abef),
				    _mm_add_epi32(a.cdgh, b.cdgh)};
}

/* The state as two quads of words in order: {a b c d} and {e f g h}. */
SHANI_INLINE void shani_words(struct shani_state s, __m128i *abcd, __m128i *efgh)
{
	__m128i feba = _mm_shuffle_epi32(s.abef, 0x1b);
	__m128i dchg = _mm_shuffle_epi32(s.cdgh, 0xb1);

	*abcd = _mm_blend_epi16(feba, dchg, 0xf0);
	*efgh = _mm_alignr_epi8(dchg, feba, 8);
}

/* Four rounds; kw holds W + K of each. */
SHANI_INLINE void shani_rounds4(struct shani_state *s, __m128i kw)
{
	s->cdgh = _mm_sha256rnds2_epu32(s->cdgh, s->abef, kw);
	kw = _mm_shuffle_epi32(kw, 0x0e);
	s->abef = _mm_sha256rnds2_epu32(s->abef, s->cdgh, kw);
}

SHANI_INLINE __m128i shani_load4(const uint32_t *p)
{
	return _mm_loadu_si128((const __m128i *)(const void *)p);
}

/* The next four schedule words from the last sixteen, m0 the oldest. */
SHANI_INLINE __m128i shani_next(__m128i m0, __m128i m1, __m128i m2, __m128i m3)
{
	__m128i t = _mm_add_epi32(_mm_sha256msg1_epu32(m0, m1),
				  _mm_alignr_epi8(m3, m2, 4));

	return _mm_sha256msg2_epu32(t, m3);
}

void sha256d64_shani(uint8_t *out, const uint8_t *in, size_t n);
#endif

#endif
