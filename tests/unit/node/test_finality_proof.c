/* SPDX-License-Identifier: MIT */
/* Certificates, and which votes are kept for them. */
#include "tests/unit/node/votebench.h"

#include "node/chain/finality_state.h"
#include "node/query/query.h"

/* Of the block at this height; from: NULL, or where it begins. */
static struct buf certificate(struct bench *t, uint32_t height,
			      const struct blkid *from)
{
	struct blkid id = bench_at(t, height);
	struct buf out;

	buf_init(&out, NODE_CERTIFICATE_MAX);
	assert_int_equal(node_certificate(t->l->n, &id, from, &out), ST_OK);
	return out;
}

/* The height that it proves; -1: nothing. */
static int64_t proves(struct bench *t, struct buf *text,
		      const struct certificate_trust *trust)
{
	struct finality_mark m;
	char why[256] = "";

	if (!node_certificate_check(&t->p, buf_str(text), text->len, trust, &m,
				    why)) {
		assert_true(*why);
		return -1;
	}
	return m.height;
}

static size_t votes_kept(struct bench *t)
{
	struct vote_list l = {0};
	size_t n;

	assert_int_equal(store_votes_after(t->l->n->db, 0, 100000, &l), ST_OK);
	n = l.n;
	store_votes_free(&l);
	return n;
}

/* All four vote for each checkpoint, and one for a block that nobody knows. */
static void votes_are_kept_for_a_while_and_then_for_proofs_alone(void **state)
{
	enum { POINTS = FINALITY_WINDOW + 10 };
	struct bench *t = bench_open(0, POINTS * STEP + 1);
	struct blkid g = bench_at(t, 0), no = {{{9}}};
	struct certificate_trust trust = {.from = &g};
	struct buf whole, last, early;
	struct vote_list l = {0};

	(void)state;
	for (uint32_t i = 0; i < POINTS; i++) {
		struct blkid a = bench_at(t, i * STEP);
		struct vote v = bench_link(t, 3, i * STEP, &a, (i + 1) * STEP,
					   &no);

		if (i == 2)
			assert_true(bench_give(t, &v).added);
		bench_vote(t, 4, i * STEP, (i + 1) * STEP);
	}
	bench_expect(t, (POINTS - 1) * STEP, POINTS * STEP);
	/* final: POINTS - 1; of the checkpoints up to the window's begin three of
	 * four votes are kept, four of each other one */
	assert_int_equal(votes_kept(t), 3 * (POINTS - 1 - FINALITY_WINDOW) +
					4 * (FINALITY_WINDOW + 1));
	assert_int_equal(store_votes_above(t->l->n->db, 0, &l), ST_OK);
	for (size_t i = 0; i < l.n; i++)
		assert_memory_not_equal(&l.v[i].target, &no, 32);
	store_votes_free(&l);
	/* still all of the way, and any part of it */
	whole = certificate(t, (POINTS - 1) * STEP, &g);
	assert_int_equal(proves(t, &whole, NULL), (POINTS - 1) * STEP);
	assert_int_equal(proves(t, &whole, &trust), (POINTS - 1) * STEP);
	early = certificate(t, STEP, NULL);
	assert_int_equal(proves(t, &early, NULL), STEP);
	last = certificate(t, (POINTS - 1) * STEP, NULL);
	assert_int_equal(proves(t, &last, NULL), (POINTS - 1) * STEP);
	/* one link, whatever the chain's length */
	assert_true(last.len < 2000 && whole.len > 50 * last.len);
	/* it does not begin where the reader's knowledge ends */
	assert_int_equal(proves(t, &last, &trust), -1);
	buf_free(&whole);
	buf_free(&last);
	buf_free(&early);
	bench_close(t);
}

/* Of three keys with equal weight two decide. A convicted one is left out of
 * certificates of the time after that alone. */
