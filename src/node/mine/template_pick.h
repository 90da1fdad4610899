/* SPDX-License-Identifier: MIT */
/*
 * Which transactions of the pool go into a block, and in which order.
 *
 * The unit is a transaction with those of its ancestors that are not in the
 * block yet. The package with the best fee rate is taken (a transaction that pays
 * less than its package ranks by its own rate), then whatever descends from it
 * has a smaller package and is ranked anew. Data in, data out: no tables here.
 */
#ifndef QUARRY_NODE_MINE_TEMPLATE_PICK_H
#define QUARRY_NODE_MINE_TEMPLATE_PICK_H

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pick_tx {
	int64_t id;		/* lower came first */
	int64_t fee;		/* satoshi, with its delta */
	uint32_t weight, vsize, sigop_cost;
	int64_t n_anc, vsize_anc, fee_anc;	/* itself included */
	bool barred;		/* cannot be in this block */
	bool taken;		/* result */
	uint32_t parent;	/* first of n_parent in links */
	uint32_t n_parent;
	uint32_t child;		/* first of n_child in links; set by pick_run */
	uint32_t n_child;
	uint32_t mark;
	uint32_t turn;		/* which entry of the heap counts */
};

struct pick {
	struct pick_tx *tx;
	size_t n, room;
	uint32_t *link;		/* indexes of parents, then of children */
	size_t n_link, room_link;
	uint32_t *order;	/* result: indexes in block order */
	size_t n_order;
	/* limits for the transactions together */
	uint32_t max_weight, max_sigop_cost;
	int64_t min_rate_sat_kvb;
};

void pick_init(struct pick *p);
void pick_free(struct pick *p);
/* Room for one more; *out is cleared. */
NODISCARD enum status pick_add(struct pick *p, struct pick_tx **out);
/* A parent of the transaction at index `of`; call for one after the other. */
NODISCARD enum status pick_parent(struct pick *p, uint32_t of, uint32_t parent);
/* ST_OK or ST_NOMEM. */
NODISCARD enum status pick_run(struct pick *p);

#endif
