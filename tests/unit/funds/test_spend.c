/* SPDX-License-Identifier: MIT */
/* funds: transactions made, replaced and remembered. */
#include "tests/unit/funds/fundlab.h"

#include "wallet/select.h"

/* --- drafts --- */

/* In is out and fee; the rate is met, and not by much more. */
static void is_sound(struct fixture *x, const struct funds_draft *d)
{
	int64_t in = 0, out = 0;

	for (uint32_t i = 0; i < d->tx.n_in; i++) {
		in += d->spent[i].value;
		for (uint32_t k = 0; k < i; k++)
			assert_false(outpoint_equal(&d->tx.in[i].prevout,
						    &d->tx.in[k].prevout));
	}
	for (uint32_t i = 0; i < d->tx.n_out; i++) {
		out += d->tx.out[i].value;
		assert_true(d->tx.out[i].value >=
			    select_dust(d->tx.out[i].script, 3000));
	}
	assert_int_equal(in, out + d->fee_sat);
	assert_true(d->fee_sat * 1000 >= d->rate_sat_kvb * d->vsize);
	assert_true((d->fee_sat - d->dropped_sat - 1) * 1000 <=
		    d->rate_sat_kvb * d->vsize);
	assert_int_equal(d->change_pos >= 0, d->change_sat > 0);
	if (d->change_pos >= 0) {
		const struct txout *c = &d->tx.out[d->change_pos];

		assert_int_equal(c->value, d->change_sat);
		assert_non_null(funds_find(&x->f, c->script));
	}
	assert_true(d->psbt.len > 0);
}

static void fund(struct fixture *x)
{
	struct bytes to[4] = {script_of(x, 1, 0), script_of(x, 1, 1),
			      script_of(x, 1, 2), script_of(x, 1, 3)};
	const int64_t value[4] = {COIN_SAT, 2 * COIN_SAT, COIN_SAT / 100, 700};

	pay(x, to, value, 4);
	lab_mine(x->l, 1);
	look(x);
}

static void drafts_spend_what_they_say_at_the_rate_that_was_asked(void **state)
{
	struct fixture *x = *state;
	struct funds_payee to = {.script = buf_view(&x->stranger)};
	struct funds_order o = {.to = &to, .n_to = 1, .change_pos = -1,
				.peek = true};
	struct funds_fault fault;
	struct funds_draft d;

	fund(x);
	for (int i = 0; i < 300; i++) {
		to.amount_sat = 1000 + (int64_t)(lab_rand(x->l) % (3 * COIN_SAT));
		o.rate_sat_kvb = 1000 + (int64_t)(lab_rand(x->l) % 100000);
		to.subtract = i % 3 == 0;
		if (funds_draft(&x->f, &o, &d, &fault))
			is_sound(x, &d);
		else if (fault.kind != FUNDS_POOR && fault.kind != FUNDS_REFUSED)
			fail_msg("%s", fault.message);
		else
			assert_true(to.amount_sat > 3 * COIN_SAT - 1000000 ||
				    to.amount_sat < 100000);
	}
}

static void a_sweep_leaves_nothing_that_pays_for_itself(void **state)
{
	struct fixture *x = *state;
	struct funds_payee to[2] = {
		{.script = buf_view(&x->stranger), .rest = true},
		{.script = x->own, .rest = true}};
	struct funds_order o = {.to = to, .n_to = 2, .change_pos = -1,
				.rate_sat_kvb = 20000, .keep_order = true};
	struct funds_fault fault;
	struct funds_draft d;

	fund(x);
	assert_true(funds_draft(&x->f, &o, &d, &fault));
	is_sound(x, &d);
	/* 700 satoshi cost more to spend than they are */
	assert_int_equal(d.tx.n_in, 3);
	assert_int_equal(d.change_pos, -1);
	assert_true(d.tx.out[0].value - d.tx.out[1].value <= 1 &&
		    d.tx.out[0].value >= d.tx.out[1].value);
}

static void those_who_pay_the_fee_share_it(void **state)
{
	struct fixture *x = *state;
	struct funds_payee to[3] = {
		{.script = buf_view(&x->stranger), .amount_sat = COIN_SAT,
		 .subtract = true},
		{.script = x->own, .amount_sat = COIN_SAT},
		{.script = buf_view(&x->stranger), .amount_sat = COIN_SAT / 2,
		 .subtract = true}};
	struct funds_order o = {.to = to, .n_to = 3, .change_pos = -1,
				.rate_sat_kvb = 3333, .keep_order = true};
	struct funds_fault fault;
	struct funds_draft d;
	int64_t a, b;

	fund(x);
	assert_true(funds_draft(&x->f, &o, &d, &fault));
	is_sound(x, &d);
	a = COIN_SAT - d.tx.out[0].value;
	b = COIN_SAT / 2 - d.tx.out[2].value;
	assert_int_equal(d.tx.out[1].value, COIN_SAT);
	assert_true(a >= b && a - b <= 1 && b > 0);
	assert_true(a + b <= d.fee_sat);
}

