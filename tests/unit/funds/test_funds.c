/* SPDX-License-Identifier: MIT */
/* funds: balance, addresses, history, names. */
#include "tests/unit/funds/fundlab.h"

#include "funds/keys.h"

/* --- balance --- */

static void a_reward_counts_once_it_may_be_spent_in_any_block(void **state)
{
	struct fixture *x = *state;
	struct made_block b;
	struct funds_balance v;

	block_on_tip(x->l, &b);
	b.pays_to = x->own;
	block_make(&b);
	block_take(x->l, &b);
	block_drop(&b);
	for (uint32_t depth = 1; depth <= LAB_MATURITY; depth++) {
		if (depth == 1 || depth == LAB_MATURITY) {
			v = balance(x);
			assert_int_equal(v.immature, SUBSIDY);
			assert_int_equal(v.confirmed + v.unconfirmed, 0);
		}
		lab_mine(x->l, 1);
	}
	v = balance(x);
	assert_int_equal(v.confirmed, SUBSIDY);
	assert_int_equal(v.immature + v.unconfirmed, 0);
}

static void what_waits_is_ours_only_if_all_of_it_is_ours(void **state)
{
	struct fixture *x = *state;
	struct outpoint at = {.n = 0};
	struct funds_fault fault;
	struct funds_balance v;
	struct bytes raw;
	struct txid id;

	at.txid = pay_one(x, x->own, 10 * COIN_SAT);
	v = balance(x);
	assert_int_equal(v.unconfirmed, 10 * COIN_SAT);
	assert_int_equal(v.confirmed, 0);
	/* change of a coin that itself waits and came from others is no better */
	raw = spend(x, &at, 10 * COIN_SAT, buf_view(&x->stranger), COIN_SAT,
		    x->own, FEE, &id);
	if (!funds_send(&x->f, raw, &(struct funds_note){0}, &id, &fault))
		fail_msg("%s", fault.message);
	v = balance(x);
	assert_int_equal(v.unconfirmed, 9 * COIN_SAT - FEE);
	assert_int_equal(v.confirmed, 0);
	lab_mine(x->l, 1);
	at.txid = id;
	at.n = 1;
	look(x);
	raw = spend(x, &at, 9 * COIN_SAT - FEE, buf_view(&x->stranger), COIN_SAT,
		    script_of(x, 2, 3), FEE, &id);
	if (!funds_send(&x->f, raw, &(struct funds_note){0}, &id, &fault))
		fail_msg("%s", fault.message);
	v = balance(x);
	assert_int_equal(v.confirmed, 8 * COIN_SAT - 2 * FEE);
	assert_int_equal(v.unconfirmed, 0);
	at.txid = id;
	assert_int_equal(purse_lock(x->at.purse, x->f.wallet.id, &at), ST_OK);
	v = balance(x);
	assert_int_equal(v.locked, 8 * COIN_SAT - 2 * FEE);
	assert_int_equal(v.confirmed, 8 * COIN_SAT - 2 * FEE);
}

static void scripts_are_derived_ahead_of_the_last_that_was_used(void **state)
{
	struct fixture *x = *state;
	struct bytes to[2];
	const int64_t value[2] = {COIN_SAT, 2 * COIN_SAT};
	size_t before;

	assert_int_equal(x->f.n_script, 1 + 2 * FUNDS_GAP);
	/* the last one known, and the first beyond what that one brings */
	to[0] = script_of(x, 1, FUNDS_GAP - 1);
	to[1] = script_of(x, 1, 2 * FUNDS_GAP);
	assert_non_null(funds_find(&x->f, to[0]));
	assert_null(funds_find(&x->f, to[1]));
	pay(x, to, value, 2);
	assert_int_equal(balance(x).unconfirmed, COIN_SAT);
	assert_int_equal(x->f.n_script, 1 + 3 * FUNDS_GAP);
	/* one more, and its past is there at once */
	pay_one(x, script_of(x, 1, FUNDS_GAP), 4 * COIN_SAT);
	before = x->f.n_script;
	assert_int_equal(balance(x).unconfirmed, 7 * COIN_SAT);
	assert_true(x->f.n_script > before);
	assert_int_equal(x->f.desc[1].row.next, 2 * FUNDS_GAP + 1);
}

