/* SPDX-License-Identifier: MIT */
/* One parent with one child in the place of what waits. Fees, sizes and answers
 * are such as Bitcoin Core gives for the same transactions. */
#include "tests/unit/node/chainlab.h"

#define MEMBERS 3
#define VSIZE 96	/* of each transaction here */

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

struct pack {
	struct lab *l;
	uint32_t n;
	struct buf raw[MEMBERS];
	struct lab_coin made[MEMBERS];	/* output 0 */
	struct tx_result r[MEMBERS];
	struct verdict v;
};

static struct pack *pack_of(struct lab *l)
{
	struct pack *p = calloc(1, sizeof(*p));

	assert_non_null(p);
	p->l = l;
	for (int i = 0; i < MEMBERS; i++)
		buf_init(&p->raw[i], 1 << 20);
	return p;
}

static void pack_end(struct pack *p)
{
	for (int i = 0; i < MEMBERS; i++)
		buf_free(&p->raw[i]);
	free(p);
}

/* One more member, of one output. */
static void add(struct pack *p, const struct lab_coin *coin, uint32_t n,
		int64_t fee)
{
	struct lab_tx *t = calloc(1, sizeof(*t));
	struct txid id;
	int64_t sum = 0;

	assert_non_null(t);
	t->n_in = n;
	t->n_out = 1;
	for (uint32_t i = 0; i < n; i++) {
		t->in[i].coin = coin[i];
		sum += coin[i].value;
	}
	t->out[0] = (struct lab_out){.value = sum - fee, .kind = LAB_TRUE};
	lab_build(p->l, t, &p->raw[p->n], &id);
	p->made[p->n] = lab_output(t, &id, 0);
	p->n++;
	free(t);
}

static struct pack *pair_of(struct lab *l, uint32_t coinbase,
			    int64_t parent_fee, int64_t child_fee)
{
	struct pack *p = pack_of(l);

	add(p, &l->coinbase[coinbase], 1, parent_fee);
	add(p, &p->made[0], 1, child_fee);
	return p;
}

static enum verdict_code send(struct pack *p)
{
	struct tx_options o = {.source = "lab"};
	struct bytes raw[MEMBERS];

	for (uint32_t i = 0; i < p->n; i++)
		raw[i] = buf_view(&p->raw[i]);
	assert_int_equal(node_accept_package(p->l->n, raw, p->n, &o, p->r,
					     &p->v), ST_OK);
	return p->v.code;
}

static int64_t pool_count(struct lab *l)
{
	struct mempool_info info;

	assert_int_equal(node_mempool_info(l->n, &info), ST_OK);
	return info.count;
}

/* Sends, is refused, and says why. */
static void refused(struct pack *p, enum verdict_code why, const char *reject)
{
	char text[300];

	assert_int_equal(send(p), why);
	verdict_reject(text, sizeof(text), &p->v);
	assert_string_equal(text, reject);
	pack_end(p);
}

static void accepted(struct pack *p)
{
	assert_int_equal(send(p), VALID);
	pack_end(p);
}

static void a_child_pays_for_what_its_parent_replaces(void **state)
{
	struct lab *l = *state;
	struct pack *p;

	accepted(pair_of(l, 1, 1000, 1000));
	p = pair_of(l, 1, 900, 5000);
	assert_int_equal(send(p), VALID);
	assert_int_equal(pool_count(l), 2);
	assert_int_equal(p->r[0].vsize, VSIZE);
	assert_int_equal(p->r[0].group_fee_sat, 5900);
	assert_int_equal(p->r[1].group_vsize, 2 * VSIZE);
	/* both are the ones that wait */
	assert_int_equal(send(p), VALID);
	assert_true(p->r[0].known && p->r[1].known);
	assert_int_equal(p->r[1].fee_sat, 5000);
	pack_end(p);
	/* the family is whole: one more child of the new one */
	lab_mine(l, 1);
	assert_int_equal(pool_count(l), 0);
}

