/* SPDX-License-Identifier: MIT */
/* See maker.h. Works in fixed arrays: parameters are read without memory. */
#include "primitives/maker.h"

#include "base/bug.h"
#include "crypto/ec.h"
#include "crypto/sha256.h"
#include "primitives/compactsize.h"
#include "primitives/script.h"

/* BIP341's H: the x coordinate of a point whose discrete logarithm nobody
 * knows, since it is the hash of the generator. */
static const uint8_t nobody[32] = {
	0x50, 0x92, 0x9b, 0x74, 0xc1, 0xa0, 0x49, 0x54, 0xb7, 0x8b, 0x4b,
	0x60, 0x35, 0xe9, 0x7a, 0x5e, 0x07, 0x8a, 0x5a, 0x0f, 0x28, 0xec,
	0x96, 0xd5, 0x47, 0xbf, 0xee, 0x9a, 0xce, 0x80, 0x3a, 0xc0,
};

static void make_leaf(struct maker_lock *l, const struct params *p)
{
	uint8_t *at = l->leaf;

	for (unsigned i = 0; i < p->n_makers; i++) {
		*at++ = 32;
		memcpy(at, p->maker[i], 32);
		at += 32;
		*at++ = i ? OP_CHECKSIGADD : OP_CHECKSIG;
	}
	if (p->makers_needed > 16) {
		*at++ = 1;
		*at++ = p->makers_needed;
	} else {
		*at++ = (uint8_t)(OP_1 + p->makers_needed - 1);
	}
	*at++ = OP_NUMEQUAL;
	l->leaf_len = (size_t)(at - l->leaf);
}

static void hash_leaf(struct maker_lock *l)
{
	struct sha256_ctx h;
	uint8_t b[1 + 9];

	b[0] = MAKER_LEAF_VERSION;
	sha256_tagged_init(&h, "TapLeaf");
	sha256_add(&h, b, 1 + compactsize_put(b + 1, l->leaf_len));
	sha256_add(&h, l->leaf, l->leaf_len);
	sha256_done(&h, l->leaf_hash.b);
}

bool maker_lock_make(struct maker_lock *out, const struct params *p)
{
	struct sha256_ctx h;
	uint8_t tweak[32];
	int parity;

	BUG_ON(p->n_makers == 0 || p->n_makers > MAKERS_MAX ||
	       p->makers_needed == 0 || p->makers_needed > p->n_makers);
	make_leaf(out, p);
	hash_leaf(out);
	sha256_tagged_init(&h, "TapTweak");
	sha256_add(&h, nobody, sizeof(nobody));
	sha256_add(&h, out->leaf_hash.b, 32);
	sha256_done(&h, tweak);
	if (!ec_xonly_tweak_add(out->output_key, &parity, nobody, tweak))
		return false;
	out->control[0] = (uint8_t)(MAKER_LEAF_VERSION | parity);
	memcpy(out->control + 1, nobody, sizeof(nobody));
	return true;
}

bool maker_challenge(struct params *p)
{
	struct maker_lock l;

	if (!maker_lock_make(&l, p))
		return false;
	p->signet_challenge[0] = OP_1;
	p->signet_challenge[1] = 32;
	memcpy(p->signet_challenge + 2, l.output_key, 32);
	p->signet_challenge_len = 34;
	return true;
}

int maker_index(const struct params *p, const uint8_t key[32])
{
	for (unsigned i = 0; i < p->n_makers; i++)
		if (memcmp(p->maker[i], key, 32) == 0)
			return (int)i;
	return -1;
}
