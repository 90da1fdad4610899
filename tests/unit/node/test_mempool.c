/* SPDX-License-Identifier: MIT */
/* Transactions on their way into the pool: what is taken, what is refused, and
 * Bitcoin Core's word for it. */
#include "tests/unit/node/draft.h"

#include "node/core/priv.h"
#include "node/query/query.h"
#include "store/store_event.h"

static int setup(void **state)
{
	*state = lab_open("regtest", LAB_MATURITY + 10);
	return 0;
}

static int teardown(void **state)
{
	lab_close(*state);
	return 0;
}

static void a_spend_of_every_kind_is_taken_and_mined(void **state)
{
	struct reject_row row;
	struct lab *l = *state;
	struct lab_tx *t = calloc(1, sizeof(*t));
	struct tx_result r;
	struct txid id;
	struct buf raw;

	buf_init(&raw, 1 << 20);
	/* one coinbase becomes an output of each kind */
	t->n_in = 1;
	t->in[0].coin = l->coinbase[1];
	t->n_out = LAB_KINDS;
	for (uint32_t k = 0; k < LAB_KINDS; k++)
		t->out[k] = (struct lab_out){.value = COIN_SAT, .kind = k};
	lab_build(l, t, &raw, &id);
	assert_int_equal(lab_send(l, &raw, &r), VALID);
	assert_memory_equal(&r.txid, &id, sizeof(id));
	assert_int_equal(r.fee_sat, l->coinbase[1].value - LAB_KINDS * COIN_SAT);
	for (uint32_t k = 0; k < LAB_KINDS; k++) {
		struct lab_coin c = lab_output(t, &id, k);

		lab_pay(l, &c, 1000, &raw);
		assert_int_equal(lab_send(l, &raw, &r), VALID);
		assert_int_equal(r.fee_sat, 1000);
		assert_int_equal(lab_send(l, &raw, &r), V_IN_MEMPOOL);
		assert_true(r.known);
	}
	assert_int_equal(pool_count(l), 1 + LAB_KINDS);
	lab_mine(l, 1);
	assert_int_equal(pool_count(l), 0);
	assert_int_equal(lab_send(l, &raw, &r), V_ALREADY_KNOWN);
	/* what is here already broke no rule */
	assert_int_equal(store_reject_get(l->n->db, &r.txid.h, &row),
			 ST_NOT_FOUND);
	free(t);
	buf_free(&raw);
}

static void forms_that_are_not_standard_are_refused(void **state)
{
	struct lab *l = *state;
	struct draft d = draft_of(l, l->coinbase[1], 1000);
	uint8_t data[100] = {OP_RETURN, OP_PUSHDATA1, 81};

	d.t->version = 4;
	assert_refused(&d, V_TX_VERSION);
	d.t->version = 0xffffffff;
	assert_refused(&d, V_TX_VERSION);
	d.t->version = 2;
	d.t->out[0] = (struct lab_out){1000, LAB_SCRIPT, bytes_of("\x51", 1)};
	assert_refused(&d, V_SCRIPTPUBKEY);
	d.t->out[0] = (struct lab_out){0, LAB_SCRIPT, bytes_of(data, 84)};
	assert_refused(&d, V_SCRIPTPUBKEY);
	d.t->n_out = 2;
	data[2] = 80;
	d.t->out[0].script = bytes_of(data, 83);
	d.t->out[1] = d.t->out[0];
	assert_refused(&d, V_MULTI_OP_RETURN);
	d.t->out[1] = (struct lab_out){329, LAB_TRUE, {NULL, 0}};
	assert_refused(&d, V_DUST);
	d.t->out[1].value = 330;
	d.t->n_in = 1;
	d.t->in[0].sequence = 5;
	d.t->locktime = l->height + 1;
	assert_refused(&d, V_NONFINAL);
	d.t->locktime = l->height;
	d.t->in[0].sequence = l->height + 1;	/* blocks; the coin is in 1 */
	assert_refused(&d, V_BIP68_NONFINAL);
	d.t->in[0].sequence = l->height;
	assert_int_equal(send(&d), VALID);
	draft_end(&d);
}

