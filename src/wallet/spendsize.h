/* SPDX-License-Identifier: MIT */
/* How large an input is once it is signed, before anybody signs it. */
#ifndef QUARRY_WALLET_SPENDSIZE_H
#define QUARRY_WALLET_SPENDSIZE_H

#include "wallet/descriptor.h"

struct spend_size {
	uint32_t weight;	/* of the whole input, with its witness */
	bool witness;
};

/* Of script `which` of a descriptor. ECDSA signatures count 71 bytes with their
 * hash type, as with a low R and S; taproot is spent by its key with 64.
 * False: it does not say how it
 * is spent (addr, raw). */
NODISCARD bool spend_size(const struct descriptor *d, unsigned which,
			  struct spend_size *out);
/* The same by an output script alone, for what pays to one key or its hash. */
NODISCARD bool spend_size_of_script(struct bytes script, struct spend_size *out);

#endif
