/* SPDX-License-Identifier: MIT */
/* Chooses the fastest way to hash merkle pairs on this machine. */
#include "crypto/sha256.h"

#include "crypto/cpu.h"
#include "crypto/sha256_block.h"
#include "crypto/sha256_shani.h"

void sha256d64_many(uint8_t *out, const uint8_t *in, size_t n)
{
#ifdef SHA256_HAVE_SHANI
	if (cpu_features() & CPU_SHANI) {
		sha256d64_shani(out, in, n);
		return;
	}
#endif
	sha256d64_portable(out, in, n);
}

const char *sha256d64_name(void)
{
	return cpu_features() & CPU_SHANI ? "sha-ni" : "portable";
}
