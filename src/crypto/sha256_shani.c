/* SPDX-License-Identifier: MIT */
/* Merkle pairs with the SHA extensions, two at a time. */
#include "crypto/sha256_shani.h"

#ifdef SHA256_HAVE_SHANI
#include "base/bytes.h"
#include "crypto/sha256_block.h"

/* One block for each of two streams; m[i] are the message's four quads. */
SHANI_INLINE void compress2(struct shani_state *a, struct shani_state *b,
			    __m128i ma[4], __m128i mb[4])
{
	struct shani_state a0 = *a, b0 = *b;

#pragma GCC unroll 16
	for (int q = 0; q < 16; q++) {
		__m128i k = shani_load4(sha256_k + 4 * q);

		if (q >= 4) {
			ma[q & 3] = shani_next(ma[q & 3], ma[(q + 1) & 3],
					       ma[(q + 2) & 3], ma[(q + 3) & 3]);
			mb[q & 3] = shani_next(mb[q & 3], mb[(q + 1) & 3],
					       mb[(q + 2) & 3], mb[(q + 3) & 3]);
		}
		shani_rounds4(a, _mm_add_epi32(ma[q & 3], k));
		shani_rounds4(b, _mm_add_epi32(mb[q & 3], k));
	}
	*a = shani_add(*a, a0);
	*b = shani_add(*b, b0);
}

SHANI_TARGET static void double2(uint8_t *out_a, uint8_t *out_b,
				 const uint8_t *in_a, const uint8_t *in_b)
{
	const __m128i swap = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
	struct shani_state a = shani_load(sha256_iv), b = a, a0, b0;
	__m128i ma[4], mb[4];

	for (int i = 0; i < 4; i++) {
		ma[i] = _mm_loadu_si128((const __m128i *)(const void *)(in_a + 16 * i));
		mb[i] = _mm_loadu_si128((const __m128i *)(const void *)(in_b + 16 * i));
		ma[i] = _mm_shuffle_epi8(ma[i], swap);
		mb[i] = _mm_shuffle_epi8(mb[i], swap);
	}
	compress2(&a, &b, ma, mb);
	a0 = a;
	b0 = b;
	for (int q = 0; q < 16; q++) {
		__m128i kw = shani_load4(sha256_pad64_kw + 4 * q);

		shani_rounds4(&a, kw);
		shani_rounds4(&b, kw);
	}
	a = shani_add(a, a0);
	b = shani_add(b, b0);
	shani_words(a, &ma[0], &ma[1]);
	shani_words(b, &mb[0], &mb[1]);
	ma[2] = mb[2] = _mm_set_epi32(0, 0, 0, (int)0x80000000);
	ma[3] = mb[3] = _mm_set_epi32(256, 0, 0, 0);
	a = b = shani_load(sha256_iv);
	compress2(&a, &b, ma, mb);
	shani_words(a, &ma[0], &ma[1]);
	shani_words(b, &mb[0], &mb[1]);
	for (int i = 0; i < 2; i++) {
		_mm_storeu_si128((__m128i *)(void *)(out_a + 16 * i),
				 _mm_shuffle_epi8(ma[i], swap));
		_mm_storeu_si128((__m128i *)(void *)(out_b + 16 * i),
				 _mm_shuffle_epi8(mb[i], swap));
	}
}

SHANI_TARGET void sha256d64_shani(uint8_t *out, const uint8_t *in, size_t n)
{
	for (; n >= 2; n -= 2, in += 128, out += 64)
		double2(out, out + 32, in, in + 64);
	if (n)
		double2(out, out, in, in);
}
#endif
