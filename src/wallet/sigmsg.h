/* SPDX-License-Identifier: MIT */
/*
 * What a signature signs, with every hash type, for those who sign: the original
 * digest, BIP143's, and BIP341's for a key path or a script. As digest.h an implementation of
 * its own, apart from the one in consensus/ that judges.
 */
#ifndef QUARRY_WALLET_SIGMSG_H
#define QUARRY_WALLET_SIGMSG_H

#include "primitives/tx.h"

enum {
	SIGMSG_DEFAULT = 0,	/* taproot: as ALL; elsewhere not valid */
	SIGMSG_ALL = 1,
	SIGMSG_NONE = 2,
	SIGMSG_SINGLE = 3,
	SIGMSG_ANYONECANPAY = 0x80,
};

/* A transaction and what all its inputs share; neither signature scripts nor
 * witnesses matter. */
struct sigmsg {
	const struct tx *tx;
	const struct txout *spent;	/* n_in; script.p NULL: not known */
	bool all_known;
	uint8_t prevouts[32], sequences[32], outputs[32];
	uint8_t amounts[32], scripts[32];	/* when all are known */
};

/* tx and spent must outlive m. */
void sigmsg_init(struct sigmsg *m, const struct tx *tx,
		 const struct txout *spent);
/* script: the script code, without OP_CODESEPARATOR. type is a signature's last
 * byte. */
void sigmsg_legacy(uint8_t out[32], const struct sigmsg *m, uint32_t at,
		   struct bytes script, uint8_t type);
/* The amount is that of spent[at]. */
void sigmsg_v0(uint8_t out[32], const struct sigmsg *m, uint32_t at,
	       struct bytes script, uint8_t type);
/* False: a coin is not known, or the type signs an output that is not there. */
NODISCARD bool sigmsg_taproot(uint8_t out[32], const struct sigmsg *m,
			      uint32_t at, uint8_t type);
/* The same for a script of a tree (BIP342) without OP_CODESEPARATOR. */
NODISCARD bool sigmsg_tapscript(uint8_t out[32], const struct sigmsg *m,
				uint32_t at, uint8_t type,
				const uint8_t leaf_hash[32]);

#endif