static void sizes_are_bounded(void **state)
{
	struct lab *l = *state;
	struct draft d = draft_of(l, l->coinbase[1], 1000000);

	d.t->out[0] = (struct lab_out){0, LAB_SCRIPT, bytes_of("\x6a", 1)};
	assert_refused(&d, V_TX_SIZE_SMALL);
	d.t->n_out = 2400;
	for (uint32_t i = 0; i < d.t->n_out; i++)
		d.t->out[i] = (struct lab_out){400, LAB_TRUE, {NULL, 0}};
	assert_refused(&d, V_TX_SIZE);
	d.t->n_out = 0;
	assert_refused(&d, V_VOUT_EMPTY);
	draft_end(&d);
}

static void inputs_must_exist_and_be_mature(void **state)
{
	struct lab *l = *state;
	struct draft d = draft_of(l, l->coinbase[12], 1000);
	struct mempool_info info;

	assert_refused(&d, V_CB_IMMATURE);
	d.t->in[0].coin = l->coinbase[11];
	d.t->in[0].coin.at.n = 1;
	assert_refused(&d, V_MISSING_INPUTS);
	d.t->in[0].coin.at.n = 0;
	d.t->in[0].coin.at.txid.h.b[3] ^= 1;
	assert_refused(&d, V_MISSING_INPUTS);
	d.t->in[0].coin = l->coinbase[11];
	d.t->out[0].value = l->coinbase[11].value + 1;
	assert_refused(&d, V_IN_BELOW_OUT);
	d.t->out[0].value = 21000001 * COIN_SAT;
	assert_refused(&d, V_VOUT_TOO_LARGE);
	assert_int_equal(node_mempool_info(l->n, &info), ST_OK);
	assert_int_equal(info.count, 0);
	draft_end(&d);
}

static void fees_are_asked_for(void **state)
{
	struct lab *l = *state;
	struct draft d = draft_of(l, l->coinbase[1], 0);
	struct tx_options o = {.max_fee_sat = 5000};
	uint32_t vsize;

	assert_refused(&d, V_MIN_RELAY_FEE);
	vsize = d.r.vsize;
	d.t->out[0].value = l->coinbase[1].value - vsize + 1;
	assert_refused(&d, V_MIN_RELAY_FEE);
	d.t->out[0].value = l->coinbase[1].value - 5001;
	lab_build(l, d.t, &d.raw, &d.id);
	assert_int_equal(node_accept_tx(l->n, d.raw.p, d.raw.len, &o, &d.r),
			 ST_OK);
	assert_int_equal(d.r.verdict.code, V_MAX_FEE);
	o = (struct tx_options){.test_only = true};
	assert_int_equal(node_accept_tx(l->n, d.raw.p, d.raw.len, &o, &d.r),
			 ST_OK);
	assert_int_equal(d.r.verdict.code, VALID);
	assert_int_equal(pool_count(l), 0);
	d.t->out[0].value = l->coinbase[1].value - vsize;
	assert_int_equal(send(&d), VALID);
	draft_end(&d);
}

static void a_wrong_signature_is_named(void **state)
{
	struct lab *l = *state;
	struct draft d = draft_of(l, l->coinbase[1], 1000);
	struct lab_coin c;
	struct refusal why;
	char text[200];

	d.t->out[0].kind = LAB_P2WPKH;
	assert_int_equal(send(&d), VALID);
	c = lab_output(d.t, &d.id, 0);
	d.t->in[0].coin = c;
	d.t->out[0].value = c.value - 1000;
	d.t->spoil = true;
	assert_refused(&d, V_SCRIPT);
	assert_int_equal(d.r.verdict.input, 0);
	verdict_reject(text, sizeof(text), &d.r.verdict);
	assert_non_null(strstr(text, "mandatory-script-verify-flag-failed ("));
	/* and filed */
	assert_int_equal(query_refusal(l->n, &d.id.h, &why), ST_OK);
	assert_string_equal(why.kind, "tx");
	assert_non_null(strstr(why.reason, "mandatory-script-verify-flag-failed"));
	assert_int_equal(why.input, 0);
	draft_end(&d);
}

static void garbage_is_no_transaction(void **state)
{
	struct lab *l = *state;
	struct tx_options o = {.source = "lab"};
	struct tx_result r;

	assert_int_equal(node_accept_tx(l->n, "garbage", 7, &o, &r), ST_OK);
	assert_int_equal(r.verdict.code, V_TX_DECODE);
	assert_int_equal(node_accept_tx(l->n, "", 0, &o, &r), ST_OK);
	assert_int_equal(r.verdict.code, V_TX_DECODE);
}

