/* SPDX-License-Identifier: MIT */
/* Who makes room: those that are hard to outdo stay, of the others the youngest of
 * the largest group goes. The protections are Bitcoin Core's. */
#include "tests/unit/unit.h"

#include "relay/p2p_evict.h"

#define N 100

/* One large group that came last: an attacker's. */
static size_t crowd(struct evict_candidate v[N], size_t honest)
{
	for (size_t i = 0; i < N; i++) {
		v[i] = (struct evict_candidate){
			.id = (uint32_t)i + 1,
			.group = i < honest ? i + 1 : 7777,
			.keyed_group = i < honest ? i + 1 : 0,
			.since_ms = (int64_t)i * 1000,
			.ping_us = 50000 + (int64_t)i,
			.relays_txs = true,
		};
	}
	return N;
}

static void the_youngest_of_the_largest_group_goes(void **state)
{
	struct evict_candidate v[N];

	assert_int_equal(evict_choose(v, crowd(v, 60)), N);
}

static void none_goes_where_all_are_protected(void **state)
{
	struct evict_candidate v[N];

	crowd(v, 60);
	assert_int_equal(evict_choose(v, 0), 0);
	for (size_t n = 1; n <= 20; n++) {
		crowd(v, 60);
		assert_int_equal(evict_choose(v, n), 0);
	}
}

/* Ends one after the other until nobody may go; whether id is still there. */
static bool outlasts(uint32_t id, void (*change)(struct evict_candidate *c))
{
	struct evict_candidate v[N], left[N];
	size_t n = crowd(v, 10);

	change(&v[id - 1]);
	for (;;) {
		uint32_t gone;
		size_t kept = 0;

		memcpy(left, v, n * sizeof(*v));
		gone = evict_choose(left, n);
		if (gone == id)
			return false;
		if (!gone)
			return true;
		for (size_t i = 0; i < n; i++) {
			if (v[i].id != gone)
				v[kept++] = v[i];
		}
		n = kept;
	}
}

static void is_nothing_special(struct evict_candidate *c)
{
}

static void is_near(struct evict_candidate *c)
{
	c->ping_us = 1;
}

static void brought_a_transaction(struct evict_candidate *c)
{
	c->tx_at = 5;
}

static void brought_a_block(struct evict_candidate *c)
{
	c->block_at = 5;
}

static void brought_a_block_quietly(struct evict_candidate *c)
{
	c->block_at = 5;
	c->relays_txs = false;
}

static void merits_protect_the_youngest(void **state)
{
	assert_false(outlasts(N, is_nothing_special));
	assert_true(outlasts(N, is_near));
	assert_true(outlasts(N, brought_a_transaction));
	assert_true(outlasts(N, brought_a_block));
	assert_true(outlasts(N, brought_a_block_quietly));
	/* so does age in that group */
	assert_true(outlasts(11, is_nothing_special));
}

static void who_broke_a_rule_goes_first(void **state)
{
	struct evict_candidate v[N];
	size_t n = crowd(v, 60);

	v[75].discouraged = true;
	assert_int_equal(evict_choose(v, n), 76);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_youngest_of_the_largest_group_goes),
		cmocka_unit_test(none_goes_where_all_are_protected),
		cmocka_unit_test(merits_protect_the_youngest),
		cmocka_unit_test(who_broke_a_rule_goes_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
