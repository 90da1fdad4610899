/* SPDX-License-Identifier: MIT */
/* Nonce search with AVX2: eight lanes. */
#include "crypto/powscan_kernel.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define LANES 8
#define V __m256i
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
#define LANES_RUN powscan_avx2
#define LANES_ATTR __attribute__((target("avx2")))
#include "crypto/powscan_lanes.h"
#else
/* Never called: powscan_kernel() offers what cpu_features() allows. */
uint32_t powscan_avx2(const struct powscan_prep *p, uint32_t first,
		      uint32_t groups, uint32_t *mask)
{
	return powscan_portable(p, first, groups, mask);
}
#endif
