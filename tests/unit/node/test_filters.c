/* SPDX-License-Identifier: MIT */
/* Filters in the database: complete on every branch, chained, the same whenever
 * they were made. That a filter's bytes are right is for tests/unit/wire. */
#include "tests/unit/node/labblock.h"

#include "crypto/sha256.h"
#include "node/check/verify.h"
#include "node/query/filter.h"
#include "node/query/query.h"
#include "primitives/gcs.h"

#define BLOCKS 130

static void matches(struct filter_info *f, struct bytes script, bool expected)
{
	struct siphash_key key = filter_key(&f->block);
	struct arena a;
	bool match;

	arena_init(&a, 1 << 16);
	assert_int_equal(gcs_match_any(f->filter, &key, &script, 1, &a, &match),
			 ST_OK);
	assert_int_equal(match, expected);
	arena_free(&a);
}

/* BIP157: SHA256d of the filter's hash and the header before. */
static void chained(const struct filter_info *f, const struct hash256 *before)
{
	uint8_t pair[64], h[32];

	sha256d(pair, f->filter.p, f->filter.len);
	assert_memory_equal(pair, f->hash.b, 32);
	memcpy(pair + 32, before->b, 32);
	sha256d(h, pair, 64);
	assert_memory_equal(h, f->header.b, 32);
}

/* Every block up to `last`. */
static struct filter_info *all(struct lab *l, const struct blkid *last,
			       struct arena *a, uint32_t *n)
{
	const struct hash256 zero = {{0}};
	struct filter_info *f;

	assert_int_equal(node_filter_range(l->n, last, 0, 10000, true, a, &f, n),
			 ST_OK);
	for (uint32_t i = 0; i < *n; i++) {
		assert_int_equal(f[i].height, i);
		chained(&f[i], i ? &f[i - 1].header : &zero);
	}
	return f;
}

static void assert_state(struct lab *l, bool on, bool complete, uint32_t height)
{
	struct filter_state s;

	assert_int_equal(node_filter_state(l->n, &s), ST_OK);
	assert_int_equal(s.on, on);
	assert_int_equal(s.complete, complete);
	assert_int_equal(s.height, height);
}

static void assert_verified(struct lab *l, bool good)
{
	struct verify_report r;

	assert_int_equal(node_verify(l->n, NULL, NULL, &r), ST_OK);
	assert_int_equal(r.fault[0] == '\0', good);
}

static void spent_and_paid_scripts_are_in_it(void **state)
{
	struct lab *l = lab_open("regtest", BLOCKS);
	struct lab_tx t = {.n_in = 1, .n_out = 3};
	struct filter_info f;
	struct node_tip tip;
	struct buf raw, spk;
	struct tx_result r;
	struct txid txid;
	struct arena a;

	(void)state;
	arena_init(&a, 1 << 20);
	buf_init(&raw, 1 << 20);
	buf_init(&spk, 1000);
	t.in[0].coin = l->coinbase[1];
	t.out[0] = (struct lab_out){1000000, LAB_P2TR, {0}};
	t.out[1] = (struct lab_out){1000000, LAB_P2WPKH, {0}};
	t.out[2] = (struct lab_out){0, LAB_SCRIPT,
				    bytes_of("\x6a\x04" "abcd", 6)};
	lab_build(l, &t, &raw, &txid);
	assert_int_equal(lab_send(l, &raw, &r), VALID);
	lab_mine(l, 1);
	assert_int_equal(node_tip(l->n, &tip), ST_OK);
	assert_int_equal(node_filter(l->n, &tip.id, &a, &f), ST_OK);
	lab_script(l, LAB_P2TR, &spk);
	matches(&f, buf_view(&spk), true);
	buf_reset(&spk);
	lab_script(l, LAB_P2WPKH, &spk);
	matches(&f, buf_view(&spk), true);
	buf_reset(&spk);
	lab_script(l, LAB_TRUE, &spk);		/* spent, and the coinbase's */
	matches(&f, buf_view(&spk), true);
	matches(&f, t.out[2].script, false);	/* OP_RETURN stays out */
	buf_free(&raw);
	buf_free(&spk);
	arena_free(&a);
	lab_close(l);
}

