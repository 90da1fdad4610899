/* SPDX-License-Identifier: MIT */
/*
 * Chains whose blocks are made in turn by makers that the document names.
 *
 * The document lists n public keys (BIP340, x only) and how many of them sign a
 * block, k. The BIP325 challenge follows from that: a taproot output (BIP341)
 * whose key path nobody can use, because the internal key is the point H of
 * BIP341, with one leaf, the k-of-n script of BIP387's multi_a:
 *
 *	<key 1> OP_CHECKSIG <key 2> OP_CHECKSIGADD ... <k> OP_NUMEQUAL
 *
 * So a solution is an empty script and a witness of n signatures or empty items,
 * that of the last key first, then the leaf and its control block: which makers
 * signed can be read from it. Whose turn it is: consensus/maker_turn.h.
 */
#ifndef QUARRY_PRIMITIVES_MAKER_H
#define QUARRY_PRIMITIVES_MAKER_H

#include "primitives/params.h"

#define MAKER_LEAF_MAX (MAKERS_MAX * 34 + 3)
#define MAKER_CONTROL_SIZE 33
#define MAKER_LEAF_VERSION 0xc0

/* What it takes to satisfy the challenge, but for the signatures. */
struct maker_lock {
	uint8_t leaf[MAKER_LEAF_MAX];
	size_t leaf_len;
	struct hash256 leaf_hash;	/* BIP341's */
	uint8_t control[MAKER_CONTROL_SIZE];
	uint8_t output_key[32];
};

#define MAKER_SIG_SIZE 64

/* The makers' signatures (BIP340) of one block. */
struct maker_sigs {
	uint32_t have;		/* bits */
	uint8_t sig[MAKERS_MAX][MAKER_SIG_SIZE];
};

/* Whether blocks of this network are made in turn. */
static inline bool maker_chain(const struct params *p)
{
	return p->n_makers > 0;
}

/* From p's makers, of which there is one at least. False when their script
 * cannot be committed to, which no choice of keys can bring about on purpose. */
NODISCARD bool maker_lock_make(struct maker_lock *out, const struct params *p);
/* Sets p's challenge by its makers; false as above. */
NODISCARD bool maker_challenge(struct params *p);
/* The maker with this key, or -1. */
int maker_index(const struct params *p, const uint8_t key[32]);

#endif
