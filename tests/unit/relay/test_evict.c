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
			.serves = true,
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

static uint64_t seed = 88172645463325252u;

static uint64_t any(uint64_t below)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed % below;
}

static size_t mix(struct evict_candidate *v, size_t n)
{
	uint64_t groups = 1 + any(n);

	for (size_t i = 0; i < n; i++) {
		v[i] = (struct evict_candidate){
			.id = (uint32_t)i + 1,
			.group = any(groups),
			.since_ms = (int64_t)any(1000000),
			.ping_us = any(5) ? (int64_t)any(1000000) : INT64_MAX,
			.block_at = any(3) ? 0 : (int64_t)any(1000000),
			.tx_at = any(2) ? 0 : (int64_t)any(1000000),
			.relays_txs = any(4) != 0,
			.serves = any(4) != 0,
			.local = any(6) == 0,
			.discouraged = any(30) == 0,
		};
		v[i].keyed_group = v[i].group * 0x9e3779b97f4a7c15u;
	}
	return n;
}

/* How many of v are strictly better than c by a measure. */
static size_t better(const struct evict_candidate *v, size_t n,
		     const struct evict_candidate *c,
		     bool (*than)(const struct evict_candidate *a,
				  const struct evict_candidate *b))
{
	size_t count = 0;

	for (size_t i = 0; i < n; i++)
		count += than(&v[i], c);
	return count;
}

static bool is_rarer(const struct evict_candidate *a, const struct evict_candidate *b)
{
	return a->keyed_group >= b->keyed_group && a->id != b->id;
}

static bool is_nearer(const struct evict_candidate *a, const struct evict_candidate *b)
{
	return a->ping_us <= b->ping_us && a->id != b->id;
}

static bool has_newer_tx(const struct evict_candidate *a,
			 const struct evict_candidate *b)
{
	return a->tx_at >= b->tx_at && a->id != b->id;
}

static bool has_newer_block(const struct evict_candidate *a,
			    const struct evict_candidate *b)
{
	return a->block_at >= b->block_at && a->id != b->id;
}

static bool is_older(const struct evict_candidate *a, const struct evict_candidate *b)
{
	return a->since_ms <= b->since_ms && a->id != b->id;
}

static bool is_older_here(const struct evict_candidate *a,
			  const struct evict_candidate *b)
{
	return a->local && is_older(a, b);
}

/* Whoever goes is among the best of no protected class, whatever the others are:
 * with as many at least as good as it as the class has places. */
static void nobody_goes_who_is_protected(void **state)
{
	struct evict_candidate v[256], w[256], *c;

	for (unsigned round = 0; round < 20000; round++) {
		size_t n = mix(v, 1 + any(255)), rest = n > 28 ? n - 28 : 0;
		uint32_t id;

		memcpy(w, v, n * sizeof(*v));
		id = evict_choose(w, n);
		if (n <= 20)
			assert_int_equal(id, 0);
		if (n > 28)
			assert_int_not_equal(id, 0);
		if (!id)
			continue;
		c = &v[id - 1];
		assert_true(better(v, n, c, is_rarer) >= 4);
		assert_true(better(v, n, c, is_nearer) >= 8);
		assert_true(better(v, n, c, has_newer_tx) >= 4);
		assert_true(better(v, n, c, has_newer_block) >= 4);
		/* a quarter of the rest by age, whatever of it is local */
		assert_true(better(v, n, c, is_older) >= rest / 4);
		if (c->local)
			assert_true(better(v, n, c, is_older_here) >=
				    (rest / 2) / 2);
	}
}

/* The order in which they are given says nothing. */
static void the_order_does_not_matter(void **state)
{
	struct evict_candidate v[200], w[200];

	for (unsigned round = 0; round < 2000; round++) {
		size_t n = mix(v, 30 + any(170));
		uint32_t id;

		/* no two alike, so that there is one answer */
		for (size_t i = 0; i < n; i++) {
			v[i].since_ms = v[i].since_ms * 256 + (int64_t)i;
			v[i].keyed_group = v[i].keyed_group << 8 | i;
			v[i].ping_us = (int64_t)any(1000000) * 256 + (int64_t)i;
		}
		memcpy(w, v, n * sizeof(*v));
		id = evict_choose(w, n);
		for (size_t i = n; i > 1; i--) {
			size_t k = any(i);
			struct evict_candidate t = v[i - 1];

			v[i - 1] = v[k];
			v[k] = t;
		}
		assert_int_equal(evict_choose(v, n), id);
	}
}

static void is_here_and_old(struct evict_candidate *c)
{
	c->local = true;
	c->since_ms = 60000;
}

/* One of this machine stays among many who have been there for longer. */
static void those_of_this_machine_have_places(void **state)
{
	struct evict_candidate v[N];
	size_t n = crowd(v, 0);

	for (size_t i = 0; i < n; i++)
		v[i].keyed_group = i;
	is_here_and_old(&v[60]);
	v[60].group = 9999;
	for (size_t i = 0; i < n; i++)
		v[i].discouraged = i == 60;
	/* it would be the one to go, were it not protected */
	assert_int_not_equal(evict_choose(v, n), 61);
}

static void who_serves_no_blocks_has_no_place_as_quiet_one(void **state)
{
	struct evict_candidate v[N];
	size_t n = crowd(v, 10);

	v[N - 1].relays_txs = false;
	v[N - 1].serves = false;
	assert_int_equal(evict_choose(v, n), N);
	n = crowd(v, 10);
	v[N - 1].relays_txs = false;
	assert_int_not_equal(evict_choose(v, n), N);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_youngest_of_the_largest_group_goes),
		cmocka_unit_test(none_goes_where_all_are_protected),
		cmocka_unit_test(merits_protect_the_youngest),
		cmocka_unit_test(who_broke_a_rule_goes_first),
		cmocka_unit_test(nobody_goes_who_is_protected),
		cmocka_unit_test(the_order_does_not_matter),
		cmocka_unit_test(those_of_this_machine_have_places),
		cmocka_unit_test(who_serves_no_blocks_has_no_place_as_quiet_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
