/* SPDX-License-Identifier: MIT */
/* The scripts of a block's transactions, for block.c. */
#ifndef QUARRY_TESTS_VECTORS_BLOCK_SCRIPTS_H
#define QUARRY_TESTS_VECTORS_BLOCK_SCRIPTS_H

#include "tests/vectors/scripts.h"

/* Are all inputs good? `why` says which is not. */
bool vec_tx_scripts(const struct tx *tx, const struct coin *coins,
		    struct consensus_flags flags, char *why, size_t size);
/* A case for each signature in the inputs: with a bit of it changed the input
 * must fail. Changes the transaction's bytes and restores them. */
void vec_tx_flips(struct vec_run *r, const struct tx *tx,
		  const struct coin *coins, struct consensus_flags flags);

#endif
