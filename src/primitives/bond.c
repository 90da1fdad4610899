/* SPDX-License-Identifier: MIT */
/* See bond.h. */
#include "primitives/bond.h"

#include "crypto/ec.h"
#include "crypto/sha256.h"
#include "primitives/script.h"

#define LEAF_VERSION 0xc0

/* BIP341: H = lift_x of the SHA-256 of the generator's uncompressed form. */
static const uint8_t no_secret[32] = {
	0x50, 0x92, 0x9b, 0x74, 0xc1, 0xa0, 0x49, 0x54, 0xb7, 0x8b, 0x4b, 0x60,
	0x35, 0xe9, 0x7a, 0x5e, 0x07, 0x8a, 0x5a, 0x0f, 0x28, 0xec, 0x96, 0xd5,
	0x47, 0xbf, 0xee, 0x9a, 0xce, 0x80, 0x3a, 0xc0,
};
static const uint8_t register_mark[4] = {'Q', 'F', 'B', '1'};

size_t bond_leaf(uint8_t out[BOND_LEAF_MAX], const uint8_t owner[32],
		 uint32_t lock)
{
	uint8_t number[9];
	size_t at = 33, n = script_num_put(number, lock);

	out[0] = 32;
	memcpy(out + 1, owner, 32);
	out[at++] = OP_CHECKSIGVERIFY;
	if (lock <= 16) {
		out[at++] = (uint8_t)(OP_1 + lock - 1);
	} else {
		out[at++] = (uint8_t)n;
		memcpy(out + at, number, n);
		at += n;
	}
	out[at++] = OP_CHECKSEQUENCEVERIFY;
	return at;
}

bool bond_script(uint8_t out[BOND_OUTPUT_SCRIPT], uint8_t control[33],
		 const uint8_t owner[32], uint32_t lock)
{
	uint8_t leaf[BOND_LEAF_MAX], hash[32];
	uint8_t head[2] = {LEAF_VERSION, (uint8_t)bond_leaf(leaf, owner, lock)};
	struct sha256_ctx c;
	int parity;

	if (!ec_xonly_ok(owner))
		return false;
	sha256_tagged_init(&c, "TapLeaf");
	sha256_add(&c, head, sizeof(head));
	sha256_add(&c, leaf, head[1]);
	sha256_done(&c, hash);
	sha256_tagged_init(&c, "TapTweak");
	sha256_add(&c, no_secret, 32);
	sha256_add(&c, hash, 32);
	sha256_done(&c, hash);
	out[0] = OP_1;
	out[1] = 32;
	if (!ec_xonly_tweak_add(out + 2, &parity, no_secret, hash))
		return false;
	if (control) {
		control[0] = (uint8_t)(LEAF_VERSION | parity);
		memcpy(control + 1, no_secret, 32);
	}
	return true;
}

void bond_register_write(uint8_t out[BOND_REGISTER_SCRIPT],
			 const struct bond_keys *k)
{
	out[0] = OP_RETURN;
	out[1] = BOND_DATA;
	memcpy(out + 2, register_mark, 4);
	memcpy(out + 6, k->validator, 32);
	memcpy(out + 38, k->owner, 32);
}

bool bond_register_read(struct bond_keys *k, struct bytes script)
{
	if (script.len != BOND_REGISTER_SCRIPT || script.p[0] != OP_RETURN ||
	    script.p[1] != BOND_DATA ||
	    memcmp(script.p + 2, register_mark, 4) != 0)
		return false;
	memcpy(k->validator, script.p + 6, 32);
	memcpy(k->owner, script.p + 38, 32);
	return ec_xonly_ok(k->validator) && ec_xonly_ok(k->owner);
}
