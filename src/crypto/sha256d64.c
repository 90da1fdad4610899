/* SPDX-License-Identifier: MIT */
/* Chooses the fastest way to hash merkle pairs on this machine. */
#include "crypto/sha256.h"

#include "crypto/cpu.h"
#include "crypto/sha256_block.h"
#include "crypto/sha256_shani.h"

/* The fastest that is here takes what fills its vectors, the next the rest. */
void sha256d64_many(uint8_t *out, const uint8_t *in, size_t n)
{
	unsigned have = cpu_features();
	size_t done = 0;

	if (have & CPU_AVX512)
		done = sha256d64_avx512(out, in, n);
	else if ((have & CPU_AVX2) && !(have & CPU_SHANI))
		done = sha256d64_avx2(out, in, n);
	out += 32 * done;
	in += 64 * done;
	n -= done;
#ifdef SHA256_HAVE_SHANI
	if (have & CPU_SHANI) {
		sha256d64_shani(out, in, n);
		return;
	}
#endif
	sha256d64_portable(out, in, n);
}