/* What must not be spent is not, and each refusal says why. */
static void refusals_have_reasons(void **state)
{
	struct fixture *x = *state;
	struct funds_payee to = {.script = buf_view(&x->stranger),
				 .amount_sat = 2 * COIN_SAT + COIN_SAT / 2};
	struct funds_order o = {.to = &to, .n_to = 1, .change_pos = -1,
				.rate_sat_kvb = 1000};
	struct funds_input in[2];
	struct funds_coin *c;
	struct funds_fault fault;
	struct funds_draft d;
	size_t n;

	fund(x);
	assert_int_equal(funds_coins(&x->f, &c, &n), ST_OK);
	assert_int_equal(n, 4);
	assert_true(funds_draft(&x->f, &o, &d, &fault));
	o.min_conf = 2;
	assert_false(funds_draft(&x->f, &o, &d, &fault));
	assert_int_equal(fault.kind, FUNDS_POOR);
	o.min_conf = 0;
	for (size_t i = 0; i < n; i++)
		if (c[i].value == COIN_SAT)
			assert_int_equal(purse_lock(x->at.purse, x->f.wallet.id,
						    &c[i].at), ST_OK);
	look(x);
	assert_false(funds_draft(&x->f, &o, &d, &fault));
	assert_int_equal(fault.kind, FUNDS_POOR);
	assert_int_equal(purse_unlock_all(x->at.purse, x->f.wallet.id), ST_OK);
	look(x);
	assert_true(funds_draft(&x->f, &o, &d, &fault));
	o.rate_sat_kvb = FUNDS_RATE_MAX_SAT_KVB + 1;
	assert_false(funds_draft(&x->f, &o, &d, &fault));
	assert_int_equal(fault.kind, FUNDS_USAGE);
	/* an allowed rate whose fee is more than is ever paid */
	o.rate_sat_kvb = FUNDS_RATE_MAX_SAT_KVB;
	to.amount_sat = 2 * COIN_SAT;
	in[0] = (struct funds_input){.weight = 100000};
	assert_int_equal(funds_coins(&x->f, &c, &n), ST_OK);
	for (size_t i = 0; i < n; i++)
		if (c[i].value == 2 * COIN_SAT)
			in[0].at = c[i].at;
	o.in = in;
	o.n_in = 1;
	to.amount_sat = COIN_SAT / 10;
	assert_false(funds_draft(&x->f, &o, &d, &fault));
	o.rate_sat_kvb = 1000;
	in[1] = in[0];
	o.n_in = 2;
	assert_false(funds_draft(&x->f, &o, &d, &fault));
	assert_int_equal(fault.kind, FUNDS_USAGE);
	o.n_in = 0;
	to.amount_sat = select_dust(to.script, 3000) - 1;
	assert_false(funds_draft(&x->f, &o, &d, &fault));
	assert_int_equal(fault.kind, FUNDS_REFUSED);
	to.amount_sat++;
	assert_true(funds_draft(&x->f, &o, &d, &fault));
	to.amount_sat = MONEY_MAX_SAT + 1;
	assert_false(funds_draft(&x->f, &o, &d, &fault));
	assert_int_equal(fault.kind, FUNDS_USAGE);
	o.n_to = 0;
	assert_false(funds_draft(&x->f, &o, &d, &fault));
	assert_int_equal(fault.kind, FUNDS_USAGE);
}

/* --- higher fees --- */

