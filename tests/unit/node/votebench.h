/* SPDX-License-Identifier: MIT */
/* A chain with finality, four validators whose keys are at hand, and branches. */
#ifndef QUARRY_TESTS_UNIT_NODE_VOTEBENCH_H
#define QUARRY_TESTS_UNIT_NODE_VOTEBENCH_H

#include "tests/unit/node/labblock.h"

#include "node/finality/finality.h"

enum { STEP = 4, KEYS = 4 };

struct bench {
	struct lab *l;
	struct params p;
	uint8_t secret[KEYS][32], key[KEYS][32];
	struct txid cb[400];
};

/* A chain with so many blocks. bond_lock 0: a federation of four, the weight of
 * each being 1; else these are the founders. */
struct bench *bench_open(uint32_t bond_lock, uint32_t blocks);
/* The database must be good. */
void bench_close(struct bench *t);
/* The active chain's block. */
struct blkid bench_at(struct bench *t, uint32_t height);
/* Fills key and signature. */
void bench_sign(struct bench *t, const uint8_t secret[32], struct vote *v);
struct vote bench_link(struct bench *t, int who, uint32_t from,
		       const struct blkid *from_id, uint32_t to,
		       const struct blkid *to_id);
struct vote_result bench_give(struct bench *t, const struct vote *v);
/* The first `n` validators vote from block to block of the active chain. */
void bench_vote(struct bench *t, int n, uint32_t from, uint32_t to);
void bench_expect(struct bench *t, uint32_t final, uint32_t justified);
/* n blocks on the active chain's one at height `from`, not handed in. */
struct made_block *bench_branch(struct bench *t, uint32_t from, uint32_t n);
void bench_drop(struct made_block *b, uint32_t n);

#endif
