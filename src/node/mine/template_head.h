/* SPDX-License-Identifier: MIT */
/* Parts of a template for a block on any parent: inner parts of template.h. */
#ifndef QUARRY_NODE_MINE_TEMPLATE_HEAD_H
#define QUARRY_NODE_MINE_TEMPLATE_HEAD_H

#include "node/core/priv.h"
#include "node/mine/template.h"

/* Height, subsidy and header of a block on this parent, at this time or the
 * smallest one allowed. Call it in a read transaction. */
NODISCARD enum status template_head(struct node *n,
				    const struct block_row *parent, int64_t time,
				    struct block_template *t);
/* BIP141's commitment to the template's transactions, for a coinbase whose
 * reserved value is zero. */
NODISCARD enum status template_commit(struct block_template *t);

#endif
