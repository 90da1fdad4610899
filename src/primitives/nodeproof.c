/* SPDX-License-Identifier: MIT */
/* See nodeproof.h. */
#include "primitives/nodeproof.h"

#include <string.h>

#include "crypto/sha256.h"

/* Length of the host before ":port"; an IPv6 address ends at its bracket. */
static size_t host_len(const char *host)
{
	const char *end = host[0] == '[' ? strchr(host, ']') : NULL;

	return end ? (size_t)(end + 1 - host) : strcspn(host, ":");
}

void nodeproof_digest(uint8_t out[32], const struct blkid *genesis,
		      const uint8_t challenge[NODEPROOF_CHALLENGE_SIZE],
		      const char *host)
{
	size_t n = host_len(host);
	struct sha256_ctx c;

	sha256_tagged_init(&c, "quarry/node");
	sha256_add(&c, genesis->h.b, sizeof(genesis->h.b));
	sha256_add(&c, challenge, NODEPROOF_CHALLENGE_SIZE);
	for (size_t i = 0; i < n; i++) {
		uint8_t b = (uint8_t)host[i];

		if (b >= 'A' && b <= 'Z')
			b = (uint8_t)(b - 'A' + 'a');
		sha256_add(&c, &b, 1);
	}
	sha256_done(&c, out);
}