static void a_chain_has_twenty_five_links(void **state)
{
	struct lab *l = *state;
	struct lab_coin c = l->coinbase[1];
	struct tx_result r;
	struct buf raw;

	buf_init(&raw, 10000);
	for (int i = 0; i < 25; i++) {
		lab_pay(l, &c, 1000, &raw);
		assert_int_equal(lab_send(l, &raw, NULL), VALID);
	}
	lab_pay(l, &c, 1000, &raw);
	assert_int_equal(lab_send(l, &raw, &r), V_CHAIN_TOO_LONG);
	lab_mine(l, 1);
	assert_int_equal(lab_send(l, &raw, &r), VALID);
	buf_free(&raw);
}

static void one_more_child_may_be_carved_out(void **state)
{
	struct lab *l = *state;
	struct draft d = draft_of(l, l->coinbase[1], 10000);
	struct lab_coin c[2];
	struct buf raw;

	buf_init(&raw, 10000);
	d.t->n_out = 2;
	d.t->out[0].value = d.t->out[1].value = COIN_SAT;
	d.t->out[1].kind = LAB_TRUE;
	assert_int_equal(send(&d), VALID);
	c[0] = lab_output(d.t, &d.id, 0);
	c[1] = lab_output(d.t, &d.id, 1);
	for (int i = 0; i < 24; i++) {
		lab_pay(l, &c[0], 1000, &raw);
		assert_int_equal(lab_send(l, &raw, NULL), VALID);
	}
	lab_pay(l, &c[1], 1000, &raw);
	assert_int_equal(lab_send(l, &raw, NULL), VALID);
	lab_pay(l, &c[1], 1000, &raw);
	assert_int_equal(lab_send(l, &raw, NULL), V_CHAIN_TOO_LONG);
	draft_end(&d);
	buf_free(&raw);
}

static void version_three_keeps_its_family_small(void **state)
{
	struct lab *l = *state;
	struct draft d = draft_of(l, l->coinbase[1], 1000), e;
	struct lab_coin c[2], g;

	d.t->version = 3;
	d.t->n_out = 2;
	d.t->out[0].value = d.t->out[1].value = COIN_SAT;
	d.t->out[1].kind = LAB_TRUE;
	assert_int_equal(send(&d), VALID);
	c[0] = lab_output(d.t, &d.id, 0);
	c[1] = lab_output(d.t, &d.id, 1);
	e = draft_of(l, c[0], 1000);
	assert_refused(&e, V_TRUC);		/* version 2 */
	e.t->version = 3;
	assert_int_equal(send(&e), VALID);
	g = lab_output(e.t, &e.id, 0);
	e.t->in[0].coin = g;
	e.t->out[0].value = g.value - 1000;
	assert_refused(&e, V_TRUC);		/* a grandchild */
	e.t->in[0].coin = c[1];
	e.t->out[0].value = c[1].value - 1001;
	assert_refused(&e, V_RBF_FEE_SIBLING);	/* for too little */
	e.t->out[0].value = c[1].value - 5000;
	assert_int_equal(send(&e), VALID);
	assert_int_equal(pool_count(l), 2);	/* the sibling went */
	draft_end(&d);
	draft_end(&e);
}

static void what_pays_least_leaves_a_full_pool(void **state)
{
	struct lab *l = *state;
	struct mempool_policy p = *node_mempool_policy(l->n);
	struct mempool_info info;
	struct lab_coin c;
	struct buf raw;

	buf_init(&raw, 10000);
	for (uint32_t h = 1; h <= 5; h++) {
		c = l->coinbase[h];
		lab_pay(l, &c, 1000 * h, &raw);
		assert_int_equal(lab_send(l, &raw, NULL), VALID);
	}
	assert_int_equal(node_mempool_info(l->n, &info), ST_OK);
	assert_int_equal(info.min_fee_sat_kvb, p.min_relay_sat_kvb);
	p.max_bytes = info.usage_bytes;
	node_set_mempool_policy(l->n, &p);
	c = l->coinbase[6];
	lab_pay(l, &c, 500, &raw);
	assert_int_equal(lab_send(l, &raw, NULL), V_MEMPOOL_FULL);
	assert_int_equal(pool_count(l), 5);
	/* the rate of what did not fit is the least from here on, and a bit more */
	assert_int_equal(lab_send(l, &raw, NULL), V_MEMPOOL_MIN_FEE);
	c = l->coinbase[6];
	lab_pay(l, &c, 10000, &raw);
	assert_int_equal(lab_send(l, &raw, NULL), VALID);
	assert_int_equal(node_mempool_info(l->n, &info), ST_OK);
	assert_int_equal(info.count, 5);
	assert_int_equal(info.fees_sat, 2000 + 3000 + 4000 + 5000 + 10000);
	assert_true(info.min_fee_sat_kvb > 10000);
	buf_free(&raw);
}

