/* SPDX-License-Identifier: MIT */
/*
 * The updater of BIP174: puts into a PSBT the coins that its inputs spend, and
 * what descriptors say of scripts and keys, taproot's (BIP371) included.
 */
#ifndef QUARRY_WALLET_PSBT_UPDATE_H
#define QUARRY_WALLET_PSBT_UPDATE_H

#include "wallet/provider.h"
#include "wallet/psbt.h"

/* The transaction that made input at's coin (any serialisation; written without
 * witnesses). False: it is not the one, or no memory. */
NODISCARD bool psbt_set_made(struct psbt *psbt, uint32_t at, struct bytes raw,
			     struct arena *a);
/* The coin itself, for witness programs. False: no memory. */
NODISCARD bool psbt_set_coin(struct psbt *psbt, uint32_t at,
			     const struct txout *coin, struct arena *a);
/* Scripts, keys' origins (where `origins`) and taproot's fields of an input whose
 * coin is known, or of an output. False: no memory. */
NODISCARD bool psbt_update_input(struct psbt *psbt, uint32_t at,
				 const struct provider *p, bool origins,
				 struct arena *a);
NODISCARD bool psbt_update_output(struct psbt *psbt, uint32_t at,
				  const struct provider *p, bool origins,
				  struct arena *a);
/* When all inputs are taproot's, no whole transaction is needed: a signature says
 * what each coin is worth. Drops them. */
void psbt_drop_made(struct psbt *psbt);

#endif
