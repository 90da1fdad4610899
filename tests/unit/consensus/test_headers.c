/* SPDX-License-Identifier: MIT */
/* Headers: real runs of three networks, and each rule at its boundary. */
#include "tests/unit/consensus/chain.h"

#include "consensus/header_check.h"
#include "consensus/retarget.h"
#include "primitives/target.h"

static enum verdict_code judge(const struct params *p, struct chain_view *view,
			       const struct header *h, int64_t now)
{
	struct verdict v = fresh();

	assert_int_equal(header_check_context(p, view, h, now, &v), ST_OK);
	return v.code;
}

static enum verdict_code work_of(const struct params *p, const struct header *h)
{
	struct verdict v = fresh();
	struct blkid id;
	bool good;

	header_hash(&id, h);
	good = header_check_work(p, h, &id, &v);
	assert_int_equal(good, v.code == VALID);
	return v.code;
}

/* Every header but the first `known` is judged in its context. */
static void run_is_accepted(const char *net, const char *file, uint32_t first,
			    uint32_t count, uint32_t known)
{
	struct params p;
	struct chain c;

	network(&p, net);
	if (!chain_load(&c, file, first))
		skip();
	assert_int_equal(c.n, count);
	for (uint32_t i = 0; i < c.n; i++) {
		struct chain_view view;
		struct blkid prev;
		uint32_t bits;

		assert_int_equal(work_of(&p, &c.h[i]), VALID);
		if (i < known)
			continue;
		view = chain_to(&c, first + i - 1);
		header_hash(&prev, &c.h[i - 1]);
		assert_true(hash256_equal(&prev.h, &c.h[i].prev.h));
		assert_int_equal(retarget_next_bits(&p, &view, c.h[i].time,
						    &bits), ST_OK);
		assert_int_equal(bits, c.h[i].bits);
		assert_int_equal(judge(&p, &view, &c.h[i], c.h[i].time), VALID);
	}
	free(c.h);
}

static void mainnet_from_genesis(void **state)
{
	run_is_accepted("main", "headers/mainnet_000000_010236.raw", 0, 10237, 1);
}

static void mainnet_of_2019_over_a_retarget(void **state)
{
	run_is_accepted("main", "headers/mainnet_586656_589289.raw", 586656,
			2634, 11);
}

static void testnet3_with_minimum_difficulty_blocks(void **state)
{
	run_is_accepted("testnet3", "headers/testnet3_000000_006047.raw", 0,
			6048, 1);
}

static void one_flipped_bit_fails_the_work(void **state)
{
	static const char *const files[][2] = {
		{"main", "headers/mainnet_000000_010236.raw"},
		{"main", "headers/mainnet_586656_589289.raw"},
		{"testnet3", "headers/testnet3_000000_006047.raw"},
	};
	uint64_t rnd = 20090103;

	for (size_t f = 0; f < 3; f++) {
		struct params p;
		struct chain c;

		network(&p, files[f][0]);
		if (!chain_load(&c, files[f][1], 0))
			skip();
		for (int k = 0; k < 4000; k++) {
			struct header h = c.h[random_next(&rnd) % c.n];
			uint8_t raw[HEADER_SIZE];
			unsigned bit = (unsigned)(random_next(&rnd) % 640);

			header_write(raw, &h);
			raw[bit / 8] ^= (uint8_t)(1u << bit % 8);
			header_read(&h, raw);
			assert_int_equal(work_of(&p, &h), V_HIGH_HASH);
		}
		free(c.h);
	}
}

/* In context a changed field fails by its own rule, whatever the hash. */
static void changed_fields_fail_by_their_own_rule(void **state)
{
	struct chain_view view;
	struct params p;
	struct header h;
	struct chain c;

	network(&p, "main");
	if (!chain_load(&c, "headers/mainnet_586656_589289.raw", 586656))
		skip();
	view = chain_to(&c, 586656 + 1999);
	for (int bit = 0; bit < 32; bit++) {
		h = c.h[2000];
		h.bits ^= 1u << bit;
		assert_int_equal(judge(&p, &view, &h, h.time), V_BAD_DIFFBITS);
	}
	h = c.h[2000];
	h.time ^= 1u << 30;
	assert_int_equal(judge(&p, &view, &h, c.h[2000].time), V_TIME_TOO_OLD);
	h.time = c.h[2000].time ^ 1u << 31;
	assert_int_equal(judge(&p, &view, &h, c.h[2000].time), V_TIME_TOO_NEW);
	h = c.h[2000];
	h.version = 3;
	assert_int_equal(judge(&p, &view, &h, h.time), V_BAD_VERSION);
	free(c.h);
}

