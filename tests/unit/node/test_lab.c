/* SPDX-License-Identifier: MIT */
/* Clock, fee estimates and branches to order; snapshots under running nodes. */
#include "tests/unit/node/labblock.h"

#include <unistd.h>

#include "base/clock.h"
#include "node/chain/choose.h"
#include "node/core/playground.h"
#include "node/lab/lab.h"
#include "node/lab/shot.h"

#define READY 110

struct bench {
	struct lab *l;
	struct txid cb[READY + 1];
	struct buf script;
};

static int setup(void **state)
{
	struct bench *t = calloc(1, sizeof(*t));
	struct mempool_policy policy;

	t->l = lab_open("regtest", 0);
	mempool_policy_default(&policy);
	policy.require_standard = false;
	node_set_mempool_policy(t->l->n, &policy);
	blocks_mine(t->l, READY, t->cb + 1);
	buf_init(&t->script, 100);
	lab_script(t->l, LAB_TRUE, &t->script);
	*state = t;
	return 0;
}

static int teardown(void **state)
{
	struct bench *t = *state;
	char cmd[200];

	lab_verify(t->l);
	snprintf(cmd, sizeof(cmd), "rm -rf '%s.snapshots'", t->l->path);
	assert_int_equal(system(cmd), 0);
	buf_free(&t->script);
	lab_close(t->l);
	free(t);
	return 0;
}

/* A block on the tip with one spend of the coinbase of height h. */
static struct txid mine_spend(struct bench *t, uint32_t h)
{
	struct plain_tx p = plain_spend(&t->cb[h], 0, SUBSIDY - 10000);
	struct made_block b;
	struct txid txid;
	struct buf raw;

	/* large enough for the pool */
	p.out[p.n_out] = p.out[0];
	p.out[p.n_out++].value = 1000;
	p.out[0].value -= 1000;
	buf_init(&raw, 1000);
	plain_write(&raw, &p, &txid);
	block_on_tip(t->l, &b);
	b.tx[b.n_tx++] = buf_view(&raw);
	block_make(&b);
	block_take(t->l, &b);
	block_drop(&b);
	buf_free(&raw);
	return txid;
}

static struct branch_made branch(struct bench *t, uint32_t fork, uint32_t blocks,
				 bool keep, bool win)
{
	const struct branch_order o = {
		.fork_height = fork, .blocks = blocks, .keep_txs = keep,
		.win = win, .script = buf_view(&t->script),
		.max_tries = 1 << 20, .source = "lab",
	};
	struct branch_made m;
	struct verdict v;

	assert_int_equal(node_make_branch(t->l->n, &o, &m, &v), ST_OK);
	assert_int_equal(v.code, VALID);
	return m;
}

static bool is_confirmed(struct bench *t, const struct txid *txid)
{
	struct tx_info info;
	struct arena a;
	bool yes;

	arena_init(&a, 1 << 20);
	assert_int_equal(query_tx(t->l->n, txid, &a, &info), ST_OK);
	yes = info.confirmed;
	arena_free(&a);
	return yes;
}

static int64_t pool_count(struct bench *t)
{
	struct mempool_info i;

	assert_int_equal(node_mempool_info(t->l->n, &i), ST_OK);
	return i.count;
}

static void a_reorganisation_keeps_the_transactions(void **state)
{
	struct bench *t = *state;
	struct txid a = mine_spend(t, 1), b = mine_spend(t, 2);
	struct node_tip before, after;
	struct branch_made m;

	assert_int_equal(node_tip(t->l->n, &before), ST_OK);
	m = branch(t, before.height - 2, 3, true, true);
	assert_int_equal(node_tip(t->l->n, &after), ST_OK);
	assert_true(m.active);
	assert_int_equal(m.blocks, 3);
	assert_int_equal(m.kept, 2);
	assert_int_equal(m.left, 0);
	assert_int_equal(after.height, before.height + 1);
	assert_true(hash256_equal(&m.old_tip.h, &before.id.h));
	assert_true(hash256_equal(&m.tip.h, &after.id.h));
	assert_true(is_confirmed(t, &a));
	assert_true(is_confirmed(t, &b));
	assert_int_equal(pool_count(t), 0);
}

