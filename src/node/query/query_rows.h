/* SPDX-License-Identifier: MIT */
/* Rows of the tables made what query.h and query_full.h give: shared by the files
 * that walk blocks, histories and the pool. What t holds points into the row's bytes
 * and the arena. */
#ifndef QUARRY_NODE_QUERY_QUERY_ROWS_H
#define QUARRY_NODE_QUERY_QUERY_ROWS_H

#include "node/query/query_full.h"
#include "store/store_block.h"
#include "store/store_join.h"

/* Without `next`. */
void block_info_of(const struct block_row *row, struct block_info *out);

/* coins stands before the first input's. */
NODISCARD enum status rows_confirmed(struct full_tx *t,
				     const struct join_tx *row,
				     struct join_cursor *coins,
				     struct arena *a);
/* Reads the coins itself. */
NODISCARD enum status rows_confirmed_one(struct node *n, struct full_tx *t,
					 const struct join_tx *row,
					 struct arena *a);
NODISCARD enum status rows_pool(struct node *n, struct full_tx *t,
				const struct join_pool_tx *row, struct arena *a);
/* Of the whole pool; see pool_rate. */
double rows_rate(const struct join_rate *r);

#endif
