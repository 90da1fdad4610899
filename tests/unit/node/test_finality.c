/* SPDX-License-Identifier: MIT */
/* Finality by votes in a node: rows, the choice of branches, evidence, bonds. */
#include "tests/unit/node/votebench.h"

#include "node/chain/choose.h"
#include "node/chain/finality_state.h"
#include "primitives/bond.h"
#include "store/store_event.h"

static void votes_make_blocks_final(void **state)
{
	struct bench *t = bench_open(0, 13);
	struct node *other = lab_open_again(t->l);
	struct finality_info info;
	struct vote v;
	bool final;

	(void)state;
	bench_expect(t, 0, 0);
	assert_int_equal(node_vote_propose(t->l->n, 2, &v), ST_OK);
	assert_int_equal(v.source_height, 0);
	assert_int_equal(v.target_height, 8);
	bench_vote(t, 2, 0, 4);
	bench_expect(t, 0, 0);
	bench_vote(t, 3, 0, 8);
	bench_expect(t, 0, 8);
	bench_vote(t, 3, 8, 12);
	bench_expect(t, 8, 12);
	assert_int_equal(node_finality(other, &info), ST_OK);
	assert_int_equal(info.final.height, 8);
	assert_int_equal(node_is_final(other, 8, &final), ST_OK);
	assert_true(final);
	assert_int_equal(node_is_final(other, 9, &final), ST_OK);
	assert_false(final);
	assert_int_equal(node_vote_propose(t->l->n, 1, &v), ST_NOT_FOUND);
	node_close(other);
	bench_close(t);
}

static void bad_votes_are_refused_with_a_row(void **state)
{
	struct bench *t = bench_open(0, 9);
	struct blkid g = bench_at(t, 0), a = bench_at(t, 4);
	struct vote v = bench_link(t, 0, 0, &g, 4, &a), w = v;
	uint8_t stranger[32] = {9};
	struct reject_row row;

	(void)state;
	w.sig[5] ^= 1;
	assert_int_equal(bench_give(t, &w).verdict.code, V_VOTE_SIGNATURE);
	assert_int_equal(store_reject_get(t->l->n->db, &a.h, &row), ST_OK);
	assert_string_equal(row.reason, "vote-bad-signature");
	assert_string_equal(row.kind, "vote");
	w = bench_link(t, 0, 0, &g, 5, &a);
	assert_int_equal(bench_give(t, &w).verdict.code, V_VOTE_FORM);
	w = bench_link(t, 0, 8, &g, 4, &a);
	assert_int_equal(bench_give(t, &w).verdict.code, V_VOTE_FORM);
	w = v;
	bench_sign(t, stranger, &w);
	assert_int_equal(bench_give(t, &w).verdict.code, V_VOTE_STRANGER);
	w = bench_link(t, 0, 0, &g, 400000, &a);
	assert_int_equal(bench_give(t, &w).verdict.code, V_VOTE_FAR);
	/* what is unknown is kept, but not without end */
	for (int i = 0; i < 4; i++) {
		struct blkid x = {{{(uint8_t)i, 77}}};

		w = bench_link(t, 1, 0, &g, 40, &x);
		assert_int_equal(bench_give(t, &w).verdict.code,
				 i < 2 ? VALID : V_VOTE_MANY);
	}
	bench_close(t);
}

/* A branch with more work that was hidden, released after finality. */
static void nothing_goes_across_a_final_block(void **state)
{
	struct bench *t = bench_open(0, 13);
	struct made_block *b = bench_branch(t, 6, 12), *c = bench_branch(t, 7, 1);
	struct blkid tip = bench_at(t, 13), eight = bench_at(t, 8), six = bench_at(t, 6);
	struct block_result r;
	struct reject_row row;

	(void)state;
	/* known before, with less work */
	r = block_give(t->l, &c[0]);
	assert_int_equal(r.verdict.code, VALID);
	bench_vote(t, 3, 0, 8);
	bench_vote(t, 3, 8, 12);
	for (int i = 0; i < 12; i++) {
		r = block_give(t->l, &b[i]);
		assert_int_equal(r.verdict.code, i ? V_PREV_NOT_FOUND :
						     V_PRIOR_TO_FINAL);
	}
	assert_int_equal(store_reject_get(t->l->n->db, &b[0].id.h, &row), ST_OK);
	assert_string_equal(row.reason, "bad-fork-prior-to-finalized");
	lab_tip_is(t->l, &tip);
	/* on the block that was known */
	for (int i = 0; i < 12; i++) {
		struct made_block d;

		block_on(t->l, &d, &c[0].id);
		block_make(&d);
		assert_int_equal(block_give(t->l, &d).verdict.code,
				 V_PRIOR_TO_FINAL);
		block_drop(&d);
	}
	/* by hand */
	assert_int_equal(node_invalidate_block(t->l->n, &eight), ST_DENIED);
	assert_int_equal(node_invalidate_block(t->l->n, &six), ST_DENIED);
	assert_int_equal(store_reject_get(t->l->n->db, &six.h, &row), ST_OK);
	assert_string_equal(row.reason, "block-is-final");
	assert_int_equal(node_precious_block(t->l->n, &c[0].id), ST_DENIED);
	assert_int_equal(node_reconsider_block(t->l->n, &c[0].id), ST_DENIED);
	lab_tip_is(t->l, &tip);
	bench_drop(b, 12);
	bench_drop(c, 1);
	bench_close(t);
}

