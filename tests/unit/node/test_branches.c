/* SPDX-License-Identifier: MIT */
/* Which branch is the chain, and what is left of the others. */
#include "tests/unit/node/labblock.h"

#include "crypto/sha256.h"
#include "node/chain/activate.h"
#include "node/mine/submit.h"

#define READY 110

struct bench {
	struct lab *l;
	struct txid cb[READY + 1];
	struct blkid base;	/* the tip after setup */
};

static int setup(void **state)
{
	struct bench *t = calloc(1, sizeof(*t));
	struct node_tip tip;

	t->l = lab_open("regtest", 0);
	blocks_mine(t->l, READY, t->cb + 1);
	assert_int_equal(node_tip(t->l->n, &tip), ST_OK);
	t->base = tip.id;
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

/* A run of blocks on base, made and not given. */
static void run_of(struct bench *t, struct made_block *b, uint32_t n,
		   uint32_t extra)
{
	for (uint32_t i = 0; i < n; i++) {
		if (i)
			block_after(&b[i], &b[i - 1]);
		else
			block_on(t->l, &b[0], &t->base);
		b[i].extra = extra;
		block_make(&b[i]);
	}
}

static void drop(struct made_block *b, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		block_drop(&b[i]);
}

static void is_aside(struct bench *t, const struct made_block *b)
{
	struct block_result r = block_give(t->l, b);

	assert_int_equal(r.verdict.code, VALID);
	assert_false(r.active);
	assert_false(r.tip_changed);
}

static void of_equal_work_the_first_seen_stays(void **state)
{
	struct bench *t = *state;
	struct made_block a[2], b[3];

	run_of(t, a, 2, 1);
	run_of(t, b, 3, 2);
	block_take(t->l, &a[0]);
	is_aside(t, &b[0]);
	block_take(t->l, &a[1]);
	is_aside(t, &b[1]);
	lab_tip_is(t->l, &a[1].id);
	block_take(t->l, &b[2]);
	drop(a, 2);
	drop(b, 3);
}

static void a_block_given_twice_is_known(void **state)
{
	struct bench *t = *state;
	struct made_block a[2], b[1];
	struct block_result r;

	run_of(t, a, 2, 1);
	run_of(t, b, 1, 2);
	block_take(t->l, &a[0]);
	r = block_give(t->l, &a[0]);
	assert_true(r.known && r.active);
	block_take(t->l, &a[1]);
	is_aside(t, &b[0]);
	r = block_give(t->l, &b[0]);
	assert_true(r.known && !r.active);
	assert_int_equal(r.verdict.code, VALID);
	drop(a, 2);
	drop(b, 1);
}

static void headers_first_then_blocks_in_any_order(void **state)
{
	enum { N = 35 };	/* the subsidy halves at 150 */
	struct bench *t = *state;
	struct made_block b[N];
	uint8_t raw[N * HEADER_SIZE];
	uint32_t order[N];
	struct verdict v;
	size_t accepted;

	run_of(t, b, N, 1);
	for (uint32_t i = 0; i < N; i++) {
		memcpy(raw + i * HEADER_SIZE, b[i].raw.p, HEADER_SIZE);
		order[i] = i;
	}
	assert_int_equal(node_accept_headers(t->l->n, raw, N, "lab", &accepted,
					     &v), ST_OK);
	assert_int_equal(accepted, N);
	assert_int_equal(v.code, VALID);
	for (uint32_t i = N - 1; i > 0; i--) {
		uint32_t k = (uint32_t)(lab_rand(t->l) % (i + 1));
		uint32_t x = order[i];

		order[i] = order[k];
		order[k] = x;
	}
	for (uint32_t i = 0; i < N; i++)
		assert_int_equal(block_give(t->l, &b[order[i]]).verdict.code,
				 VALID);
	lab_tip_is(t->l, &b[N - 1].id);
	drop(b, N);
}

static void a_parent_may_come_later(void **state)
{
	struct bench *t = *state;
	struct made_block a[3];

	run_of(t, a, 3, 1);
	assert_int_equal(block_give(t->l, &a[1]).verdict.code, V_PREV_NOT_FOUND);
	block_take(t->l, &a[0]);
	block_take(t->l, &a[1]);
	block_take(t->l, &a[2]);
	drop(a, 3);
}

/* A branch with more work whose block at `bad` pays too much. */
static void bad_branch(struct bench *t, struct made_block *b, uint32_t n,
		       uint32_t bad)
{
	for (uint32_t i = 0; i < n; i++) {
		if (i)
			block_after(&b[i], &b[i - 1]);
		else
			block_on(t->l, &b[0], &t->base);
		b[i].extra = 77;
		if (i == bad)
			b[i].pays = SUBSIDY + 1;
		block_make(&b[i]);
	}
}

static void a_better_branch_with_a_bad_block_is_left_again(void **state)
{
	struct bench *t = *state;
	struct made_block a[2], b[4], child;
	struct lab_state before, after;
	struct block_info info;
	struct block_result r;

	run_of(t, a, 2, 1);
	bad_branch(t, b, 4, 1);
	block_take(t->l, &a[0]);
	block_take(t->l, &a[1]);
	before = lab_state(t->l);
	is_aside(t, &b[0]);
	is_aside(t, &b[1]);
	/* three blocks are more than two: now they are looked at */
	r = block_give(t->l, &b[2]);
	assert_int_equal(r.verdict.code, V_BAD_PREV);
	assert_true(r.stored);
	after = lab_state(t->l);
	lab_same(&before, &after);
	r = block_give(t->l, &b[3]);
	assert_int_equal(r.verdict.code, V_BAD_PREV);
	assert_false(r.stored);
	for (uint32_t i = 1; i < 3; i++) {
		assert_int_equal(query_block(t->l->n, &b[i].id, &info), ST_OK);
		assert_true(info.invalid);
		block_refuse(t->l, &b[i], V_DUPLICATE_INVALID);
	}
	assert_int_equal(query_block(t->l->n, &b[0].id, &info), ST_OK);
	assert_false(info.invalid);
	/* a good branch over its good part wins */
	block_after(&child, &b[0]);
	child.extra = 9;
	block_make(&child);
	is_aside(t, &child);
	block_drop(&child);
	drop(a, 2);
	drop(b, 4);
}

static void the_good_part_of_a_bad_branch_may_still_be_the_best(void **state)
{
	struct bench *t = *state;
	struct made_block a[1], b[4];
	struct block_result r;

	run_of(t, a, 1, 1);
	bad_branch(t, b, 4, 3);
	block_take(t->l, &a[0]);
	is_aside(t, &b[0]);
	block_take(t->l, &b[1]);
	block_take(t->l, &b[2]);
	r = block_give(t->l, &b[3]);
	assert_int_equal(r.verdict.code, V_CB_AMOUNT);
	lab_tip_is(t->l, &b[2].id);
	drop(a, 1);
	drop(b, 4);
}

static void blocks_that_waited_fall_with_the_bad_one_below(void **state)
{
	struct bench *t = *state;
	struct made_block b[5];
	uint8_t raw[5 * HEADER_SIZE];
	struct block_result r;
	struct block_info info;
	struct verdict v;
	size_t accepted;

	bad_branch(t, b, 5, 2);
	for (uint32_t i = 0; i < 5; i++)
		memcpy(raw + i * HEADER_SIZE, b[i].raw.p, HEADER_SIZE);
	assert_int_equal(node_accept_headers(t->l->n, raw, 5, "lab", &accepted,
					     &v), ST_OK);
	is_aside(t, &b[4]);
	is_aside(t, &b[3]);
	is_aside(t, &b[1]);
	is_aside(t, &b[2]);
	/* the good ones stay, the rest goes */
	r = block_give(t->l, &b[0]);
	assert_int_equal(r.verdict.code, VALID);
	assert_true(r.active);
	lab_tip_is(t->l, &b[1].id);
	for (uint32_t i = 2; i < 5; i++) {
		assert_int_equal(query_block(t->l->n, &b[i].id, &info), ST_OK);
		assert_true(info.invalid);
	}
	drop(b, 5);
}

static void the_same_transaction_has_another_witness_in_each_branch(void **state)
{
	struct bench *t = *state;
	struct plain_tx fund = plain_spend(&t->cb[1], 0, SUBSIDY);
	/* OP_DROP OP_1: any item does */
	static const uint8_t script[2] = {OP_DROP, OP_1};
	uint8_t witness[2][16], program[34] = {0, 32};
	struct made_block f, a, b, c;
	struct buf fund_raw, raw[2];
	struct tx_info info;
	struct arena arena;
	struct txid id;

	sha256(program + 2, script, sizeof(script));
	fund.out[0].script = bytes_of(program, sizeof(program));
	plain_write(&fund_raw, &fund, &id);
	block_on_tip(t->l, &f);
	f.tx[f.n_tx++] = buf_view(&fund_raw);
	block_make(&f);
	block_take(t->l, &f);
	for (uint8_t i = 0; i < 2; i++) {
		const uint8_t w[5] = {1, i, 2, OP_DROP, OP_1};
		struct txin in = {.prevout = {id, 0}, .sequence = SEQUENCE_FINAL,
				  .n_witness = 2};
		struct txout out = {SUBSIDY, op_true};
		struct tx tx = {.version = 2, .n_in = 1, .in = &in, .n_out = 1,
				.out = &out, .has_witness = true};

		memcpy(witness[i], w, sizeof(w));
		in.witness = bytes_of(witness[i], sizeof(w));
		buf_init(&raw[i], 1000);
		tx_write(&raw[i], &tx, true);
	}
	block_after(&a, &f);
	a.tx[a.n_tx++] = buf_view(&raw[0]);
	block_make(&a);
	block_take(t->l, &a);
	block_after(&b, &f);
	b.extra = 1;
	b.tx[b.n_tx++] = buf_view(&raw[1]);
	block_make(&b);
	is_aside(t, &b);
	block_after(&c, &b);
	block_make(&c);
	block_take(t->l, &c);
	/* one txid, and the witness of the branch that is active */
	arena_init(&arena, 1 << 20);
	{
		struct tx tx;

		assert_int_equal(tx_parse(&tx, raw[0].p, raw[0].len, &arena),
				 ST_OK);
		assert_int_equal(query_tx(t->l->n, &tx.txid, &arena, &info),
				 ST_OK);
	}
	assert_int_equal(info.raw.len, raw[1].len);
	assert_memory_equal(info.raw.p, raw[1].p, raw[1].len);
	for (int i = 0; i < 2; i++) {
		struct bytes block;
		const struct made_block *m = i ? &a : &b;

		assert_int_equal(query_block_raw(t->l->n, &m->id, &arena, &block),
				 ST_OK);
		assert_int_equal(block.len, m->raw.len);
		assert_memory_equal(block.p, m->raw.p, block.len);
	}
	arena_free(&arena);
	buf_free(&fund_raw);
	buf_free(&raw[0]);
	buf_free(&raw[1]);
	block_drop(&f);
	block_drop(&a);
	block_drop(&b);
	block_drop(&c);
}

static void coins_of_a_disconnected_block_keep_height_and_coinbase_flag(void **state)
{
	struct bench *t = *state;
	struct made_block a[1], b[2], c;
	struct plain_tx spend = plain_spend(&t->cb[11], 0, SUBSIDY);
	struct plain_tx young = plain_spend(&t->cb[12], 0, SUBSIDY);
	struct buf raw, raw2;
	struct arena arena;
	struct output_info out;
	struct outpoint at = {t->cb[11], 0};

	plain_write(&raw, &spend, NULL);
	plain_write(&raw2, &young, NULL);
	block_on_tip(t->l, &a[0]);
	a[0].tx[a[0].n_tx++] = buf_view(&raw);
	block_make(&a[0]);
	run_of(t, b, 2, 5);
	block_take(t->l, &a[0]);
	is_aside(t, &b[0]);
	block_take(t->l, &b[1]);
	arena_init(&arena, 1 << 20);
	assert_int_equal(query_output(t->l->n, &at, &arena, &out), ST_OK);
	assert_int_equal(out.height, 11);
	assert_true(out.coinbase);
	arena_free(&arena);
	/* at height 113 the coinbase of 12 is mature; a rollback that lost the
	 * heights would not see the difference to one of 14 */
	block_on_tip(t->l, &c);
	assert_int_equal(c.height, READY + 3);
	c.tx[c.n_tx++] = buf_view(&raw2);
	block_make(&c);
	block_take(t->l, &c);
	block_drop(&c);
	block_on_tip(t->l, &c);
	young = plain_spend(&t->cb[READY + 4 - 99], 0, SUBSIDY);
	buf_free(&raw2);
	plain_write(&raw2, &young, NULL);
	c.tx[c.n_tx++] = buf_view(&raw2);
	block_make(&c);
	block_refuse(t->l, &c, V_CB_IMMATURE);
	block_drop(&c);
	buf_free(&raw);
	buf_free(&raw2);
	drop(a, 1);
	drop(b, 2);
}

/* Two processes hand in one block: the slower one says the same of it. */
static void a_verdict_of_another_process_is_read(void **state)
{
	struct bench *t = *state;
	struct watch none;
	struct plain_tx tx[2];
	struct block_result said, again;
	struct made_block b;
	struct buf raw[2];
	struct txid id[2];

	/* the second spends an output that nobody can: 1 is not 2 */
	tx[0] = plain_spend(&t->cb[1], 0, SUBSIDY);
	tx[0].out[0].script = bytes_of("\x51\x52\x88", 3);
	plain_write(&raw[0], &tx[0], &id[0]);
	tx[1] = plain_spend(&id[0], 0, SUBSIDY);
	plain_write(&raw[1], &tx[1], &id[1]);
	block_on_tip(t->l, &b);
	for (int i = 0; i < 2; i++)
		b.tx[b.n_tx++] = buf_view(&raw[i]);
	block_make(&b);
	said = block_give(t->l, &b);
	assert_int_equal(said.verdict.code, V_SCRIPT);
	assert_string_equal(said.verdict.stack, "02 01");
	verdict_init(&none.verdict);
	again = (struct block_result){.id = b.id};
	verdict_init(&again.verdict);
	assert_int_equal(activation_result(t->l->n, &none, &again), ST_OK);
	assert_int_equal(again.verdict.code, V_SCRIPT);
	assert_int_equal(again.verdict.input, 0);
	assert_true(again.verdict.has_tx);
	assert_memory_equal(&again.verdict.tx, &id[1], sizeof(id[1]));
	assert_int_equal(again.verdict.script_pos, 2);
	assert_string_equal(again.verdict.script, "scriptPubKey");
	assert_string_equal(again.verdict.stack, "02 01");
	for (int i = 0; i < 2; i++)
		buf_free(&raw[i]);
	block_drop(&b);
}

static void answers(struct bench *t, const struct made_block *b,
		    const char *wanted)
{
	struct submit_result r;

	assert_int_equal(node_submit_block(t->l->n, b->raw.p, b->raw.len, "lab",
					   &r), ST_OK);
	if (r.kind == SUBMIT_ACCEPTED)
		snprintf(r.answer, sizeof(r.answer), "null");
	assert_string_equal(r.answer, wanted);
}

/* Above a bad block Bitcoin Core calls invalid what it came to try, or what was
 * built upon; of the rest it says that it has it. The answers are its own. */
static void what_was_not_tried_is_not_called_invalid(void **state)
{
	struct bench *t = *state;
	struct made_block x[2], b[3], d[2], e;
	struct verdict v;
	size_t accepted;

	run_of(t, x, 2, 1);
	block_on(t->l, &b[0], &t->base);
	b[0].extra = 2;
	b[0].pays++;
	block_make(&b[0]);
	for (int i = 1; i < 3; i++) {
		block_after(&b[i], &b[i - 1]);
		block_make(&b[i]);
	}
	block_after(&d[0], &b[0]);
	d[0].extra = 3;
	block_make(&d[0]);
	block_after(&d[1], &d[0]);
	block_make(&d[1]);
	block_after(&e, &b[0]);
	e.extra = 4;
	block_make(&e);

	answers(t, &x[0], "null");
	answers(t, &x[1], "null");
	answers(t, &b[0], "inconclusive");
	answers(t, &d[0], "inconclusive");	/* as much work as the tip */
	assert_int_equal(node_accept_headers(t->l->n, e.raw.p, 1, "lab",
					     &accepted, &v), ST_OK);
	assert_int_equal(accepted, 1);
	answers(t, &b[1], "inconclusive");
	answers(t, &b[2], "inconclusive");	/* more: now it is tried */
	for (int i = 0; i < 3; i++)
		answers(t, &b[i], "duplicate-invalid");
	answers(t, &d[0], "duplicate");
	answers(t, &e, "inconclusive");		/* its data is new */
	answers(t, &e, "duplicate");
	answers(t, &d[1], "bad-prevblk");
	answers(t, &d[0], "duplicate-invalid");
	answers(t, &e, "duplicate");
	lab_tip_is(t->l, &x[1].id);
	drop(x, 2);
	drop(b, 3);
	drop(d, 2);
	drop(&e, 1);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(of_equal_work_the_first_seen_stays),
		T(a_block_given_twice_is_known),
		T(headers_first_then_blocks_in_any_order),
		T(a_parent_may_come_later),
		T(a_better_branch_with_a_bad_block_is_left_again),
		T(the_good_part_of_a_bad_branch_may_still_be_the_best),
		T(blocks_that_waited_fall_with_the_bad_one_below),
		T(a_verdict_of_another_process_is_read),
		T(what_was_not_tried_is_not_called_invalid),
		T(the_same_transaction_has_another_witness_in_each_branch),
		T(coins_of_a_disconnected_block_keep_height_and_coinbase_flag),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
