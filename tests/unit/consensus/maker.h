/* SPDX-License-Identifier: MIT */
/* Blocks made transaction by transaction, and how the tests judge blocks. */
#ifndef QUARRY_TESTS_UNIT_CONSENSUS_MAKER_H
#define QUARRY_TESTS_UNIT_CONSENSUS_MAKER_H

#include "tests/unit/consensus/chain.h"

#include "base/buf.h"
#include "consensus/block_check.h"
#include "primitives/compactsize.h"

#define ARENA_MAX ((size_t)256 << 20)

static inline enum verdict_code check(const struct params *p, const struct block *b,
			       struct arena *a)
{
	struct verdict v = fresh();

	assert_int_equal(block_check(p, b, a, &v), ST_OK);
	return v.code;
}

static inline enum verdict_code check_at(const struct params *p,
				  const struct chain_view *view,
				  const struct block *b, struct arena *a)
{
	struct verdict v = fresh();

	assert_int_equal(block_check_context(p, view, b, a, &v), ST_OK);
	return v.code;
}

/* A branch of which only times matter: all a second before the block. */
static inline struct chain_view branch_before(struct chain *c, struct header *mem,
				       const struct block *b, uint32_t height)
{
	uint32_t n = 12;

	chain_make(c, mem, n, b->header.bits, b->header.time - 1, 0);
	c->first = height - n;
	return chain_to(c, height - 1);
}


/* A block being made: its transactions are serialised one after the other. */
struct maker {
	struct buf txs, raw;
	uint32_t n;
	struct arena a;
	struct block b;
	struct params p;
	struct header mem[12];
	struct chain c;
	uint32_t height;
};

static inline void make_begin(struct maker *m)
{
	memset(m, 0, sizeof(*m));
	buf_init(&m->txs, 64 << 20);
	buf_init(&m->raw, 64 << 20);
	arena_init(&m->a, ARENA_MAX);
	network(&m->p, "regtest");
	m->height = 1000;
}

static inline void make_end(struct maker *m)
{
	buf_free(&m->txs);
	buf_free(&m->raw);
	arena_free(&m->a);
}

/* A transaction with one input; n 0xffffffff on hash zero is a coinbase. */
struct part {
	uint8_t txid;		/* all 32 bytes of it */
	uint32_t n;
	struct bytes script_sig;
	uint32_t sequence, locktime;
	uint32_t n_out;
	struct bytes out[4];	/* scripts */
	uint32_t n_witness;
	struct bytes witness;	/* items as serialised */
};

static inline void make_tx(struct maker *m, const struct part *t)
{
	struct txin in = {.script_sig = t->script_sig, .sequence = t->sequence,
			  .n_witness = t->n_witness, .witness = t->witness};
	struct txout out[4];
	struct tx tx = {.version = 2, .n_in = 1, .in = &in, .n_out = t->n_out,
			.out = out, .locktime = t->locktime,
			.has_witness = t->n_witness > 0};

	memset(in.prevout.txid.h.b, t->txid, 32);
	in.prevout.n = t->n;
	for (uint32_t i = 0; i < t->n_out; i++)
		out[i] = (struct txout){0, t->out[i]};
	tx_write(&m->txs, &tx, true);
	m->n++;
}

static inline struct part coinbase(struct bytes script_sig)
{
	return (struct part){.n = OUTPOINT_NULL_N, .script_sig = script_sig,
			     .sequence = SEQUENCE_FINAL, .n_out = 1};
}

static inline struct part plain(uint8_t id)
{
	return (struct part){.txid = id, .sequence = SEQUENCE_FINAL, .n_out = 1};
}

static inline void seal(struct maker *m)
{
	struct hash256 root;
	bool mutated;

	buf_reset(&m->raw);
	buf_extend(&m->raw, HEADER_SIZE);
	memset(m->raw.p, 0, HEADER_SIZE);
	compactsize_add(&m->raw, m->n);
	buf_bytes(&m->raw, buf_view(&m->txs));
	le32_put(m->raw.p + 68, 1600000000);
	assert_int_equal(buf_status(&m->raw), ST_OK);
	arena_reset(&m->a);
	assert_int_equal(block_parse(&m->b, m->raw.p, m->raw.len, &m->a), ST_OK);
	assert_int_equal(block_merkle_root(&root, &mutated, &m->b, false, &m->a),
			 ST_OK);
	m->b.header.merkle_root = root;
}

static inline enum verdict_code judge(struct maker *m)
{
	struct chain_view view;
	enum verdict_code code;

	seal(m);
	code = check(&m->p, &m->b, &m->a);
	if (code != VALID)
		return code;
	view = branch_before(&m->c, m->mem, &m->b, m->height);
	return check_at(&m->p, &view, &m->b, &m->a);
}

/* The push of the height that judge() takes the block to have. */
static const uint8_t h1000[3] = {2, 0xe8, 0x03};
#define H1000 bytes_of(h1000, 3)

static inline void make_coinbase(struct maker *m)
{
	struct part t = coinbase(H1000);

	make_tx(m, &t);
}

#endif
