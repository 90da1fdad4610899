/* SPDX-License-Identifier: MIT */
/*
 * Blocks that are refused: with Bitcoin Core's word, the database unchanged, a
 * row that says why; and what may be had again afterwards.
 */
#include "tests/unit/node/labblock.h"

#include <unistd.h>

#define READY 110	/* blocks of the lab: the first ten may be spent */

struct bench {
	struct lab *l;
	struct txid cb[READY + 1];	/* by height */
	struct made_block b;
	struct buf raw[BLOCK_TXS_MAX];
	uint32_t n_raw;
};

static int setup(void **state)
{
	struct bench *t = calloc(1, sizeof(*t));

	t->l = lab_open("regtest", 0);
	blocks_mine(t->l, READY, t->cb + 1);
	block_on_tip(t->l, &t->b);
	*state = t;
	return 0;
}

static int teardown(void **state)
{
	struct bench *t = *state;

	for (uint32_t i = 0; i < t->n_raw; i++)
		buf_free(&t->raw[i]);
	lab_verify(t->l);
	lab_close(t->l);
	free(t);
	return 0;
}

/* Adds a transaction to the block. */
static struct txid add(struct bench *t, const struct plain_tx *tx)
{
	struct buf *raw = &t->raw[t->n_raw++];
	struct txid id;

	plain_write(raw, tx, &id);
	t->b.tx[t->b.n_tx++] = buf_view(raw);
	return id;
}

static void refused(struct bench *t, enum verdict_code why)
{
	block_make(&t->b);
	block_refuse(t->l, &t->b, why);
	block_drop(&t->b);
}

/* The same block once more says that it was already found out; not so where the
 * bytes may not have been what the hash commits to. */
static void refused_for_good(struct bench *t, enum verdict_code why)
{
	struct made_block child;

	block_make(&t->b);
	block_refuse(t->l, &t->b, why);
	block_refuse(t->l, &t->b, V_DUPLICATE_INVALID);
	block_after(&child, &t->b);
	block_make(&child);
	block_refuse(t->l, &child, V_BAD_PREV);
	assert_int_equal(block_is_kept(t->l, &t->b), why != V_BAD_CB_HEIGHT &&
				     why != V_BLOCK_NONFINAL);
	block_drop(&child);
	block_drop(&t->b);
}

static void the_coinbase_may_not_pay_too_much(void **state)
{
	struct bench *t = *state;

	t->b.pays = SUBSIDY + 1;
	refused_for_good(t, V_CB_AMOUNT);
}

static void the_coinbase_may_claim_fees_to_the_last_satoshi(void **state)
{
	struct bench *t = *state;
	struct plain_tx a = plain_spend(&t->cb[1], 0, SUBSIDY - 700);

	add(t, &a);
	t->b.pays = SUBSIDY + 701;
	refused(t, V_CB_AMOUNT);
	t->b.pays = SUBSIDY + 700;
	block_make(&t->b);
	block_take(t->l, &t->b);
	block_drop(&t->b);
}

static void a_coinbase_matures_after_a_hundred_blocks(void **state)
{
	struct bench *t = *state;
	/* spent at 111: made at 11 it is mature, at 12 it is not */
	struct plain_tx a = plain_spend(&t->cb[12], 0, SUBSIDY);
	struct plain_tx b = plain_spend(&t->cb[11], 0, SUBSIDY);

	add(t, &a);
	refused_for_good(t, V_CB_IMMATURE);
	t->b.n_tx = 0;
	add(t, &b);
	block_make(&t->b);
	block_take(t->l, &t->b);
	block_drop(&t->b);
}

static void an_output_is_spent_once_in_a_block(void **state)
{
	struct bench *t = *state;
	struct plain_tx a = plain_spend(&t->cb[1], 0, SUBSIDY);
	struct plain_tx b = plain_spend(&t->cb[1], 0, SUBSIDY - 1);

	add(t, &a);
	add(t, &b);
	refused_for_good(t, V_INPUTS_MISSING);
}

static void an_output_is_spent_once_in_a_transaction(void **state)
{
	struct bench *t = *state;
	struct plain_tx a = plain_spend(&t->cb[1], 0, SUBSIDY);

	a.n_in = 2;
	a.in[1] = a.in[0];
	add(t, &a);
	refused(t, V_INPUTS_DUPLICATE);
}