/* The justified branch goes before the one with more work, whichever of votes and
 * blocks comes first. */
static void the_justified_branch_is_preferred(void **state)
{
	struct bench *t = bench_open(0, 13);
	struct made_block *b = bench_branch(t, 5, 5), *c = bench_branch(t, 13, 1);
	struct blkid g = bench_at(t, 0), tip = bench_at(t, 13);
	struct node_tip now;

	(void)state;
	/* c is on the old branch; b ends at height 10 */
	for (int i = 0; i < 3; i++)
		assert_int_equal(block_give(t->l, &b[i]).verdict.code, VALID);
	lab_tip_is(t->l, &tip);
	for (int i = 0; i < 3; i++) {
		struct vote v = bench_link(t, i, 0, &g, 8, &b[2].id);

		assert_int_equal(bench_give(t, &v).verdict.code, VALID);
		assert_int_equal(node_tip(t->l->n, &now), ST_OK);
		assert_int_equal(now.height, i < 2 ? 13 : 8);
	}
	lab_tip_is(t->l, &b[2].id);
	assert_int_equal(block_give(t->l, &c[0]).verdict.code, VALID);
	lab_tip_is(t->l, &b[2].id);
	for (int i = 3; i < 5; i++)
		assert_int_equal(block_give(t->l, &b[i]).verdict.code, VALID);
	lab_tip_is(t->l, &b[4].id);
	bench_drop(b, 5);
	bench_drop(c, 1);
	bench_close(t);
}

static void votes_may_come_before_their_blocks(void **state)
{
	struct bench *t = bench_open(0, 5);
	struct made_block *b = bench_branch(t, 5, 7);
	struct blkid g = bench_at(t, 0);

	(void)state;
	for (int i = 0; i < 3; i++) {
		struct vote v = bench_link(t, i, 8, &b[2].id, 12, &b[6].id);
		struct vote w = bench_link(t, i, 0, &g, 8, &b[2].id);

		assert_int_equal(bench_give(t, &v).verdict.code, VALID);
		assert_int_equal(bench_give(t, &w).verdict.code, VALID);
	}
	bench_expect(t, 0, 0);
	for (int i = 0; i < 7; i++) {
		assert_int_equal(block_give(t->l, &b[i]).verdict.code, VALID);
		bench_expect(t, i < 6 ? 0 : 8, i < 2 ? 0 : i < 6 ? 8 : 12);
	}
	bench_drop(b, 7);
	bench_close(t);
}

/* Votes, then headers, then blocks of a branch with less work than the active
 * one: all of it counts, whatever comes last. */
static void votes_count_when_a_lighter_branch_comes_last(void **state)
{
	struct bench *t = bench_open(0, 16);
	struct made_block *b = bench_branch(t, 5, 7);
	struct blkid g = bench_at(t, 0), tip = bench_at(t, 16);
	struct verdict v;
	size_t n;

	(void)state;
	for (int i = 0; i < 3; i++) {
		struct vote x = bench_link(t, i, 0, &g, 8, &b[2].id);
		struct vote y = bench_link(t, i, 8, &b[2].id, 12, &b[6].id);

		assert_int_equal(bench_give(t, &x).verdict.code, VALID);
		assert_int_equal(bench_give(t, &y).verdict.code, VALID);
	}
	bench_expect(t, 0, 0);
	for (int i = 0; i < 3; i++)
		assert_int_equal(node_accept_headers(t->l->n, b[i].raw.p, 1,
						     "test", &n, &v), ST_OK);
	bench_expect(t, 0, 8);
	lab_tip_is(t->l, &tip);
	for (int i = 0; i < 7; i++)
		assert_int_equal(block_give(t->l, &b[i]).verdict.code, VALID);
	bench_expect(t, 8, 12);
	lab_tip_is(t->l, &b[6].id);
	bench_drop(b, 7);
	bench_close(t);
}

