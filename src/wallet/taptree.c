/* SPDX-License-Identifier: MIT */
#include "wallet/taptree.h"

#include "crypto/ec.h"
#include "crypto/sha256.h"
#include "primitives/compactsize.h"

void taptree_leaf_hash(uint8_t out[32], uint8_t version, struct bytes script)
{
	struct sha256_ctx c;
	uint8_t size[9];

	sha256_tagged_init(&c, "TapLeaf");
	sha256_add(&c, &version, 1);
	sha256_add(&c, size, compactsize_put(size, script.len));
	sha256_add(&c, script.p, script.len);
	sha256_done(&c, out);
}

void taptree_branch(uint8_t out[32], const uint8_t a[32], const uint8_t b[32])
{
	bool swap = memcmp(a, b, 32) > 0;
	struct sha256_ctx c;

	sha256_tagged_init(&c, "TapBranch");
	sha256_add(&c, swap ? b : a, 32);
	sha256_add(&c, swap ? a : b, 32);
	sha256_done(&c, out);
}

void taptree_tweak(uint8_t out[32], const uint8_t internal[32],
		   const uint8_t *root)
{
	struct sha256_ctx c;

	sha256_tagged_init(&c, "TapTweak");
	sha256_add(&c, internal, 32);
	if (root)
		sha256_add(&c, root, 32);
	sha256_done(&c, out);
}

bool taptree_control_ok(struct bytes control, struct bytes script,
			const uint8_t q[32], uint8_t leaf_hash[32])
{
	uint8_t node[32], tweak[32];

	if (control.len < TAPTREE_CONTROL_BASE ||
	    (control.len - TAPTREE_CONTROL_BASE) % 32 ||
	    (control.len - TAPTREE_CONTROL_BASE) / 32 > TAPTREE_DEPTH_MAX)
		return false;
	taptree_leaf_hash(leaf_hash, control.p[0] & 0xfe, script);
	memcpy(node, leaf_hash, 32);
	for (size_t i = TAPTREE_CONTROL_BASE; i < control.len; i += 32)
		taptree_branch(node, node, control.p + i);
	taptree_tweak(tweak, control.p + 1, node);
	return ec_xonly_tweak_check(q, control.p[0] & 1, control.p + 1, tweak);
}
