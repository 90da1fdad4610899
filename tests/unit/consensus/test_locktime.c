/* SPDX-License-Identifier: MIT */
/* Lock times at their boundaries, and script flags by height. */
#include "tests/unit/consensus/chain.h"

#include "consensus/flags.h"
#include "consensus/locktime.h"

static void a_lock_time_is_the_last_height_or_time_not_allowed(void **state)
{
	struct txin in[2] = {{.sequence = 0}, {.sequence = SEQUENCE_FINAL}};
	struct tx tx = {.n_in = 2, .in = in};

	assert_true(locktime_is_final(&tx, 0, 0));
	tx.locktime = 100;
	assert_false(locktime_is_final(&tx, 100, 4000000000));
	assert_true(locktime_is_final(&tx, 101, 0));
	/* the highest height and the lowest time */
	tx.locktime = 499999999;
	assert_false(locktime_is_final(&tx, 499999999, 4000000000));
	assert_true(locktime_is_final(&tx, 500000000, 0));
	tx.locktime = 500000000;
	assert_false(locktime_is_final(&tx, 2000000000, 500000000));
	assert_true(locktime_is_final(&tx, 0, 500000001));
	tx.locktime = UINT32_MAX;
	assert_false(locktime_is_final(&tx, 0, UINT32_MAX));
	assert_true(locktime_is_final(&tx, 0, UINT32_MAX + 1ll));
	/* all inputs final: the lock time does not matter */
	assert_false(locktime_is_final(&tx, 0, 0));
	in[0].sequence = SEQUENCE_FINAL;
	assert_true(locktime_is_final(&tx, 0, 0));
	in[1].sequence = SEQUENCE_FINAL - 1;
	assert_false(locktime_is_final(&tx, 0, 0));
}

struct fixture {
	struct header mem[200];
	struct chain c;
	struct chain_view view;
	struct txin in[2];
	struct coin coin[2];
	struct tx tx;
	int64_t height, time;
};

static void set_up(struct fixture *f, uint32_t seq0, uint32_t seq1)
{
	memset(f, 0, sizeof(*f));
	chain_make(&f->c, f->mem, 200, 0x207fffff, 1000000, 600);
	f->view = chain_to(&f->c, 199);
	f->tx.version = 2;
	f->tx.n_in = 2;
	f->tx.in = f->in;
	f->in[0].sequence = seq0;
	f->in[1].sequence = seq1;
	f->coin[0].height = 50;
	f->coin[1].height = 100;
}

static void locks(struct fixture *f)
{
	assert_int_equal(locktime_sequence(&f->tx, f->coin, &f->view,
					   &f->height, &f->time), ST_OK);
}

static void relative_heights_count_from_the_coin(void **state)
{
	struct fixture f;

	set_up(&f, 10, SEQUENCE_FINAL);
	locks(&f);
	assert_int_equal(f.height, 59);
	assert_int_equal(f.time, -1);
	assert_false(locktime_sequence_met(f.height, f.time, 59, 0));
	assert_true(locktime_sequence_met(f.height, f.time, 60, 0));
	/* the latest of all inputs; zero blocks is the coin's own block */
	set_up(&f, 10, 0);
	locks(&f);
	assert_int_equal(f.height, 99);
	/* only 16 bits count */
	set_up(&f, 0x003f0001, 0x0020ffff);
	locks(&f);
	assert_int_equal(f.height, 100 + 0xffff - 1);
}

static void relative_times_count_from_the_median_before_the_coin(void **state)
{
	struct fixture f;

	set_up(&f, SEQUENCE_LOCKTIME_TYPE | 3, SEQUENCE_LOCKTIME_DISABLE | 9);
	locks(&f);
	/* median time past of block 49: the time of block 44 */
	assert_int_equal(f.time, 1000000 + 44 * 600 + 3 * 512 - 1);
	assert_int_equal(f.height, -1);
	assert_false(locktime_sequence_met(-1, f.time, 0, f.time));
	assert_true(locktime_sequence_met(-1, f.time, 0, f.time + 1));
	/* a coin of the very block, whose parent is the tip */
	f.coin[0].height = 200;
	locks(&f);
	assert_int_equal(f.time, 1000000 + 194 * 600 + 3 * 512 - 1);
	/* and of the genesis block */
	f.coin[0].height = 0;
	locks(&f);
	assert_int_equal(f.time, 1000000 + 3 * 512 - 1);
}

