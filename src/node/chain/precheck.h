/* SPDX-License-Identifier: MIT */
/* A look at a block before it is handed in. */
#ifndef QUARRY_NODE_CHAIN_PRECHECK_H
#define QUARRY_NODE_CHAIN_PRECHECK_H

#include "node/core/node.h"
#include "primitives/verdict.h"

/* Judges a block whose valid header is known by all rules that need neither
 * coins nor scripts: its form, merkle root and witness commitment, its place.
 * Changes nothing. *next: it builds on the tip. ST_NOT_FOUND: its header is not
 * known. */
NODISCARD enum status node_precheck_block(struct node *n, const void *raw,
					  size_t len, bool *next,
					  struct verdict *v);

#endif
