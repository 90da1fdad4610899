/* SPDX-License-Identifier: MIT */
/* The open batch of an import, as accept.c uses it. */
#ifndef QUARRY_NODE_CHAIN_BULK_H
#define QUARRY_NODE_CHAIN_BULK_H

#include "node/chain/batch.h"
#include "node/chain/import.h"

struct bulk {
	struct batch batch;	/* its snapshot is open while has_batch */
	struct import_options opt;
	bool has_batch;
	bool spare_next;	/* the scripts of the block that comes */
	struct block_result bad; /* found by a commit nobody asked about */
};

/* import_flush, leaving `bad` to the caller. */
NODISCARD enum status bulk_flush(struct node *n, struct block_result *bad);
/* Opens the batch when none is open. */
NODISCARD enum status bulk_open(struct node *n);
/* Adds a block that builds on the batch's tip; takes over p. Commits when the
 * group is full; out->verdict is this block's, unless that commit found a script
 * failure, which is then what out says. */
NODISCARD enum status bulk_connect(struct node *n, struct plan *p,
				   const struct block_row *row,
				   struct block_result *out);

#endif
