/* SPDX-License-Identifier: MIT */
/*
 * Inner parts of finality.h: the rules' state between the rows and the rules, and
 * the branch that votes prefer. All in a transaction of the caller.
 */
#ifndef QUARRY_NODE_CHAIN_FINALITY_STATE_H
#define QUARRY_NODE_CHAIN_FINALITY_STATE_H

#include "consensus/finality.h"
#include "node/chain/batch.h"
#include "node/chain/finality_mark.h"
#include "node/core/priv.h"
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
/* Votes that need not be kept, once a point above the height `before`, which was
 * the last final one, has become final. */
#define FINALITY_WINDOW 64	/* checkpoints */
NODISCARD enum status finality_prune(struct finality_state *s, uint32_t before);
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
/* Whether a block builds on the best justified one, or is it. Blocks that do not
 * are left alone, whatever their work. The wish must be on. */
NODISCARD enum status finality_follows(struct node *n,
				       const struct finality_wish *wish,
				       const struct block_row *from,
				       bool *follows);
/* The header with most work that is not invalid; where votes have justified a
 * block, of those that build on it. */
NODISCARD enum status finality_best_header(struct node *n,
					   struct block_row *out);
/* Refuses what is to be built on this stored block when its branch leaves the
 * chain below the last final block. */
NODISCARD enum status finality_judge(struct node *n,
				     const struct block_row *parent,
				     struct verdict *v);
/* A known block that is marked invalid: why. Of those beside a final block the
 * reason is that one, which is no fault of who sends it. */
NODISCARD enum status finality_judge_marked(struct node *n,
					    const struct block_row *row,
					    struct verdict *v);
/* In a write transaction that made a block final: marks the branches beside it
 * that leave the chain at `from` or above, with a refusal each. */
NODISCARD enum status finality_seal(struct node *n, uint32_t from);

#endif
