/* SPDX-License-Identifier: MIT */
/* Two processes send transactions and mine on one file at once: nothing is lost,
 * nothing is spent twice, and the sums are right in the end. */
#include "tests/unit/node/census.h"

#include <sys/wait.h>
#include <unistd.h>

#include "node/query/query.h"

#define COINS 20
#define STEPS 12

/* Both spend the coins of their own, and race for the shared ones. */
static unsigned work(struct lab *l, bool second, struct txid *sent)
{
	unsigned n = 0;
	struct buf raw;

	buf_init(&raw, 10000);
	for (uint32_t i = 0; i < COINS; i++) {
		struct lab_coin c = l->coinbase[1 + i + (second ? COINS : 0)];
		struct lab_coin shared = l->coinbase[1 + 2 * COINS + i];
		struct tx_result r;

		for (int k = 0; k < STEPS; k++) {
			enum verdict_code code;

			lab_pay(l, &c, 1000 + k, &raw);
			code = lab_send(l, &raw, &r);
			if (code != VALID)
				fail_msg("%s: %s", verdict_name(code),
					 r.verdict.detail);
			sent[n++] = r.txid;
		}
		lab_pay(l, &shared, second ? 2000 : 2001, &raw);
		lab_send(l, &raw, &r);
		if (r.verdict.code != VALID && r.verdict.code != V_RBF_FEE &&
		    r.verdict.code != V_MISSING_INPUTS)
			fail_msg("%s", verdict_name(r.verdict.code));
		if (i % 5 == 4) {
			struct buf script;
			struct blkid id;
			enum status st;

			buf_init(&script, 100);
			lab_script(l, LAB_TRUE, &script);
			st = node_mine_one(l->n, buf_view(&script), 100000,
					   "lab", &id);
			assert_true(st == ST_OK || st == ST_STALE);
			buf_free(&script);
		}
	}
	buf_free(&raw);
	return n;
}

static void nothing_is_lost(void **state)
{
	struct lab *l = lab_open("regtest", LAB_MATURITY + 3 * COINS);
	struct txid sent[COINS * STEPS];
	struct census *c = calloc(1, sizeof(*c));
	struct arena a;
	int status;
	pid_t pid;

	(void)state;
	assert_non_null(c);
	/* a connection does not survive a fork */
	node_close(l->n);
	pid = fork();
	assert_true(pid >= 0);
	l->n = lab_open_again(l);
	if (pid == 0) {
		/* what fails here ends the process with a code */
		bool good = work(l, true, sent) == COINS * STEPS;

		node_close(l->n);
		_exit(good ? 0 : 1);
	}
	assert_int_equal(work(l, false, sent), COINS * STEPS);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	arena_init(&a, 64 << 20);
	for (unsigned i = 0; i < COINS * STEPS; i++) {
		struct tx_info info;

		assert_int_equal(query_tx(l->n, &sent[i], &a, &info), ST_OK);
	}
	arena_free(&a);
	take_census(l, c);
	lab_sync(l);
	lab_mine(l, 2);
	take_census(l, c);
	assert_int_equal(c->n, 0);
	free(c);
	lab_close(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
