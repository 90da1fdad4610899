/* SPDX-License-Identifier: MIT */
/* The hashes that bind scripts to a taproot output (BIP341), for those who make
 * and spend them. */
#ifndef QUARRY_WALLET_TAPTREE_H
#define QUARRY_WALLET_TAPTREE_H

#include "base/bytes.h"

#define TAPTREE_LEAF_TAPSCRIPT 0xc0	/* BIP342's leaf version */
#define TAPTREE_CONTROL_BASE 33		/* version and internal key */
#define TAPTREE_DEPTH_MAX 128

void taptree_leaf_hash(uint8_t out[32], uint8_t version, struct bytes script);
/* Of two nodes, in either order; out may be one of them. */
void taptree_branch(uint8_t out[32], const uint8_t a[32], const uint8_t b[32]);
/* What the internal key is tweaked by; root NULL: there are no scripts. */
void taptree_tweak(uint8_t out[32], const uint8_t internal[32],
		   const uint8_t *root);
/* Whether a script belongs to the output key q by a control block. leaf_hash gets
 * the script's own. */
bool taptree_control_ok(struct bytes control, struct bytes script,
			const uint8_t q[32], uint8_t leaf_hash[32]);

#endif
