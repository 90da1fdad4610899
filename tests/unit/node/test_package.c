/* SPDX-License-Identifier: MIT */
/* Packages of parents and child. */
#include "tests/unit/node/chainlab.h"

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

#define MEMBERS 3

struct pack {
	struct lab *l;
	struct lab_tx t[MEMBERS];
	struct buf raw[MEMBERS];
	struct txid id[MEMBERS];
	struct tx_result r[MEMBERS];
	struct verdict v;
};

/* A parent with one output and a child that spends it. */
static struct pack *pair_of(struct lab *l, uint32_t version, int64_t parent_fee,
			    int64_t child_fee)
{
	struct pack *p = calloc(1, sizeof(*p));
	struct lab_coin c = l->coinbase[1];

	assert_non_null(p);
	p->l = l;
	for (int i = 0; i < MEMBERS; i++)
		buf_init(&p->raw[i], 1 << 20);
	p->t[0] = (struct lab_tx){.version = version, .n_in = 1, .n_out = 1};
	p->t[0].in[0].coin = c;
	p->t[0].out[0] = (struct lab_out){.value = c.value - parent_fee,
					  .kind = LAB_P2WPKH};
	lab_build(l, &p->t[0], &p->raw[0], &p->id[0]);
	c = lab_output(&p->t[0], &p->id[0], 0);
	p->t[1] = p->t[0];
	p->t[1].in[0].coin = c;
	p->t[1].out[0].value = c.value - child_fee;
	lab_build(l, &p->t[1], &p->raw[1], &p->id[1]);
	return p;
}

static void pack_end(struct pack *p)
{
	for (int i = 0; i < MEMBERS; i++)
		buf_free(&p->raw[i]);
	free(p);
}

static enum verdict_code send(struct pack *p, uint32_t from, uint32_t to,
			      bool test_only)
{
	struct tx_options o = {.source = "lab", .test_only = test_only};
	struct bytes raw[MEMBERS];

	for (uint32_t i = from; i < to; i++)
		raw[i] = buf_view(&p->raw[i]);
	assert_int_equal(node_accept_package(p->l->n, raw + from, to - from, &o,
					     p->r + from, &p->v), ST_OK);
	return p->v.code;
}

static int64_t pool_count(struct lab *l)
{
	struct mempool_info info;

	assert_int_equal(node_mempool_info(l->n, &info), ST_OK);
	return info.count;
}

static void a_child_pays_for_its_parent(void **state)
{
	struct lab *l = *state;
	struct pack *p = pair_of(l, 3, 0, 1000);

	assert_int_equal(lab_send(l, &p->raw[0], NULL), V_MIN_RELAY_FEE);
	assert_int_equal(send(p, 0, 2, true), VALID);
	assert_int_equal(pool_count(l), 0);
	assert_int_equal(send(p, 0, 2, false), VALID);
	assert_int_equal(pool_count(l), 2);
	assert_int_equal(p->r[0].group_fee_sat, 1000);
	assert_int_equal(p->r[1].group_vsize, p->r[0].vsize + p->r[1].vsize);
	/* again: all are there already */
	assert_int_equal(send(p, 0, 2, false), VALID);
	assert_true(p->r[0].known && p->r[1].known);
	lab_mine(l, 1);
	assert_int_equal(pool_count(l), 0);
	pack_end(p);
}

static void a_child_that_pays_too_little_does_not(void **state)
{
	struct lab *l = *state;
	struct pack *p = pair_of(l, 3, 0, 150);

	assert_int_equal(send(p, 0, 2, false), V_PACKAGE_TX);
	assert_int_equal(p->r[0].verdict.code, V_MIN_RELAY_FEE);
	assert_int_equal(p->r[1].verdict.code, V_MIN_RELAY_FEE);
	assert_int_equal(pool_count(l), 0);
	pack_end(p);
}

static void below_the_relay_minimum_only_version_three_is_helped(void **state)
{
	struct lab *l = *state;
	struct pack *p = pair_of(l, 2, 0, 5000);

	assert_int_equal(send(p, 0, 2, false), V_PACKAGE_TX);
	assert_int_equal(p->r[0].verdict.code, V_MIN_RELAY_FEE);
	assert_int_equal(pool_count(l), 0);
	pack_end(p);
}

