/* SPDX-License-Identifier: MIT */
/* The vector operations of sha256_lanes.h with AVX2: eight lanes. */
#ifndef QUARRY_CRYPTO_LANES_AVX2_H
#define QUARRY_CRYPTO_LANES_AVX2_H

#include <immintrin.h>

#define LANES 8
#define V __m256i
#define V_LOAD(p) _mm256_load_si256((const __m256i *)(const void *)(p))
#define V_STORE(p, a) _mm256_store_si256((__m256i *)(void *)(p), a)
#define V_SET(x) _mm256_set1_epi32((int)(x))
#define V_IOTA _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7)
#define V_ADD(a, b) _mm256_add_epi32(a, b)
#define V_SHR(a, n) _mm256_srli_epi32(a, n)
#define V_ROR(a, n)                                                            \
	_mm256_or_si256(_mm256_srli_epi32(a, n), _mm256_slli_epi32(a, 32 - (n)))
#define V_XOR3(a, b, c) _mm256_xor_si256(_mm256_xor_si256(a, b), c)
#define V_CH(a, b, c)                                                          \
	_mm256_xor_si256(c, _mm256_and_si256(a, _mm256_xor_si256(b, c)))
#define V_MAJ(a, b, c)                                                         \
	_mm256_or_si256(_mm256_and_si256(a, b),                                \
			_mm256_and_si256(c, _mm256_or_si256(a, b)))
#define V_BSWAP(a)                                                             \
	_mm256_shuffle_epi8(a, _mm256_broadcastsi128_si256(_mm_setr_epi8(      \
				       3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8,   \
				       15, 14, 13, 12)))
#define V_LE_MASK(a, b)                                                        \
	(uint32_t)_mm256_movemask_ps(_mm256_castsi256_ps(                      \
		_mm256_cmpeq_epi32(_mm256_min_epu32(a, b), a)))
#define LANES_ATTR __attribute__((target("avx2")))

#endif
