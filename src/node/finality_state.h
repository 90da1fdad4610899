/* SPDX-License-Identifier: MIT */
/*
 * Inner parts of finality.h: the rules' state between the rows and the rules, and
 * the branch that votes prefer. All in a transaction of the caller.
 */
#ifndef QUARRY_NODE_FINALITY_STATE_H
#define QUARRY_NODE_FINALITY_STATE_H

#include "consensus/finality.h"
#include "node/batch.h"
#include "node/finality.h"
#include "node/priv.h"
#include "store/store_finality.h"

struct finality_state {
	struct node *n;
	struct finality f;
	int64_t *row;		/* of each of f.point */
	uint32_t n_row, room;
	bool may_write;
	struct { int64_t members; struct finality_set set; } cache[3];
	int next;		/* of the cache to be used */
};

/* The points from the last final one on. ST_NOT_FOUND: no finality here. */
NODISCARD enum status finality_load(struct finality_state *s, struct node *n,
				    bool may_write);
void finality_unload(struct finality_state *s);
struct finality_view finality_view_of(struct finality_state *s);
/* In a write transaction: whatever the rows of votes and blocks lead to. The
 * genesis block's point is made here too. */
NODISCARD enum status finality_update(struct node *n);
/* Bonds and evidence of a block that joins; of all from a height on that leave. */
NODISCARD enum status finality_index(struct node *n, const struct plan *p);
NODISCARD enum status finality_unindex(struct node *n, uint32_t height);

/* The script of evidence that no block of the active chain holds. */
NODISCARD enum status
finality_evidence_pending(struct node *n, bool *any,
			  uint8_t script[VOTE_EVIDENCE_SCRIPT]);

/* What votes ask of the choice of branches. */
struct finality_wish {
	bool on;
	struct finality_mark final, best;
	bool best_active;	/* best is on the active chain */
};
NODISCARD enum status finality_wish(struct node *n, struct finality_wish *out);
/* The highest header on the best justified block: by children, the first seen
 * first. */
NODISCARD enum status finality_best_header(struct node *n,
					   const struct finality_wish *wish,
					   struct block_row *out);
/* Refuses what is to be built on this stored block when its branch leaves the
 * chain below the last final block. */
NODISCARD enum status finality_judge(struct node *n,
				     const struct block_row *parent,
				     struct verdict *v);

#endif