static void stale_blocks_keep_theirs(void **state)
{
	struct lab *l = lab_open("regtest", BLOCKS);
	struct filter_info *before, *after, *stale;
	struct made_block b[4];
	struct hash256 *points;
	struct node_tip old, tip;
	struct block_info fork;
	uint32_t n, m;
	struct arena a;

	(void)state;
	arena_init(&a, 1 << 22);
	assert_int_equal(node_tip(l->n, &old), ST_OK);
	before = all(l, &old.id, &a, &n);
	assert_int_equal(n, BLOCKS + 1);
	assert_int_equal(query_block_at(l->n, BLOCKS - 3, &fork), ST_OK);
	for (int i = 0; i < 4; i++) {
		struct block_result r;

		block_on(l, &b[i], i ? &b[i - 1].id : &fork.id);
		b[i].extra = 9;
		block_make(&b[i]);
		r = block_give(l, &b[i]);
		assert_int_equal(r.verdict.code, VALID);
	}
	assert_int_equal(node_tip(l->n, &tip), ST_OK);
	assert_true(hash256_equal(&tip.id.h, &b[3].id.h));
	after = all(l, &tip.id, &a, &m);
	assert_int_equal(m, n + 1);
	assert_true(hash256_equal(&after[BLOCKS - 3].header,
				  &before[BLOCKS - 3].header));
	assert_false(hash256_equal(&after[BLOCKS].header, &before[BLOCKS].header));
	stale = all(l, &old.id, &a, &m);
	assert_int_equal(m, n);
	assert_true(hash256_equal(&stale[n - 1].header, &before[n - 1].header));
	/* each 50th along the stale branch */
	assert_int_equal(node_filter_headers_each(l->n, &old.id, 50, &a, &points,
						  &m), ST_OK);
	assert_int_equal(m, 2);
	assert_true(hash256_equal(&points[0], &before[50].header));
	assert_true(hash256_equal(&points[1], &before[100].header));
	assert_verified(l, true);
	for (int i = 0; i < 4; i++)
		block_drop(&b[i]);
	arena_free(&a);
	lab_close(l);
}

static void limits_of_a_range_are_kept(void **state)
{
	struct lab *l = lab_open("regtest", 12);
	struct filter_info *f;
	struct node_tip tip;
	struct blkid none = {{{7}}};
	struct arena a;
	uint32_t n;

	(void)state;
	arena_init(&a, 1 << 20);
	assert_int_equal(node_tip(l->n, &tip), ST_OK);
	assert_int_equal(node_filter_range(l->n, &tip.id, 3, 10, false, &a, &f,
					   &n), ST_OK);
	assert_int_equal(n, 10);
	assert_int_equal(f[0].height, 3);
	assert_int_equal(node_filter_range(l->n, &tip.id, 2, 10, false, &a, &f,
					   &n), ST_TOO_BIG);
	assert_int_equal(node_filter_range(l->n, &tip.id, 13, 10, false, &a, &f,
					   &n), ST_NOT_FOUND);
	assert_int_equal(node_filter_range(l->n, &none, 0, 10, false, &a, &f, &n),
			 ST_NOT_FOUND);
	arena_free(&a);
	lab_close(l);
}

static bool stop_at_once(void *arg, uint32_t height, uint32_t tip)
{
	(void)arg;
	(void)height;
	(void)tip;
	return false;
}

static void taken_away_and_made_again_they_are_the_same(void **state)
{
	struct lab *l = lab_open("regtest", BLOCKS);
	struct filter_info *before, *after, gone;
	struct lab_coin coin = l->coinbase[1];
	struct node_tip tip;
	struct buf raw;
	struct tx_result r;
	struct arena a;
	uint32_t n, m;

	(void)state;
	arena_init(&a, 1 << 22);
	buf_init(&raw, 1 << 20);
	/* inputs from the same block and from before */
	for (int i = 0; i < 5; i++) {
		lab_pay(l, &coin, 1000, &raw);
		assert_int_equal(lab_send(l, &raw, &r), VALID);
	}
	lab_mine(l, 1);
	assert_int_equal(node_tip(l->n, &tip), ST_OK);
	before = all(l, &tip.id, &a, &n);
	assert_state(l, true, true, BLOCKS + 1);
	assert_int_equal(node_filter_drop(l->n), ST_OK);
	assert_state(l, false, false, 0);
	lab_mine(l, 1);
	assert_state(l, false, false, 0);
	assert_int_equal(node_filter(l->n, &tip.id, &a, &gone), ST_NOT_FOUND);
	assert_verified(l, true);
	assert_int_equal(node_filter_build(l->n, stop_at_once, NULL),
			 ST_CANCELLED);
	assert_int_equal(node_filter_build(l->n, NULL, NULL), ST_OK);
	assert_state(l, true, true, BLOCKS + 2);
	after = all(l, &tip.id, &a, &m);
	assert_int_equal(m, n);
	assert_true(hash256_equal(&after[n - 1].header, &before[n - 1].header));
	lab_mine(l, 1);
	assert_state(l, true, true, BLOCKS + 3);
	assert_verified(l, true);
	buf_free(&raw);
	arena_free(&a);
	lab_close(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(spent_and_paid_scripts_are_in_it),
		cmocka_unit_test(stale_blocks_keep_theirs),
		cmocka_unit_test(limits_of_a_range_are_kept),
		cmocka_unit_test(taken_away_and_made_again_they_are_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
