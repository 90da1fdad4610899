/* SPDX-License-Identifier: MIT */
/* Which scripts an import leaves out when a block is assumed to be valid: a
 * chain with a false signature low down tells. */
#include "tests/unit/node/hard.h"

#include "node/chain/import.h"
#include "node/core/priv.h"

#define BAD_AT (LAB_MATURITY + 2)	/* height of the block with the bad script */
#define ABOVE 2100			/* two weeks are 2,016 blocks */

struct history {
	struct lab *l;
	struct buf raw[BAD_AT + ABOVE + 1];
	struct blkid id[BAD_AT + ABOVE + 1];
	struct blkid tip;	/* of the lab, below the bad block */
};

static int history_begin(void **state)
{
	struct history *h = calloc(1, sizeof(*h));
	struct lab_tx *t = calloc(1, sizeof(*t));
	struct node_tip tip;
	struct txid txid;
	struct buf tx;
	struct bytes bad;

	assert_true(h && t);
	h->l = lab_open("regtest", BAD_AT - 1);
	assert_int_equal(node_tip(h->l->n, &tip), ST_OK);
	h->tip = tip.id;
	buf_init(&tx, HARD_RAW_MAX);
	t->n_in = t->n_out = 1;
	t->in[0].coin = h->l->coinbase[1];
	t->out[0] = (struct lab_out){.value = 1000, .kind = LAB_TRUE};
	lab_build(h->l, t, &tx, &txid);
	tx.p[tx.len - 5] = OP_1 + 1;	/* the witness script */
	bad = buf_view(&tx);
	for (uint32_t i = BAD_AT; i <= BAD_AT + ABOVE; i++) {
		buf_init(&h->raw[i], HARD_RAW_MAX);
		lab_block_on(h->l, i == BAD_AT ? &tip.id : &h->id[i - 1], i,
			     tip.time + i, &bad, i == BAD_AT, 0, &h->raw[i],
			     &h->id[i]);
	}
	buf_free(&tx);
	free(t);
	*state = h;
	return 0;
}

static int history_end(void **state)
{
	struct history *h = *state;

	for (uint32_t i = BAD_AT; i <= BAD_AT + ABOVE; i++)
		buf_free(&h->raw[i]);
	lab_close(h->l);
	free(h);
	return 0;
}

/* Settles for the blocks up to a height; NULL: nothing is missing. */
static const char *settle(struct history *h, struct assume **a,
			  const struct blkid *known, uint32_t to,
			  uint32_t *count)
{
	const char *why;

	assert_int_equal(assume_new(a, h->l->n, known), ST_OK);
	/* children first: the order does not matter */
	for (uint32_t i = to; i >= BAD_AT; i--)
		assert_int_equal(assume_header(*a, h->raw[i].p), ST_OK);
	assert_int_equal(assume_settle(*a, count, &why), ST_OK);
	return why;
}

static void only_below_two_weeks_of_work(void **state)
{
	struct history *h = *state;
	struct assume *a;
	uint32_t count;

	assert_null(settle(h, &a, &h->id[BAD_AT + 1000], BAD_AT + ABOVE, &count));
	/* 2,017 blocks of ten minutes are more than two weeks, 2,016 are not */
	assert_int_equal(count, ABOVE - 2016);
	assert_true(assume_spares(a, &h->id[BAD_AT]));
	assert_true(assume_spares(a, &h->id[BAD_AT + ABOVE - 2017]));
	assert_false(assume_spares(a, &h->id[BAD_AT + ABOVE - 2016]));
	assert_false(assume_spares(a, &h->tip));
	assume_free(a);
	assert_null(settle(h, &a, &h->id[BAD_AT + 3], BAD_AT + ABOVE, &count));
	assert_int_equal(count, 4);
	assert_false(assume_spares(a, &h->id[BAD_AT + 4]));
	assume_free(a);
	assert_non_null(settle(h, &a, &h->id[BAD_AT + 3], BAD_AT + 2016,
			       &count));
	assert_int_equal(count, 0);
	assume_free(a);
}

