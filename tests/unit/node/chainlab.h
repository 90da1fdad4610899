/* SPDX-License-Identifier: MIT */
/*
 * A chain to try things on: a regtest database in a folder of its own, easy
 * blocks, and transactions that spend what they pay, of every common kind,
 * signed with one key.
 */
#ifndef QUARRY_TESTS_UNIT_NODE_CHAINLAB_H
#define QUARRY_TESTS_UNIT_NODE_CHAINLAB_H

#include "tests/unit/unit.h"

#include "crypto/ec.h"
#include "node/chain/accept.h"
#include "node/core/node.h"
#include "node/mine/template.h"
#include "node/pool/mempool.h"
#include "primitives/script.h"

#define LAB_MATURITY 100

/* What an output pays to, and how it is spent. */
enum lab_kind {
	LAB_TRUE,		/* P2WSH of OP_TRUE: no signature */
	LAB_P2WPKH,
	LAB_P2TR,
	LAB_P2PKH,
	LAB_P2PK,
	LAB_P2SH_P2WPKH,
	LAB_KINDS,
	LAB_SCRIPT,		/* the script given */
};

struct lab_coin {
	struct outpoint at;
	int64_t value;
	enum lab_kind kind;
};

#define LAB_IN_MAX 64
#define LAB_OUT_MAX 3000

struct lab_out {
	int64_t value;
	enum lab_kind kind;
	struct bytes script;	/* of LAB_SCRIPT */
};

/* Zero, then filled; sequence 0 means final. */
struct lab_tx {
	uint32_t version;	/* 0: 2 */
	uint32_t locktime;
	uint32_t n_in, n_out;
	struct { struct lab_coin coin; uint32_t sequence; } in[LAB_IN_MAX];
	struct lab_out out[LAB_OUT_MAX];
	bool spoil;		/* break the first signature */
};

struct lab {
	char dir[64];
	char path[100];
	struct node *n;
	struct ec *ec;
	uint8_t key[32];
	struct lab_coin *coinbase;	/* by height, of the active chain */
	uint32_t height;
	uint64_t seed;			/* of lab_rand */
};

/* network: "regtest". Mines `blocks` blocks. */
struct lab *lab_open(const char *network, uint32_t blocks);
/* Any chain; document: of an own one, else NULL. */
struct lab *lab_open_chain(const struct params *p, const char *document,
			   size_t len, uint32_t blocks);
void lab_close(struct lab *l);
/* Another opening of the same file. */
struct node *lab_open_again(struct lab *l);
uint64_t lab_rand(struct lab *l);

/* Appends the output script of a kind. */
void lab_script(const struct lab *l, enum lab_kind kind, struct buf *out);
/* Serialises and signs; coins[k] is then the k-th output. raw is reset. */
void lab_build(struct lab *l, const struct lab_tx *t, struct buf *raw,
	       struct txid *txid);
/* One input, one output of the same kind, less the fee; *c becomes the output. */
void lab_pay(struct lab *l, struct lab_coin *c, int64_t fee, struct buf *raw);
struct lab_coin lab_output(const struct lab_tx *t, const struct txid *txid,
			   uint32_t n);

/* Blocks on the tip out of the pool, by node_mine_one; coinbases pay LAB_TRUE. */
void lab_mine(struct lab *l, uint32_t count);
/* A block with these transactions on any parent; mined, not submitted. fees go
 * unclaimed. extra tells apart blocks that would be equal. */
void lab_block_on(struct lab *l, const struct blkid *parent, uint32_t height,
		  uint32_t time, const struct bytes *txs, uint32_t n_tx,
		  uint8_t extra, struct buf *raw, struct blkid *id);
/* Reads the coinbases of the active chain anew, after a reorganisation. */
void lab_sync(struct lab *l);

/* node_accept_tx; the reject string goes to why (96 bytes), "" when valid. */
enum verdict_code lab_send(struct lab *l, const struct buf *raw,
			   struct tx_result *r);

#endif