static void an_output_is_spent_once_in_a_chain(void **state)
{
	struct bench *t = *state;
	struct plain_tx a = plain_spend(&t->cb[1], 0, SUBSIDY);
	struct plain_tx b = plain_spend(&t->cb[1], 0, SUBSIDY - 1);

	add(t, &a);
	block_make(&t->b);
	block_take(t->l, &t->b);
	block_drop(&t->b);
	block_on_tip(t->l, &t->b);
	add(t, &b);
	refused_for_good(t, V_INPUTS_MISSING);
}

static void outputs_of_later_transactions_are_not_there(void **state)
{
	struct bench *t = *state;
	struct plain_tx parent = plain_spend(&t->cb[1], 0, SUBSIDY);
	struct txid id = add(t, &parent);
	struct plain_tx child = plain_spend(&id, 0, SUBSIDY);
	struct bytes first = t->b.tx[0];

	add(t, &child);
	t->b.tx[0] = t->b.tx[1];
	t->b.tx[1] = first;
	refused_for_good(t, V_INPUTS_MISSING);
	t->b.tx[1] = t->b.tx[0];
	t->b.tx[0] = first;
	block_make(&t->b);
	block_take(t->l, &t->b);
	block_drop(&t->b);
}

static void inputs_must_exist(void **state)
{
	struct bench *t = *state;
	struct plain_tx none = plain_spend(&t->cb[1], 7, SUBSIDY);

	add(t, &none);
	refused_for_good(t, V_INPUTS_MISSING);
	none.in[0].txid.h.b[3] ^= 1;
	none.in[0].n = 0;
	t->b.n_tx = 0;
	add(t, &none);
	refused_for_good(t, V_INPUTS_MISSING);
}

static void the_genesis_output_is_no_coin(void **state)
{
	struct bench *t = *state;
	struct arena a;
	struct txid *ids;
	uint32_t n;
	struct plain_tx spend;

	arena_init(&a, 1 << 20);
	assert_int_equal(query_block_txids(t->l->n,
					   &node_params(t->l->n)->genesis_id, &a,
					   &ids, &n), ST_OK);
	spend = plain_spend(&ids[0], 0, SUBSIDY);
	add(t, &spend);
	refused_for_good(t, V_INPUTS_MISSING);
	arena_free(&a);
}

static void what_can_never_be_spent_is_no_coin(void **state)
{
	static const uint8_t op_return[1] = {OP_RETURN};
	struct bench *t = *state;
	struct plain_tx a = plain_spend(&t->cb[1], 0, SUBSIDY), b;
	struct txid id;

	a.out[0].script = bytes_of(op_return, 1);
	id = add(t, &a);
	block_make(&t->b);
	block_take(t->l, &t->b);
	block_drop(&t->b);
	block_on_tip(t->l, &t->b);
	b = plain_spend(&id, 0, SUBSIDY);
	add(t, &b);
	refused_for_good(t, V_INPUTS_MISSING);
}

static void a_transaction_pays_no_more_than_it_has(void **state)
{
	struct bench *t = *state;
	struct plain_tx a = plain_spend(&t->cb[1], 0, SUBSIDY + 1);

	add(t, &a);
	refused_for_good(t, V_IN_BELOW_OUT);
}

static void a_wrong_merkle_root_says_nothing_about_the_hash(void **state)
{
	struct bench *t = *state;
	struct plain_tx a = plain_spend(&t->cb[1], 0, SUBSIDY);

	add(t, &a);
	block_make(&t->b);
	/* the transaction's lock time, at its very end, is another one */
	t->b.raw.p[t->b.raw.len - 1] ^= 1;
	block_refuse(t->l, &t->b, V_BAD_MERKLE_ROOT);
	block_refuse(t->l, &t->b, V_BAD_MERKLE_ROOT);
	t->b.raw.p[t->b.raw.len - 1] ^= 1;
	block_take(t->l, &t->b);
	block_drop(&t->b);
}

