/* SPDX-License-Identifier: MIT */
/*
 * Nonce search with AVX-512F: sixteen lanes, a rotation is one instruction and
 * so is any function of three operands. The immediate of vpternlogd is the
 * truth table: bit 4a + 2b + c is the result for those bits of a, b, c.
 */
#include "crypto/powscan_kernel.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define TABLE_XOR3 0x96
#define TABLE_CH 0xca	/* a ? b : c */
#define TABLE_MAJ 0xe8

#define LANES 16
#define V __m512i
#define V_SET(x) _mm512_set1_epi32((int)(x))
#define V_IOTA                                                                 \
	_mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
#define V_ADD(a, b) _mm512_add_epi32(a, b)
#define V_SHR(a, n) _mm512_srli_epi32(a, n)
#define V_ROR(a, n) _mm512_ror_epi32(a, n)
#define V_XOR3(a, b, c) _mm512_ternarylogic_epi32(a, b, c, TABLE_XOR3)
#define V_CH(a, b, c) _mm512_ternarylogic_epi32(a, b, c, TABLE_CH)
#define V_MAJ(a, b, c) _mm512_ternarylogic_epi32(a, b, c, TABLE_MAJ)
/* Two rotations, and the bytes chosen by a mask: needs no AVX-512BW. */
#define V_BSWAP(a)                                                             \
	_mm512_ternarylogic_epi32(V_SET(0xff00ff00), V_ROR(a, 8), V_ROR(a, 24), \
				  TABLE_CH)
#define V_LE_MASK(a, b) (uint32_t)_mm512_cmple_epu32_mask(a, b)
#define LANES_RUN powscan_avx512
#define LANES_ATTR __attribute__((target("avx512f")))
#include "crypto/powscan_lanes.h"
#else
/* Never called: powscan_kernel() offers what cpu_features() allows. */
uint32_t powscan_avx512(const struct powscan_prep *p, uint32_t first,
			uint32_t groups, uint32_t *mask)
{
	return powscan_portable(p, first, groups, mask);
}
#endif