static void members_that_are_good_alone_are_taken_alone(void **state)
{
	struct lab *l = *state;
	struct pack *p = pair_of(l, 2, 1000, 50);

	assert_int_equal(send(p, 0, 2, false), V_PACKAGE_TX);
	assert_int_equal(p->r[0].verdict.code, VALID);
	assert_int_equal(p->r[0].group_vsize, p->r[0].vsize);
	assert_int_equal(p->r[1].verdict.code, V_MIN_RELAY_FEE);
	assert_int_equal(pool_count(l), 1);
	pack_end(p);
}

static void a_spoilt_member_spoils_the_package(void **state)
{
	struct lab *l = *state;
	struct pack *p = pair_of(l, 3, 0, 5000);

	p->t[1].spoil = true;
	lab_build(l, &p->t[1], &p->raw[1], &p->id[1]);
	assert_int_equal(send(p, 0, 2, false), V_PACKAGE_TX);
	assert_int_equal(p->r[1].verdict.code, V_SCRIPT);
	assert_int_equal(pool_count(l), 0);
	pack_end(p);
}

static void shapes_other_than_parents_and_child_are_refused(void **state)
{
	struct lab *l = *state;
	struct pack *p = pair_of(l, 2, 1000, 1000);
	struct bytes raw[26];
	struct tx_result r[26];
	struct tx_options o = {.source = "lab"};

	for (int i = 0; i < 26; i++)
		raw[i] = buf_view(&p->raw[0]);
	assert_int_equal(node_accept_package(l->n, raw, 26, &o, r, &p->v),
			 ST_OK);
	assert_int_equal(p->v.code, V_PACKAGE_COUNT);
	assert_int_equal(node_accept_package(l->n, raw, 2, &o, r, &p->v),
			 ST_OK);
	assert_int_equal(p->v.code, V_PACKAGE_DUPLICATE);
	raw[0] = buf_view(&p->raw[1]);
	assert_int_equal(node_accept_package(l->n, raw, 2, &o, r, &p->v),
			 ST_OK);
	assert_int_equal(p->v.code, V_PACKAGE_ORDER);
	/* two that have nothing to do with each other */
	p->t[2] = p->t[0];
	p->t[2].in[0].coin = l->coinbase[2];
	lab_build(l, &p->t[2], &p->raw[2], &p->id[2]);
	raw[0] = buf_view(&p->raw[2]);
	assert_int_equal(node_accept_package(l->n, raw, 2, &o, r, &p->v),
			 ST_OK);
	assert_int_equal(p->v.code, V_PACKAGE_TOPOLOGY);
	p->t[2].in[0].coin = l->coinbase[1];
	p->t[2].out[0].value -= 1;
	lab_build(l, &p->t[2], &p->raw[2], &p->id[2]);
	raw[0] = buf_view(&p->raw[2]);
	assert_int_equal(node_accept_package(l->n, raw, 2, &o, r, &p->v),
			 ST_OK);
	assert_int_equal(p->v.code, V_PACKAGE_CONFLICT);
	/* a parent that waits, but is no member */
	assert_int_equal(lab_send(l, &p->raw[0], NULL), VALID);
	p->t[2] = p->t[0];
	p->t[2].in[0].coin = l->coinbase[2];
	lab_build(l, &p->t[2], &p->raw[2], &p->id[2]);
	p->t[1].n_in = 2;
	p->t[1].in[1].coin = lab_output(&p->t[2], &p->id[2], 0);
	lab_build(l, &p->t[1], &p->raw[1], &p->id[1]);
	raw[0] = buf_view(&p->raw[2]);
	raw[1] = buf_view(&p->raw[1]);
	assert_int_equal(node_accept_package(l->n, raw, 2, &o, r, &p->v),
			 ST_OK);
	assert_int_equal(p->v.code, V_PACKAGE_PARENTS);
	pack_end(p);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_child_pays_for_its_parent),
		T(a_child_that_pays_too_little_does_not),
		T(below_the_relay_minimum_only_version_three_is_helped),
		T(members_that_are_good_alone_are_taken_alone),
		T(a_spoilt_member_spoils_the_package),
		T(shapes_other_than_parents_and_child_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
