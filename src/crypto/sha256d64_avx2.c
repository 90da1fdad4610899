/* SPDX-License-Identifier: MIT */
/* Merkle pairs with AVX2, eight at a time. */
#include "crypto/sha256_block.h"

#if defined(__x86_64__)
#include "crypto/lanes_avx2.h"

#define LANES_D64 sha256d64_avx2
#include "crypto/sha256d64_lanes.h"
#else
/* Never of use: cpu_features() says so. */
size_t sha256d64_avx2(uint8_t *out, const uint8_t *in, size_t n)
{
	return 0;
}
#endif
