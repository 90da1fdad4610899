/* SPDX-License-Identifier: MIT */
/* Transactions that take the place of waiting ones. */
#include "tests/unit/node/draft.h"

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

static void a_replacement_pays_for_what_it_evicts(void **state)
{
	struct lab *l = *state;
	struct draft d = draft_of(l, l->coinbase[1], 1000);
	struct lab_coin c;
	struct buf raw;
	uint32_t vsize;

	buf_init(&raw, 10000);
	assert_int_equal(send(&d), VALID);
	vsize = d.r.vsize;
	c = lab_output(d.t, &d.id, 0);
	lab_pay(l, &c, 2000, &raw);
	assert_int_equal(lab_send(l, &raw, NULL), VALID);
	d.t->out[0].value = l->coinbase[1].value - 1001;
	assert_refused(&d, V_RBF_FEE);
	d.t->out[0].value = l->coinbase[1].value - 3000;
	assert_refused(&d, V_RBF_FEE);
	d.t->out[0].value = l->coinbase[1].value - 3000 - vsize + 1;
	assert_refused(&d, V_RBF_FEE);
	/* an unconfirmed parent that the original did not have */
	d.t->n_in = 2;
	d.t->in[1].coin = c;
	d.t->out[0].value = l->coinbase[1].value - 100000;
	assert_refused(&d, V_RBF_SPENDS_CONFLICT);
	c = l->coinbase[2];
	lab_pay(l, &c, 1000, &raw);
	assert_int_equal(lab_send(l, &raw, NULL), VALID);
	d.t->in[1].coin = c;
	assert_refused(&d, V_RBF_NEW_UNCONFIRMED);
	d.t->n_in = 1;
	assert_int_equal(pool_count(l), 3);
	d.t->out[0].value = l->coinbase[1].value - 3000 - vsize;
	assert_int_equal(send(&d), VALID);
	assert_int_equal(pool_count(l), 2);
	draft_end(&d);
	buf_free(&raw);
}

static void assert_says(const struct draft *d, const char *rest)
{
	char id[HASH_TEXT_SIZE], text[VERDICT_DETAIL_SIZE];

	snprintf(text, sizeof(text), "rejecting replacement %s%s",
		 hash256_text(id, &d->id.h), rest);
	assert_string_equal(d->r.verdict.detail, text);
}

/* The words are those of Bitcoin Core, which programs look for. */
static void refusals_of_replacements_say_what_is_missing(void **state)
{
	struct lab *l = *state;
	struct draft d = draft_of(l, l->coinbase[1], 100000);

	assert_int_equal(send(&d), VALID);
	assert_int_equal(d.r.vsize, 96);
	d.t->out[0].value -= 1;
	d.t->n_out = 2;		/* larger, so that its rate is lower */
	d.t->out[1] = (struct lab_out){.value = 1000, .kind = LAB_TRUE};
	d.t->out[0].value -= 1000;
	assert_refused(&d, V_RBF_FEE);
	assert_says(&d, "; new feerate 0.00719431 "
		    "BTC/kvB <= old feerate 0.01041666 BTC/kvB");
	d.t->n_out = 1;
	d.t->out[0].value = l->coinbase[1].value - 100001;
	assert_refused(&d, V_RBF_FEE);
	assert_says(&d, ", not enough additional fees to relay; "
		    "0.00000001 < 0.00000096");
	draft_end(&d);
}

/* A family of three waits; the replacement of the first may spend what the last
 * spends. */
static void an_unconfirmed_parent_of_what_leaves_is_not_new(void **state)
{
	struct lab *l = *state;
	struct draft other = draft_of(l, l->coinbase[2], 1000);
	struct draft first = draft_of(l, l->coinbase[1], 1000);
	struct draft last;

	other.t->n_out = 2;
	other.t->out[0].value = other.t->out[1].value = COIN_SAT;
	other.t->out[1].kind = LAB_TRUE;
	assert_int_equal(send(&other), VALID);
	assert_int_equal(send(&first), VALID);
	last = draft_of(l, lab_output(first.t, &first.id, 0), 1000);
	last.t->n_in = 2;
	last.t->in[1].coin = lab_output(other.t, &other.id, 0);
	assert_int_equal(send(&last), VALID);
	first.t->n_in = 2;
	first.t->in[1].coin = lab_output(other.t, &other.id, 1);
	first.t->out[0].value -= 2 * COIN_SAT;
	assert_int_equal(send(&first), VALID);
	assert_int_equal(pool_count(l), 2);
	draft_end(&other);
	draft_end(&first);
	draft_end(&last);
}

static void without_full_rbf_a_signal_is_needed(void **state)
{
	struct lab *l = *state;
	struct mempool_policy p = *node_mempool_policy(l->n);
	struct draft d = draft_of(l, l->coinbase[1], 1000);

	p.full_rbf = false;
	node_set_mempool_policy(l->n, &p);
	assert_int_equal(send(&d), VALID);
	d.t->out[0].value -= 5000;
	assert_refused(&d, V_MEMPOOL_CONFLICT);
	d.t->in[0].coin = l->coinbase[2];
	d.t->in[0].sequence = 0xfffffffd;
	assert_int_equal(send(&d), VALID);
	d.t->out[0].value -= 5000;
	assert_int_equal(send(&d), VALID);
	draft_end(&d);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_replacement_pays_for_what_it_evicts),
		T(refusals_of_replacements_say_what_is_missing),
		T(an_unconfirmed_parent_of_what_leaves_is_not_new),
		T(without_full_rbf_a_signal_is_needed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
