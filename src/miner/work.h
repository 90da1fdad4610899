/* SPDX-License-Identifier: MIT */
/*
 * Work: a template of node with a coinbase that pays us. Gives headers to
 * search, one for each extranonce, and the block for a header found.
 */
#ifndef QUARRY_MINER_WORK_H
#define QUARRY_MINER_WORK_H

#include "base/buf.h"
#include "miner/seal.h"
#include "node/mine/template.h"

struct work {
	struct block_template t;
	struct bytes script;	/* paid by the coinbase; not ours */
	struct u256 target;
	struct hash256 branch[32];
	unsigned n_branch;
	uint8_t extranonce[8];	/* 4 of this process, 4 counted */
	struct buf coinbase;	/* of the last header */
	struct sealer *sealer;	/* NULL: blocks are not signed */
	struct buf solution;		/* of the last header */
	int64_t made_ms;	/* monotonic */
};

/* A template of n as it is now, paying script, which must live as long. salt
 * keeps two miners with one address from doing the same work. sealer: signs the
 * blocks where they are signed, else NULL. Frees nothing on failure, which is
 * node's. */
NODISCARD enum status work_make(struct work *w, struct node *n,
				struct bytes script, uint32_t salt,
				struct sealer *sealer);
void work_free(struct work *w);

/* The next header to search: the extranonce counted up, the block signed.
 * ST_NOMEM; ST_DENIED: the sealer's keys do not satisfy the challenge. */
NODISCARD enum status work_next(struct work *w, struct header *h);
/* For blocks that several miners sign: the next header with a stand-in for the
 * solution, and the same block with the solution of these signatures. ST_DENIED:
 * they are too few. */
NODISCARD enum status work_open(struct work *w, struct header *h);
NODISCARD enum status work_close(struct work *w, struct header *h,
				 const struct maker_sigs *sigs);
/* The block of the last header that work_next gave, its nonce now found.
 * ST_NOMEM when out has failed. */
NODISCARD enum status work_block(const struct work *w, const struct header *h,
				 struct buf *out);

/* The merkle root that a serialised coinbase leads to by its branch. ST_PARSE
 * when it is not a transaction. */
NODISCARD enum status work_root(struct hash256 *root, struct bytes coinbase,
				const struct hash256 *branch, unsigned n_branch);

#endif
