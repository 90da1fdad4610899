/* SPDX-License-Identifier: MIT */
/* What the tests of hard blocks share: scripts of one's own on the lab's chain,
 * and how large a run is. */
#ifndef QUARRY_TESTS_UNIT_NODE_HARD_H
#define QUARRY_TESTS_UNIT_NODE_HARD_H

#include "tests/unit/node/chainlab.h"

#include "node/query/query.h"
#include "primitives/target.h"

#define HARD_RAW_MAX ((size_t)8 << 20)

/* A number from the environment, or the one of a normal run. */
static inline uint32_t hard_number(const char *name, uint32_t normal)
{
	const char *v = getenv(name);
	long n = v ? strtol(v, NULL, 10) : 0;

	return n > 0 ? (uint32_t)n : normal;
}

/* Another opening of the lab's file, with so many threads for scripts. */
static inline struct node *hard_open(const struct lab *l, int threads)
{
	struct node_options o = {.db_path = l->path, .threads = threads,
				 .app_name = "hard", .busy_ms = 20000};
	char error[NODE_ERROR_SIZE];
	struct node *n;

	if (node_open(&n, &o, error) != ST_OK)
		fail_msg("%s", error);
	return n;
}

/* A block of these transactions on the tip. salt makes another block of it. */
static inline void hard_block(struct lab *l, const struct bytes *txs,
			      uint32_t n_tx, uint32_t salt, struct buf *raw,
			      struct blkid *id)
{
	struct node_tip tip;

	assert_int_equal(node_tip(l->n, &tip), ST_OK);
	lab_block_on(l, &tip.id, tip.height + 1, tip.time + 1 + salt / 256,
		     txs, n_tx, (uint8_t)salt, raw, id);
}

/* Gives it to n, which is to find it good and on the tip. */
static inline void hard_connect(struct lab *l, struct node *n,
				const struct buf *raw)
{
	struct block_result r;
	char text[300];

	assert_int_equal(node_accept_block(n, raw->p, raw->len, "hard", &r),
			 ST_OK);
	if (r.verdict.code != VALID)
		fail_msg("%s %s", verdict_reject(text, sizeof(text), &r.verdict),
			 r.verdict.detail);
	assert_true(r.active);
	l->height = r.height;
}

/* Spends the coinbase of a height to n outputs with these scripts, and mines
 * that; the k-th is then txid:k with *value each. */
static inline void hard_fund(struct lab *l, uint32_t height,
			     const struct bytes *script, uint32_t n,
			     struct txid *txid, int64_t *value)
{
	struct lab_tx *t = calloc(1, sizeof(*t));
	struct buf raw, block;
	struct bytes one;
	struct blkid id;

	assert_non_null(t);
	buf_init(&raw, HARD_RAW_MAX);
	buf_init(&block, HARD_RAW_MAX);
	*value = l->coinbase[height].value / n;
	t->n_in = 1;
	t->n_out = n;
	t->in[0].coin = l->coinbase[height];
	for (uint32_t i = 0; i < n; i++)
		t->out[i] = (struct lab_out){*value, LAB_SCRIPT, script[i]};
	lab_build(l, t, &raw, txid);
	one = buf_view(&raw);
	hard_block(l, &one, 1, 0, &block, &id);
	hard_connect(l, l->n, &block);
	buf_free(&raw);
	buf_free(&block);
	free(t);
}

/* The root and work of a block that was changed. */
static inline void hard_seal(struct buf *raw)
{
	struct hash256 root;
	struct u256 target;
	struct arena a;
	struct block b;

	arena_init(&a, 256 << 20);
	assert_int_equal(block_parse(&b, raw->p, raw->len, &a), ST_OK);
	assert_int_equal(block_merkle_root(&root, NULL, &b, false, &a), ST_OK);
	b.header.merkle_root = root;
	assert_true(target_from_bits(&target, b.header.bits));
	do {
		b.header.nonce++;
		header_hash(&b.id, &b.header);
	} while (!target_met(&b.id, &target));
	header_write(raw->p, &b.header);
	arena_free(&a);
}

#endif