static void bits_out_of_range_are_no_work(void **state)
{
	static const uint32_t bad[] = {
		0, 0x01003456, 0x01fedcba, 0x04923456, 0xff123456, 0x1d800001,
		0x1d010000, 0x22000100, 0x23000001, 0x207fffff,
	};
	struct params p;
	struct header h;

	network(&p, "main");
	h = p.genesis;
	assert_int_equal(work_of(&p, &h), VALID);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct verdict v = fresh();
		struct blkid zero = {{{0}}};

		/* a hash of zero meets every target that there is */
		h.bits = bad[i];
		assert_false(header_check_work(&p, &h, &zero, &v));
		assert_int_equal(v.code, V_HIGH_HASH);
	}
}

static void a_hash_equal_to_the_target_is_enough(void **state)
{
	struct verdict v = fresh();
	struct u256 target, one = u256_from(1);
	struct params p;
	struct blkid id;

	network(&p, "main");
	assert_true(target_from_bits(&target, p.genesis.bits));
	u256_to_le(id.h.b, &target);
	assert_true(header_check_work(&p, &p.genesis, &id, &v));
	target = u256_add(&target, &one);
	u256_to_le(id.h.b, &target);
	assert_false(header_check_work(&p, &p.genesis, &id, &v));
	assert_int_equal(v.code, V_HIGH_HASH);
}

static void median_time_past_of_few_and_of_many(void **state)
{
	static const uint32_t times[14] = {100, 50, 80, 10, 90, 70, 20,
					   60, 30, 40, 95, 5, 6, 7};
	/* sorted[n / 2] of the last n = 1, 2 .. 11 times, by hand */
	static const uint32_t want[14] = {100, 100, 80, 80, 80, 80, 70,
					  70, 60, 60, 60, 50, 40, 30};
	struct header h[14] = {{0}};
	struct chain c = {.h = h, .n = 14};

	for (int i = 0; i < 14; i++)
		h[i].time = times[i];
	for (uint32_t i = 0; i < 14; i++) {
		struct chain_view view = chain_to(&c, i);
		int64_t mtp;

		assert_int_equal(chain_median_time(&view, i, &mtp), ST_OK);
		assert_int_equal(mtp, want[i]);
	}
}

static void time_boundaries(void **state)
{
	struct header mem[20], h;
	struct chain_view view;
	struct params p;
	struct chain c;

	network(&p, "regtest");
	chain_make(&c, mem, 20, p.pow_limit_bits, 1000000, 10);
	view = chain_to(&c, 19);
	h = mem[19];
	/* median of heights 9..19 is that of 14 */
	h.time = 1000140;
	assert_int_equal(judge(&p, &view, &h, 1000000), V_TIME_TOO_OLD);
	h.time = 1000141;
	assert_int_equal(judge(&p, &view, &h, 1000000), VALID);
	h.time = 1000000 + 7200;
	assert_int_equal(judge(&p, &view, &h, 1000000), VALID);
	h.time = 1000000 + 7201;
	assert_int_equal(judge(&p, &view, &h, 1000000), V_TIME_TOO_NEW);
	assert_int_equal(verdict_class(V_TIME_TOO_NEW), VC_FUTURE);
	/* the whole range of the field, without wrapping */
	h.time = UINT32_MAX;
	assert_int_equal(judge(&p, &view, &h, UINT32_MAX - 7200ll), VALID);
	assert_int_equal(judge(&p, &view, &h, UINT32_MAX - 7201ll),
			 V_TIME_TOO_NEW);
}

static void the_first_rule_broken_gives_the_reason(void **state)
{
	struct header mem[20], h;
	struct chain_view view;
	struct params p;
	struct chain c;

	network(&p, "regtest");
	p.bip34_height = p.bip66_height = p.bip65_height = 1;
	chain_make(&c, mem, 20, p.pow_limit_bits, 1000000, 10);
	view = chain_to(&c, 19);
	h = mem[19];
	h.version = 1;
	h.bits--;
	h.time = 1;
	assert_int_equal(judge(&p, &view, &h, 1000000), V_BAD_DIFFBITS);
	h.bits++;
	assert_int_equal(judge(&p, &view, &h, -1000000), V_TIME_TOO_OLD);
	h.time = 1100000;
	assert_int_equal(judge(&p, &view, &h, 1000000), V_TIME_TOO_NEW);
	assert_int_equal(judge(&p, &view, &h, 1100000), V_BAD_VERSION);
}

