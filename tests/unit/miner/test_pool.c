/* SPDX-License-Identifier: MIT */
/* The search threads: what is found, when they stop, how much they take. */
#include "tests/unit/unit.h"

#include <sys/resource.h>

#include "base/clock.h"
#include "miner/pool.h"
#include "primitives/target.h"

static struct header header_of(uint32_t seed)
{
	struct header h = {.version = 4, .time = 1700000000 + seed, .bits = 0x207fffff};

	memset(h.prev.h.b, (int)(seed & 0xff), 32);
	memset(h.merkle_root.b, 0x5a, 32);
	return h;
}

static const struct powscan_kernel *fastest(void)
{
	return powscan_kernel(0);
}

/* Waits as long as it takes, at most ten seconds. */
static enum pool_event wait_for(struct pool *p, struct header *h)
{
	enum pool_event ev = POOL_NOTHING;

	for (int i = 0; i < 200 && ev == POOL_NOTHING; i++)
		ev = pool_wait(p, 50, h);
	return ev;
}

static void headers_found_meet_their_target(void **state)
{
	struct pool *p;
	struct u256 target;

	assert_true(target_from_bits(&target, 0x1f00ffff));
	assert_int_equal(pool_open(&p, 3, 100, fastest()), ST_OK);
	for (uint32_t i = 0; i < 20; i++) {
		struct header want = header_of(i), got;
		struct blkid id;

		pool_start(p, &want, &target);
		assert_int_equal(wait_for(p, &got), POOL_FOUND);
		header_hash(&id, &got);
		assert_true(target_met(&id, &target));
		got.nonce = want.nonce;
		assert_memory_equal(&got, &want, sizeof(got));
		assert_int_equal(pool_wait(p, 0, &got), POOL_NOTHING);
	}
	assert_true(pool_hashes(p) > 20);
	pool_close(p);
}

static void a_new_header_replaces_the_old_one(void **state)
{
	struct header h = header_of(1), easy = header_of(2), got;
	struct u256 never = u256_from(0), target;
	struct pool *p;

	assert_true(target_from_bits(&target, 0x207fffff));
	assert_int_equal(pool_open(&p, 2, 100, fastest()), ST_OK);
	pool_start(p, &h, &never);
	assert_int_equal(pool_wait(p, 20, &got), POOL_NOTHING);
	pool_start(p, &easy, &target);
	assert_int_equal(wait_for(p, &got), POOL_FOUND);
	assert_int_equal(got.time, easy.time);
	pool_close(p);
}

static void after_rest_nothing_is_found(void **state)
{
	struct header h = header_of(3), got;
	struct u256 target;
	struct pool *p;

	assert_true(target_from_bits(&target, 0x207fffff));
	assert_int_equal(pool_open(&p, 2, 100, fastest()), ST_OK);
	pool_start(p, &h, &target);
	pool_rest(p);
	assert_int_equal(pool_wait(p, 30, &got), POOL_NOTHING);
	pool_close(p);
}

static void the_end_of_the_nonces_is_told_once(void **state)
{
	struct header h = header_of(6), got;
	struct u256 never = u256_from(0);
	struct pool *p;

	h.nonce = 0xffff0000;
	assert_int_equal(pool_open(&p, 3, 100, fastest()), ST_OK);
	pool_start(p, &h, &never);
	assert_int_equal(wait_for(p, &got), POOL_EXHAUSTED);
	assert_true(pool_hashes(p) == 0x10000);
	assert_int_equal(pool_wait(p, 20, &got), POOL_NOTHING);
	pool_start(p, &h, &never);
	assert_int_equal(wait_for(p, &got), POOL_EXHAUSTED);
	assert_true(pool_hashes(p) == 0x20000);
	pool_close(p);
}

static void closing_takes_milliseconds(void **state)
{
	struct header h = header_of(4), got;
	struct u256 never = u256_from(0);
	const unsigned duty[] = {100, 1};

	for (int i = 0; i < 2; i++) {
		struct pool *p;
		int64_t start;

		assert_int_equal(pool_open(&p, 2, duty[i], fastest()), ST_OK);
		pool_start(p, &h, &never);
		assert_int_equal(pool_wait(p, 60, &got), POOL_NOTHING);
		start = clock_mono_ms();
		pool_close(p);
		assert_true(clock_mono_ms() - start < 150);
	}
}

static int64_t cpu_us(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return (int64_t)u.ru_utime.tv_sec * 1000000 + u.ru_utime.tv_usec;
}

static void duty_bounds_the_share_of_a_core(void **state)
{
	struct header h = header_of(5), got;
	struct u256 never = u256_from(0);
	int64_t cpu, start, wall;
	struct pool *p;

	assert_int_equal(pool_open(&p, 1, 20, fastest()), ST_OK);
	pool_start(p, &h, &never);
	cpu = cpu_us();
	start = clock_mono_us();
	while (clock_mono_us() - start < 600000)
		assert_int_equal(pool_wait(p, 100, &got), POOL_NOTHING);
	cpu = cpu_us() - cpu;
	wall = clock_mono_us() - start;
	pool_close(p);
	/* A fifth, and a piece that was under way. */
	assert_true(cpu * 100 <= wall * 20 + 40000 * 100);
	assert_true(cpu > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(headers_found_meet_their_target),
		cmocka_unit_test(a_new_header_replaces_the_old_one),
		cmocka_unit_test(after_rest_nothing_is_found),
		cmocka_unit_test(the_end_of_the_nonces_is_told_once),
		cmocka_unit_test(closing_takes_milliseconds),
		cmocka_unit_test(duty_bounds_the_share_of_a_core),
	};

	return cmocka_run_group_tests_name("miner/pool", tests, NULL, NULL);
}
