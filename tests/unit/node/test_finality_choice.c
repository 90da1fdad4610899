/* SPDX-License-Identifier: MIT */
/*
 * Nothing crosses a final block, by whatever way it comes: blocks, headers, an
 * import, the operator. And what loses to a justified block is neither chosen nor
 * fetched, whatever its work.
 */
#include "tests/unit/node/votebench.h"

#include "node/chain/choose.h"
#include "node/chain/finality_state.h"
#include "node/chain/import.h"
#include "node/chain/presync.h"
#include "node/query/query.h"
#include "store/store_block.h"
#include "store/store_event.h"

enum { LONG = 12 };

static void finalise(struct bench *t)
{
	bench_vote(t, 3, 0, 8);
	bench_vote(t, 3, 8, 12);
	bench_expect(t, 8, 12);
}

static enum verdict_code give_headers(struct bench *t, struct made_block *b,
				      size_t n, struct presync **s)
{
	uint8_t raw[LONG * HEADER_SIZE];
	struct headers_answer a;

	for (size_t i = 0; i < n; i++)
		memcpy(raw + i * HEADER_SIZE, b[i].raw.p, HEADER_SIZE);
	assert_int_equal(node_take_headers(t->l->n, s, raw, n, "test", &a),
			 ST_OK);
	return a.verdict.code;
}

static uint32_t missing(struct bench *t)
{
	struct arena a;
	struct blkid *ids;
	uint32_t n;

	arena_init(&a, 1 << 20);
	assert_int_equal(query_missing_blocks(t->l->n, 100, &a, &ids, &n), ST_OK);
	arena_free(&a);
	return n;
}

static enum block_status status_of(struct bench *t, const struct blkid *id)
{
	struct block_row row;

	assert_int_equal(store_block_by_hash(t->l->n->db, id, &row), ST_OK);
	return row.status;
}

static void has_reason(struct bench *t, const struct blkid *id, const char *want)
{
	struct reject_row row;

	assert_int_equal(store_reject_get(t->l->n->db, &id->h, &row), ST_OK);
	assert_string_equal(row.reason, want);
}

static bool wanted(struct bench *t, const struct blkid *id)
{
	bool is;

	assert_int_equal(query_is_wanted(t->l->n, id, &is), ST_OK);
	return is;
}

/* Headers with more work were there, and partly their blocks, before validators
 * spoke: nothing more of them is fetched, and they are refused from then on. */
static void a_known_branch_is_dropped_when_it_crosses(void **state)
{
	struct bench *t = bench_open(0, 13);
	struct made_block *b = bench_branch(t, 6, LONG), c;
	struct blkid tip = bench_at(t, 13);
	struct presync *s = NULL;

	(void)state;
	assert_int_equal(give_headers(t, b, 10, &s), VALID);
	assert_int_equal(block_give(t->l, &b[0]).verdict.code, VALID);
	assert_int_equal(missing(t), 9);
	assert_true(wanted(t, &b[9].id));
	finalise(t);
	assert_int_equal(missing(t), 0);
	assert_false(wanted(t, &b[9].id));
	assert_int_equal(status_of(t, &b[0].id), BLOCK_INVALID);
	has_reason(t, &b[0].id, "bad-fork-prior-to-finalized");
	/* it is no fault of a sender that knows no votes: the same reason again */
	assert_int_equal(give_headers(t, b, LONG, &s), V_PRIOR_TO_FINAL);
	assert_int_equal(give_headers(t, b + 10, 2, &s), V_PRIOR_TO_FINAL);
	for (int i = 0; i < LONG; i++)
		assert_int_equal(block_give(t->l, &b[i]).verdict.code,
				 i < 11 ? V_PRIOR_TO_FINAL : V_PREV_NOT_FOUND);
	lab_tip_is(t->l, &tip);
	/* the chain itself goes on */
	block_on_tip(t->l, &c);
	block_make(&c);
	block_take(t->l, &c);
	block_drop(&c);
	presync_free(s);
	bench_drop(b, LONG);
	bench_close(t);
}

static void headers_beside_a_final_block_are_not_gone_through(void **state)
{
	struct bench *t = bench_open(0, 13);
	struct made_block *b = bench_branch(t, 7, LONG);
	struct presync *s = NULL;

	(void)state;
	finalise(t);
	assert_int_equal(give_headers(t, b, LONG, &s), V_PRIOR_TO_FINAL);
	assert_null(s);
	has_reason(t, &b[0].id, "bad-fork-prior-to-finalized");
	bench_drop(b, LONG);
	bench_close(t);
}

/* A peer's answer may begin far below. */
static void headers_of_the_chain_itself_lead_on(void **state)
{
	struct bench *t = bench_open(0, 13);
	struct made_block *b = bench_branch(t, 13, 2);
	uint8_t raw[11 * HEADER_SIZE];
	struct headers_answer a;
	struct presync *s = NULL;
	struct block_info info;

	(void)state;
	finalise(t);
	for (uint32_t i = 0; i < 9; i++) {
		assert_int_equal(query_block_at(t->l->n, 5 + i, &info), ST_OK);
		header_write(raw + i * HEADER_SIZE, &info.header);
	}
	for (int i = 0; i < 2; i++)
		memcpy(raw + (9 + i) * HEADER_SIZE, b[i].raw.p, HEADER_SIZE);
	for (size_t n = 9; n <= 11; n++) {
		assert_int_equal(node_take_headers(t->l->n, &s, raw, n, "test",
						   &a), ST_OK);
		assert_int_equal(a.verdict.code, VALID);
	}
	assert_int_equal(missing(t), 2);
	presync_free(s);
	bench_drop(b, 2);
	bench_close(t);
}