static enum verdict_code version_at(const struct params *net, uint32_t height,
				    int32_t version)
{
	struct header mem[12], h;
	struct chain_view view;
	struct params p = *net;
	struct chain c;

	p.retarget = RETARGET_NONE;
	chain_make(&c, mem, 12, p.pow_limit_bits, 1000000, 600);
	c.first = height - 12;
	view = chain_to(&c, height - 1);
	h = mem[11];
	h.time++;
	h.version = version;
	return judge(&p, &view, &h, h.time);
}

static void versions_are_gated_by_height_and_signed(void **state)
{
	struct params p;

	network(&p, "main");
	assert_int_equal(version_at(&p, 227930, 1), VALID);
	assert_int_equal(version_at(&p, 227931, 1), V_BAD_VERSION);
	assert_int_equal(version_at(&p, 227931, 2), VALID);
	assert_int_equal(version_at(&p, 363724, 2), VALID);
	assert_int_equal(version_at(&p, 363725, 2), V_BAD_VERSION);
	assert_int_equal(version_at(&p, 363725, 3), VALID);
	assert_int_equal(version_at(&p, 388380, 3), VALID);
	assert_int_equal(version_at(&p, 388381, 3), V_BAD_VERSION);
	assert_int_equal(version_at(&p, 388381, 4), VALID);
	assert_int_equal(version_at(&p, 388381, 0x7fffffff), VALID);
	/* the top bit makes a version negative */
	assert_int_equal(version_at(&p, 388381, INT32_MIN), V_BAD_VERSION);
	assert_int_equal(version_at(&p, 227930, INT32_MIN), VALID);
}

static void bad_version_is_named_as_core_does(void **state)
{
	struct header mem[12];
	struct chain_view view;
	struct verdict v = fresh();
	struct params p;
	struct chain c;
	char text[200];

	network(&p, "regtest");
	p.bip34_height = 1;
	chain_make(&c, mem, 12, p.pow_limit_bits, 1000000, 600);
	view = chain_to(&c, 10);
	mem[11].version = 1;
	assert_int_equal(header_check_context(&p, &view, &mem[11], 2000000, &v),
			 ST_OK);
	assert_string_equal(verdict_reject(text, sizeof(text), &v),
			    "bad-version(0x00000001)");
}

static void timewarp_is_refused_by_bip94_alone(void **state)
{
	static struct header mem[2016];
	struct chain_view view;
	struct params p;
	struct chain c;
	struct header h;

	network(&p, "testnet4");
	chain_make(&c, mem, 2016, 0x1c00ffff, 1000000, 600);
	mem[2015].time += 100000;
	view = chain_to(&c, 2015);
	h = mem[2015];
	h.time = mem[2015].time - 600;
	assert_int_equal(retarget_next_bits(&p, &view, h.time, &h.bits), ST_OK);
	assert_int_equal(judge(&p, &view, &h, h.time), VALID);
	h.time--;
	assert_int_equal(judge(&p, &view, &h, h.time), V_TIMEWARP);
	p.bip94 = false;
	assert_int_equal(judge(&p, &view, &h, h.time), VALID);
	/* within a period nothing is asked */
	p.bip94 = true;
	mem[2014].time += 200000;
	view = chain_to(&c, 2014);
	h.bits = mem[2014].bits;
	h.time = mem[2014].time - 100000;
	assert_int_equal(judge(&p, &view, &h, h.time), VALID);
}

static void a_failing_store_is_never_a_verdict(void **state)
{
	struct header mem[20];
	struct chain_view view;
	struct verdict v = fresh();
	struct params p;
	struct chain c;
	int64_t mtp;

	network(&p, "main");
	chain_make(&c, mem, 20, p.pow_limit_bits, 1000000, 600);
	view = chain_to(&c, 18);
	c.fail = ST_BUSY;
	assert_int_equal(header_check_context(&p, &view, &mem[19], 2000000, &v),
			 ST_BUSY);
	assert_int_equal(v.code, VALID);
	assert_int_equal(chain_median_time(&view, 18, &mtp), ST_BUSY);
}

/* --- chain states of real blocks --- */

