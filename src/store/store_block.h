/* SPDX-License-Identifier: MIT */
/* Tables block, block_data, chain and reorg. */
#ifndef QUARRY_STORE_STORE_BLOCK_H
#define QUARRY_STORE_STORE_BLOCK_H

#include "base/u256.h"
#include "db/db.h"
#include "primitives/header.h"

enum block_status {
	BLOCK_HEADER = 0,	/* no data */
	BLOCK_STORED = 1,	/* data passed the checks that need no coins */
	BLOCK_CONNECTED = 2,	/* on the active chain */
	BLOCK_STALE = 3,	/* was connected: its scripts are known good */
	BLOCK_INVALID = 4,
	BLOCK_INVALID_PARENT = 5, /* tried, or built upon, and found so */
	BLOCK_INVALID_UNTRIED = 6, /* the same, but nobody asked since: it is told
				 * of as Bitcoin Core does, which finds such
				 * blocks when it tries them. size 0: no data */
};

static inline bool block_is_invalid(enum block_status s)
{
	return s >= BLOCK_INVALID;
}


/* A row of `block`, without the raw bytes. */
struct block_row {
	int64_t id;
	int64_t prev_id;	/* 0: genesis */
	struct blkid hash;
	struct header header;
	uint32_t height;
	int64_t mtp;		/* median time past including this block */
	struct u256 chainwork;
	enum block_status status;
	uint32_t n_tx;		/* 0 while unknown */
	uint32_t size, weight;
	int64_t fees;		/* satoshi; -1 while unknown */
	int64_t first_tx;	/* 0 unless connected */
	int64_t received_at;
};

NODISCARD enum status store_block_by_hash(struct db *db, const struct blkid *h,
					  struct block_row *out);
NODISCARD enum status store_block_by_id(struct db *db, int64_t id,
					struct block_row *out);
/* Of the active chain. */
NODISCARD enum status store_block_by_height(struct db *db, uint32_t height,
					    struct block_row *out);
/* Of the active chain, from `height` downwards, at most max. */
NODISCARD enum status store_block_below(struct db *db, uint32_t height,
					struct block_row *rows, int max,
					int *n);
/* Of the active chain's last block; ST_NOT_FOUND in a new file. */
NODISCARD enum status store_block_tip(struct db *db, struct block_row *out);
/* Inserts; out->id is set. ST_DENIED when the hash is there already. */
NODISCARD enum status store_block_insert(struct db *db, struct block_row *row,
					 const char *source);
NODISCARD enum status store_block_set_status(struct db *db, int64_t id,
					     enum block_status st);
/* Takes BLOCK_INVALID or BLOCK_INVALID_PARENT away: BLOCK_STALE, BLOCK_STORED or
 * BLOCK_HEADER, by what is there of it. */
NODISCARD enum status store_block_unmark(struct db *db, int64_t id);
/* n_tx, size, weight and status when the data arrives. */
NODISCARD enum status store_block_set_data(struct db *db,
					   const struct block_row *row);
/* status, fees and first_tx when it is connected or disconnected. */
NODISCARD enum status store_block_set_chain(struct db *db,
					    const struct block_row *row);
/* Ids of blocks whose branches may become active: status BLOCK_STORED or
 * BLOCK_STALE, more work than `than`, most work first, then first received
 * (lowest id). Skips the first `skip` of them, gives at most max. */
NODISCARD enum status store_block_candidates(struct db *db,
					     const struct u256 *than, int skip,
					     int64_t *ids, int max, int *n);
/* The same of all that are not invalid, whether their data is here or not. */
NODISCARD enum status store_block_headers(struct db *db, const struct u256 *than,
					  int skip, int64_t *ids, int max,
					  int *n);
/* Ids of blocks that are not on the active chain and not invalid, of heights above
 * `above` up to `up_to`, lowest first, at most max. */
NODISCARD enum status store_block_beside(struct db *db, uint32_t above,
					 uint32_t up_to, int64_t *ids, int max,
					 int *n);
/* Ids of the direct children above `after` (0: all), lowest first, at most max of
 * them. */
NODISCARD enum status store_block_children(struct db *db, int64_t id,
					   int64_t after, int64_t *ids, int max,
					   int *n);
/* Rows without children, highest first, at most max: the tips of all branches. */
NODISCARD enum status store_block_tips(struct db *db, struct block_row *rows,
				       int max, int *n);
/* The header row with most work that is not invalid. */
NODISCARD enum status store_block_best_header(struct db *db,
					      struct block_row *out);

NODISCARD enum status store_chain_push(struct db *db, uint32_t height,
				       int64_t block);
NODISCARD enum status store_chain_pop(struct db *db, uint32_t height);

/* Raw bytes of blocks off the active chain. get: *raw lives until the next use. */
NODISCARD enum status store_block_data_put(struct db *db, int64_t block,
					   const void *p, size_t n);
NODISCARD enum status store_block_data_get(struct db *db, int64_t block,
					   struct bytes *raw);
NODISCARD enum status store_block_data_del(struct db *db, int64_t block);

/* The last one's id; 0: none. */
NODISCARD enum status store_reorg_last(struct db *db, int64_t *id);
NODISCARD enum status store_reorg_add(struct db *db, int64_t at,
				      uint32_t fork_height, uint32_t depth,
				      const struct blkid *old_tip,
				      const struct blkid *new_tip);

#endif