static void an_address_is_new_and_not_one_that_was_paid(void **state)
{
	struct fixture *x = *state;
	struct bytes a, b, paid = script_of(x, 1, 5);

	pay_one(x, paid, COIN_SAT);
	look(x);
	assert_int_equal(funds_address(&x->f, "", false, "mine", &a), ST_OK);
	assert_int_equal(funds_address(&x->f, "bech32", false, NULL, &b), ST_OK);
	assert_int_equal(funds_find(&x->f, a)->n, 6);
	assert_int_equal(funds_find(&x->f, b)->n, 7);
	assert_string_equal(funds_label(&x->f, a), "mine");
	assert_null(funds_label(&x->f, b));
	assert_int_equal(funds_address(&x->f, "legacy", false, NULL, &b),
			 ST_NOT_FOUND);
}

/* --- history --- */

static void pages_of_the_history_make_up_the_whole(void **state)
{
	struct fixture *x = *state;
	struct bytes two[2] = {script_of(x, 1, 0), script_of(x, 2, 0)};
	const int64_t value[2] = {COIN_SAT, 3 * COIN_SAT};
	struct funds_tx *all, *page, one;
	struct funds_balance v;
	int64_t sum = 0;
	size_t n, k;

	for (int i = 0; i < 7; i++) {
		two[0] = script_of(x, 1, (uint32_t)i % 3);
		two[1] = script_of(x, 2, (uint32_t)i % 2);
		pay(x, two, value, 2);
		if (i % 2)
			lab_mine(x->l, 1);
		look(x);
	}
	v = balance(x);
	assert_int_equal(funds_history(&x->f, 0, 0, &all, &n), ST_OK);
	assert_int_equal(n, 7);
	for (size_t i = 0; i < n; i++) {
		sum += all[i].out_sat - all[i].in_sat;
		assert_int_equal(all[i].out_sat, 4 * COIN_SAT);
		assert_false(all[i].all_ours);
		assert_int_equal(all[i].state,
				 i ? FUNDS_CONFIRMED : FUNDS_WAITING);
		if (i)
			assert_true(all[i].confirmations >=
				    all[i - 1].confirmations);
		assert_int_equal(funds_tx(&x->f, &all[i].t.tx.txid, &one), ST_OK);
		assert_int_equal(one.out_sat, all[i].out_sat);
		assert_int_equal(one.confirmations, all[i].confirmations);
	}
	assert_int_equal(sum, v.confirmed + v.unconfirmed);
	for (size_t skip = 0; skip <= 8; skip++) {
		for (size_t max = 1; max <= 8; max++) {
			size_t want = skip >= n ? 0 : n - skip < max ? n - skip : max;

			assert_int_equal(funds_history(&x->f, skip, max, &page, &k),
					 ST_OK);
			assert_int_equal(k, want);
			for (size_t i = 0; i < k; i++)
				assert_memory_equal(&page[i].t.tx.txid,
						    &all[skip + i].t.tx.txid,
						    sizeof(struct txid));
		}
	}
	assert_int_equal(funds_tx(&x->f, &(struct txid){{{1}}}, &one), ST_NOT_FOUND);
}

/* --- names --- */

static void names_become_what_the_signer_takes_as_names(void **state)
{
	static const char *const names[] = {"", "..", "a/b", "\xc3\xa4 b", "-",
					    "0123456789012345678901234567890123456789"};
	char out[PURSE_KEYSTORE_SIZE], kind[PURSE_KIND_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		assert_true(funds_keystore_name(out, "", names[i], false));
		assert_true(funds_keystore_name(out, "12345678901234567890",
						names[i], true));
		assert_true(signer_name_ok(bytes_of_text(out)));
	}
	assert_false(funds_name_ok("a/b", 3));
	assert_false(funds_name_ok("a\nb", 3));
	assert_true(funds_name_ok("", 0));
	funds_kind_of(kind, "sh(wpkh(x))");
	assert_string_equal(kind, "p2sh-segwit");
	funds_kind_of(kind, "sh(multi(1,x))");
	assert_string_equal(kind, "legacy");
	funds_kind_of(kind, "combo(x)");
	assert_string_equal(kind, "other");
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		T(a_reward_counts_once_it_may_be_spent_in_any_block),
		T(what_waits_is_ours_only_if_all_of_it_is_ours),
		T(scripts_are_derived_ahead_of_the_last_that_was_used),
		T(an_address_is_new_and_not_one_that_was_paid),
		T(pages_of_the_history_make_up_the_whole),
		cmocka_unit_test(names_become_what_the_signer_takes_as_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
