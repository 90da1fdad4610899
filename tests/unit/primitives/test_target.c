/* SPDX-License-Identifier: MIT */
/* The compact form and work, over Core's cases and 207 mainnet periods. */
#include "tests/unit/unit.h"

#include <math.h>

#include "base/hex.h"
#include "primitives/header.h"
#include "primitives/target.h"

static struct u256 number(const char *hex)
{
	char padded[65];
	uint8_t be[32];

	snprintf(padded, sizeof(padded), "%064d", 0);
	memcpy(padded + 64 - strlen(hex), hex, strlen(hex));
	assert_true(hex_parse(be, 32, padded, 64));
	return u256_from_be(be);
}

/* The cases of Bitcoin Core's arith_uint256 tests. */
static void compact_form_reads_as_core_reads_it(void **state)
{
	static const uint32_t invalid[] = {
		/* zero */
		0, 0x00123456, 0x01003456, 0x02000056, 0x03000000, 0x04000000,
		0x00923456, 0x01803456, 0x02800056, 0x03800000, 0x04800000,
		/* negative */
		0x01fedcba, 0x04923456, 0x1d80ffff, 0x01810000,
		/* too large */
		0xff123456, 0x23000001, 0x22000100, 0x21010000, 0x21ffffff,
	};
	static const struct { uint32_t bits, back; const char *value; } valid[] = {
		{0x01123456, 0x01120000, "12"},
		{0x02123456, 0x02123400, "1234"},
		{0x03123456, 0x03123456, "123456"},
		{0x04123456, 0x04123456, "12345600"},
		{0x05009234, 0x05009234, "92340000"},
		{0x02008000, 0x02008000, "80"},
		{0x20123456, 0x20123456, "1234560000000000000000000000000000"
		 "000000000000000000000000000000"},
		{0x1d00ffff, 0x1d00ffff, "ffff0000000000000000000000000000000000"
		 "000000000000000000"},
		{0x207fffff, 0x207fffff, "7fffff000000000000000000000000000000"
		 "0000000000000000000000000000"},
		{0x2100ffff, 0x2100ffff, "ffff0000000000000000000000000000000000"
		 "00000000000000000000000000"},
		{0x220000ff, 0x2100ff00, "ff000000000000000000000000000000000000"
		 "00000000000000000000000000"},
	};
	struct u256 t, want;

	(void)state;
	for (size_t i = 0; i < sizeof(invalid) / sizeof(*invalid); i++) {
		if (target_from_bits(&t, invalid[i]))
			fail_msg("%08x was taken", invalid[i]);
		assert_true(u256_is_zero(&t));
		t = target_work(invalid[i]);
		assert_true(u256_is_zero(&t));
	}
	for (size_t i = 0; i < sizeof(valid) / sizeof(*valid); i++) {
		assert_true(target_from_bits(&t, valid[i].bits));
		want = number(valid[i].value);
		if (u256_cmp(&t, &want) != 0)
			fail_msg("%08x", valid[i].bits);
		assert_int_equal(target_to_bits(&t), valid[i].back);
	}
	t = u256_from(0);
	assert_int_equal(target_to_bits(&t), 0);
}

/* Every size and mantissa pattern: what is read is written back as the same
 * number, in the form that is read again. */
static void shortest_form_is_stable(void **state)
{
	(void)state;
	for (uint32_t size = 1; size <= 34; size++) {
		for (uint32_t m = 1; m <= 0x7fffff; m = m * 3 + 1) {
			struct u256 t, u;
			uint32_t bits;

			if (!target_from_bits(&t, size << 24 | m))
				continue;
			bits = target_to_bits(&t);
			assert_true(target_from_bits(&u, bits));
			assert_int_equal(u256_cmp(&t, &u), 0);
			assert_int_equal(target_to_bits(&u), bits);
			assert_false(bits & 0x800000);
		}
	}
}