static void the_pool_survives_a_restart(void **state)
{
	struct lab *l = *state;
	struct lab_coin c = l->coinbase[1];
	struct buf raw;

	buf_init(&raw, 10000);
	lab_pay(l, &c, 1000, &raw);
	assert_int_equal(lab_send(l, &raw, NULL), VALID);
	node_close(l->n);
	l->n = lab_open_again(l);
	assert_int_equal(pool_count(l), 1);
	assert_int_equal(lab_send(l, &raw, NULL), V_IN_MEMPOOL);
	lab_pay(l, &c, 1000, &raw);
	assert_int_equal(lab_send(l, &raw, NULL), VALID);
	lab_mine(l, 1);
	assert_int_equal(pool_count(l), 0);
	buf_free(&raw);
}

static void what_is_old_expires(void **state)
{
	struct lab *l = *state;
	struct mempool_policy p = *node_mempool_policy(l->n);
	struct lab_coin c = l->coinbase[1];
	int64_t now = node_now_s(l->n);
	struct buf raw;

	buf_init(&raw, 10000);
	node_set_now_s(l->n, now);
	lab_pay(l, &c, 1000, &raw);
	assert_int_equal(lab_send(l, &raw, NULL), VALID);
	/* as old as is allowed, then a second older */
	for (int i = 0; i < 2; i++) {
		node_set_now_s(l->n, now + p.expiry_s + i);
		c = l->coinbase[2 + i];
		lab_pay(l, &c, 1000, &raw);
		assert_int_equal(lab_send(l, &raw, NULL), VALID);
		assert_int_equal(pool_count(l), 2);
	}
	buf_free(&raw);
}

static void what_is_old_expires_when_nobody_comes(void **state)
{
	struct lab *l = *state;
	int64_t now = node_now_s(l->n);
	const struct mempool_policy *p = node_mempool_policy(l->n);
	struct draft d = draft_of(l, l->coinbase[1], 1000);
	struct gone_info g;

	node_set_now_s(l->n, now);
	assert_int_equal(send(&d), VALID);
	assert_int_equal(query_gone(l->n, &d.id, &g), ST_NOT_FOUND);
	node_set_now_s(l->n, now + p->expiry_s);
	assert_int_equal(node_mempool_expire(l->n), ST_OK);
	assert_int_equal(pool_count(l), 1);
	node_set_now_s(l->n, now + p->expiry_s + 1);
	assert_int_equal(node_mempool_expire(l->n), ST_OK);
	assert_int_equal(pool_count(l), 0);
	assert_int_equal(query_gone(l->n, &d.id, &g), ST_OK);
	assert_string_equal(g.why, "expired");
	assert_int_equal(g.at, now + p->expiry_s + 1);
	assert_false(g.has_by);
	draft_end(&d);
}

static int64_t pool_no(struct lab *l, const struct txid *id)
{
	struct tx_info info;
	struct arena a;

	arena_init(&a, 1 << 20);
	assert_int_equal(query_tx(l->n, id, &a, &info), ST_OK);
	arena_free(&a);
	return info.pool_no;
}

