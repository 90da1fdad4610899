/* SPDX-License-Identifier: MIT */
/*
 * A block of 5,000 inputs that fails in its first input, in its last, in its
 * coinbase's amount, and behind a good block whose scripts still run: the
 * answer is the same each time, and workers are done before what they read is
 * freed (CVE-2024-52911). For the address and thread sanitizers to watch:
 * QUARRY_HARD_REPEAT says how often.
 */
#include "tests/unit/node/hard.h"

#include "node/chain/import.h"

#define TXS 100
#define INPUTS 50
#define THREADS 4

struct crowd {
	struct lab *l;
	struct node *n;
	struct buf good[TXS], bad_first, bad_last;
	struct bytes tx[TXS];
	struct txid txid[TXS];
	uint32_t salt;
};

/* 5,000 coins; of those a transaction spends, one in ten is signed for. */
static void make_coins(struct crowd *c, struct lab_coin *coin)
{
	struct lab_tx *t = calloc(1, sizeof(*t));
	struct buf raw[2];
	struct bytes view[2];
	struct buf block;
	struct blkid id;

	assert_non_null(t);
	buf_init(&block, HARD_RAW_MAX);
	for (int i = 0; i < 2; i++) {
		struct txid txid;

		memset(t, 0, sizeof(*t));
		t->n_in = 1;
		t->n_out = TXS * INPUTS / 2;
		t->in[0].coin = c->l->coinbase[i + 1];
		for (uint32_t k = 0; k < t->n_out; k++)
			t->out[k] = (struct lab_out){
				.value = 100000,
				.kind = k % 10 ? LAB_TRUE : LAB_P2WPKH};
		buf_init(&raw[i], HARD_RAW_MAX);
		lab_build(c->l, t, &raw[i], &txid);
		view[i] = buf_view(&raw[i]);
		for (uint32_t k = 0; k < t->n_out; k++)
			*coin++ = lab_output(t, &txid, k);
	}
	hard_block(c->l, view, 2, 0, &block, &id);
	hard_connect(c->l, c->l->n, &block);
	buf_free(&block);
	buf_free(&raw[0]);
	buf_free(&raw[1]);
	free(t);
}

static void build(struct crowd *c, const struct lab_coin *coin, bool spoil,
		  struct buf *raw, struct txid *txid)
{
	struct lab_tx *t = calloc(1, sizeof(*t));

	assert_non_null(t);
	t->n_in = INPUTS;
	t->n_out = 1;
	t->spoil = spoil;
	for (uint32_t k = 0; k < INPUTS; k++)
		t->in[k].coin = coin[k];
	t->out[0] = (struct lab_out){.value = 1000, .kind = LAB_TRUE};
	buf_init(raw, HARD_RAW_MAX);
	lab_build(c->l, t, raw, txid);
	free(t);
}

static int crowd_begin(void **state)
{
	struct crowd *c = calloc(1, sizeof(*c));
	struct lab_coin *coin = calloc(TXS * INPUTS, sizeof(*coin));
	struct txid same;

	assert_true(c && coin);
	c->l = lab_open("regtest", LAB_MATURITY + 2);
	make_coins(c, coin);
	for (uint32_t i = 0; i < TXS; i++)
		build(c, coin + i * INPUTS, false, &c->good[i], &c->txid[i]);
	build(c, coin, true, &c->bad_first, &same);
	assert_memory_equal(&same, &c->txid[0], sizeof(same));
	/* the last input's witness is OP_TRUE's script: 01 01 51, lock time */
	buf_init(&c->bad_last, HARD_RAW_MAX);
	buf_bytes(&c->bad_last, buf_view(&c->good[TXS - 1]));
	assert_int_equal(c->bad_last.p[c->bad_last.len - 5], OP_1);
	c->bad_last.p[c->bad_last.len - 5] = OP_1 + 1;
	c->n = hard_open(c->l, THREADS);
	free(coin);
	*state = c;
	return 0;
}

static int crowd_end(void **state)
{
	struct crowd *c = *state;

	for (uint32_t i = 0; i < TXS; i++)
		buf_free(&c->good[i]);
	buf_free(&c->bad_first);
	buf_free(&c->bad_last);
	node_close(c->n);
	lab_close(c->l);
	free(c);
	return 0;
}

/* Another block of all transactions each time. */
static void compose(struct crowd *c, bool bad_first, bool bad_last,
		    struct buf *raw, struct blkid *id)
{
	for (uint32_t i = 0; i < TXS; i++)
		c->tx[i] = buf_view(&c->good[i]);
	if (bad_first)
		c->tx[0] = buf_view(&c->bad_first);
	if (bad_last)
		c->tx[TXS - 1] = buf_view(&c->bad_last);
	hard_block(c->l, c->tx, TXS, ++c->salt, raw, id);
}

static void one_refused(struct crowd *c, const struct buf *raw,
			struct block_result *r)
{
	assert_int_equal(node_accept_block(c->n, raw->p, raw->len, "hard", r),
			 ST_OK);
	assert_false(r->active);
}