static void evidence_is_named_where_the_set_changes(void **state)
{
	struct bench *t = bench_open(0, 5);
	struct blkid g = bench_at(t, 0), a = bench_at(t, 4), x = {{{5}}};
	struct vote v = bench_link(t, 3, 0, &g, 4, &a);
	struct vote w = bench_link(t, 3, 0, &g, 4, &x);
	struct buf before, after, whole;
	struct blkid tip;

	(void)state;
	assert_true(bench_give(t, &v).added);
	assert_true(bench_give(t, &w).convicts);
	assert_int_equal(node_mine_one(t->l->n, op_true, 1000000, "test", &tip),
			 ST_OK);
	blocks_mine(t->l, 30, t->cb + 8);
	bench_vote(t, 3, 0, 8);
	bench_vote(t, 3, 8, 12);
	before = certificate(t, 8, NULL);
	assert_null(strstr(buf_str(&before), "evidence"));
	assert_int_equal(proves(t, &before, NULL), 8);
	bench_vote(t, 3, 12, 16);
	/* two of the three that are left */
	bench_vote(t, 2, 16, 20);
	bench_vote(t, 2, 20, 24);
	bench_expect(t, 20, 24);
	after = certificate(t, 20, NULL);
	assert_non_null(strstr(buf_str(&after), "evidence"));
	assert_int_equal(proves(t, &after, NULL), 20);
	whole = certificate(t, 20, &g);
	assert_int_equal(proves(t, &whole, NULL), 20);
	/* without the evidence two of four are not enough */
	{
		char *line = strstr(buf_str(&after), "evidence");
		char *end = strchr(line, '\n') + 1;
		struct buf cut;

		buf_init(&cut, 1 << 20);
		buf_add(&cut, after.p, (size_t)(line - (char *)after.p));
		buf_text(&cut, end);
		assert_int_equal(proves(t, &cut, NULL), -1);
		buf_free(&cut);
	}
	buf_free(&before);
	buf_free(&after);
	buf_free(&whole);
	bench_close(t);
}

static void what_is_trusted_is_said(void **state)
{
	struct bench *t = bench_open(0, 20);
	struct finality_validator own[KEYS], few[1];
	struct certificate_trust trust = {.validator = own, .n = KEYS};
	struct blkid eight = bench_at(t, 8);
	struct buf text;

	(void)state;
	for (int i = 0; i < KEYS; i++) {
		memcpy(own[i].key, t->key[i], 32);
		own[i].weight = 1;
	}
	bench_vote(t, 3, 0, 4);
	bench_vote(t, 3, 4, 8);
	bench_vote(t, 3, 8, 12);
	bench_vote(t, 3, 12, 16);
	text = certificate(t, 12, &eight);
	/* two links: a history that begins in the middle */
	assert_int_equal(proves(t, &text, NULL), -1);
	trust.from = &eight;
	assert_int_equal(proves(t, &text, &trust), 12);
	/* whoever weighs more than all others together did not vote */
	own[3].weight = 8;
	assert_int_equal(proves(t, &text, &trust), -1);
	memset(few[0].key, 1, 32);
	few[0].weight = 1;
	trust.validator = few;
	trust.n = 1;
	assert_int_equal(proves(t, &text, &trust), -1);
	buf_free(&text);
	bench_close(t);
}

static void headers_must_have_the_block(void **state)
{
	enum { N = 14 };
	struct bench *t = bench_open(0, N - 1);
	struct finality_mark m = {bench_at(t, 8), 8};
	uint8_t raw[N * HEADER_SIZE];
	struct block_info b;
	char why[256];

	(void)state;
	for (uint32_t i = 0; i < N; i++) {
		assert_int_equal(query_block_at(t->l->n, i, &b), ST_OK);
		header_write(raw + i * HEADER_SIZE, &b.header);
	}
	assert_true(node_headers_hold(&t->p, raw, sizeof(raw), &m, why));
	assert_true(node_headers_hold(&t->p, raw, 9 * HEADER_SIZE, &m, why));
	assert_false(node_headers_hold(&t->p, raw, 8 * HEADER_SIZE, &m, why));
	assert_false(node_headers_hold(&t->p, raw, sizeof(raw) - 1, &m, why));
	assert_false(node_headers_hold(&t->p, raw + HEADER_SIZE,
				       sizeof(raw) - HEADER_SIZE, &m, why));
	m.height = 9;
	assert_false(node_headers_hold(&t->p, raw, sizeof(raw), &m, why));
	m.height = 8;
	raw[3 * HEADER_SIZE + 40] ^= 1;
	assert_false(node_headers_hold(&t->p, raw, sizeof(raw), &m, why));
	bench_close(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			votes_are_kept_for_a_while_and_then_for_proofs_alone),
		cmocka_unit_test(evidence_is_named_where_the_set_changes),
		cmocka_unit_test(what_is_trusted_is_said),
		cmocka_unit_test(headers_must_have_the_block),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
