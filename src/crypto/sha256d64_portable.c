/* SPDX-License-Identifier: MIT */
/* Merkle pairs in plain C: four lanes, which SSE2 and NEON do in registers, and
 * what is left over one by one. */
#include "crypto/sha256_block.h"

#define LANES 4
#include "crypto/lanes_generic.h"
#define LANES_D64 four_lanes
#define LANES_ATTR static
#include "crypto/sha256d64_lanes.h"

void sha256d64_portable(uint8_t *out, const uint8_t *in, size_t n)
{
	size_t done = four_lanes(out, in, n);

	out += 32 * done;
	in += 64 * done;
	for (n -= done; n; n--, in += 64, out += 32) {
		uint32_t s[8], w[16];

		memcpy(s, sha256_iv, sizeof(s));
		for (int i = 0; i < 16; i++)
			w[i] = be32_get(in + 4 * i);
		sha256_compress(s, w);
		sha256_compress_kw(s, sha256_pad64_kw);
		memset(w, 0, sizeof(w));
		memcpy(w, s, sizeof(s));
		w[8] = 0x80000000;
		w[15] = 256;
		memcpy(s, sha256_iv, sizeof(s));
		sha256_compress(s, w);
		for (int i = 0; i < 8; i++)
			be32_put(out + 4 * i, s[i]);
	}
}
