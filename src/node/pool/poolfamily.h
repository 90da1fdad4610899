/* SPDX-License-Identifier: MIT */
/* What one transaction and a group of them share of the limits on families. */
#ifndef QUARRY_NODE_POOL_POOLFAMILY_H
#define QUARRY_NODE_POOL_POOLFAMILY_H

#include "node/pool/pooljudge.h"

#define TRUC_VSIZE_MAX 10000
#define TRUC_CHILD_VSIZE_MAX 1000
#define TRUC_FAMILY_MAX 2

struct family_limits {
	int64_t anc, anc_vb, desc, desc_vb;
};
struct family_limits family_limits_of(const struct node *n);

/* A walk up from what comes in, in Bitcoin Core's order: of those not looked at
 * yet, the one with the least txid. */
struct family_walk {
	struct poolset staged;	/* still to be looked at */
	struct txid *txid;	/* of each of them */
	size_t room;
	struct poolset done;
};

void family_walk_init(struct family_walk *w);
void family_walk_free(struct family_walk *w);
/* The parents of a transaction that are in the pool. *over: there are so many
 * that with `count` more they exceed max. */
NODISCARD enum status family_walk_from(struct family_walk *w, struct node *n,
				       const struct tx *tx, int64_t count,
				       int64_t max, bool *over);
/* All ancestors into done, until `count` transactions of together `vsize` below
 * them would break a limit: then v is refused with code. */
NODISCARD enum status family_walk_up(struct family_walk *w, struct node *n,
				     const struct family_limits *max,
				     int64_t count, int64_t vsize,
				     enum verdict_code code, const char *prefix,
				     struct verdict *v);

/* "txid (wtxid=...)" */
#define PAIR_TEXT_SIZE (2 * HASH_TEXT_SIZE + 12)
char *pair_text(char out[PAIR_TEXT_SIZE], const struct txid *txid,
		const struct wtxid *wtxid);

#endif
