/* SPDX-License-Identifier: MIT */
/* A descriptor with private keys, as one that watches the same scripts. */
#ifndef QUARRY_WALLET_DESCNORM_H
#define QUARRY_WALLET_DESCNORM_H

#include "wallet/descriptor.h"

/* Takes the private keys out of a parsed descriptor: of extended ones the hardened
 * steps are walked and become part of the origin, so that the rest can be derived
 * in public (Bitcoin Core's normalised form). False: a hardened range, which
 * nobody can derive in public; d is then of no use. */
NODISCARD bool desc_normalize(struct descriptor *d, const struct ec *ec);

#endif