static void or_leaves_them_to_the_pool(void **state)
{
	struct bench *t = *state;
	struct txid a = mine_spend(t, 1), b = mine_spend(t, 2);
	struct node_tip tip;
	struct branch_made m;

	assert_int_equal(node_tip(t->l->n, &tip), ST_OK);
	m = branch(t, tip.height - 2, 3, false, true);
	assert_true(m.active);
	assert_int_equal(m.kept, 0);
	assert_int_equal(m.left, 2);
	assert_false(is_confirmed(t, &a));
	assert_false(is_confirmed(t, &b));
	assert_int_equal(pool_count(t), 2);
}

static void blocks_of_a_stopped_clock_are_new(void **state)
{
	struct bench *t = *state;
	struct branch_made one, two;
	struct node_tip tip;

	assert_int_equal(node_tip(t->l->n, &tip), ST_OK);
	assert_int_equal(node_set_mocktime(t->l->n, tip.time), ST_OK);
	one = branch(t, tip.height - 1, 1, true, false);
	two = branch(t, tip.height - 1, 1, true, false);
	assert_false(one.active);
	assert_false(hash256_equal(&one.tip.h, &two.tip.h));
	lab_tip_is(t->l, &tip.id);
}

static void what_spends_coins_of_the_old_branch_is_left(void **state)
{
	struct bench *t = *state;
	struct node_tip tip;
	struct branch_made m;

	mine_spend(t, 5);
	assert_int_equal(node_tip(t->l->n, &tip), ST_OK);
	/* the spent coinbase itself is in the part that leaves */
	m = branch(t, 4, 0, true, true);
	assert_true(m.active);
	assert_int_equal(m.left, 1);
	assert_int_equal(m.kept, 0);
	assert_int_equal(pool_count(t), 0);
	lab_sync(t->l);
}

static void orders_out_of_bounds_are_refused(void **state)
{
	struct bench *t = *state;
	struct branch_order o = {.fork_height = READY + 1, .blocks = 1,
				 .script = buf_view(&t->script),
				 .max_tries = 1000, .source = "lab"};
	struct branch_made m;
	struct verdict v;

	assert_int_equal(node_make_branch(t->l->n, &o, &m, &v), ST_USAGE);
	o.fork_height = 1;
	o.blocks = BRANCH_BLOCKS_MAX + 1;
	assert_int_equal(node_make_branch(t->l->n, &o, &m, &v), ST_USAGE);
}

static void the_clock_is_stopped_for_all(void **state)
{
	struct bench *t = *state;
	struct node *other = lab_open_again(t->l);
	struct node_tip tip;
	int64_t now;

	assert_int_equal(node_set_mocktime(t->l->n, 2000000000), ST_OK);
	assert_int_equal(node_now_s(t->l->n), 2000000000);
	assert_int_equal(node_tip(other, &tip), ST_OK);
	assert_int_equal(node_now_s(other), 2000000000);
	assert_int_equal(node_advance_time(other, 3600, &now), ST_OK);
	assert_int_equal(now, 2000003600);
	lab_mine(t->l, 1);
	assert_int_equal(node_tip(t->l->n, &tip), ST_OK);
	assert_int_equal(tip.time, 2000003600);
	assert_int_equal(node_set_mocktime(t->l->n, -1), ST_USAGE);
	assert_int_equal(node_set_mocktime(t->l->n, MOCKTIME_MAX + 1), ST_USAGE);
	assert_int_equal(node_set_mocktime(t->l->n, 0), ST_OK);
	assert_int_equal(node_mocktime(other, &now), ST_OK);
	assert_int_equal(now, 0);
	assert_true(node_now_s(other) - clock_wall_s() < 5);
	node_close(other);
}