static void an_import_does_not_cross(void **state)
{
	struct bench *t = bench_open(0, 13);
	struct made_block *b = bench_branch(t, 7, LONG);
	struct made_block *good = bench_branch(t, 13, 3);
	struct import_options o = {0};
	struct block_result bad;

	(void)state;
	finalise(t);
	assert_int_equal(import_begin(t->l->n, &o), ST_OK);
	/* between blocks of the chain, as in a file of both */
	assert_int_equal(block_give(t->l, &good[0]).verdict.code, VALID);
	for (int i = 0; i < LONG; i++)
		assert_int_equal(block_give(t->l, &b[i]).verdict.code,
				 i ? V_PREV_NOT_FOUND : V_PRIOR_TO_FINAL);
	for (int i = 1; i < 3; i++)
		assert_int_equal(block_give(t->l, &good[i]).verdict.code, VALID);
	assert_int_equal(import_end(t->l->n, &bad), ST_OK);
	assert_int_equal(bad.verdict.code, VALID);
	lab_tip_is(t->l, &good[2].id);
	has_reason(t, &b[0].id, "bad-fork-prior-to-finalized");
	bench_drop(b, LONG);
	bench_drop(good, 3);
	bench_close(t);
}

static void the_operator_does_not_cross(void **state)
{
	struct bench *t = bench_open(0, 13);
	struct made_block *b = bench_branch(t, 7, 6);
	struct blkid genesis = bench_at(t, 0), tip = bench_at(t, 13);
	int64_t before, after;

	(void)state;
	/* as much work as the tip has */
	for (int i = 0; i < 6; i++)
		assert_int_equal(block_give(t->l, &b[i]).verdict.code, VALID);
	finalise(t);
	assert_int_equal(store_reject_last(t->l->n->db, &before), ST_OK);
	assert_int_equal(node_precious_block(t->l->n, &b[5].id), ST_DENIED);
	assert_int_equal(node_reconsider_block(t->l->n, &b[5].id), ST_DENIED);
	assert_int_equal(store_reject_last(t->l->n->db, &after), ST_OK);
	assert_true(after > before);
	has_reason(t, &b[5].id, "bad-fork-prior-to-finalized");
	assert_int_equal(node_reconsider_block(t->l->n, &genesis), ST_OK);
	assert_int_equal(status_of(t, &b[0].id), BLOCK_INVALID);
	assert_false(wanted(t, &b[5].id));
	lab_tip_is(t->l, &tip);
	bench_drop(b, 6);
	bench_close(t);
}

/* More work, but beside the justified block: kept, never fetched, never chosen,
 * until votes take it up. */
static void a_branch_beside_the_justified_block_waits(void **state)
{
	struct bench *t = bench_open(0, 13);
	struct made_block *b = bench_branch(t, 5, LONG);
	struct made_block *more = bench_branch(t, 13, 2);
	struct blkid tip = bench_at(t, 13), g = bench_at(t, 0);
	struct presync *s = NULL;
	struct block_info best;

	(void)state;
	bench_vote(t, 3, 0, 8);
	bench_expect(t, 0, 8);
	assert_int_equal(give_headers(t, b, LONG, &s), VALID);
	assert_int_equal(missing(t), 0);
	assert_false(wanted(t, &b[LONG - 1].id));
	assert_int_equal(query_best_header(t->l->n, &best), ST_OK);
	assert_memory_equal(&best.id, &tip, 32);
	/* of those that build on it the one with most work is followed */
	assert_int_equal(give_headers(t, more, 2, &s), VALID);
	assert_int_equal(missing(t), 2);
	/* its blocks come unasked */
	for (int i = 0; i < LONG; i++)
		assert_int_equal(block_give(t->l, &b[i]).verdict.code, VALID);
	lab_tip_is(t->l, &tip);
	assert_int_equal(node_precious_block(t->l->n, &b[7].id), ST_OK);
	lab_tip_is(t->l, &tip);
	/* the one who doubts may vote for it from below: then it is the best */
	for (int i = 0; i < 3; i++) {
		struct vote v = bench_link(t, i, 0, &g, 12, &b[6].id);

		assert_int_equal(bench_give(t, &v).verdict.code, VALID);
	}
	bench_expect(t, 0, 12);
	lab_tip_is(t->l, &b[LONG - 1].id);
	assert_false(wanted(t, &more[1].id));
	presync_free(s);
	bench_drop(b, LONG);
	bench_drop(more, 2);
	bench_close(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_known_branch_is_dropped_when_it_crosses),
		cmocka_unit_test(
			headers_beside_a_final_block_are_not_gone_through),
		cmocka_unit_test(headers_of_the_chain_itself_lead_on),
		cmocka_unit_test(an_import_does_not_cross),
		cmocka_unit_test(the_operator_does_not_cross),
		cmocka_unit_test(a_branch_beside_the_justified_block_waits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
