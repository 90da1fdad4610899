/* SPDX-License-Identifier: MIT */
/* What is added to a fee by hand counts wherever the fee does, waits for its
 * transaction, and is gone with the block that has it. Fees and answers as from
 * Bitcoin Core 28 with transactions of one input and one output, which have 96
 * vbytes here. */
#include "tests/unit/node/draft.h"

#include "node/query/query.h"
#include "node/query/query_mempool.h"

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

static struct draft named(struct lab *l, struct lab_coin c, int64_t fee)
{
	struct draft d = draft_of(l, c, fee);

	lab_build(l, d.t, &d.raw, &d.id);
	return d;
}

static void add(const struct draft *d, int64_t sat)
{
	assert_int_equal(node_prioritise_tx(d->l->n, &d->id, sat), ST_OK);
}

static void assert_delta(const struct draft *d, int64_t sat, bool in_pool)
{
	struct pool_delta it = {0};
	enum status st;

	while ((st = query_pool_delta_next(d->l->n, &it)) == ST_OK) {
		if (!hash256_equal(&it.txid.h, &d->id.h))
			continue;
		assert_int_equal(it.delta_sat, sat);
		assert_int_equal(it.in_pool, in_pool);
		return;
	}
	assert_int_equal(st, ST_NOT_FOUND);
	assert_int_equal(sat, 0);
}

static void assert_fees(struct lab *l, const struct txid *id, int64_t base,
			int64_t delta)
{
	struct pool_entry e;
	struct arena a;

	arena_init(&a, 1 << 20);
	assert_int_equal(query_pool_entry(l->n, id, &a, &e), ST_OK);
	assert_int_equal(e.fee_sat, base);
	assert_int_equal(e.delta_sat, delta);
	assert_int_equal(e.ancestors_sat, base + delta);
	assert_int_equal(e.descendants_sat, base + delta);
	arena_free(&a);
}

static void what_was_added_before_it_came_pays_the_minimum(void **state)
{
	struct lab *l = *state;
	struct draft d = named(l, l->coinbase[1], 0);
	struct mempool_info info;

	assert_refused(&d, V_MIN_RELAY_FEE);
	assert_string_equal(d.r.verdict.detail, "0 < 96");
	add(&d, 1000);
	assert_delta(&d, 1000, false);
	assert_int_equal(send(&d), VALID);
	assert_int_equal(d.r.fee_sat, 0);
	assert_int_equal(d.r.group_fee_sat, 1000);
	assert_fees(l, &d.id, 0, 1000);
	assert_delta(&d, 1000, true);
	assert_int_equal(node_mempool_info(l->n, &info), ST_OK);
	assert_int_equal(info.fees_sat, 0);
	draft_end(&d);
}

static void what_was_taken_away_is_not_paid(void **state)
{
	struct lab *l = *state;
	struct draft d = named(l, l->coinbase[1], 1000);

	add(&d, -950);
	assert_refused(&d, V_MIN_RELAY_FEE);
	assert_string_equal(d.r.verdict.detail, "50 < 96");
	add(&d, 950);
	assert_delta(&d, 0, false);
	assert_int_equal(send(&d), VALID);
	add(&d, -2000);		/* what waits is not judged again */
	assert_fees(l, &d.id, 1000, -2000);
	draft_end(&d);
}

static void replacements_compare_modified_fees_and_leave_them(void **state)
{
	struct lab *l = *state;
	struct draft first = named(l, l->coinbase[1], 1000);
	struct draft poor = named(l, l->coinbase[1], 500);
	struct draft less = named(l, l->coinbase[1], 2000);
	struct draft more = named(l, l->coinbase[1], 2700);

	assert_int_equal(send(&first), VALID);
	assert_refused(&poor, V_RBF_FEE);
	add(&poor, 2000);
	assert_int_equal(send(&poor), VALID);
	assert_refused(&less, V_RBF_FEE);
	assert_int_equal(send(&more), VALID);
	assert_delta(&poor, 2000, false);
	/* it adds up while away, and counts when it is back */
	add(&poor, 1000);
	assert_int_equal(send(&poor), VALID);
	assert_fees(l, &poor.id, 500, 3000);
	assert_int_equal(pool_count(l), 1);
	draft_end(&first);
	draft_end(&poor);
	draft_end(&less);
	draft_end(&more);
}