/* The block with the evidence excludes its key once it is final. */
static void evidence_excludes_from_later_sets(void **state)
{
	struct bench *t = bench_open(0, 5);
	struct blkid g = bench_at(t, 0), a = bench_at(t, 4), x = {{{5}}};
	struct vote v = bench_link(t, 3, 0, &g, 4, &a);
	struct vote w = bench_link(t, 3, 0, &g, 4, &x);
	uint8_t none[32] = {0};
	struct finality_evidence e;
	struct finality_info info;

	(void)state;
	assert_false(bench_give(t, &v).convicts);
	assert_int_equal(node_evidence_next(t->l->n, none, &e), ST_NOT_FOUND);
	assert_true(bench_give(t, &w).convicts);
	assert_int_equal(node_evidence_next(t->l->n, none, &e), ST_OK);
	assert_memory_equal(e.key, t->key[3], 32);
	assert_false(e.surround);
	assert_true(vote_evidence_proves(&e.a, &e.b, &t->p.document));
	/* the next template has it, the one after that no more */
	for (int i = 0; i < 2; i++) {
		struct block_template tpl;

		assert_int_equal(node_template_make(t->l->n, &tpl), ST_OK);
		assert_int_equal(tpl.has_evidence, i == 0);
		node_template_free(&tpl);
		assert_int_equal(node_mine_one(t->l->n, op_true, 1000000, "test",
					       &x), ST_OK);
	}
	blocks_mine(t->l, 19, t->cb + 8);
	bench_vote(t, 3, 0, 8);
	assert_int_equal(node_finality(t->l->n, &info), ST_OK);
	assert_int_equal(info.validators, 4);
	bench_vote(t, 3, 8, 12);
	bench_expect(t, 8, 12);
	assert_int_equal(node_finality(t->l->n, &info), ST_OK);
	assert_int_equal(info.validators, 3);
	/* two of three are enough once both sets have changed, not before */
	bench_vote(t, 2, 12, 16);
	bench_expect(t, 8, 12);
	bench_vote(t, 3, 12, 20);
	bench_vote(t, 3, 20, 24);
	bench_expect(t, 20, 24);
	bench_close(t);
}

/* Bonds take over from the founders when the block with them is final. */
static void bonds_decide_once_they_are_worth_enough(void **state)
{
	struct bench *t = bench_open(10, 101);
	uint8_t secret[2][32], bond[BOND_OUTPUT_SCRIPT], reg[BOND_REGISTER_SCRIPT];
	struct finality_info info;
	struct bond_keys k;
	struct plain_tx tx;
	struct made_block b;
	struct txid id;
	struct buf raw;
	struct vote v;
	struct blkid from, to;

	(void)state;
	memset(secret, 0x61, sizeof(secret));
	secret[1][0] = 1;
	assert_true(ec_xonly_create(t->l->ec, k.validator, NULL, secret[0]));
	assert_true(ec_xonly_create(t->l->ec, k.owner, NULL, secret[1]));
	assert_true(bond_script(bond, NULL, k.owner, 10));
	bond_register_write(reg, &k);
	tx = plain_spend(&t->cb[1], 0, 50 * COIN_SAT);
	tx.n_out = 3;
	tx.out[0].value = 19 * COIN_SAT;
	tx.out[0].script = (struct bytes){bond, sizeof(bond)};
	tx.out[1].value = 0;
	tx.out[1].script = (struct bytes){reg, sizeof(reg)};
	tx.out[2].value = 1 * COIN_SAT;
	tx.out[2].script = (struct bytes){bond, sizeof(bond)};
	buf_init(&raw, 1 << 16);
	plain_write(&raw, &tx, &id);
	block_on_tip(t->l, &b);
	b.tx[0] = buf_view(&raw);
	b.n_tx = 1;
	block_make(&b);
	block_take(t->l, &b);
	block_drop(&b);
	buf_free(&raw);
	blocks_mine(t->l, 20, t->cb + 103);
	/* its state has the bonds: 104. Final by the founders' votes */
	bench_vote(t, 3, 0, 104);
	bench_vote(t, 3, 104, 108);
	bench_expect(t, 104, 108);
	assert_int_equal(node_finality(t->l->n, &info), ST_OK);
	assert_int_equal(info.validators, 1);
	assert_int_equal(info.weight, 20 * COIN_SAT);
	/* both decide about the next, then the bond alone */
	bench_vote(t, 3, 108, 112);
	bench_expect(t, 104, 108);
	from = bench_at(t, 108);
	to = bench_at(t, 112);
	v = (struct vote){108, 112, from, to, {0}, {0}};
	bench_sign(t, secret[0], &v);
	assert_true(bench_give(t, &v).added);
	bench_expect(t, 108, 112);
	bench_vote(t, 4, 112, 116);
	bench_expect(t, 108, 112);
	from = bench_at(t, 112);
	to = bench_at(t, 116);
	v = (struct vote){112, 116, from, to, {0}, {0}};
	bench_sign(t, secret[0], &v);
	assert_true(bench_give(t, &v).added);
	bench_expect(t, 112, 116);
	bench_close(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(votes_make_blocks_final),
		cmocka_unit_test(bad_votes_are_refused_with_a_row),
		cmocka_unit_test(nothing_goes_across_a_final_block),
		cmocka_unit_test(the_justified_branch_is_preferred),
		cmocka_unit_test(votes_may_come_before_their_blocks),
		cmocka_unit_test(votes_count_when_a_lighter_branch_comes_last),
		cmocka_unit_test(evidence_excludes_from_later_sets),
		cmocka_unit_test(bonds_decide_once_they_are_worth_enough),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
