/* SPDX-License-Identifier: MIT */
/*
 * Blocks whose scripts an import need not run, because the operator names a
 * block that is known to be valid (Bitcoin Core's -assumevalid).
 *
 * The headers of everything to be imported are given first, or are in the database
 * where headers are fetched before blocks. Scripts are skipped
 * for the ancestors of the named block and for itself, and only if it lies on
 * the header chain with the most work, that chain has at least the network's
 * min_chainwork, and two weeks of work at its end's difficulty lie above the
 * block in question: whoever lies about the hash must still have done that work.
 * All other rules are checked as always.
 */
#ifndef QUARRY_NODE_CHAIN_ASSUME_H
#define QUARRY_NODE_CHAIN_ASSUME_H

#include "node/core/node.h"

struct assume;

/* known: the block's id. */
NODISCARD enum status assume_new(struct assume **out, struct node *n,
				 const struct blkid *known);
void assume_free(struct assume *a);
/* One header, in any order; one without its work is passed over. 112 bytes of
 * memory each. */
NODISCARD enum status assume_header(struct assume *a,
				    const uint8_t raw[HEADER_SIZE]);
/* Once, after all headers. *count: blocks that will be spared; *why: what is
 * missing when it is 0, else NULL. */
NODISCARD enum status assume_settle(struct assume *a, uint32_t *count,
				    const char **why);
bool assume_spares(const struct assume *a, const struct blkid *id);

/* More than two weeks of work, at the difficulty of the best block, lie between a
 * block and the best one: of both the work of the chain up to there. */
bool assume_is_deep(const struct node *n, const struct u256 *work,
		    const struct u256 *best_work, uint32_t best_bits);

#endif
