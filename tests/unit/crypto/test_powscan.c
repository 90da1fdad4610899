/* SPDX-License-Identifier: MIT */
/*
 * Nonce search: every kernel finds exactly what hashing each header would find.
 * The sixteen-lane body also runs here on the compiler's own vectors, so that
 * its logic is tested on machines without AVX-512.
 */
#include "tests/unit/crypto/fields.h"

#include "base/bytes.h"
#include "crypto/powscan.h"
#include "crypto/powscan_kernel.h"
#include "crypto/sha256.h"

#define LANES 16
#include "crypto/lanes_generic.h"
#define V_IOTA                                                                 \
	((generic_v){0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15})
#define LANES_RUN sixteen_lanes
#define LANES_ATTR static
#include "crypto/powscan_lanes.h"

static const struct powscan_kernel sixteen = {"16 lanes", sixteen_lanes, 16, 0};

/* The kernels of this machine, then the one above; NULL after the last. */
static const struct powscan_kernel *kernel(size_t i)
{
	const struct powscan_kernel *k = powscan_kernel(i);

	return k || (i > 0 && !powscan_kernel(i - 1)) ? k : &sixteen;
}

static bool meets(const struct powscan_job *job, uint32_t nonce)
{
	uint8_t h[80], hash[32];
	struct u256 v;

	memcpy(h, job->header, 80);
	le32_put(h + 76, nonce);
	sha256d(hash, h, 80);
	v = u256_from_le(hash);
	return u256_cmp(&v, &job->target) <= 0;
}

/* What powscan must give, by hashing each header. */
static enum powscan_end slow_scan(const struct powscan_job *job, uint32_t first,
				  uint64_t count, struct powscan_result *r)
{
	for (uint64_t i = 0; i < count; i++) {
		uint32_t n = first + (uint32_t)i;

		if (meets(job, n)) {
			*r = (struct powscan_result){n, n + 1, i + 1};
			return POWSCAN_FOUND;
		}
	}
	*r = (struct powscan_result){0, first + (uint32_t)count, count};
	return POWSCAN_NONE;
}

static struct powscan_job job_of(uint32_t seed, unsigned zero_bits)
{
	struct powscan_job j;
	struct u256 ones = {{UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX}};

	for (int i = 0; i < 80; i++)
		j.header[i] = (uint8_t)((seed = seed * 1664525 + 1013904223) >> 24);
	j.target = u256_shr(&ones, zero_bits);
	return j;
}

static void same(const struct powscan_kernel *k, const struct powscan_job *job,
		 uint32_t first, uint64_t count)
{
	struct powscan_result want, got;
	enum powscan_end end = slow_scan(job, first, count, &want);

	assert_int_equal(powscan(k, job, first, count, NULL, &got), end);
	assert_int_equal(got.nonce, want.nonce);
	assert_int_equal(got.next, want.next);
	assert_true(got.hashes == want.hashes);
}

static void easy_targets_give_the_same_nonces(void **state)
{
	const struct powscan_kernel *k;

	for (size_t i = 0; (k = kernel(i)); i++) {
		for (uint32_t seed = 0; seed < 60; seed++) {
			struct powscan_job job = job_of(seed, seed % 12);

			same(k, &job, seed * 0x12345u, 300);
		}
	}
}

static void all_hits_of_a_range_are_found_one_after_the_other(void **state)
{
	const struct powscan_kernel *k;
	struct powscan_job job = job_of(4711, 5);
	const uint32_t first = 1000, count = 4000;
	unsigned want = 0;

	for (uint32_t n = first; n < first + count; n++)
		want += meets(&job, n);
	assert_true(want > 80);
	for (size_t i = 0; (k = kernel(i)); i++) {
		uint32_t at = first;
		struct powscan_result r;
		unsigned hits = 0;

		while (powscan(k, &job, at, first + count - at, NULL, &r) ==
		       POWSCAN_FOUND) {
			assert_true(meets(&job, r.nonce));
			at = r.next;
			hits++;
		}
		assert_int_equal(hits, want);
	}
}

static void ranges_of_every_length_end_where_they_should(void **state)
{
	const struct powscan_kernel *k;
	struct powscan_job job = job_of(99, 6);

	for (size_t i = 0; (k = kernel(i)); i++)
		for (uint32_t count = 0; count <= 70; count++)
			for (uint32_t first = 0; first < 40; first += 7)
				same(k, &job, first, count);
}

static void ranges_go_on_at_zero(void **state)
{
	const struct powscan_kernel *k;

	for (size_t i = 0; (k = kernel(i)); i++) {
		for (uint32_t back = 0; back < 40; back++) {
			struct powscan_job job = job_of(back, 7);

			same(k, &job, 0u - back, 200);
			same(k, &job, 0u - back, back);
		}
	}
}

