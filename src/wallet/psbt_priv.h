/* SPDX-License-Identifier: MIT */
/* What reading and writing of PSBTs share: psbt.h's own. */
#ifndef QUARRY_WALLET_PSBT_PRIV_H
#define QUARRY_WALLET_PSBT_PRIV_H

#include "wallet/psbt.h"

#define PSBT_MAGIC "psbt\xff"
#define PSBT_MAGIC_LEN 5

/* What is wrong with the form of a pair whose type is known; NULL: nothing. */
const char *psbt_check(enum psbt_place at, const struct psbt_pair *p);
/* Its place among the types. */
uint32_t psbt_rank(enum psbt_place at, uint64_t type);
/* A length and as many bytes. */
struct bytes psbt_read_bytes(struct reader *r);
/* Adds all pairs of `from` whose keys `into` does not have. False: no memory. */
bool psbt_map_combine(struct psbt_map *into, const struct psbt_map *from,
		      struct arena *a);

#endif
