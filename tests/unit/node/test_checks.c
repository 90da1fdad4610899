/* SPDX-License-Identifier: MIT */
/* Script checks on several threads: whatever the threads do first, the answer is
 * the first bad input of the first bad transaction, large ones being checked in
 * parts. */
#include "tests/unit/unit.h"

#include <sys/resource.h>

#include "node/core/checks.h"
#include "primitives/script.h"

#define JOBS 4
#define INPUTS 1000

static const uint8_t good_byte[1] = {OP_1}, bad_byte[1] = {OP_0};

struct crowd {
	struct txin in[INPUTS];
	struct txout out;
	struct tx tx;
	struct coin coin[JOBS][INPUTS];
	struct check_job job[JOBS];
};

static struct crowd *crowd_of(void)
{
	struct crowd *c = calloc(1, sizeof(*c));

	assert_non_null(c);
	c->out.script = bytes_of(good_byte, 1);
	c->tx = (struct tx){.version = 2, .n_in = INPUTS, .in = c->in,
			    .n_out = 1, .out = &c->out};
	for (uint32_t k = 0; k < JOBS; k++) {
		for (uint32_t i = 0; i < INPUTS; i++)
			c->coin[k][i].script = bytes_of(good_byte, 1);
		c->job[k] = (struct check_job){.tx = &c->tx,
					       .coins = c->coin[k],
					       .flags = {CF_ALL},
					       .seq = 100 + k};
	}
	return c;
}

static void spoil(struct crowd *c, uint32_t job, uint32_t input, bool bad)
{
	c->coin[job][input].script = bytes_of(bad ? bad_byte : good_byte, 1);
}

static bool run(struct check_pool *p, struct crowd *c, struct check_failure *f)
{
	assert_int_equal(checks_submit(p, c->job, JOBS), ST_OK);
	return checks_wait(p, f);
}

static void the_first_bad_input_is_the_answer(void **state)
{
	static const uint32_t at[] = {0, 1, 63, 64, 124, 125, 126, 499, 500, 501,
				      998, 999};
	struct crowd *c = crowd_of();
	size_t n = sizeof(at) / sizeof(at[0]);

	(void)state;
	for (int threads = 0; threads < 4; threads++) {
		struct check_failure f;
		struct check_pool *p;

		assert_int_equal(checks_open(&p, threads), ST_OK);
		assert_true(run(p, c, &f));
		for (size_t i = 0; i < n; i++) {
			uint32_t job = (uint32_t)i % JOBS;

			/* more behind it, in this one and in the last */
			spoil(c, job, at[i], true);
			spoil(c, job, INPUTS - 1, true);
			spoil(c, JOBS - 1, INPUTS - 1, true);
			assert_false(run(p, c, &f));
			assert_int_equal(f.st, ST_OK);
			assert_int_equal(f.error, SCRIPT_ERR_EVAL_FALSE);
			assert_int_equal(f.seq, 100 + job);
			assert_int_equal(f.input, at[i]);
			spoil(c, job, at[i], false);
			spoil(c, job, INPUTS - 1, false);
			spoil(c, JOBS - 1, INPUTS - 1, false);
		}
		assert_true(run(p, c, &f));
		checks_close(p);
	}
	free(c);
}

static int64_t cpu_us(int who)
{
	struct rusage r;

	assert_int_equal(getrusage(who, &r), 0);
	return (int64_t)(r.ru_utime.tv_sec + r.ru_stime.tv_sec) * 1000000 +
	       r.ru_utime.tv_usec + r.ru_stime.tv_usec;
}

/* One transaction alone: neither the caller nor the workers do all of it. */
static void one_large_transaction_keeps_several_threads_busy(void **state)
{
	struct crowd *c = crowd_of();
	struct check_failure f;
	struct check_pool *p;
	int64_t all = 0, own = 0;

	(void)state;
	assert_int_equal(checks_open(&p, 1), ST_OK);
	for (int i = 0; i < 2000; i++) {
		int64_t all_us = cpu_us(RUSAGE_SELF);
		int64_t own_us = cpu_us(RUSAGE_THREAD);

		assert_int_equal(checks_submit(p, c->job, 1), ST_OK);
		assert_true(checks_wait(p, &f));
		all += cpu_us(RUSAGE_SELF) - all_us;
		own += cpu_us(RUSAGE_THREAD) - own_us;
	}
	print_message("the caller did %lld of %lld ms\n", (long long)own / 1000,
		      (long long)all / 1000);
	assert_true(own > all / 20 && own < all - all / 20);
	checks_close(p);
	free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_bad_input_is_the_answer),
		cmocka_unit_test(one_large_transaction_keeps_several_threads_busy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
