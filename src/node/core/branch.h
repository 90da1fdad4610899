/* SPDX-License-Identifier: MIT */
/*
 * The headers of one branch, from its tip downwards, for the rules that look at
 * ancestors. An array of consecutive heights is kept from call to call: a chain
 * of ten thousand headers that arrive one after the other is walked once. Below
 * the array the branch is the active chain and is read by height.
 */
#ifndef QUARRY_NODE_CORE_BRANCH_H
#define QUARRY_NODE_CORE_BRANCH_H

#include "consensus/chain_view.h"
#include "store/store_block.h"

struct branch_link {
	struct blkid id;
	struct header header;
};

struct branch {
	struct branch_link *link;	/* heights low .. low + count - 1 */
	uint32_t low;
	uint32_t count;
	uint32_t room;
	struct db *db;
};

void branch_init(struct branch *b, struct db *db);
void branch_free(struct branch *b);
/* Forgets everything: the database was changed by somebody else. */
void branch_clear(struct branch *b);

/* Makes the branch end at this block, which is in the database. */
NODISCARD enum status branch_set(struct branch *b, const struct block_row *tip);
/* One more block, not necessarily in the database, whose parent is the end. */
NODISCARD enum status branch_push(struct branch *b, const struct blkid *id,
				  const struct header *h);
/* The rules' view of the branch; valid until the next change. */
struct chain_view branch_view(struct branch *b);

#endif