/* The word that decides first may be equal to the target's: then the rest of
 * the hash decides. */
static void the_target_itself_is_met_and_one_less_is_not(void **state)
{
	const struct powscan_kernel *k;
	const uint32_t nonce = 0xdeadbeef, first = nonce - 3;

	for (size_t i = 0; (k = kernel(i)); i++) {
		for (uint32_t seed = 0; seed < 20; seed++) {
			struct powscan_job job = job_of(seed, 0);
			const struct u256 one = u256_from(1);
			uint8_t h[80], hash[32];

			memcpy(h, job.header, 80);
			le32_put(h + 76, nonce);
			sha256d(hash, h, 80);
			job.target = u256_from_le(hash);
			same(k, &job, first, 4);
			assert_true(meets(&job, nonce));
			job.target = u256_sub(&job.target, &one);
			same(k, &job, first, 4);
			assert_false(meets(&job, nonce));
		}
	}
}

/* The target that bits stand for, written out: mantissa * 256^(exponent - 3). */
static struct u256 target_of_bits(uint32_t bits)
{
	struct u256 m = u256_from(bits & 0x7fffff);

	return u256_shl(&m, 8 * ((bits >> 24) - 3));
}

static void genesis_nonce_is_found(void **state)
{
	static const char genesis[] =
		"01000000" "00000000000000000000000000000000"
		"00000000000000000000000000000000"
		"3ba3edfd7a7b12b27ac72c3e67768f617fc81bc3888a51323a9fb8aa4b1e5e4a"
		"29ab5f49" "ffff001d" "1dac2b7c";
	const struct powscan_kernel *k;
	struct powscan_job job;
	struct powscan_result r;

	hex_of(job.header, 80, genesis);
	job.target = target_of_bits(0x1d00ffff);
	for (size_t i = 0; (k = kernel(i)); i++) {
		assert_int_equal(powscan(k, &job, 2083236893 - 50021, 1 << 17, NULL,
					 &r),
				 POWSCAN_FOUND);
		assert_int_equal(r.nonce, 2083236893);
		assert_true(r.hashes == 50022);
	}
}

static void mainnet_headers_have_their_nonces_found(void **state)
{
	static const char *const files[] = {"headers/mainnet_000000_010236.raw",
					    "headers/mainnet_586656_589289.raw"};
	const struct powscan_kernel *k;
	unsigned seen = 0;

	for (int f = 0; f < 2; f++) {
		size_t len;
		char *raw = unit_vector(files[f], &len);

		if (!raw)
			skip();
		for (size_t at = 0; at + 80 <= len; at += 80 * 97) {
			struct powscan_job job;
			struct powscan_result r;
			uint32_t nonce;

			memcpy(job.header, raw + at, 80);
			nonce = le32_get(job.header + 76);
			job.target = target_of_bits(le32_get(job.header + 72));
			for (size_t i = 0; (k = kernel(i)); i++) {
				assert_int_equal(powscan(k, &job, nonce - 77, 200,
							 NULL, &r),
						 POWSCAN_FOUND);
				assert_int_equal(r.nonce, nonce);
			}
			seen++;
		}
		free(raw);
	}
	assert_true(seen > 100);
}

static void a_set_flag_stops_the_search(void **state)
{
	const struct powscan_kernel *k;
	struct powscan_job job = job_of(1, 0);
	struct powscan_result r;
	atomic_bool stop = true;

	job.target = u256_from(0);
	for (size_t i = 0; (k = kernel(i)); i++) {
		assert_int_equal(powscan(k, &job, 17, UINT64_C(1) << 32, &stop, &r),
				 POWSCAN_STOPPED);
		assert_int_equal(r.next, 17);
		assert_true(r.hashes == 0);
	}
}

static void kernels_have_names_and_the_portable_is_always_there(void **state)
{
	const struct powscan_kernel *k;

	for (size_t i = 0; (k = powscan_kernel(i)); i++)
		assert_ptr_equal(powscan_find(powscan_name(k)), k);
	assert_non_null(powscan_find("portable"));
	assert_null(powscan_find("abacus"));
	assert_null(powscan_find(""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(easy_targets_give_the_same_nonces),
		cmocka_unit_test(all_hits_of_a_range_are_found_one_after_the_other),
		cmocka_unit_test(ranges_of_every_length_end_where_they_should),
		cmocka_unit_test(ranges_go_on_at_zero),
		cmocka_unit_test(the_target_itself_is_met_and_one_less_is_not),
		cmocka_unit_test(genesis_nonce_is_found),
		cmocka_unit_test(mainnet_headers_have_their_nonces_found),
		cmocka_unit_test(a_set_flag_stops_the_search),
		cmocka_unit_test(kernels_have_names_and_the_portable_is_always_there),
	};

	return cmocka_run_group_tests_name("crypto/powscan", tests, NULL, NULL);
}
