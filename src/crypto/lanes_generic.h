/* SPDX-License-Identifier: MIT */
/*
 * The vector operations of sha256_lanes.h in the compiler's own vectors, which
 * it lowers to whatever the target has. LANES is set by the including file.
 */
#ifndef QUARRY_CRYPTO_LANES_GENERIC_H
#define QUARRY_CRYPTO_LANES_GENERIC_H

#include <stdint.h>
#include <string.h>

typedef uint32_t generic_v __attribute__((vector_size(4 * LANES)));

#define V generic_v
#define V_LOAD(p) (*(const generic_v *)(const void *)(p))
#define V_STORE(p, a) (*(generic_v *)(void *)(p) = (a))
#define V_SET(x) ((generic_v){0} + (uint32_t)(x))
#define V_ADD(a, b) ((a) + (b))
#define V_ROR(a, n) ((a) >> (n) | (a) << (32 - (n)))
#define V_SHR(a, n) ((a) >> (n))
#define V_XOR3(a, b, c) ((a) ^ (b) ^ (c))
#define V_CH(a, b, c) ((c) ^ ((a) & ((b) ^ (c))))
#define V_MAJ(a, b, c) (((a) & (b)) | ((c) & ((a) | (b))))
#define V_BSWAP(a)                                                             \
	((V_ROR(a, 8) & 0xff00ff00u) | (V_ROR(a, 24) & 0x00ff00ffu))
#define V_LE_MASK(a, b) generic_mask((const uint32_t *)&(a), (const uint32_t *)&(b))

static inline uint32_t generic_mask(const uint32_t *a, const uint32_t *b)
{
	uint32_t mask = 0;

	for (unsigned i = 0; i < LANES; i++)
		mask |= (uint32_t)(a[i] <= b[i]) << i;
	return mask;
}

#endif