static void repeated_transactions_say_nothing_about_the_hash(void **state)
{
	struct bench *t = *state;
	struct plain_tx a = plain_spend(&t->cb[1], 0, SUBSIDY);
	struct txid id = add(t, &a);
	struct plain_tx b = plain_spend(&id, 0, SUBSIDY);
	struct made_block twice;

	/* three transactions: with the last one twice the root is the same */
	add(t, &b);
	block_make(&t->b);
	twice = t->b;
	buf_init(&twice.raw, 1 << 20);
	buf_bytes(&twice.raw, buf_view(&t->b.raw));
	buf_bytes(&twice.raw, t->b.tx[1]);
	twice.raw.p[HEADER_SIZE]++;
	block_refuse(t->l, &twice, V_DUPLICATE_TXNS);
	block_take(t->l, &t->b);
	block_drop(&t->b);
	block_drop(&twice);
}

static void a_changed_witness_says_nothing_about_the_hash(void **state)
{
	struct bench *t = *state;
	struct lab_tx *spend = calloc(1, sizeof(*spend));
	struct buf fund, raw;
	struct plain_tx a = plain_spend(&t->cb[1], 0, SUBSIDY);
	struct buf spk;
	struct txid id, got;

	/* an output that wants a witness, and its spender */
	buf_init(&spk, 100);
	buf_init(&raw, 10000);
	lab_script(t->l, LAB_P2WPKH, &spk);
	a.out[0].script = buf_view(&spk);
	plain_write(&fund, &a, &id);
	t->b.tx[t->b.n_tx++] = buf_view(&fund);
	spend->n_in = spend->n_out = 1;
	spend->in[0].coin = (struct lab_coin){.at = {id, 0}, .value = SUBSIDY,
					      .kind = LAB_P2WPKH};
	spend->out[0] = (struct lab_out){SUBSIDY, LAB_SCRIPT, op_true};
	lab_build(t->l, spend, &raw, &got);
	t->b.tx[t->b.n_tx++] = buf_view(&raw);
	block_make(&t->b);
	/* a bit of the public key, which ends four bytes before the block */
	t->b.raw.p[t->b.raw.len - 5] ^= 1;
	block_refuse(t->l, &t->b, V_WITNESS_MERKLE);
	t->b.raw.p[t->b.raw.len - 5] ^= 1;
	block_take(t->l, &t->b);
	block_drop(&t->b);
	buf_free(&spk);
	buf_free(&fund);
	buf_free(&raw);
	free(spend);
}

static void a_witness_needs_a_commitment(void **state)
{
	struct bench *t = *state;
	uint8_t item[2] = {1, 7};
	struct txin in = {.prevout = {t->cb[1], 0}, .sequence = SEQUENCE_FINAL,
			  .n_witness = 1, .witness = bytes_of(item, 2)};
	struct txout out = {SUBSIDY, op_true};
	struct tx tx = {.version = 2, .n_in = 1, .in = &in, .n_out = 1,
			.out = &out, .has_witness = true};
	struct buf *raw = &t->raw[t->n_raw++];

	buf_init(raw, 1000);
	tx_write(raw, &tx, true);
	t->b.tx[t->b.n_tx++] = buf_view(raw);
	t->b.commits = false;
	refused(t, V_UNEXPECTED_WITNESS);
}

static void a_time_in_the_future_is_refused_until_it_has_come(void **state)
{
	struct bench *t = *state;
	int64_t now = t->b.time;

	node_set_now_s(t->l->n, now);
	t->b.time = (uint32_t)now + 7201;
	block_make(&t->b);
	block_refuse(t->l, &t->b, V_TIME_TOO_NEW);
	node_set_now_s(t->l->n, now + 1);
	block_take(t->l, &t->b);
	block_drop(&t->b);
}

static void a_time_must_be_after_the_median(void **state)
{
	struct bench *t = *state;
	struct node_tip tip;

	assert_int_equal(node_tip(t->l->n, &tip), ST_OK);
	t->b.time = (uint32_t)tip.mtp;
	refused(t, V_TIME_TOO_OLD);
	t->b.time = (uint32_t)tip.mtp + 1;
	block_make(&t->b);
	block_take(t->l, &t->b);
	block_drop(&t->b);
}

static void bits_and_version_must_be_the_chains(void **state)
{
	struct bench *t = *state;

	t->b.bits = 0x207ffffe;
	refused(t, V_BAD_DIFFBITS);
	t->b.bits = 0x2100ffff;
	refused(t, V_HIGH_HASH);
	t->b.bits = 0x207fffff;
	t->b.version = 3;
	refused(t, V_BAD_VERSION);
	t->b.version = 0x80000004u;	/* signed: below 4 */
	refused(t, V_BAD_VERSION);
}

