/* SPDX-License-Identifier: MIT */
/* Basic filters (BIP158) of the blocks of a batch: the inner parts of filter.h. */
#ifndef QUARRY_NODE_CHAIN_FILTER_INDEX_H
#define QUARRY_NODE_CHAIN_FILTER_INDEX_H

#include "node/chain/batch.h"
#include "store/store_filter.h"

/* The filter of a block whose inputs have been found. */
NODISCARD enum status filter_index_make(struct plan *p, struct buf *out);
/* Before the write transaction of a batch: makes what filter_index_write will
 * want, so that no lock is held meanwhile. */
NODISCARD enum status filter_index_prepare(struct batch *b);
/* Inside it, when the block's row is there: the filter's row, when the parent has
 * one. */
NODISCARD enum status filter_index_write(struct db *db, struct plan *p);
/* Completes and stores a row whose block and filter are set. prev_id: the
 * parent's block.id, 0: none. ST_NOT_FOUND: the parent has no filter. */
NODISCARD enum status filter_index_put(struct db *db, struct filter_row *row,
				       int64_t prev_id);
/* Whether the rows of this block and its parent fit; *fault is a phrase when
 * they do not, else NULL. */
NODISCARD enum status filter_index_check(struct db *db, struct plan *p,
					 const char **fault);

#endif