static void refuse_script(struct crowd *c, bool first, bool last)
{
	uint32_t tx = first ? 0 : TXS - 1;
	struct block_result r;
	struct refusal why;
	struct blkid id;
	struct buf raw;

	buf_init(&raw, HARD_RAW_MAX);
	compose(c, first, last, &raw, &id);
	one_refused(c, &raw, &r);
	assert_int_equal(r.verdict.code, V_SCRIPT);
	assert_int_equal(r.verdict.input, first ? 0 : INPUTS - 1);
	assert_true(r.verdict.has_tx);
	assert_memory_equal(&r.verdict.tx, &c->txid[tx], sizeof(c->txid[tx]));
	assert_int_equal(query_refusal(c->n, &id.h, &why), ST_OK);
	assert_string_equal(why.reason, "mandatory-script-verify-flag-failed");
	assert_int_equal(why.input, first ? 0 : INPUTS - 1);
	assert_true(why.has_txid);
	assert_memory_equal(&why.txid, &c->txid[tx], sizeof(why.txid));
	assert_string_equal(why.script, first ? "witnessScript" :
			    "scriptPubKey");
	buf_free(&raw);
}

static void pay_too_much(struct buf *raw)
{
	/* header, count, the coinbase's version, marker and flag, and one input
	 * before its outputs */
	size_t at = HEADER_SIZE + 1 + 4 + 2 + 1 + 36;

	at += 1 + raw->p[at] + 4 + 1;
	le64_put(raw->p + at, le64_get(raw->p + at) + 100000000000);
	hard_seal(raw);
}

static void refuse_amount(struct crowd *c)
{
	struct block_result r;
	struct blkid id;
	struct buf raw;

	buf_init(&raw, HARD_RAW_MAX);
	compose(c, false, false, &raw, &id);
	pay_too_much(&raw);
	one_refused(c, &raw, &r);
	assert_int_equal(r.verdict.code, V_CB_AMOUNT);
	buf_free(&raw);
}

/* In an import: the scripts of a block run while the next one is refused. */
static void refuse_behind(struct crowd *c, bool bad_script)
{
	struct import_options o = {0};
	struct block_result r, bad;
	struct blkid id, next;
	struct node_tip before, after;
	struct buf raw, child;

	buf_init(&raw, HARD_RAW_MAX);
	buf_init(&child, HARD_RAW_MAX);
	assert_int_equal(node_tip(c->n, &before), ST_OK);
	/* the last input is bad, so that nothing is connected for good */
	compose(c, false, true, &raw, &id);
	lab_block_on(c->l, &id, before.height + 2, before.time + 100 + c->salt,
		     NULL, 0, (uint8_t)c->salt, &child, &next);
	if (!bad_script)
		pay_too_much(&child);
	assert_int_equal(import_begin(c->n, &o), ST_OK);
	assert_int_equal(node_accept_block(c->n, raw.p, raw.len, "hard", &r),
			 ST_OK);
	assert_int_equal(r.verdict.code, VALID);	/* as far as is known */
	assert_int_equal(node_accept_block(c->n, child.p, child.len, "hard", &r),
			 ST_OK);
	if (!bad_script)
		assert_int_not_equal(r.verdict.code, VALID);
	assert_int_equal(import_end(c->n, &bad), ST_OK);
	if (bad_script) {
		assert_int_equal(bad.verdict.code, V_SCRIPT);
		assert_memory_equal(&bad.id, &id, sizeof(id));
	}
	assert_int_equal(node_tip(c->n, &after), ST_OK);
	assert_memory_equal(&after.id, &before.id, sizeof(after.id));
	buf_free(&raw);
	buf_free(&child);
}

static void refusals_are_the_same_each_time(void **state)
{
	struct crowd *c = *state;
	uint32_t n = hard_number("QUARRY_HARD_REPEAT", 10);

	for (uint32_t i = 0; i < n; i++) {
		refuse_script(c, true, false);
		refuse_script(c, false, true);
		refuse_script(c, true, true);	/* the first counts */
		refuse_amount(c);
		refuse_behind(c, true);
		refuse_behind(c, false);
	}
}

/* What the operation at fault found: the key and the broken signature. */
static void the_row_shows_the_stack(void **state)
{
	struct crowd *c = *state;
	struct block_result r;
	struct refusal why;
	struct blkid id;
	struct buf raw;
	char key[67];
	uint8_t pub[33];

	buf_init(&raw, HARD_RAW_MAX);
	compose(c, true, false, &raw, &id);
	one_refused(c, &raw, &r);
	assert_int_equal(query_refusal(c->n, &id.h, &why), ST_OK);
	assert_int_equal(ec_pubkey_create(c->l->ec, pub, c->l->key, true), 33);
	for (int i = 0; i < 33; i++)
		snprintf(key + 2 * i, 3, "%02x", pub[i]);
	/* CHECKSIG of a key hash fails at the very end: false is left */
	assert_int_equal(why.script_pos, r.verdict.script_pos);
	assert_true(strlen(why.stack) > 0);
	if (why.script_pos >= 0)
		assert_memory_equal(why.stack, key, 66);
	else
		assert_string_equal(why.stack, "0");
	buf_free(&raw);
}

/* After all that the good block is good. */
static void the_good_block_still_connects(void **state)
{
	struct crowd *c = *state;
	struct blkid id;
	struct buf raw;

	buf_init(&raw, HARD_RAW_MAX);
	compose(c, false, false, &raw, &id);
	hard_connect(c->l, c->n, &raw);
	buf_free(&raw);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refusals_are_the_same_each_time),
		cmocka_unit_test(the_row_shows_the_stack),
		cmocka_unit_test(the_good_block_still_connects),
	};

	return cmocka_run_group_tests_name("hard_threads", tests, crowd_begin,
					   crowd_end);
}