static void the_coinbase_begins_with_the_height(void **state)
{
	struct bench *t = *state;
	uint8_t sig[4] = {1, READY + 2, 0, 0};

	t->b.script_sig = bytes_of(sig, 4);
	refused_for_good(t, V_BAD_CB_HEIGHT);
	sig[1] = READY + 1;
	block_make(&t->b);
	block_take(t->l, &t->b);
	block_drop(&t->b);
}

static void a_coinbase_comes_first_and_once(void **state)
{
	struct bench *t = *state;
	struct txin in = {.prevout.n = OUTPOINT_NULL_N,
			  .script_sig = bytes_of("abc", 3),
			  .sequence = SEQUENCE_FINAL};
	struct txout out = {0, op_true};
	struct tx tx = {.version = 1, .n_in = 1, .in = &in, .n_out = 1,
			.out = &out};
	struct buf *raw = &t->raw[t->n_raw++];

	buf_init(raw, 1000);
	tx_write(raw, &tx, false);
	t->b.tx[t->b.n_tx++] = buf_view(raw);
	refused(t, V_COINBASE_MULTIPLE);
}

static void lock_times_must_have_come(void **state)
{
	struct bench *t = *state;
	struct plain_tx a = plain_spend(&t->cb[1], 0, SUBSIDY);

	a.locktime = READY + 1;		/* the block's own height: too early */
	a.in[0].sequence = 0;
	add(t, &a);
	refused_for_good(t, V_BLOCK_NONFINAL);
	a.locktime = READY;
	t->b.n_tx = 0;
	add(t, &a);
	block_make(&t->b);
	block_take(t->l, &t->b);
	block_drop(&t->b);
}

static void relative_lock_times_must_have_come(void **state)
{
	struct bench *t = *state;
	struct plain_tx a = plain_spend(&t->cb[1], 0, SUBSIDY);

	a.in[0].sequence = READY + 1;	/* blocks since height 1: one too many */
	add(t, &a);
	refused_for_good(t, V_BLOCK_BIP68);
	a.version = 0x80000000u;	/* unsigned: BIP68 holds */
	t->b.n_tx = 0;
	add(t, &a);
	refused_for_good(t, V_BLOCK_BIP68);
	a.in[0].sequence = READY;
	t->b.n_tx = 0;
	add(t, &a);
	block_make(&t->b);
	block_take(t->l, &t->b);
	block_drop(&t->b);
}

static void signature_operations_are_limited(void **state)
{
	struct bench *t = *state;
	uint8_t *many = malloc(20001);
	struct plain_tx a = plain_spend(&t->cb[1], 0, SUBSIDY);

	memset(many, OP_CHECKSIG, 20001);
	a.out[0].script = bytes_of(many, 20001);
	add(t, &a);
	refused(t, V_BLOCK_SIGOPS);
	/* 20,000 of them at a cost of 4 are just allowed */
	a.out[0].script = bytes_of(many, 20000);
	t->b.n_tx = 0;
	add(t, &a);
	block_make(&t->b);
	block_take(t->l, &t->b);
	block_drop(&t->b);
	free(many);
}

static void weight_is_limited(void **state)
{
	struct bench *t = *state;
	struct plain_tx a = plain_spend(&t->cb[1], 0, SUBSIDY);
	uint8_t *data = calloc(1, 1000000);

	data[0] = OP_RETURN;
	a.out[0].script = bytes_of(data, 1000000 - 200);
	add(t, &a);
	refused(t, V_BLOCK_LENGTH);
	free(data);
}

static void damaged_bytes_are_no_block(void **state)
{
	struct bench *t = *state;

	block_make(&t->b);
	t->b.raw.len--;
	block_refuse(t->l, &t->b, V_BLOCK_DECODE);
	t->b.raw.len++;
	buf_u8(&t->b.raw, 0);
	block_refuse(t->l, &t->b, V_BLOCK_DECODE);
	t->b.raw.len--;
	block_take(t->l, &t->b);
	block_drop(&t->b);
}