static void the_limit_on_rates_is_on_the_modified_one(void **state)
{
	struct lab *l = *state;
	struct draft d = named(l, l->coinbase[1], 1000);
	struct tx_options o = {.source = "lab", .test_only = true,
			       .max_fee_sat = 5000,
			       .max_rate_sat_kvb = 100000};

	assert_int_equal(node_accept_tx(l->n, d.raw.p, d.raw.len, &o, &d.r),
			 ST_OK);
	assert_int_equal(d.r.verdict.code, VALID);
	add(&d, 10000);
	assert_int_equal(node_accept_tx(l->n, d.raw.p, d.raw.len, &o, &d.r),
			 ST_OK);
	assert_int_equal(d.r.verdict.code, V_MAX_FEERATE);
	o.max_rate_sat_kvb = 0;	/* the other limit is on what is paid */
	assert_int_equal(node_accept_tx(l->n, d.raw.p, d.raw.len, &o, &d.r),
			 ST_OK);
	assert_int_equal(d.r.verdict.code, VALID);
	draft_end(&d);
}

/* A parent without a fee, and a child with too little for both. */
static void a_package_pays_with_what_was_added(void **state)
{
	static const struct {
		int64_t coin, parent, child, sum;
		enum verdict_code code;
	} of[] = {
		{1, 0, 0, 0, V_PACKAGE_TX},
		{2, 0, 500, 650, VALID},
		{3, -100, 500, 550, VALID},
		{4, 0, -200, 0, V_PACKAGE_TX},
	};
	struct lab *l = *state;
	const struct tx_options o = {.source = "lab"};

	for (size_t i = 0; i < sizeof(of) / sizeof(of[0]); i++) {
		struct draft p = draft_of(l, l->coinbase[of[i].coin], 0), c;
		struct tx_result r[2];
		struct bytes raw[2];
		struct verdict v;

		p.t->version = 3;
		lab_build(l, p.t, &p.raw, &p.id);
		c = draft_of(l, lab_output(p.t, &p.id, 0), 150);
		c.t->version = 3;
		lab_build(l, c.t, &c.raw, &c.id);
		add(&p, of[i].parent);
		add(&c, of[i].child);
		raw[0] = buf_view(&p.raw);
		raw[1] = buf_view(&c.raw);
		assert_int_equal(node_accept_package(l->n, raw, 2, &o, r, &v),
				 ST_OK);
		assert_int_equal(v.code, of[i].code);
		if (v.code == VALID) {
			assert_int_equal(r[0].group_fee_sat, of[i].sum);
			assert_int_equal(r[1].group_fee_sat, of[i].sum);
			assert_int_equal(r[1].fee_sat, 150);
		}
		draft_end(&p);
		draft_end(&c);
	}
}

static void templates_rank_by_it_from_the_start(void **state)
{
	struct lab *l = *state;
	struct draft a = named(l, l->coinbase[1], 2000);
	struct draft b = named(l, l->coinbase[2], 1000);
	struct block_template t;

	assert_int_equal(send(&a), VALID);
	add(&b, 1001);
	assert_int_equal(send(&b), VALID);
	assert_int_equal(node_template_make(l->n, &t), ST_OK);
	assert_int_equal(t.n_tx, 2);
	assert_true(hash256_equal(&t.tx[0].txid.h, &b.id.h));
	assert_int_equal(t.fees_sat, 3000);
	node_template_free(&t);
	draft_end(&a);
	draft_end(&b);
}

