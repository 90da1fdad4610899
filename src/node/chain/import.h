/* SPDX-License-Identifier: MIT */
/*
 * Blocks in bulk. Between begin and end node_accept_block judges as always, but
 * blocks that extend the tip are collected, many to a commit, with their index
 * rows sorted. Whatever was not committed when the process dies is simply not
 * there: running the import again continues.
 */
#ifndef QUARRY_NODE_CHAIN_IMPORT_H
#define QUARRY_NODE_CHAIN_IMPORT_H

#include "node/chain/accept.h"
#include "node/chain/assume.h"

struct import_options {
	size_t group_bytes;	/* raw blocks in one commit; 0: 28 MiB */
	uint32_t group_txs;	/* transactions in one commit; 0: 120,000 */
	const struct assume *assume;	/* settled; NULL: all scripts are run */
};

NODISCARD enum status import_begin(struct node *n, const struct import_options *o);
/* Commits what is open. Scripts run behind the caller's back: when one of an
 * earlier block fails, *bad has that block's verdict (else VALID); the blocks
 * that built on it are gone too. */
NODISCARD enum status import_flush(struct node *n, struct block_result *bad);
NODISCARD enum status import_end(struct node *n, struct block_result *bad);

/* Whether the next block's scripts need not be run (assume.h). */
void import_spare_next(struct node *n, bool spare);

/* For a caller with other things to do, which commits when it sees fit. Sets the
 * group's size so far (raw bytes, transactions; 0 when none is open) and runs
 * scripts that wait, for about budget_ms (0: none); true when none is left, so that
 * import_flush need not wait for them. */
bool import_help(struct node *n, int64_t budget_ms, size_t *bytes, int64_t *txs);

#endif