static void a_clock_set_back_keeps_nobody_longer(void **state)
{
	struct lab *l = *state;
	const struct mempool_policy *p = node_mempool_policy(l->n);
	int64_t now = node_now_s(l->n), no;
	struct draft d = draft_of(l, l->coinbase[1], 1000),
		     e = draft_of(l, l->coinbase[2], 1000),
		     f = draft_of(l, l->coinbase[3], 1000);
	struct gone_info g;

	node_set_now_s(l->n, now + 1000);
	assert_int_equal(send(&d), VALID);
	node_set_now_s(l->n, now);
	assert_int_equal(send(&e), VALID);
	no = pool_no(l, &e.id);
	node_set_now_s(l->n, now + p->expiry_s + 1);
	assert_int_equal(node_mempool_expire(l->n), ST_OK);
	assert_int_equal(query_gone(l->n, &e.id, &g), ST_OK);
	assert_int_equal(pool_count(l), 1);
	/* the last one left: its number is not another's */
	assert_int_equal(send(&f), VALID);
	assert_true(pool_no(l, &f.id) > no);
	draft_end(&d);
	draft_end(&e);
	draft_end(&f);
}

static void a_block_removes_what_conflicts_with_it(void **state)
{
	struct lab *l = *state;
	struct lab_coin a = l->coinbase[1], b = l->coinbase[1];
	struct block_result result;
	struct node_tip tip;
	struct buf mine, theirs, block;
	struct blkid id;
	struct bytes tx;

	buf_init(&mine, 10000);
	buf_init(&theirs, 10000);
	buf_init(&block, 100000);
	lab_pay(l, &a, 1000, &mine);
	assert_int_equal(lab_send(l, &mine, NULL), VALID);
	lab_pay(l, &a, 1000, &mine);
	assert_int_equal(lab_send(l, &mine, NULL), VALID);
	lab_pay(l, &b, 7000, &theirs);
	tx = buf_view(&theirs);
	assert_int_equal(node_tip(l->n, &tip), ST_OK);
	lab_block_on(l, &tip.id, tip.height + 1, (uint32_t)tip.mtp + 1, &tx, 1,
		     1, &block, &id);
	assert_int_equal(node_accept_block(l->n, block.p, block.len, "lab",
					   &result), ST_OK);
	assert_int_equal(result.verdict.code, VALID);
	assert_true(result.active);
	assert_int_equal(pool_count(l), 0);
	buf_free(&mine);
	buf_free(&theirs);
	buf_free(&block);
}

static void a_reorganisation_gives_transactions_back(void **state)
{
	struct lab *l = *state;
	struct lab_coin a = l->coinbase[1];
	struct block_result result;
	struct node_tip before, tip;
	struct buf raw, block;
	struct blkid at;

	buf_init(&raw, 10000);
	buf_init(&block, 100000);
	assert_int_equal(node_tip(l->n, &before), ST_OK);
	lab_pay(l, &a, 1000, &raw);
	assert_int_equal(lab_send(l, &raw, NULL), VALID);
	lab_mine(l, 1);
	lab_pay(l, &a, 1000, &raw);		/* the child waits */
	assert_int_equal(lab_send(l, &raw, NULL), VALID);
	assert_int_equal(pool_count(l), 1);
	at = before.id;
	for (uint32_t i = 1; i <= 2; i++) {
		lab_block_on(l, &at, before.height + i,
			     (uint32_t)before.mtp + i + 10, NULL, 0, 9, &block,
			     &at);
		assert_int_equal(node_accept_block(l->n, block.p, block.len,
						   "lab", &result), ST_OK);
		assert_int_equal(result.verdict.code, VALID);
	}
	assert_int_equal(node_tip(l->n, &tip), ST_OK);
	assert_int_equal(tip.height, before.height + 2);
	assert_int_equal(pool_count(l), 2);
	lab_sync(l);
	lab_mine(l, 1);
	assert_int_equal(pool_count(l), 0);
	buf_free(&raw);
	buf_free(&block);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_spend_of_every_kind_is_taken_and_mined),
		T(forms_that_are_not_standard_are_refused),
		T(sizes_are_bounded),
		T(inputs_must_exist_and_be_mature),
		T(fees_are_asked_for),
		T(a_wrong_signature_is_named),
		T(garbage_is_no_transaction),
		T(a_chain_has_twenty_five_links),
		T(one_more_child_may_be_carved_out),
		T(version_three_keeps_its_family_small),
		T(what_pays_least_leaves_a_full_pool),
		T(the_pool_survives_a_restart),
		T(what_is_old_expires),
		T(what_is_old_expires_when_nobody_comes),
		T(a_clock_set_back_keeps_nobody_longer),
		T(a_block_removes_what_conflicts_with_it),
		T(a_reorganisation_gives_transactions_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
