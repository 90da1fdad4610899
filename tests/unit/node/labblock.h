/* SPDX-License-Identifier: MIT */
/*
 * Blocks made by hand on any parent, right or wrong in every field, and what
 * becomes of them. Coinbases pay OP_TRUE, which anybody spends with an empty
 * input script: no keys where keys are not the point.
 */
#ifndef QUARRY_TESTS_UNIT_NODE_LABBLOCK_H
#define QUARRY_TESTS_UNIT_NODE_LABBLOCK_H

#include "tests/unit/node/chainlab.h"

#include "node/check/verify.h"
#include "node/query/query.h"

#define BLOCK_TXS_MAX 300

/* What to make; block_on fills it so that it is good. */
struct made_block {
	struct blkid parent;
	uint32_t height, time, bits, version;
	int64_t pays;			/* the coinbase's output */
	struct bytes pays_to;		/* its script */
	struct bytes script_sig;	/* of the coinbase; len 0: height, extra */
	uint32_t extra;			/* tells apart blocks that would be equal */
	uint32_t locktime, sequence;	/* of the coinbase */
	bool commits;			/* commitment and coinbase witness */
	uint32_t n_tx;
	struct bytes tx[BLOCK_TXS_MAX];
	/* after block_make */
	struct buf raw;
	struct blkid id;
	struct txid coinbase;
};

/* The next block on the tip, or on a parent that is in the database. */
void block_on_tip(struct lab *l, struct made_block *b);
void block_on(struct lab *l, struct made_block *b, const struct blkid *parent);
/* On one that need not be in the database. */
void block_after(struct made_block *b, const struct made_block *parent);
/* Whether its bytes can be read, be it a good block or not. */
bool block_is_kept(struct lab *l, const struct made_block *b);
/* Serialises and mines: raw, id, coinbase. */
void block_make(struct made_block *b);
/* The header's root is computed anew (unless keep_root) and it is mined again,
 * after raw was changed. */
void block_seal(struct made_block *b, bool keep_root);
void block_drop(struct made_block *b);

/* Hands it in; the environment must be good. */
struct block_result block_give(struct lab *l, const struct made_block *b);
/* Must be the new tip. */
void block_take(struct lab *l, const struct made_block *b);
/* Must be refused for this reason, leave coins, totals, pool and tip as they
 * were, and leave a row that says why. */
void block_refuse(struct lab *l, const struct made_block *b,
		  enum verdict_code why);
/* Mines n blocks on the tip without transactions. */
void blocks_mine(struct lab *l, uint32_t n, struct txid *coinbases);

/* A transaction that spends OP_TRUE outputs and pays to script. */
struct plain_tx {
	uint32_t version, locktime, n_in, n_out;
	struct { struct txid txid; uint32_t n, sequence; } in[16];
	struct { int64_t value; struct bytes script; } out[16];
};
/* One in, one out, all of `value` to OP_TRUE. */
struct plain_tx plain_spend(const struct txid *from, uint32_t n, int64_t value);
void plain_write(struct buf *raw, const struct plain_tx *t, struct txid *txid);

/* Tip, digests: two of them equal means nothing changed. */
struct lab_state {
	struct node_tip tip;
	struct node_digests digests;
};
struct lab_state lab_state(struct lab *l);
void lab_same(const struct lab_state *a, const struct lab_state *b);
/* node_verify finds nothing. */
void lab_verify(struct lab *l);
void lab_tip_is(struct lab *l, const struct blkid *id);

extern const struct bytes op_true;
#define SUBSIDY (50 * COIN_SAT)

#endif