static void unknown_parents_leave_no_trace_but_the_row(void **state)
{
	struct bench *t = *state;
	struct block_info info;

	t->b.parent.h.b[0] ^= 1;
	block_make(&t->b);
	block_refuse(t->l, &t->b, V_PREV_NOT_FOUND);
	assert_int_equal(query_block(t->l->n, &t->b.id, &info), ST_NOT_FOUND);
	block_drop(&t->b);
}

/* Failures in the first and in the last of many inputs, and of both the first. */
static void the_first_bad_script_is_told(void **state)
{
	struct bench *t = *state;
	struct lab_tx *spend = calloc(1, sizeof(*spend));
	struct plain_tx a = plain_spend(&t->cb[1], 0, SUBSIDY);
	struct block_result r;
	struct buf spk, spend_raw;
	struct txid id, got;

	buf_init(&spk, 100);
	buf_init(&spend_raw, 1 << 20);
	lab_script(t->l, LAB_P2WPKH, &spk);
	a.n_out = 16;
	for (uint32_t i = 0; i < 16; i++) {
		a.out[i].value = 1000000;
		a.out[i].script = buf_view(&spk);
	}
	id = add(t, &a);
	block_make(&t->b);
	block_take(t->l, &t->b);
	block_drop(&t->b);
	spend->n_in = 16;
	spend->n_out = 1;
	spend->out[0] = (struct lab_out){1600, LAB_SCRIPT, op_true};
	for (uint32_t i = 0; i < 16; i++)
		spend->in[i].coin = (struct lab_coin){.at = {id, i},
						      .value = 1000000,
						      .kind = LAB_P2WPKH};
	/* bad: the first, the last, both */
	for (uint32_t bad = 1; bad <= 3; bad++) {
		struct refusal row;

		spend->spoil = bad & 1;
		lab_build(t->l, spend, &spend_raw, &got);
		/* the key that ends the last input's witness */
		if (bad & 2)
			spend_raw.p[spend_raw.len - 5] ^= 1;
		block_on_tip(t->l, &t->b);
		t->b.tx[t->b.n_tx++] = buf_view(&spend_raw);
		t->b.extra = bad;
		block_make(&t->b);
		r = block_give(t->l, &t->b);
		assert_int_equal(r.verdict.code, V_SCRIPT);
		assert_int_equal(r.verdict.input, bad & 1 ? 0 : 15);
		assert_int_equal(query_refusal(t->l->n, &t->b.id.h, &row), ST_OK);
		assert_int_equal(row.input, r.verdict.input);
		block_refuse(t->l, &t->b, V_DUPLICATE_INVALID);
		block_drop(&t->b);
	}
	/* and good signatures are */
	spend->spoil = false;
	lab_build(t->l, spend, &spend_raw, &got);
	block_on_tip(t->l, &t->b);
	t->b.tx[t->b.n_tx++] = buf_view(&spend_raw);
	block_make(&t->b);
	block_take(t->l, &t->b);
	block_drop(&t->b);
	buf_free(&spk);
	buf_free(&spend_raw);
	free(spend);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(the_coinbase_may_not_pay_too_much),
		T(the_coinbase_may_claim_fees_to_the_last_satoshi),
		T(a_coinbase_matures_after_a_hundred_blocks),
		T(an_output_is_spent_once_in_a_block),
		T(an_output_is_spent_once_in_a_transaction),
		T(an_output_is_spent_once_in_a_chain),
		T(outputs_of_later_transactions_are_not_there),
		T(inputs_must_exist),
		T(the_genesis_output_is_no_coin),
		T(what_can_never_be_spent_is_no_coin),
		T(a_transaction_pays_no_more_than_it_has),
		T(a_wrong_merkle_root_says_nothing_about_the_hash),
		T(repeated_transactions_say_nothing_about_the_hash),
		T(a_changed_witness_says_nothing_about_the_hash),
		T(a_witness_needs_a_commitment),
		T(a_time_in_the_future_is_refused_until_it_has_come),
		T(a_time_must_be_after_the_median),
		T(bits_and_version_must_be_the_chains),
		T(the_coinbase_begins_with_the_height),
		T(a_coinbase_comes_first_and_once),
		T(lock_times_must_have_come),
		T(relative_lock_times_must_have_come),
		T(signature_operations_are_limited),
		T(weight_is_limited),
		T(damaged_bytes_are_no_block),
		T(unknown_parents_leave_no_trace_but_the_row),
		T(the_first_bad_script_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
