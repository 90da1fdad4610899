/* SPDX-License-Identifier: MIT */
/* What a descriptor tells a PSBT about an input or output that is its: the scripts
 * behind hashes, and where keys come from (the updater of BIP174 and BIP371). */
#ifndef QUARRY_WALLET_DESCPSBT_H
#define QUARRY_WALLET_DESCPSBT_H

#include "wallet/descriptor.h"
#include "wallet/psbt.h"

/* Adds it to the map at `place`, for script `which` at an index. paths: where keys
 * come from, too. False: no memory, or a key cannot be derived. */
NODISCARD bool desc_fill_psbt(const struct descriptor *d, const struct ec *ec,
			      uint32_t index, unsigned which, bool paths,
			      struct psbt_map *map, enum psbt_place place,
			      struct arena *a);
/* Whether what it pays to is spent with a witness. */
bool desc_is_witness(const struct descriptor *d, unsigned which);

#endif