static void hash_meets_target_as_a_little_endian_number(void **state)
{
	struct u256 t = number("0100");
	struct blkid id = {0};

	(void)state;
	assert_true(target_met(&id, &t));
	id.h.b[1] = 1;
	assert_true(target_met(&id, &t));
	id.h.b[0] = 1;
	assert_false(target_met(&id, &t));
	id.h.b[1] = 0;
	id.h.b[31] = 1;
	assert_false(target_met(&id, &t));
}

/* Bitcoin Core's blockchain tests. */
static void difficulty_is_what_core_prints(void **state)
{
	static const struct { uint32_t bits; double value, within; } cases[] = {
		{0x1f111111, 0.000001, 0.000001},
		{0x1ef88f6f, 0.000016, 0.000001},
		{0x1df88f6f, 0.004023, 0.000001},
		{0x1cf88f6f, 1.029916, 0.000001},
		{0x12345678, 5913134931067755359633408.0, 0.000001},
	};
	static const struct { uint32_t bits; const char *text; } texts[] = {
		{0x1d00ffff, "1"},
		{0x207fffff, "4.656542373906925e-10"},
		{0x17034219, "86388558925171.02"},	/* height 840,000 */
		{0x1d00d86a, "1.182899534312841"},	/* height 32,256 */
	};
	char text[64];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_true(fabs(target_difficulty(cases[i].bits) -
				 cases[i].value) <= cases[i].within);
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		snprintf(text, sizeof(text), "%.16g",
			 target_difficulty(texts[i].bits));
		assert_string_equal(text, texts[i].text);
	}
}

static void work_of_regtest_and_difficulty_one(void **state)
{
	struct u256 w = target_work(0x207fffff), want = u256_from(2);

	(void)state;
	assert_int_equal(u256_cmp(&w, &want), 0);
	w = target_work(0x1d00ffff);
	want = u256_from(0x100010001);
	assert_int_equal(u256_cmp(&w, &want), 0);
	w = target_work(0x03000001);
	want = u256_from(1);
	want = u256_shl(&want, 255);
	assert_int_equal(u256_cmp(&w, &want), 0);
}

/* 206 periods of mainnet: the chain work after a period's last header is the
 * work after its first and 2015 times the work of its bits. */
static void work_adds_up_to_mainnets_chain_work(void **state)
{
	char *text, *line, *next;
	struct u256 first = u256_from(0);
	unsigned periods = 0;
	size_t len;

	(void)state;
	text = unit_vector("headers/mainnet_retargets_0_417311.csv", &len);
	if (!text)
		skip();
	for (line = strchr(text, '\n') + 1; *line; line = next) {
		uint8_t raw[HEADER_SIZE], be[32];
		struct u256 after, work, target;
		struct header h;
		struct blkid id;
		char *hex, *chainwork;
		unsigned long height = strtoul(line, &hex, 10);

		next = strchr(line, '\n');
		next = next ? next + 1 : line + strlen(line);
		assert_true(hex_parse(raw, 80, ++hex, 160));
		chainwork = hex + 161;
		assert_true(hex_parse(be, 32, chainwork, 64));
		after = u256_from_be(be);
		header_read(&h, raw);
		header_hash(&id, &h);
		assert_true(target_from_bits(&target, h.bits));
		assert_true(target_met(&id, &target));
		assert_int_equal(target_to_bits(&target), h.bits);
		if (height % 2016 == 0) {
			first = after;
			continue;
		}
		work = target_work(h.bits);
		work = u256_mul64(&work, 2015);
		work = u256_add(&work, &first);
		assert_int_equal(u256_cmp(&work, &after), 0);
		periods++;
	}
	assert_int_equal(periods, 207);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(compact_form_reads_as_core_reads_it),
		cmocka_unit_test(shortest_form_is_stable),
		cmocka_unit_test(hash_meets_target_as_a_little_endian_number),
		cmocka_unit_test(difficulty_is_what_core_prints),
		cmocka_unit_test(work_of_regtest_and_difficulty_one),
		cmocka_unit_test(work_adds_up_to_mainnets_chain_work),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
