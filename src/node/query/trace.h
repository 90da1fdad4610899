/* SPDX-License-Identifier: MIT */
/* The scripts of one input, run step by step for people to read. */
#ifndef QUARRY_NODE_QUERY_TRACE_H
#define QUARRY_NODE_QUERY_TRACE_H

#include "node/core/node.h"
#include "primitives/tx.h"

/* What an input spends, where the database does not know it. */
struct trace_prevout {
	bool given;
	int64_t value;
	struct bytes script;
};

struct trace_line {
	const char *stage;	/* "scriptSig", "witnessScript", ... */
	int32_t index;		/* of the operation; -1: the script has ended */
	const char *op;		/* "OP_DUP", a push's data in hex; "" at an end */
	bool skipped;		/* in a branch that is not taken */
	const char *stack;	/* before the operation, or at the end: bottom first */
};

struct trace_result {
	bool good;
	char error[120];	/* Bitcoin Core's text; "" when good */
	uint32_t missing;	/* the first input whose coin is not known; n_in:
				 * none. Where the traced script needs it, nothing
				 * was run: ST_NOT_FOUND. */
};

/* Runs input `at` of tx. prevout has tx->n_in entries, the rest comes from the
 * database (spent outputs too); node may be NULL when all are given. Rules are
 * those of the block that holds the transaction, else of the next block; policy:
 * the relay rules as well. fn is called for each step; what it gets is valid
 * during the call. */
NODISCARD enum status node_trace_input(struct node *n, const struct tx *tx,
				       uint32_t at,
				       const struct trace_prevout *prevout,
				       bool policy,
				       void (*fn)(void *arg,
						  const struct trace_line *line),
				       void *arg, struct trace_result *out);

#endif
