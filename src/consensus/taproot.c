/* SPDX-License-Identifier: MIT */
#include "consensus/taproot.h"

#include "crypto/ec.h"
#include "crypto/sha256.h"
#include "primitives/compactsize.h"

bool taproot_control_size_ok(size_t len)
{
	return len >= TAPROOT_CONTROL_BASE &&
	       len <= TAPROOT_CONTROL_BASE +
			      TAPROOT_NODES_MAX * TAPROOT_CONTROL_NODE &&
	       (len - TAPROOT_CONTROL_BASE) % TAPROOT_CONTROL_NODE == 0;
}

void taproot_leaf_hash(struct hash256 *out, uint8_t version,
		       struct bytes script)
{
	struct sha256_ctx h;
	uint8_t b[1 + 9];

	b[0] = version;
	sha256_tagged_init(&h, "TapLeaf");
	sha256_add(&h, b, 1 + compactsize_put(b + 1, script.len));
	sha256_add(&h, script.p, script.len);
	sha256_done(&h, out->b);
}

bool taproot_commits(struct bytes program, struct bytes control,
		     const struct hash256 *leaf)
{
	struct hash256 k = *leaf;
	struct sha256_ctx h;
	uint8_t tweak[32];

	for (size_t at = TAPROOT_CONTROL_BASE; at < control.len;
	     at += TAPROOT_CONTROL_NODE) {
		const uint8_t *node = control.p + at;
		bool first = memcmp(k.b, node, 32) < 0;

		sha256_tagged_init(&h, "TapBranch");
		sha256_add(&h, first ? k.b : node, 32);
		sha256_add(&h, first ? node : k.b, 32);
		sha256_done(&h, k.b);
	}
	sha256_tagged_init(&h, "TapTweak");
	sha256_add(&h, control.p + 1, 32);
	sha256_add(&h, k.b, 32);
	sha256_done(&h, tweak);
	return ec_xonly_tweak_check(program.p, control.p[0] & 1, control.p + 1,
				    tweak);
}