static void all_fees_and_the_relay_are_paid(void **state)
{
	struct lab *l = *state;
	struct pack *p;

	accepted(pair_of(l, 1, 1000, 1000));
	p = pair_of(l, 1, 900, 1000);
	assert_int_equal(send(p), V_PACKAGE_RBF_FEES);
	assert_int_equal(p->r[0].verdict.code, V_RBF_FEE);
	assert_int_equal(p->r[1].verdict.code, V_MISSING_INPUTS);
	pack_end(p);
	refused(pair_of(l, 1, 900, 1100 + 2 * VSIZE - 1), V_PACKAGE_RBF_FEES,
		"package RBF failed: insufficient anti-DoS fees");
	assert_int_equal(pool_count(l), 2);
	accepted(pair_of(l, 1, 900, 1100 + 2 * VSIZE));
	assert_int_equal(pool_count(l), 2);
}

static void the_child_must_raise_its_parent(void **state)
{
	struct lab *l = *state;

	accepted(pair_of(l, 1, 1000, 49000));
	refused(pair_of(l, 1, 30000, 25000), V_PACKAGE_RBF_PARENT,
		"package RBF failed: package feerate is less than or equal to "
		"parent feerate");
	accepted(pair_of(l, 1, 25000, 30000));
}

static void miners_must_not_lose(void **state)
{
	struct lab *l = *state;
	struct pack *p = pack_of(l);

	add(p, &l->coinbase[1], 1, 40000);
	assert_int_equal(lab_send(l, &p->raw[0], NULL), VALID);
	pack_end(p);
	refused(pair_of(l, 1, 39980, 40000), V_PACKAGE_RBF_DIAGRAM,
		"package RBF failed: insufficient feerate: does not improve "
		"feerate diagram");
	accepted(pair_of(l, 1, 39990, 40020));
}

static void only_one_parent_with_one_child(void **state)
{
	struct lab *l = *state;
	struct pack *p = pack_of(l);

	accepted(pair_of(l, 1, 1000, 1000));
	accepted(pair_of(l, 2, 1000, 1000));
	add(p, &l->coinbase[1], 1, 900);
	add(p, &l->coinbase[2], 1, 900);
	add(p, p->made, 2, 50000);
	refused(p, V_PACKAGE_RBF_SHAPE,
		"package RBF failed: package must be 1-parent-1-child");
	assert_int_equal(pool_count(l), 4);
}

static void neither_spends_what_waits(void **state)
{
	struct lab *l = *state;
	struct pack *p = pack_of(l), *q;
	struct lab_coin coin[2];

	accepted(pair_of(l, 1, 1000, 1000));
	/* a parent that is good by itself, and is in the pool before the rest is
	 * tried */
	add(p, &l->coinbase[1], 1, 900);
	add(p, &l->coinbase[2], 1, 1000);
	add(p, p->made, 2, 50000);
	refused(p, V_PACKAGE_RBF_ANCESTORS, "package RBF failed: new "
		"transaction cannot have mempool ancestors");
	assert_int_equal(pool_count(l), 3);
	q = pair_of(l, 3, 1000, 1000);
	assert_int_equal(lab_send(l, &q->raw[0], NULL), VALID);
	coin[0] = l->coinbase[1];
	coin[1] = q->made[0];
	p = pack_of(l);
	add(p, coin, 2, 900);
	add(p, p->made, 1, 50000);
	refused(p, V_PACKAGE_RBF_ANCESTORS, "package RBF failed: new "
		"transaction cannot have mempool ancestors");
	pack_end(q);
}

static void what_is_replaced_has_one_relative(void **state)
{
	char text[300], id[HASH_TEXT_SIZE];
	struct lab *l = *state;
	struct pack *p = pack_of(l);

	add(p, &l->coinbase[1], 1, 1000);
	add(p, &p->made[0], 1, 1000);
	add(p, &p->made[1], 1, 1000);
	for (int i = 0; i < 3; i++)
		assert_int_equal(lab_send(l, &p->raw[i], NULL), VALID);
	snprintf(text, sizeof(text), "package RBF failed: %s has 2 descendants, "
		 "max 1 allowed", hash256_text(id, &p->made[0].at.txid.h));
	refused(pair_of(l, 1, 900, 50000), V_PACKAGE_RBF_CLUSTER, text);
	pack_end(p);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_child_pays_for_what_its_parent_replaces),
		T(all_fees_and_the_relay_are_paid),
		T(the_child_must_raise_its_parent),
		T(miners_must_not_lose),
		T(only_one_parent_with_one_child),
		T(neither_spends_what_waits),
		T(what_is_replaced_has_one_relative),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