static void a_block_that_has_it_ends_it(void **state)
{
	struct lab *l = *state;
	struct draft waits = named(l, l->coinbase[1], 1000);
	struct draft unheard = named(l, l->coinbase[2], 1000);
	struct draft other = named(l, l->coinbase[3], 1000);
	struct block_result result;
	struct block_info tip;
	struct bytes raw[1];
	struct blkid id;
	struct buf block;

	add(&other, 1);
	add(&waits, 2);
	add(&unheard, 3);
	assert_int_equal(send(&waits), VALID);
	lab_mine(l, 1);
	assert_delta(&waits, 0, false);
	assert_delta(&unheard, 3, false);
	/* the pool is empty now */
	assert_int_equal(query_block_at(l->n, l->height, &tip), ST_OK);
	buf_init(&block, 1 << 20);
	raw[0] = buf_view(&unheard.raw);
	lab_block_on(l, &tip.id, l->height + 1, (uint32_t)tip.mtp + 1, raw, 1,
		     0, &block, &id);
	assert_int_equal(node_accept_block(l->n, block.p, block.len, "lab",
					   &result), ST_OK);
	assert_int_equal(result.verdict.code, VALID);
	assert_delta(&unheard, 0, false);
	assert_delta(&other, 1, false);
	buf_free(&block);
	draft_end(&waits);
	draft_end(&unheard);
	draft_end(&other);
}

/* Added while it stood in a block, counted when it comes back. */
static void it_waits_for_a_reorganisation_too(void **state)
{
	struct lab *l = *state;
	struct draft d = named(l, l->coinbase[1], 1000);
	struct block_result result;
	struct block_info fork;
	struct blkid at;
	struct buf block;

	assert_int_equal(send(&d), VALID);
	assert_int_equal(query_block_at(l->n, l->height, &fork), ST_OK);
	lab_mine(l, 1);
	add(&d, 77);
	assert_delta(&d, 77, false);
	at = fork.id;
	buf_init(&block, 1 << 20);
	for (uint32_t i = 1; i <= 2; i++) {
		lab_block_on(l, &at, fork.height + i,
			     (uint32_t)fork.mtp + i, NULL, 0, 9, &block, &at);
		assert_int_equal(node_accept_block(l->n, block.p, block.len,
						   "lab", &result), ST_OK);
		assert_int_equal(result.verdict.code, VALID);
	}
	assert_delta(&d, 77, true);
	assert_fees(l, &d.id, 1000, 77);
	buf_free(&block);
	draft_end(&d);
}

static void a_sum_is_no_more_than_all_money(void **state)
{
	struct lab *l = *state;
	struct draft d = named(l, l->coinbase[1], 1000);

	assert_int_equal(node_prioritise_tx(l->n, &d.id, INT64_MAX),
			 ST_TOO_BIG);
	assert_int_equal(node_prioritise_tx(l->n, &d.id, INT64_MIN),
			 ST_TOO_BIG);
	add(&d, MONEY_MAX_SAT);
	assert_int_equal(node_prioritise_tx(l->n, &d.id, 1), ST_TOO_BIG);
	assert_delta(&d, MONEY_MAX_SAT, false);
	add(&d, -MONEY_MAX_SAT);
	add(&d, 0);
	assert_delta(&d, 0, false);
	draft_end(&d);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(what_was_added_before_it_came_pays_the_minimum),
		TEST(what_was_taken_away_is_not_paid),
		TEST(replacements_compare_modified_fees_and_leave_them),
		TEST(the_limit_on_rates_is_on_the_modified_one),
		TEST(a_package_pays_with_what_was_added),
		TEST(templates_rank_by_it_from_the_start),
		TEST(a_block_that_has_it_ends_it),
		TEST(it_waits_for_a_reorganisation_too),
		TEST(a_sum_is_no_more_than_all_money),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
