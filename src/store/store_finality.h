/* SPDX-License-Identifier: MIT */
/* Tables finality_*: votes, justified points, sets, evidence, bonds. */
#ifndef QUARRY_STORE_STORE_FINALITY_H
#define QUARRY_STORE_STORE_FINALITY_H

#include "db/db.h"
#include "primitives/vote.h"

/* added: false when the same vote is there. */
NODISCARD enum status store_vote_add(struct db *db, const struct vote *v,
				     int64_t at, const char *whence,
				     bool *added);
NODISCARD enum status store_vote_known(struct db *db, const struct vote *v,
				       bool *known);
/* Grown by realloc; free it. */
struct vote_list {
	struct vote *v;
	int64_t *id;
	size_t n, room;
};
void store_votes_free(struct vote_list *l);
/* With a target above the height, lowest targets first; appended. */
NODISCARD enum status store_votes_above(struct db *db, uint32_t height,
					struct vote_list *l);
/* Row ids above `after`, in their order, at most max; appended. */
NODISCARD enum status store_votes_after(struct db *db, int64_t after, int max,
					struct vote_list *l);
/* Behind this target height and row id, lowest targets first, at most max;
 * appended. */
NODISCARD enum status store_votes_from(struct db *db, uint32_t height,
				       int64_t id, int max, struct vote_list *l);
/* The highest row id; 0: none. */
NODISCARD enum status store_vote_last(struct db *db, int64_t *id);
/* The row before the first whose target is above the height; the last row when
 * there is none. */
NODISCARD enum status store_vote_cursor(struct db *db, uint32_t height,
					int64_t *after);
/* Of the link that `of` has, by ascending key; appended. */
NODISCARD enum status store_votes_of_link(struct db *db, const struct vote *of,
					  struct vote_list *l);
/* Deletes those with a target above the height and up to the link's target height,
 * but for the votes of the link; and one by its row id. */
NODISCARD enum status store_votes_prune(struct db *db, uint32_t above,
					const struct vote *link);
NODISCARD enum status store_vote_drop(struct db *db, int64_t id);
/* Of this key with this target height, at most max; appended. */
NODISCARD enum status store_votes_at_height(struct db *db, const uint8_t key[32],
					    uint32_t target_height, int max,
					    struct vote_list *l);
/* One of the same key that surrounds v, or that v surrounds. */
NODISCARD enum status store_vote_around(struct db *db, const struct vote *v,
					struct vote *out);
NODISCARD enum status store_vote_within(struct db *db, const struct vote *v,
					struct vote *out);

/* Calls fn for each vote of this key with a target from this height on, until it is
 * not ST_OK. */
NODISCARD enum status store_votes_since(struct db *db, const uint8_t key[32],
					uint32_t target_height,
					enum status (*fn)(void *arg,
						const struct blkid *target,
						uint32_t height, int64_t at),
					void *arg);

struct point_row {
	int64_t id;
	struct blkid hash;
	uint32_t height;
	int64_t source;		/* its own id: genesis */
	struct blkid set[2];
	uint32_t set_height[2];
	int64_t members;	/* 0: not known */
	int64_t final_at;	/* 0: not final */
};

/* id is set; a source of 0 becomes the row's own id. */
NODISCARD enum status store_point_add(struct db *db, struct point_row *row,
				      int64_t at);
NODISCARD enum status store_point_set_final(struct db *db, int64_t id,
					    int64_t at);
NODISCARD enum status store_point_set_members(struct db *db, int64_t id,
					      int64_t members);
NODISCARD enum status store_point_by_hash(struct db *db, const struct blkid *h,
					  struct point_row *out);
NODISCARD enum status store_point_by_id(struct db *db, int64_t id,
					struct point_row *out);
/* ST_NOT_FOUND: the chain has no finality. */
NODISCARD enum status store_point_last_final(struct db *db,
					     struct point_row *out);
/* Calls fn for each above the height, lowest first, until it is not ST_OK. */
NODISCARD enum status store_points_above(struct db *db, uint32_t height,
					 enum status (*fn)(void *arg,
						const struct point_row *row),
					 void *arg);

NODISCARD enum status store_member_add(struct db *db, int64_t point,
				       const uint8_t key[32], uint64_t weight);
/* By ascending key. */
NODISCARD enum status store_members_each(struct db *db, int64_t point,
					 enum status (*fn)(void *arg,
						const uint8_t key[32],
						int64_t weight),
					 void *arg);
/* Whether a key was ever a member of a set, or has a bond. */
NODISCARD enum status store_member_ever(struct db *db, const uint8_t key[32],
					bool *is);

struct evidence_row {
	uint8_t key[32];
	struct vote a, b;
	bool surround;
	int64_t at;
};
/* Nothing happens when the key has been convicted. */
NODISCARD enum status store_evidence_add(struct db *db,
					 const struct evidence_row *row,
					 bool *added);
/* The one with the next key; begin with zero. */
NODISCARD enum status store_evidence_next(struct db *db, const uint8_t after[32],
					  struct evidence_row *out);

/* One that no block of the active chain holds. */
NODISCARD enum status store_evidence_pending(struct db *db,
					     struct evidence_row *out);

NODISCARD enum status store_bond_add(struct db *db, int64_t tx, uint32_t n,
				     const uint8_t key[32], uint32_t height);
NODISCARD enum status store_conviction_add(struct db *db, uint32_t height,
					   const uint8_t key[32]);
/* Takes away bonds and convictions at this height and above. */
NODISCARD enum status store_finality_drop(struct db *db, uint32_t height);
/* By the state of the active chain's block at this height. */
NODISCARD enum status store_bonds_each(struct db *db, uint32_t height,
				       enum status (*fn)(void *arg,
						const uint8_t key[32],
						int64_t value_sat),
				       void *arg);
/* A key may come more than once; value is 0 in the calls. */
NODISCARD enum status store_convictions_each(struct db *db, uint32_t height,
					     enum status (*fn)(void *arg,
						const uint8_t key[32],
						int64_t zero),
					     void *arg);

#endif
