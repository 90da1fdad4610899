/* SPDX-License-Identifier: MIT */
/* Where a block or header stands, and the rules for its header: what accept.c and
 * accept_headers.c have in common. In a transaction of the caller. */
#ifndef QUARRY_NODE_CHAIN_ACCEPT_PLACE_H
#define QUARRY_NODE_CHAIN_ACCEPT_PLACE_H

#include "node/core/priv.h"
#include "primitives/verdict.h"
#include "store/store_block.h"

/* Known, or with which parent. */
struct place {
	struct block_row row;	/* known: as stored; else to be filled */
	struct block_row parent;
	bool known;
	bool here;		/* known, with its data */
	bool has_parent;
	bool passed_form;	/* block_check and the header: from here on a refusal
				 * is one of the very data the hash commits to */
};

/* Whether it is known, in the open batch or the database; sets all of at. */
NODISCARD enum status place_self(struct node *n, const struct header *h,
				 const struct blkid *id, struct place *at);
NODISCARD enum status place_parent(struct node *n, const struct header *h,
				   struct place *at);
/* The rules for a header with its parent known; fills the row. */
NODISCARD enum status place_judge(struct node *n, const struct header *h,
				  const struct blkid *id, struct place *at,
				  struct verdict *v);

#endif
