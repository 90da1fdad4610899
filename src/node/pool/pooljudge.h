/* SPDX-License-Identifier: MIT */
/*
 * The judgement on a transaction that wants into the pool: every rule but its
 * scripts, which are judged apart, without a lock.
 */
#ifndef QUARRY_NODE_POOL_POOLJUDGE_H
#define QUARRY_NODE_POOL_POOLJUDGE_H

#include "consensus/coin.h"
#include "node/pool/poolset.h"
#include "primitives/verdict.h"

enum pool_mode {
	POOL_ALONE,	/* a transaction by itself */
	POOL_MEMBER,	/* by itself, of a package: no carve-outs */
	POOL_GROUP,	/* fee rates and replacements are judged for the group */
	POOL_TEST,	/* tested with others: nothing is replaced */
	POOL_AGAIN,	/* it was in a block: fees do not matter */
};

struct pool_candidate {
	struct arena arena;	/* of the parsed transaction */
	struct tx tx;
	enum pool_mode mode;
	/* candidates before it whose outputs it may spend */
	const struct pool_candidate *family;
	uint32_t n_family;
	int64_t max_rate_sat_kvb;	/* refuse more; 0: no limit */

	/* filled by the judgement */
	struct arena found;
	struct coin *coin;	/* what each input spends */
	int64_t *script;	/* script.id of each, 0: unknown */
	uint32_t height;	/* of the tip it was judged at */
	int64_t fee;
	int64_t fee_delta;	/* what prioritisetransaction adds */
	uint32_t vsize, sigop_cost;
	bool spends_coinbase;
	bool sibling_eviction;	/* BIP431 */
	struct poolset conflicts; /* what it would replace, directly */
	struct poolset ancestors; /* in the pool */
};

/* Parses; raw must outlive the candidate. ST_PARSE. Free in any case. */
NODISCARD enum status pool_candidate_init(struct pool_candidate *c,
					  const void *raw, size_t len);
void pool_candidate_free(struct pool_candidate *c);

/* The fee that counts for every limit and rank: the fee itself with what was
 * added to it, which may make it negative. */
static inline int64_t pool_modified_fee(const struct pool_candidate *c)
{
	return c->fee + c->fee_delta;
}

/* Judges inside a transaction, read or write, as often as wanted. */
NODISCARD enum status pool_judge(struct node *n, struct pool_candidate *c,
				 struct verdict *v);
/* Only what needs no pool around it, for the scripts of a package: form, and the
 * coins. */
NODISCARD enum status pool_judge_coins(struct node *n, struct pool_candidate *c,
				       struct verdict *v);
/* Whether the tip allows it: lock times, maturity, inputs that exist. For what
 * is in the pool already. */
NODISCARD enum status pool_judge_tip(struct node *n, struct pool_candidate *c,
				     struct verdict *v);

/* BIP125's rules 2 to 5 for the conflicts of c. */
NODISCARD enum status pool_judge_replacement(struct node *n,
					     struct pool_candidate *c,
					     struct verdict *v);
/* Limits on families, BIP431's rules among them; fills ancestors. */
NODISCARD enum status pool_judge_family(struct node *n,
					struct pool_candidate *c,
					struct verdict *v);
/* Fills ancestors anew, judging nothing. */
NODISCARD enum status pool_find_ancestors(struct node *n,
					  struct pool_candidate *c);

/* Satoshi per 1,000 vbytes, rounded down; bounded so that products with sizes
 * fit. */
int64_t fee_rate_sat_kvb(int64_t fee_sat, int64_t vsize_vb);

#endif