static int64_t held(struct bench *t, const char *text, uint32_t target)
{
	int64_t rate = -1;
	enum status st = node_hold_fees(t->l->n, text);

	if (st == ST_OK)
		st = node_held_fee(t->l->n, target, &rate);
	return st == ST_OK ? rate : -(int64_t)st;
}

static void fees_are_held_as_the_text_says(void **state)
{
	struct bench *t = *state;

	assert_int_equal(held(t, "12.5", 6), 12500);
	assert_int_equal(held(t, "1=20,6=5.5,144=1", 1), 20000);
	assert_int_equal(held(t, "1=20,6=5.5,144=1", 5), 20000);
	assert_int_equal(held(t, "1=20,6=5.5,144=1", 6), 5500);
	assert_int_equal(held(t, "1=20,6=5.5,144=1", 1008), 1000);
	assert_int_equal(held(t, "6=5,3=7", 1), 7000);
	assert_int_equal(held(t, "@5:20;@110:7;@111:50", 2), 7000);
	assert_int_equal(held(t, "@111:50", 2), -ST_NOT_FOUND);
	assert_int_equal(held(t, "", 2), -ST_NOT_FOUND);
	assert_int_equal(held(t, "1=20", 2), 20000);
}

static void no_other_text_is_taken(void **state)
{
	static const char *const bad[] = {
		"x", "0", "1=", "=1", "1=0", "-1", "1.2345", "1..2", ".", "1,",
		",1", "1;", ";1", "@:1", "@5", "@5:", "1 ", " 1", "1e3",
		"1009=3", "0=1", "99999999999999999999", "1=1,,2=1",
		"@99999999999999999999:1",
	};
	struct bench *t = *state;

	assert_int_equal(held(t, "3", 1), 3000);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(node_hold_fees(t->l->n, bad[i]), ST_PARSE);
	assert_int_equal(held(t, "3", 1), 3000);
}

/* --- snapshots --- */

static void save(struct bench *t, const char *name)
{
	char error[NODE_ERROR_SIZE];
	struct shot_info s;

	assert_int_equal(shot_save(t->l->n, name, &s, error), ST_OK);
}

static void load(struct node *n, const char *name)
{
	char error[NODE_ERROR_SIZE];
	struct shot_info s;

	assert_int_equal(shot_load(n, name, &s, error), ST_OK);
}

static void a_snapshot_brings_the_state_back_to_all(void **state)
{
	struct bench *t = *state;
	struct node *other = lab_open_again(t->l);
	struct lab_state before, after;
	struct node_tip tip;
	struct txid txid, again;

	mine_spend(t, 1);
	assert_int_equal(node_set_mocktime(t->l->n, 2000000000), ST_OK);
	before = lab_state(t->l);
	save(t, "one");
	txid = mine_spend(t, 2);
	lab_mine(t->l, 3);
	assert_int_equal(node_set_mocktime(t->l->n, 0), ST_OK);
	assert_int_equal(node_tip(other, &tip), ST_OK);
	load(other, "one");
	after = lab_state(t->l);
	lab_same(&before, &after);
	assert_int_equal(node_now_s(t->l->n), 2000000000);
	assert_int_equal(node_tip(other, &tip), ST_OK);
	assert_true(hash256_equal(&tip.id.h, &before.tip.id.h));
	/* and life goes on, from both */
	lab_sync(t->l);
	again = mine_spend(t, 2);
	assert_true(hash256_equal(&again.h, &txid.h));
	assert_int_equal(node_tip(other, &tip), ST_OK);
	assert_int_equal(tip.height, READY + 2);
	node_close(other);
}

static void events_go_on_above_those_that_were(void **state)
{
	struct bench *t = *state;
	struct event_info *e;
	int64_t last, now;
	struct arena a;
	uint32_t n;

	save(t, "e");
	lab_mine(t->l, 5);
	assert_int_equal(query_last_event(t->l->n, &last), ST_OK);
	load(t->l->n, "e");
	assert_int_equal(query_last_event(t->l->n, &now), ST_OK);
	assert_true(now > last);
	arena_init(&a, 1 << 20);
	assert_int_equal(query_events(t->l->n, last, 10, &a, &e, &n), ST_OK);
	assert_int_equal(n, 1);
	assert_string_equal(e[0].kind, "load");
	arena_free(&a);
	lab_sync(t->l);
}

