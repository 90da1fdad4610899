/* SPDX-License-Identifier: MIT */
/*
 * Replacement by fee: what one transaction, or a parent with its child, must pay
 * to take the place of others. Rules and texts are Bitcoin Core 28's.
 */
#ifndef QUARRY_NODE_POOL_POOLRBF_H
#define QUARRY_NODE_POOL_POOLRBF_H

#include "node/pool/poolset.h"
#include "primitives/verdict.h"

struct replaced {
	struct mempool_row *direct;	/* the conflicts, by txid; their raw is
					 * not to be used */
	size_t n_direct;
	struct poolset all;		/* and all their descendants */
	int64_t fees;			/* of all, as modified */
};

/* Looks up the direct conflicts; free in any case. */
NODISCARD enum status replaced_init(struct replaced *r, struct node *n,
				    const struct poolset *direct);
void replaced_free(struct replaced *r);
/* Fills all and fees, unless so many would leave that v is refused with code.
 * who: the replacement, for the text. */
NODISCARD enum status replaced_count(struct replaced *r, struct node *n,
				     const struct txid *who,
				     enum verdict_code code, struct verdict *v);
/* Whether fee is enough for all that leaves and for the relay of vsize. */
bool replaced_paid(const struct replaced *r, const struct node *n,
		   const struct txid *who, int64_t fee_sat, int64_t vsize_vb,
		   enum verdict_code code, struct verdict *v);
/* "0.00001000 BTC/kvB" */
#define RATE_TEXT_SIZE 40
char *rate_text(char out[RATE_TEXT_SIZE], int64_t sat_kvb);

/* Whether the pool with a replacement of this fee and size is better for miners
 * at every block size than the pool before (poolchunks.c). */
NODISCARD enum status replaced_by_better(const struct replaced *r,
					 struct node *n, int64_t fee_sat,
					 int64_t vsize_vb, struct verdict *v);

#endif