static void only_on_the_branch_with_the_most_work(void **state)
{
	struct history *h = *state;
	struct blkid other;
	struct assume *a;
	struct buf raw;
	uint32_t count;
	const char *why;

	/* unknown */
	memset(&other, 7, sizeof(other));
	assert_string_equal(settle(h, &a, &other, BAD_AT + ABOVE, &count),
			    "it is not among the blocks given");
	assert_false(assume_spares(a, &h->id[BAD_AT]));
	assume_free(a);
	/* on a side branch */
	buf_init(&raw, HARD_RAW_MAX);
	lab_block_on(h->l, &h->id[BAD_AT], BAD_AT + 1, 2000000000, NULL, 0, 9,
		     &raw, &other);
	assert_int_equal(assume_new(&a, h->l->n, &other), ST_OK);
	assert_int_equal(assume_header(a, raw.p), ST_OK);
	for (uint32_t i = BAD_AT; i <= BAD_AT + ABOVE; i++)
		assert_int_equal(assume_header(a, h->raw[i].p), ST_OK);
	assert_int_equal(assume_settle(a, &count, &why), ST_OK);
	assert_string_equal(why, "it is not on the branch with the most work");
	assume_free(a);
	/* without a way to what is known here */
	assert_int_equal(assume_new(&a, h->l->n, &h->id[BAD_AT + 1]), ST_OK);
	for (uint32_t i = BAD_AT + 1; i <= BAD_AT + ABOVE; i++)
		assert_int_equal(assume_header(a, h->raw[i].p), ST_OK);
	assert_int_equal(assume_settle(a, &count, &why), ST_OK);
	assert_string_equal(why, "it is not among the blocks given");
	assume_free(a);
	buf_free(&raw);
}

static void only_with_the_minimum_of_work(void **state)
{
	struct history *h = *state;
	struct assume *a;
	uint32_t count;

	/* two hashes a block, on average */
	h->l->n->params.min_chainwork = u256_from(2 * (BAD_AT + ABOVE + 1));
	assert_null(settle(h, &a, &h->id[BAD_AT + 3], BAD_AT + ABOVE, &count));
	assume_free(a);
	h->l->n->params.min_chainwork = u256_from(2 * (BAD_AT + ABOVE + 1) + 1);
	assert_string_equal(settle(h, &a, &h->id[BAD_AT + 3], BAD_AT + ABOVE,
				   &count),
			    "the branch has less than the network's minimum "
			    "work");
	assume_free(a);
	memset(&h->l->n->params.min_chainwork, 0, sizeof(struct u256));
}

static void import_all(struct history *h, const struct assume *a,
		       struct block_result *bad)
{
	struct import_options o = {.assume = a};

	assert_int_equal(import_begin(h->l->n, &o), ST_OK);
	for (uint32_t i = BAD_AT; i <= BAD_AT + ABOVE; i++) {
		struct block_result r;

		assert_int_equal(node_accept_block(h->l->n, h->raw[i].p,
						   h->raw[i].len, "import", &r),
				 ST_OK);
	}
	assert_int_equal(import_end(h->l->n, bad), ST_OK);
}

/* Last: what was refused once stays so. */
static void an_import_leaves_out_what_is_spared(void **state)
{
	struct history *h = *state;
	struct block_result bad;
	struct node_tip tip;
	struct assume *a;
	uint32_t count;

	assert_null(settle(h, &a, &h->id[BAD_AT], BAD_AT + ABOVE, &count));
	assert_int_equal(count, 1);
	import_all(h, a, &bad);
	assume_free(a);
	assert_int_equal(bad.verdict.code, VALID);
	assert_int_equal(node_tip(h->l->n, &tip), ST_OK);
	assert_int_equal(tip.height, BAD_AT + ABOVE);
}

static void an_import_runs_all_else(void **state)
{
	struct history *h = *state;
	struct block_result bad;
	struct node_tip tip;

	import_all(h, NULL, &bad);
	assert_int_equal(bad.verdict.code, V_SCRIPT);
	assert_memory_equal(&bad.id, &h->id[BAD_AT], sizeof(bad.id));
	assert_int_equal(node_tip(h->l->n, &tip), ST_OK);
	assert_memory_equal(&tip.id, &h->tip, sizeof(tip.id));
}

int main(void)
{
	const struct CMUnitTest of_headers[] = {
		cmocka_unit_test(only_below_two_weeks_of_work),
		cmocka_unit_test(only_on_the_branch_with_the_most_work),
		cmocka_unit_test(only_with_the_minimum_of_work),
		cmocka_unit_test(an_import_leaves_out_what_is_spared),
	};
	const struct CMUnitTest of_all[] = {
		cmocka_unit_test(an_import_runs_all_else),
	};
	int failed = cmocka_run_group_tests_name("assume", of_headers,
						 history_begin, history_end);

	return failed + cmocka_run_group_tests_name("assume nothing", of_all,
						    history_begin, history_end);
}
