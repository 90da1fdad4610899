/* SPDX-License-Identifier: MIT */
/* Blocks called invalid, reconsidered or precious by hand, as Bitcoin Core does. */
#include "tests/unit/node/labblock.h"

#include "node/chain/choose.h"
#include "node/core/priv.h"

#define READY 110

struct bench {
	struct lab *l;
	struct txid cb[READY + 1];
	struct blkid at[READY + 1];
};

static int setup(void **state)
{
	struct bench *t = calloc(1, sizeof(*t));
	struct block_info info;

	t->l = lab_open("regtest", 0);
	blocks_mine(t->l, READY, t->cb + 1);
	for (uint32_t h = 0; h <= READY; h++) {
		assert_int_equal(query_block_at(t->l->n, h, &info), ST_OK);
		t->at[h] = info.id;
	}
	*state = t;
	return 0;
}

static int teardown(void **state)
{
	struct bench *t = *state;

	lab_verify(t->l);
	lab_close(t->l);
	free(t);
	return 0;
}

static enum block_status status_of(struct bench *t, const struct blkid *id)
{
	struct block_row row;

	assert_int_equal(store_block_by_hash(t->l->n->db, id, &row), ST_OK);
	return row.status;
}

static void invalidate(struct bench *t, const struct blkid *id)
{
	assert_int_equal(node_invalidate_block(t->l->n, id), ST_OK);
}

static void reconsider(struct bench *t, const struct blkid *id)
{
	assert_int_equal(node_reconsider_block(t->l->n, id), ST_OK);
}

/* Two blocks on the one below the tip: with the tip's work after the first. */
static void rivals(struct bench *t, struct made_block b[2])
{
	block_on(t->l, &b[0], &t->at[READY - 1]);
	b[0].extra = 7;
	block_make(&b[0]);
	block_after(&b[1], &b[0]);
	b[1].extra = 7;
	block_make(&b[1]);
}

static void what_is_above_an_invalid_block_leaves_with_it(void **state)
{
	struct bench *t = *state;
	struct node *other = lab_open_again(t->l);
	struct node_tip tip;

	invalidate(t, &t->at[100]);
	lab_tip_is(t->l, &t->at[99]);
	assert_int_equal(node_tip(other, &tip), ST_OK);
	assert_int_equal(tip.height, 99);
	node_close(other);
	assert_int_equal(status_of(t, &t->at[100]), BLOCK_INVALID);
	for (uint32_t h = 101; h <= READY; h++)
		assert_int_equal(status_of(t, &t->at[h]), BLOCK_INVALID_PARENT);
	lab_verify(t->l);
}

static void reconsidering_brings_everything_back(void **state)
{
	struct bench *t = *state;
	struct lab_state before = lab_state(t->l), after;

	/* the block itself, one below it and one above it do the same */
	for (uint32_t h = 99; h <= 101; h++) {
		invalidate(t, &t->at[100]);
		lab_tip_is(t->l, &t->at[99]);
		reconsider(t, &t->at[h]);
		lab_tip_is(t->l, &t->at[READY]);
		after = lab_state(t->l);
		lab_same(&before, &after);
	}
}

static void a_branch_beside_comes_back_with_its_ancestor(void **state)
{
	struct bench *t = *state;
	struct made_block b[2];

	rivals(t, b);
	assert_false(block_give(t->l, &b[0]).active);
	invalidate(t, &t->at[READY - 1]);
	assert_int_equal(status_of(t, &b[0].id), BLOCK_INVALID_PARENT);
	reconsider(t, &t->at[READY]);
	assert_int_equal(status_of(t, &b[0].id), BLOCK_STORED);
	lab_tip_is(t->l, &t->at[READY]);
	block_take(t->l, &b[1]);
	block_drop(&b[0]);
	block_drop(&b[1]);
}

static void one_marked_beside_stays_marked(void **state)
{
	struct bench *t = *state;
	struct made_block b[2];

	rivals(t, b);
	block_give(t->l, &b[0]);
	invalidate(t, &t->at[READY - 1]);
	invalidate(t, &b[0].id);
	reconsider(t, &t->at[READY]);
	assert_int_equal(status_of(t, &b[0].id), BLOCK_INVALID);
	assert_int_equal(block_give(t->l, &b[1]).verdict.code, V_BAD_PREV);
	reconsider(t, &b[0].id);
	block_take(t->l, &b[1]);
	block_drop(&b[0]);
	block_drop(&b[1]);
}

static void the_next_best_branch_takes_over(void **state)
{
	struct bench *t = *state;
	struct made_block b[2];

	rivals(t, b);
	block_give(t->l, &b[0]);
	lab_tip_is(t->l, &t->at[READY]);
	invalidate(t, &t->at[READY]);
	lab_tip_is(t->l, &b[0].id);
	/* the one that came first has no more work now: it stays aside, and is
	 * ready to be built on */
	reconsider(t, &t->at[READY]);
	lab_tip_is(t->l, &b[0].id);
	assert_int_equal(status_of(t, &t->at[READY]), BLOCK_STALE);
	block_drop(&b[0]);
	block_drop(&b[1]);
}