/* The text after "name": in the object that `from` stands in. */
static const char *json_after(const char *from, const char *name)
{
	char key[64];
	const char *at;

	snprintf(key, sizeof(key), "\"%s\":", name);
	at = strstr(from, key);
	assert_non_null(at);
	at += strlen(key);
	return at + strspn(at, " \n\"[");
}

static struct u256 decimal(const char *s)
{
	struct u256 v = u256_from(0);

	for (; *s >= '0' && *s <= '9'; s++) {
		struct u256 digit = u256_from((uint64_t)(*s - '0'));

		v = u256_mul64(&v, 10);
		v = u256_add(&v, &digit);
	}
	return v;
}

static void check_context(const char *name)
{
	char file[128];
	size_t len, json_len;
	char *raw, *json;
	struct header mem[2016 + 1] = {{0}}, h;
	struct chain c = {.h = mem};
	struct chain_view view;
	struct u256 target, work, sum;
	const char *at, *after;
	char id_text[HASH_TEXT_SIZE];
	uint32_t height, period;
	struct params p;
	struct blkid id;

	network(&p, "main");
	snprintf(file, sizeof(file), "blocks/context/%s.raw", name);
	raw = unit_vector(file, &len);
	snprintf(file, sizeof(file), "blocks/context/%s.context.json", name);
	json = unit_vector(file, &json_len);
	if (!raw || !json)
		skip();
	header_read(&h, (uint8_t *)raw);
	height = (uint32_t)strtoul(json_after(json, "block_height"), NULL, 10);
	/* of its period only the first block and the last eleven are known */
	period = height / 2016 * 2016;
	c.first = period;
	c.n = height - period + 1;
	target = decimal(json_after(json, "current_target"));
	for (uint32_t i = 0; i < c.n; i++)
		mem[i].bits = target_to_bits(&target);
	mem[0].time = (uint32_t)strtoul(json_after(json, "epoch_start_time"),
					NULL, 10);
	at = json_after(json, "prev_timestamps");
	for (uint32_t i = 0; i < 11; i++) {
		uint32_t t = (uint32_t)strtoul(at, (char **)&at, 10);

		at += strspn(at, ", \n");
		if (c.n + i >= 11)
			mem[c.n + i - 11].time = t;
	}
	view = chain_to(&c, height);
	assert_int_equal(work_of(&p, &h), VALID);
	assert_int_equal(judge(&p, &view, &h, h.time), VALID);
	after = strstr(json, "\"expected\"");
	assert_non_null(after);
	sum = decimal(json_after(json, "total_work"));
	work = target_work(h.bits);
	sum = u256_add(&sum, &work);
	work = decimal(json_after(after, "total_work"));
	assert_int_equal(u256_cmp(&sum, &work), 0);
	assert_true(target_from_bits(&target, h.bits));
	work = decimal(json_after(after, "current_target"));
	assert_int_equal(u256_cmp(&target, &work), 0);
	header_hash(&id, &h);
	hash256_text(id_text, &id.h);
	assert_memory_equal(id_text, json_after(after, "best_block_hash"), 64);
	free(raw);
	free(json);
}

static void chain_states_of_real_blocks(void **state)
{
	static const char *const names[] = {
		"mainnet_170", "mainnet_2016", "mainnet_24835", "mainnet_32256",
		"mainnet_32636", "mainnet_57043", "mainnet_72576",
		"mainnet_91722", "mainnet_116928",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		check_context(names[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mainnet_from_genesis),
		cmocka_unit_test(mainnet_of_2019_over_a_retarget),
		cmocka_unit_test(testnet3_with_minimum_difficulty_blocks),
		cmocka_unit_test(one_flipped_bit_fails_the_work),
		cmocka_unit_test(changed_fields_fail_by_their_own_rule),
		cmocka_unit_test(bits_out_of_range_are_no_work),
		cmocka_unit_test(a_hash_equal_to_the_target_is_enough),
		cmocka_unit_test(median_time_past_of_few_and_of_many),
		cmocka_unit_test(time_boundaries),
		cmocka_unit_test(the_first_rule_broken_gives_the_reason),
		cmocka_unit_test(versions_are_gated_by_height_and_signed),
		cmocka_unit_test(bad_version_is_named_as_core_does),
		cmocka_unit_test(timewarp_is_refused_by_bip94_alone),
		cmocka_unit_test(a_failing_store_is_never_a_verdict),
		cmocka_unit_test(chain_states_of_real_blocks),
	};

	return cmocka_run_group_tests_name("consensus headers", tests, NULL, NULL);
}
