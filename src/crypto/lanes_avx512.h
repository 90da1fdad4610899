/* SPDX-License-Identifier: MIT */
/*
 * The vector operations of sha256_lanes.h with AVX-512F: sixteen lanes; a
 * rotation is one instruction and so is any function of three operands. The
 * immediate of vpternlogd is the truth table: bit 4a + 2b + c is the result for
 * those bits of a, b, c.
 */
#ifndef QUARRY_CRYPTO_LANES_AVX512_H
#define QUARRY_CRYPTO_LANES_AVX512_H

#include <immintrin.h>

#define TABLE_XOR3 0x96
#define TABLE_CH 0xca	/* a ? b : c */
#define TABLE_CH_LAST 0xb8	/* b ? c : a */
#define TABLE_MAJ 0xe8

#define LANES 16
#define V __m512i
#define V_LOAD(p) _mm512_load_si512((const void *)(p))
#define V_STORE(p, a) _mm512_store_si512((void *)(p), a)
#define V_SET(x) _mm512_set1_epi32((int)(x))
#define V_IOTA                                                                 \
	_mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
#define V_ADD(a, b) _mm512_add_epi32(a, b)
#define V_SHR(a, n) _mm512_srli_epi32(a, n)
#define V_ROR(a, n) _mm512_ror_epi32(a, n)
#define V_XOR3(a, b, c) _mm512_ternarylogic_epi32(a, b, c, TABLE_XOR3)
/* The instruction overwrites its first operand: c, which dies here. */
#define V_CH(a, b, c) _mm512_ternarylogic_epi32(c, a, b, TABLE_CH_LAST)
#define V_MAJ(a, b, c) _mm512_ternarylogic_epi32(a, b, c, TABLE_MAJ)
/* Two rotations, and the bytes chosen by a mask: needs no AVX-512BW. */
#define V_BSWAP(a)                                                             \
	_mm512_ternarylogic_epi32(V_SET(0xff00ff00), V_ROR(a, 8), V_ROR(a, 24), \
				  TABLE_CH)
#define V_LE_MASK(a, b) (uint32_t)_mm512_cmple_epu32_mask(a, b)
#define V_NOW(a) __asm__("" : "+v"(a))
#define LANES_ATTR __attribute__((target("avx512f")))

#endif
