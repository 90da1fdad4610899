/* SPDX-License-Identifier: MIT */
/*
 * Finality by votes: the rules of Casper FFG with sets of validators that change
 * (finality.README has the protocol, its promises and its limits).
 *
 * Pure: a `struct finality` is what follows from the votes and the tree of
 * blocks it is shown. It does not depend on the order in which votes came as
 * long as less than a third of the weight contradicts itself.
 */
#ifndef QUARRY_CONSENSUS_FINALITY_H
#define QUARRY_CONSENSUS_FINALITY_H

#include "base/status.h"
#include "primitives/params.h"
#include "primitives/vote.h"

/* --- who votes --- */

#define FINALITY_MEMBERS_MAX 256

struct finality_member {
	uint8_t key[32];
	uint64_t weight;
};

/* Members by ascending key, each once; their weights' sum is below 2^61. */
struct finality_set {
	uint32_t n;
	uint64_t total;
	struct finality_member member[FINALITY_MEMBERS_MAX];
};

/* Two thirds or more of a total that is not zero; exact. */
bool finality_two_thirds(uint64_t weight, uint64_t total);
/* The validators of the chain document. */
void finality_set_document(struct finality_set *out, const struct params *p);

/* Takes a key out; nothing happens when it is none of them. */
void finality_set_without(struct finality_set *s, const uint8_t key[32]);

struct finality_bond {
	uint8_t key[32];	/* the validator's */
	int64_t value_sat;
};
/* The validators by the state of a final block: the document's, or, on a chain
 * with stake whose bonds are worth bond_start, the bonds' (the 256 with most
 * weight; of equal ones the lower keys). Who is in `excluded` (keys) is in
 * neither, and its bonds count nowhere. bonds is sorted here. */
void finality_set_derive(struct finality_set *out, const struct params *p,
			 struct finality_bond *bond, size_t n_bond,
			 const uint8_t (*excluded)[32], size_t n_excluded);
/* NULL: not a member. */
const struct finality_member *finality_member_of(const struct finality_set *s,
						 const uint8_t key[32]);

/* --- what is justified and final --- */

/* A block at a multiple of the interval that votes have justified. */
struct finality_point {
	struct blkid id;
	uint32_t height;
	uint32_t source;	/* index of the point it is justified from */
	/* The final checkpoints whose states name the validators of links from
	 * here: the last one, and the one before. Both sets must agree. */
	struct blkid set[2];
	uint32_t set_height[2];
	bool final;
};

struct finality {
	uint32_t interval;
	struct finality_point *point;	/* a source comes before its targets */
	uint32_t n_point, room;
	uint32_t last;		/* index of the last final point */
};

/* The tree of blocks, and the sets, as far as they are known here. */
struct finality_view {
	void *arg;
	/* ST_OK: the block at height builds on (or is) the one at from_height.
	 * ST_NOT_FOUND: it does not, or it is unknown, or it is invalid. */
	enum status (*descends)(void *arg, const struct blkid *id,
				uint32_t height, const struct blkid *from,
				uint32_t from_height);
	/* The validators by the state of a checkpoint; valid until the next call
	 * but one. ST_NOT_FOUND: its state is not known, since it has not been
	 * connected here. */
	enum status (*set)(void *arg, const struct blkid *id, uint32_t height,
			   const struct finality_set **out);
};

/* Begins with the genesis block, which is final. */
NODISCARD enum status finality_init(struct finality *f, uint32_t interval,
				    const struct blkid *genesis);
void finality_free(struct finality *f);
/* Appends a point that was known before. */
NODISCARD enum status finality_add(struct finality *f,
				   const struct finality_point *p);
/* What follows from the votes: new points are appended, and `last` moves when a
 * source becomes final. votes: good signatures, in any order, duplicates and
 * strangers allowed; they are sorted here. */
NODISCARD enum status finality_advance(struct finality *f,
				       const struct finality_view *view,
				       struct vote *vote, size_t n);
/* The highest justified point that builds on the last final one and is not
 * invalid: chains with it go before chains without. */
NODISCARD enum status finality_best(const struct finality *f,
				    const struct finality_view *view,
				    uint32_t *index);
/* Whether two thirds of both sets that decide about links from this point are
 * among the voters: votes of one link, by ascending key. */
NODISCARD enum status finality_link_weight(const struct finality_point *source,
					   const struct finality_view *view,
					   const struct vote *vote, size_t n,
					   bool *enough);

/* --- what an honest validator votes --- */

/* Fills all but key and signature of the vote for `target`, the highest
 * checkpoint of the active chain. ST_NOT_FOUND: nothing is to be voted: the
 * target is justified, or the best justified point is not on its branch. */
NODISCARD enum status finality_propose(const struct finality *f,
				       const struct finality_view *view,
				       const struct blkid *target,
				       uint32_t target_height,
				       struct vote *out);

/* Whether heights are those of checkpoints and in order. */
bool finality_vote_form(const struct vote *v, uint32_t interval);

#endif