static void transactions_return_to_the_pool(void **state)
{
	struct bench *t = *state;
	struct plain_tx p = plain_spend(&t->cb[1], 0, SUBSIDY - 10000);
	struct made_block b;
	struct mempool_info pool;
	struct mempool_policy policy;
	struct txid txid;
	struct buf raw;

	mempool_policy_default(&policy);
	policy.require_standard = false;
	node_set_mempool_policy(t->l->n, &policy);
	/* large enough for the pool */
	p.out[p.n_out] = p.out[0];
	p.out[p.n_out++].value = 1000;
	p.out[0].value -= 1000;
	buf_init(&raw, 1000);
	plain_write(&raw, &p, &txid);
	block_on_tip(t->l, &b);
	b.tx[b.n_tx++] = buf_view(&raw);
	block_make(&b);
	block_take(t->l, &b);
	invalidate(t, &b.id);
	assert_int_equal(node_mempool_info(t->l->n, &pool), ST_OK);
	assert_int_equal(pool.count, 1);
	reconsider(t, &b.id);
	assert_int_equal(node_mempool_info(t->l->n, &pool), ST_OK);
	assert_int_equal(pool.count, 0);
	buf_free(&raw);
	block_drop(&b);
}

static void genesis_and_strangers_are_refused(void **state)
{
	struct bench *t = *state;
	struct lab_state before = lab_state(t->l), after;
	struct blkid stranger = {.h = {{1, 2, 3}}};

	assert_int_equal(node_invalidate_block(t->l->n, &t->at[0]), ST_DENIED);
	assert_int_equal(node_invalidate_block(t->l->n, &stranger), ST_NOT_FOUND);
	assert_int_equal(node_reconsider_block(t->l->n, &stranger), ST_NOT_FOUND);
	assert_int_equal(node_precious_block(t->l->n, &stranger), ST_NOT_FOUND);
	reconsider(t, &t->at[0]);
	after = lab_state(t->l);
	lab_same(&before, &after);
}

static void a_block_that_breaks_a_rule_breaks_it_again(void **state)
{
	struct bench *t = *state;
	struct made_block b;

	block_on_tip(t->l, &b);
	b.pays = SUBSIDY + 1;
	block_make(&b);
	block_refuse(t->l, &b, V_CB_AMOUNT);
	/* its bytes were kept: it is judged once more at once */
	reconsider(t, &b.id);
	lab_tip_is(t->l, &t->at[READY]);
	assert_int_equal(status_of(t, &b.id), BLOCK_INVALID);
	assert_int_equal(block_give(t->l, &b).verdict.code, V_DUPLICATE_INVALID);
	assert_int_equal(status_of(t, &b.id), BLOCK_INVALID);
	block_drop(&b);
}

static void a_stored_block_that_breaks_a_rule_breaks_it_again(void **state)
{
	struct bench *t = *state;
	struct made_block b[2];

	rivals(t, b);
	block_drop(&b[0]);
	block_drop(&b[1]);
	block_on(t->l, &b[0], &t->at[READY - 1]);
	b[0].pays = SUBSIDY + 1;
	block_make(&b[0]);
	block_after(&b[1], &b[0]);
	block_make(&b[1]);
	block_give(t->l, &b[0]);
	block_give(t->l, &b[1]);
	assert_int_equal(status_of(t, &b[0].id), BLOCK_INVALID);
	reconsider(t, &b[1].id);
	lab_tip_is(t->l, &t->at[READY]);
	assert_int_equal(status_of(t, &b[0].id), BLOCK_INVALID);
	assert_int_equal(status_of(t, &b[1].id), BLOCK_INVALID_PARENT);
	block_drop(&b[0]);
	block_drop(&b[1]);
}

static void a_precious_block_wins_a_tie(void **state)
{
	struct bench *t = *state;
	struct made_block b[2];

	rivals(t, b);
	block_give(t->l, &b[0]);
	lab_tip_is(t->l, &t->at[READY]);
	assert_int_equal(node_precious_block(t->l->n, &b[0].id), ST_OK);
	lab_tip_is(t->l, &b[0].id);
	lab_verify(t->l);
	assert_int_equal(node_precious_block(t->l->n, &t->at[READY]), ST_OK);
	lab_tip_is(t->l, &t->at[READY]);
	/* less work is not enough, whatever is said */
	assert_int_equal(node_precious_block(t->l->n, &t->at[READY - 2]), ST_OK);
	block_take(t->l, &b[1]);
	assert_int_equal(node_precious_block(t->l->n, &t->at[READY]), ST_OK);
	lab_tip_is(t->l, &b[1].id);
	block_drop(&b[0]);
	block_drop(&b[1]);
}

static void the_mark_survives_another_opening(void **state)
{
	struct bench *t = *state;
	struct node *again;
	struct node_tip tip;
	bool changed;

	invalidate(t, &t->at[105]);
	again = lab_open_again(t->l);
	assert_int_equal(node_activate_best(again, &changed), ST_OK);
	assert_false(changed);
	assert_int_equal(node_tip(again, &tip), ST_OK);
	assert_int_equal(tip.height, 104);
	assert_int_equal(node_reconsider_block(again, &t->at[105]), ST_OK);
	node_close(again);
	lab_tip_is(t->l, &t->at[READY]);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(what_is_above_an_invalid_block_leaves_with_it),
		T(reconsidering_brings_everything_back),
		T(a_branch_beside_comes_back_with_its_ancestor),
		T(one_marked_beside_stays_marked),
		T(the_next_best_branch_takes_over),
		T(transactions_return_to_the_pool),
		T(genesis_and_strangers_are_refused),
		T(a_block_that_breaks_a_rule_breaks_it_again),
		T(a_stored_block_that_breaks_a_rule_breaks_it_again),
		T(a_precious_block_wins_a_tie),
		T(the_mark_survives_another_opening),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
