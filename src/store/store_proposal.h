/* SPDX-License-Identifier: MIT */
/* Tables proposal and maker_signed: blocks that makers sign together. */
#ifndef QUARRY_STORE_STORE_PROPOSAL_H
#define QUARRY_STORE_STORE_PROPOSAL_H

#include "db/db.h"
#include "primitives/hash.h"

struct proposal_row {
	int64_t change;		/* grows with every change of any row */
	struct hash256 digest;	/* what is signed */
	struct hash256 prev;
	uint32_t height;
	int64_t round;
	struct bytes message;	/* lives until the next use */
};

/* The first change after this one. */
NODISCARD enum status store_proposal_next(struct db *db, int64_t after,
					  struct proposal_row *out);
/* The proposal of a round on this parent. */
NODISCARD enum status store_proposal_at(struct db *db,
					const struct hash256 *prev,
					int64_t round, struct proposal_row *out);
/* A new one, or another message for one that there is. out->change is ignored. */
NODISCARD enum status store_proposal_put(struct db *db,
					 const struct proposal_row *row);
/* Forgets proposals and signatures below a height. */
NODISCARD enum status store_proposal_trim(struct db *db, uint32_t height);

/* What a maker has signed in a round on this parent; ST_NOT_FOUND: nothing. */
NODISCARD enum status store_maker_signed(struct db *db,
					 const struct hash256 *prev,
					 int64_t round, unsigned maker,
					 struct hash256 *digest);
NODISCARD enum status store_maker_sign(struct db *db, const struct hash256 *prev,
				       int64_t round, unsigned maker,
				       uint32_t height,
				       const struct hash256 *digest);

#endif