static void a_replacement_pays_more_than_what_it_replaces(void **state)
{
	struct fixture *x = *state;
	struct funds_bump b = {.no_child = true};
	struct outpoint at = {.n = 0};
	struct funds_fault fault;
	struct funds_bumped out;
	struct bytes raw;
	bool paid = false;

	assert_false(funds_bump(&x->f, &b, &out, &fault));
	assert_int_equal(fault.kind, FUNDS_USAGE);
	at.txid = pay_one(x, x->own, COIN_SAT);
	lab_mine(x->l, 1);
	look(x);
	raw = spend(x, &at, COIN_SAT, buf_view(&x->stranger), COIN_SAT / 4,
		    script_of(x, 2, 0), 1000, &b.txid);
	assert_true(funds_send(&x->f, raw, &(struct funds_note){.comment = "rent"},
			       &b.txid, &fault));
	look(x);
	b.rate_sat_kvb = INT64_MAX;
	assert_false(funds_bump(&x->f, &b, &out, &fault));
	assert_int_equal(fault.kind, FUNDS_USAGE);
	b.rate_sat_kvb = 1000;
	assert_false(funds_bump(&x->f, &b, &out, &fault));
	assert_int_equal(fault.kind, FUNDS_USAGE);
	b.rate_sat_kvb = 20000;
	assert_true(funds_bump(&x->f, &b, &out, &fault));
	is_sound(x, &out.draft);
	assert_int_equal(out.old_fee_sat, 1000);
	assert_true(out.draft.fee_sat >= 1000 + out.draft.vsize);
	assert_true(outpoint_equal(&out.draft.tx.in[0].prevout, &at));
	for (uint32_t i = 0; i < out.draft.tx.n_out; i++)
		paid |= out.draft.tx.out[i].value == COIN_SAT / 4 &&
			bytes_equal(out.draft.tx.out[i].script,
				    buf_view(&x->stranger));
	assert_true(paid);
	/* in a block there is nothing to replace */
	lab_mine(x->l, 1);
	look(x);
	assert_false(funds_bump(&x->f, &b, &out, &fault));
	assert_int_equal(fault.kind, FUNDS_REFUSED);
}

static void what_was_sent_is_remembered_with_what_became_of_it(void **state)
{
	struct fixture *x = *state;
	struct outpoint at = {.n = 0};
	const struct purse_sent *note;
	struct funds_fault fault;
	struct txid first, second;
	struct funds_tx *all;
	struct bytes raw;
	size_t n;

	at.txid = pay_one(x, x->own, COIN_SAT);
	lab_mine(x->l, 1);
	look(x);
	raw = spend(x, &at, COIN_SAT, buf_view(&x->stranger), COIN_SAT / 4,
		    script_of(x, 2, 0), 1000, &first);
	assert_true(funds_send(&x->f, raw, &(struct funds_note){.comment = "rent"},
			       &first, &fault));
	/* the same again, without a word, takes nothing back */
	raw = bytes_of(arena_copy(&x->a, raw.p, raw.len), raw.len);
	assert_int_equal(purse_sent(x->at.purse, x->f.wallet.id, &x->a, &x->f.sent,
				    &x->f.n_sent), ST_OK);
	assert_true(funds_send(&x->f, raw, &(struct funds_note){0}, &first, &fault));
	look(x);
	note = funds_note(&x->f, &first);
	assert_non_null(note);
	assert_string_equal(note->comment, "rent");
	raw = spend(x, &at, COIN_SAT, buf_view(&x->stranger), COIN_SAT / 4,
		    script_of(x, 2, 0), 5000, &second);
	assert_true(funds_send(&x->f, raw, &(struct funds_note){.replaces = &first},
			       &second, &fault));
	look(x);
	note = funds_note(&x->f, &first);
	assert_true(note->has_replaced_by);
	assert_memory_equal(&note->replaced_by, &second, sizeof(second));
	note = funds_note(&x->f, &second);
	assert_true(note->has_replaces);
	assert_string_equal(note->comment, "rent");
	/* the first is gone and is said to be, the second waits */
	assert_int_equal(funds_history(&x->f, 0, 0, &all, &n), ST_OK);
	assert_int_equal(n, 3);
	for (size_t i = 0; i < n; i++) {
		if (hash256_equal(&all[i].t.tx.txid.h, &first.h))
			assert_int_equal(all[i].state, FUNDS_GONE);
		if (hash256_equal(&all[i].t.tx.txid.h, &second.h))
			assert_int_equal(all[i].state, FUNDS_WAITING);
		assert_int_equal(all[i].all_ours,
				 !hash256_equal(&all[i].t.tx.txid.h, &at.txid.h));
	}
	/* once the other is in a block, it is so deep */
	lab_mine(x->l, 3);
	look(x);
	assert_int_equal(funds_history(&x->f, 0, 0, &all, &n), ST_OK);
	for (size_t i = 0; i < n; i++)
		if (hash256_equal(&all[i].t.tx.txid.h, &first.h))
			assert_int_equal(all[i].confirmations, -3);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		T(drafts_spend_what_they_say_at_the_rate_that_was_asked),
		T(a_sweep_leaves_nothing_that_pays_for_itself),
		T(those_who_pay_the_fee_share_it),
		T(refusals_have_reasons),
		T(a_replacement_pays_more_than_what_it_replaces),
		T(what_was_sent_is_remembered_with_what_became_of_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