static void versions_are_compared_unsigned(void **state)
{
	struct fixture f;

	set_up(&f, 10, 10);
	for (uint32_t v = 0; v < 2; v++) {
		f.tx.version = v;
		locks(&f);
		assert_int_equal(f.height, -1);
	}
	f.tx.version = 0xffffffff;
	locks(&f);
	assert_int_equal(f.height, 109);
	f.tx.version = 0x80000000;
	locks(&f);
	assert_int_equal(f.height, 109);
}

static void disabled_inputs_ask_nothing_of_the_chain(void **state)
{
	struct fixture f;

	set_up(&f, SEQUENCE_FINAL,
	       SEQUENCE_LOCKTIME_DISABLE | SEQUENCE_LOCKTIME_TYPE | 5);
	f.c.fail = ST_IO;
	locks(&f);
	assert_int_equal(f.height, -1);
	assert_int_equal(f.time, -1);
}

static void a_failing_store_is_its_status(void **state)
{
	struct fixture f;

	set_up(&f, SEQUENCE_LOCKTIME_TYPE | 5, 0);
	f.c.fail = ST_IO;
	assert_int_equal(locktime_sequence(&f.tx, f.coin, &f.view, &f.height,
					   &f.time), ST_IO);
}

static uint32_t flags(const struct params *p, uint32_t height, const char *id)
{
	struct blkid b = {{{1}}};

	if (id)
		assert_true(hash256_parse(&b.h, id, 64));
	return consensus_flags_at(p, height, &b).bits;
}

static void mainnets_flags_by_height_and_exception(void **state)
{
	const uint32_t base = CF_P2SH | CF_WITNESS | CF_TAPROOT;
	struct params p;

	network(&p, "main");
	assert_int_equal(flags(&p, 1, NULL), base);
	assert_int_equal(flags(&p, 363724, NULL), base);
	assert_int_equal(flags(&p, 363725, NULL), base | CF_DERSIG);
	assert_int_equal(flags(&p, 388380, NULL), base | CF_DERSIG);
	assert_int_equal(flags(&p, 388381, NULL), base | CF_DERSIG | CF_CLTV);
	assert_int_equal(flags(&p, 419327, NULL), base | CF_DERSIG | CF_CLTV);
	assert_int_equal(flags(&p, 419328, NULL), CF_ALL & ~CF_NULLDUMMY);
	assert_int_equal(flags(&p, 481823, NULL), CF_ALL & ~CF_NULLDUMMY);
	assert_int_equal(flags(&p, 481824, NULL), CF_ALL);
	assert_int_equal(flags(&p, 170060, "00000000000002dc756eebf4f49723ed"
			       "8d30cc28a5f108eb94b1ba88ac4f9c22"), 0);
	assert_int_equal(flags(&p, 692261, "0000000000000000000f14c35b2d841e"
			       "986ab5441de8c585d5ffe55ea1e395ad"),
			 CF_ALL & ~CF_TAPROOT);
	network(&p, "regtest");
	assert_int_equal(flags(&p, 1, NULL), CF_ALL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_lock_time_is_the_last_height_or_time_not_allowed),
		cmocka_unit_test(relative_heights_count_from_the_coin),
		cmocka_unit_test(relative_times_count_from_the_median_before_the_coin),
		cmocka_unit_test(versions_are_compared_unsigned),
		cmocka_unit_test(disabled_inputs_ask_nothing_of_the_chain),
		cmocka_unit_test(a_failing_store_is_its_status),
		cmocka_unit_test(mainnets_flags_by_height_and_exception),
	};

	return cmocka_run_group_tests_name("consensus lock times", tests, NULL,
					   NULL);
}
