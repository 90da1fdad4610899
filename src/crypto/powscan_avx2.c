/* SPDX-License-Identifier: MIT */
/* Nonce search with AVX2: eight lanes. */
#include "crypto/powscan_kernel.h"

#if defined(__x86_64__)
#include "crypto/lanes_avx2.h"

#define LANES_RUN powscan_avx2
#include "crypto/powscan_lanes.h"
#else
/* Never called: powscan_kernel() offers what cpu_features() allows. */
uint32_t powscan_avx2(const struct powscan_prep *p, uint32_t first,
		      uint32_t groups, uint32_t *mask)
{
	return powscan_portable(p, first, groups, mask);
}
#endif