static void a_branch_is_a_database_of_its_own(void **state)
{
	struct bench *t = *state;
	char path[200], error[NODE_ERROR_SIZE];
	struct node_options o = {.db_path = path};
	struct node_tip mine, its;
	struct node *n;
	struct blkid id;

	save(t, "b");
	snprintf(path, sizeof(path), "%s/other.db", t->l->dir);
	assert_int_equal(shot_branch(t->l->n, "b", path, error), ST_OK);
	assert_int_equal(shot_branch(t->l->n, "b", path, error), ST_DENIED);
	assert_int_equal(node_open(&n, &o, error), ST_OK);
	assert_int_equal(node_mine_one(n, buf_view(&t->script), 1 << 20, "lab",
				       &id), ST_OK);
	assert_int_equal(node_tip(n, &its), ST_OK);
	assert_int_equal(node_tip(t->l->n, &mine), ST_OK);
	assert_int_equal(its.height, READY + 1);
	assert_int_equal(mine.height, READY);
	node_close(n);
	unlink(path);
}

static void snapshots_are_listed_and_deleted(void **state)
{
	struct bench *t = *state;
	char error[NODE_ERROR_SIZE];
	struct shot_info *s, one;
	struct arena a;
	size_t n;

	arena_init(&a, 1 << 20);
	assert_int_equal(shot_list(t->l->n, &a, &s, &n, error), ST_OK);
	assert_int_equal(n, 0);
	save(t, "zwei");
	lab_mine(t->l, 1);
	save(t, "drei");
	assert_int_equal(shot_list(t->l->n, &a, &s, &n, error), ST_OK);
	assert_int_equal(n, 2);
	assert_string_equal(s[0].name, "drei");
	assert_int_equal(s[0].height, READY + 1);
	assert_int_equal(s[1].height, READY);
	assert_int_equal(shot_save(t->l->n, "drei", &one, error), ST_DENIED);
	assert_int_equal(shot_delete(t->l->n, "drei", error), ST_OK);
	assert_int_equal(shot_delete(t->l->n, "drei", error), ST_NOT_FOUND);
	assert_int_equal(shot_load(t->l->n, "drei", &one, error), ST_NOT_FOUND);
	assert_int_equal(shot_list(t->l->n, &a, &s, &n, error), ST_OK);
	assert_int_equal(n, 1);
	arena_free(&a);
	lab_sync(t->l);
}

static void names_that_lead_elsewhere_are_refused(void **state)
{
	static const char *const bad[] = {
		"", ".", "..", "../x", "a/b", "/etc/x", ".x", "-x", "a b", "a\n",
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	};
	struct bench *t = *state;
	char error[NODE_ERROR_SIZE];
	struct shot_info s;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(shot_save(t->l->n, bad[i], &s, error), ST_USAGE);
		assert_int_equal(shot_load(t->l->n, bad[i], &s, error), ST_USAGE);
		assert_int_equal(shot_delete(t->l->n, bad[i], error), ST_USAGE);
	}
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_reorganisation_keeps_the_transactions),
		T(or_leaves_them_to_the_pool),
		T(blocks_of_a_stopped_clock_are_new),
		T(what_spends_coins_of_the_old_branch_is_left),
		T(orders_out_of_bounds_are_refused),
		T(the_clock_is_stopped_for_all),
		T(fees_are_held_as_the_text_says),
		T(no_other_text_is_taken),
		T(a_snapshot_brings_the_state_back_to_all),
		T(events_go_on_above_those_that_were),
		T(a_branch_is_a_database_of_its_own),
		T(snapshots_are_listed_and_deleted),
		T(names_that_lead_elsewhere_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
