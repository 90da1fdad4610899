/* SPDX-License-Identifier: MIT */
/*
 * Bonds: coins locked so that a validator's vote counts (see
 * consensus/finality.README).
 *
 * A bond is an output to taproot whose internal key is BIP341's point without a
 * known secret (so that no key path exists) and whose one leaf is
 * <owner> OP_CHECKSIGVERIFY <lock> OP_CHECKSEQUENCEVERIFY, the Miniscript
 * and_v(v:pk(owner),older(lock)). Another output of the same transaction registers
 * it: OP_RETURN and one push of "QFB1", the validator's key and the owner's key.
 */
#ifndef QUARRY_PRIMITIVES_BOND_H
#define QUARRY_PRIMITIVES_BOND_H

#include "base/bytes.h"

#define BOND_DATA (4 + 32 + 32)
#define BOND_REGISTER_SCRIPT (2 + BOND_DATA)
#define BOND_LEAF_MAX (33 + 1 + 4 + 1)
#define BOND_OUTPUT_SCRIPT 34

struct bond_keys {
	uint8_t validator[32];	/* x-only: votes */
	uint8_t owner[32];	/* x-only: has the coins when the lock is over */
};

/* lock: blocks, 1 to 65535. Returns the leaf's length. */
size_t bond_leaf(uint8_t out[BOND_LEAF_MAX], const uint8_t owner[32],
		 uint32_t lock);
/* The output's script, and the control block that spends it by its leaf (33
 * bytes; may be NULL). False when owner is no key. */
bool bond_script(uint8_t out[BOND_OUTPUT_SCRIPT], uint8_t control[33],
		 const uint8_t owner[32], uint32_t lock);
void bond_register_write(uint8_t out[BOND_REGISTER_SCRIPT],
			 const struct bond_keys *k);
/* False when the script registers none. */
bool bond_register_read(struct bond_keys *k, struct bytes script);

#endif
