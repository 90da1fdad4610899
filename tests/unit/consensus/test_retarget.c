/* SPDX-License-Identifier: MIT */
/*
 * Required bits. 2016-style steps against mainnet's and Bitcoin Core's figures;
 * ASERT against rows of the published vectors of aserti3-2d and, for limits far
 * above Bitcoin's, against a computation in schoolbook big numbers.
 */
#include "tests/unit/consensus/chain.h"

#include "consensus/retarget.h"
#include "primitives/target.h"

static void steps_of_mainnet(void **state)
{
	/* bits before, first and last time of the period, bits after: heights
	 * 32256, 2016, 68544 (x4 easier is the clamp at /4 of time) and the
	 * upper clamp */
	static const struct {
		uint32_t before;
		int64_t first, last;
		uint32_t after;
	} rows[] = {
		{0x1d00ffff, 1261130161, 1262152739, 0x1d00d86a},
		{0x1d00ffff, 1231006505, 1233061996, 0x1d00ffff},
		{0x1c05a3f4, 1279008237, 1279297671, 0x1c0168fd},
		{0x1c387f6f, 1263163443, 1269211443, 0x1d00e1fd},
	};
	struct params p;

	network(&p, "main");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(retarget_step(&p, rows[i].before,
					       rows[i].last - rows[i].first),
				 rows[i].after);
}

static void timespan_is_clamped_and_signed(void **state)
{
	const int64_t two_weeks = 1209600;
	struct params p;

	network(&p, "main");
	assert_int_equal(retarget_step(&p, 0x1b0404cb, two_weeks), 0x1b0404cb);
	assert_int_equal(retarget_step(&p, 0x1b0404cb, two_weeks / 4), 0x1b010132);
	assert_int_equal(retarget_step(&p, 0x1b0404cb, 0), 0x1b010132);
	assert_int_equal(retarget_step(&p, 0x1b0404cb, -4000000000), 0x1b010132);
	assert_int_equal(retarget_step(&p, 0x1b0404cb, two_weeks * 4), 0x1b10132c);
	assert_int_equal(retarget_step(&p, 0x1b0404cb, two_weeks * 9), 0x1b10132c);
	assert_int_equal(retarget_step(&p, 0x1d00ffff, two_weeks + 1), 0x1d00ffff);
}

/* 2^254 * 4,838,400 does not fit 256 bits: the product must not wrap. */
static void an_easy_network_retargets_without_wrapping(void **state)
{
	struct params p;

	network(&p, "main");
	assert_true(target_from_bits(&p.pow_limit, 0x207fffff));
	p.pow_limit_bits = 0x207fffff;
	assert_int_equal(retarget_step(&p, 0x20400000, 1209600), 0x20400000);
	assert_int_equal(retarget_step(&p, 0x20400000, 604800), 0x20200000);
	assert_int_equal(retarget_step(&p, 0x20100000, 2 * 1209600), 0x20200000);
	assert_int_equal(retarget_step(&p, 0x20400000, 4 * 1209600), 0x207fffff);
	p.retarget_interval = 10;
	p.spacing_s = 15;
	assert_int_equal(retarget_step(&p, 0x20400000, 75), 0x20200000);
	assert_int_equal(retarget_step(&p, 0x20400000, 0), 0x200fc962);
}

static uint32_t next(const struct params *p, struct chain *c, uint32_t height,
		     uint32_t time)
{
	struct chain_view view = chain_to(c, height);
	uint32_t bits = 0;

	assert_int_equal(retarget_next_bits(p, &view, time, &bits), ST_OK);
	return bits;
}

/* time(2015) - time(0): 2,015 intervals, not 2,016. */
static void a_period_is_measured_over_2015_intervals(void **state)
{
	static struct header mem[4032];
	struct params p;
	struct chain c;

	network(&p, "main");
	chain_make(&c, mem, 4032, 0x1b0404cb, 1300000000, 600);
	assert_int_equal(next(&p, &c, 2015, 0),
			 retarget_step(&p, 0x1b0404cb, 2015 * 600));
	assert_int_not_equal(next(&p, &c, 2015, 0), 0x1b0404cb);
	/* the second period does not look at block 2015 */
	mem[2015].time -= 1000000;
	assert_int_equal(next(&p, &c, 4031, 0),
			 retarget_step(&p, 0x1b0404cb, 2015 * 600));
	/* the last block before the first one: the lower clamp */
	mem[4031].time = mem[2016].time - 5;
	assert_int_equal(next(&p, &c, 4031, 0), 0x1b010132);
	assert_int_equal(next(&p, &c, 2016, 0), 0x1b0404cb);
}

static void minimum_difficulty_after_twenty_minutes(void **state)
{
	static struct header mem[2100];
	struct params p;
	struct chain c;

	network(&p, "testnet3");
	chain_make(&c, mem, 2100, 0x1c3fffc0, 1300000000, 600);
	assert_int_equal(next(&p, &c, 2050, mem[2050].time + 1200), 0x1c3fffc0);
	assert_int_equal(next(&p, &c, 2050, mem[2050].time + 1201), 0x1d00ffff);
	/* blocks at the limit are walked over ... */
	for (int h = 2040; h <= 2050; h++)
		mem[h].bits = 0x1d00ffff;
	assert_int_equal(next(&p, &c, 2050, mem[2050].time + 1), 0x1c3fffc0);
	/* ... but not past the first block of the period */
	for (int h = 2016; h <= 2050; h++)
		mem[h].bits = 0x1d00ffff;
	assert_int_equal(next(&p, &c, 2050, mem[2050].time + 1), 0x1d00ffff);
	/* a retarget starts from the last block's bits, even from these */
	mem[2015].bits = 0x1d00ffff;
	assert_int_equal(next(&p, &c, 2015, mem[2015].time + 5000),
			 retarget_step(&p, 0x1d00ffff, 2015 * 600));
	/* mainnet knows no such thing */
	network(&p, "main");
	assert_int_equal(next(&p, &c, 2060, mem[2060].time + 5000), 0x1c3fffc0);
}

static void bip94_starts_from_the_first_bits_of_the_period(void **state)
{
	static struct header mem[2016];
	struct params p;
	struct chain c;

	network(&p, "testnet4");
	chain_make(&c, mem, 2016, 0x1c3fffc0, 1300000000, 600);
	mem[2015].bits = 0x1d00ffff;
	assert_int_equal(next(&p, &c, 2015, mem[2015].time + 600),
			 retarget_step(&p, 0x1c3fffc0, 2015 * 600));
	p.bip94 = false;
	assert_int_equal(next(&p, &c, 2015, mem[2015].time + 600),
			 retarget_step(&p, 0x1d00ffff, 2015 * 600));
}

static void regtest_never_changes(void **state)
{
	static struct header mem[3000];
	struct params p;
	struct chain c;

	network(&p, "regtest");
	chain_make(&c, mem, 3000, 0x207fffff, 1300000000, 1);
	for (uint32_t h = 0; h < 3000; h++)
		assert_int_equal(next(&p, &c, h, mem[h].time + 5000), 0x207fffff);
}

/* The header columns of mainnet's retargets, with the work they state. */
static void mainnet_retargets_and_their_work(void **state)
{
	size_t len;
	char *text = unit_vector("headers/mainnet_retargets_0_417311.csv", &len);
	struct header last = {0}, first = {0};
	struct u256 last_work = {{0}};
	unsigned changes = 0;
	struct params p;

	if (!text)
		skip();
	network(&p, "main");
	for (char *row = strchr(text, '\n') + 1; *row;
	     row = strchr(row, '\n') + 1) {
		uint8_t raw[HEADER_SIZE], be[32];
		char *hex = strchr(row, ',') + 1, *work = strchr(hex, ',') + 1;
		uint32_t height = (uint32_t)strtoul(row, NULL, 10);
		struct u256 sum, each;
		struct header h;

		assert_true(hex_parse(raw, sizeof(raw), hex, 160));
		assert_true(hex_parse(be, 32, work, 64));
		header_read(&h, raw);
		sum = u256_from_be(be);
		each = target_work(h.bits);
		if (height && height % 2016 == 0) {
			assert_int_equal(h.bits, retarget_step(&p, last.bits,
				(int64_t)last.time - first.time));
			changes++;
		} else if (height) {
			each = u256_mul64(&each, 2015);
		}
		each = u256_add(&each, &last_work);
		assert_int_equal(u256_cmp(&each, &sum), 0);
		if (height % 2016 == 0)
			first = h;
		last = h;
		last_work = sum;
		if (!strchr(row, '\n'))
			break;
	}
	assert_int_equal(changes, 206);
	free(text);
}

/* --- ASERT --- */

static void bitcoin_cash(struct params *p)
{
	memset(p, 0, sizeof(*p));
	p->retarget = RETARGET_ASERT;
	p->spacing_s = 600;
	p->asert_half_life_s = 172800;
	p->pow_limit = (struct u256){{UINT64_MAX, UINT64_MAX, UINT64_MAX,
				      UINT32_MAX}};
	p->pow_limit_bits = 0x1d00ffff;
}

static void asert_as_published(void **state)
{
	/* rows of runs 1 to 10; seconds since the anchor's parent, blocks since
	 * the anchor */
	static const struct {
		uint32_t anchor;
		int64_t time, blocks;
		uint32_t bits;
	} rows[] = {
		{0x1d00ffff, 1200, 1, 0x1d00ffff},
		{0x1d00ffff, 6600, 10, 0x1d00ffff},
		{0x1a2b3c4d, 1200, 1, 0x1a2b3c4d},
		{0x1a2b3c4d, 6600, 10, 0x1a2b3c4d},
		{0x01010000, 1200, 1, 0x01010000},
		{0x01010000, 6600, 10, 0x01010000},
		{0x01010000, 174000, 1, 0x01020000},
		{0x01010000, 5722800, 33, 0x05020000},
		{0x01010000, 13179000, 76, 0x0a100000},
		{0x01010000, 19594800, 113, 0x0f020000},
		{0x01010000, 26184000, 151, 0x14008000},
		{0x01010000, 39015600, 225, 0x1d00ffff},
		{0x1d00ffff, 0, 1, 0x1d00fec5},
		{0x1d00ffff, 0, 9217, 0x1900fec5},
		{0x1d00ffff, 0, 21601, 0x131fd8b0},
		{0x1d00ffff, 0, 32257, 0x0f00fec5},
		{0x1d00ffff, 0, 43201, 0x0a03fb16},
		{0x1d00ffff, 0, 64513, 0x01010000},
		{0x1802aee8, 1200, 1, 0x1802aee8},
		{0x1802aee8, 87370, 143, 0x1802b196},
		{0x1802aee8, 210886, 334, 0x1802cac1},
		{0x1802aee8, 302957, 501, 0x1802b3c7},
		{0x1802aee8, 407129, 667, 0x1802c09b},
		{0x1802aee8, 589738, 1000, 0x180291ad},
		{0x1802aee8, 1200, 1, 0x1802aee8},
		{0x1802aee8, 22262, 143, 0x18021314},
		{0x1802aee8, 27504, 334, 0x18015680},
		{0x1802aee8, 29608, 501, 0x1800e710},
		{0x1802aee8, 31316, 667, 0x18009c0e},
		{0x1802aee8, 33365, 1000, 0x17469789},
		{0x1802aee8, 1200, 1, 0x1802aee8},
		{0x1802aee8, 160932, 72, 0x18044ae2},
		{0x1802aee8, 800142, 167, 0x182c5c16},
		{0x1802aee8, 2118367, 251, 0x191c02ec},
		{0x1802aee8, 3648648, 334, 0x1a29851a},
		{0x1802aee8, 7462933, 500, 0x1d00ffff},
		{0x1802aee8, 900, 1, 0x1802ae16},
		{0x1802aee8, 3600, 10, 0x1802a6b7},
		{0x1802aee8, 1500, 1, 0x1802afbb},
		{0x1802aee8, 9600, 10, 0x1802b73d},
	};
	struct params p;

	bitcoin_cash(&p);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(retarget_asert(&p, rows[i].anchor,
						rows[i].time, rows[i].blocks),
				 rows[i].bits);
}

/* Little-endian digits of 16 bits: room for 2^256 * 2^17 shifted by 400. */
#define DIGITS 48

static void big_shift(uint32_t d[DIGITS], int by)
{
	for (; by > 0; by--) {
		for (int i = DIGITS - 1; i > 0; i--)
			d[i] = (d[i] << 1 | d[i - 1] >> 15) & 0xffff;
		d[0] = d[0] << 1 & 0xffff;
	}
	for (; by < 0; by++) {
		for (int i = 0; i < DIGITS; i++)
			d[i] = d[i] >> 1 | (i + 1 < DIGITS ? (d[i + 1] & 1) << 15
							   : 0);
	}
}

/* The specification's steps, one by one, with nothing cut off. */
static uint32_t asert_in_big_numbers(const struct params *p, uint32_t anchor,
				     int64_t time, int64_t blocks)
{
	int64_t x = (time - (int64_t)p->spacing_s * (blocks + 1)) * 65536 /
		    p->asert_half_life_s;
	int64_t shifts = x >= 0 ? x / 65536 : -((-x + 65535) / 65536);
	uint64_t f = (uint64_t)(x - shifts * 65536);
	uint64_t factor = 65536 + ((195766423245049u * f + 971821376u * f * f +
				    5127u * f * f * f + (1ull << 47)) >> 48);
	uint32_t d[DIGITS] = {0};
	struct u256 t = {{0}};
	uint64_t carry = 0;

	assert_true(target_from_bits(&t, anchor));
	for (int i = 0; i < 16; i++)
		d[i] = (uint32_t)(t.w[i / 4] >> (16 * (i % 4)) & 0xffff);
	for (int i = 0; i < DIGITS; i++) {
		carry += d[i] * factor;
		d[i] = (uint32_t)(carry & 0xffff);
		carry >>= 16;
	}
	big_shift(d, (int)shifts);
	big_shift(d, -16);
	t = u256_from(0);
	for (int i = DIGITS - 1; i >= 0; i--) {
		if (i >= 16 && d[i])
			return target_to_bits(&p->pow_limit);
		if (i < 16)
			t.w[i / 4] |= (uint64_t)d[i] << (16 * (i % 4));
	}
	if (u256_is_zero(&t))
		t = u256_from(1);
	if (u256_cmp(&t, &p->pow_limit) > 0)
		t = p->pow_limit;
	return target_to_bits(&t);
}

static void asert_in_more_than_256_bits(void **state)
{
	static const uint32_t anchors[] = {
		0x207fffff, 0x20400000, 0x2100ffff, 0x1f00ffff, 0x1d00ffff,
		0x1a2b3c4d, 0x03123456, 0x01010000,
	};
	uint64_t rnd = 3;
	struct params p;

	for (int k = 0; k < 20000; k++) {
		uint32_t anchor = anchors[random_next(&rnd) % 8];
		int64_t blocks, time;

		bitcoin_cash(&p);
		p.spacing_s = 1 + (uint32_t)(random_next(&rnd) % 700);
		p.asert_half_life_s = 1 + (uint32_t)(random_next(&rnd) % 200000);
		/* the largest limit that bits can state, and 2^255 */
		assert_true(target_from_bits(&p.pow_limit,
					     k % 2 ? 0x2100ffff : 0x207fffff));
		if (k % 2 == 0 && anchor == 0x2100ffff)
			anchor = 0x207fffff;
		blocks = (int64_t)(random_next(&rnd) % 100000);
		/* up to 300 half lives early or late */
		time = p.spacing_s * (blocks + 1) +
		       (int64_t)(random_next(&rnd) % 600000) *
		       p.asert_half_life_s / 1000 -
		       300 * (int64_t)p.asert_half_life_s;
		assert_int_equal(retarget_asert(&p, anchor, time, blocks),
				 asert_in_big_numbers(&p, anchor, time, blocks));
	}
}

static void asert_at_the_ends_of_its_arguments(void **state)
{
	struct params p;

	bitcoin_cash(&p);
	assert_int_equal(retarget_asert(&p, 0x1802aee8, INT64_MAX, 0), 0x1d00ffff);
	assert_int_equal(retarget_asert(&p, 0x1802aee8, INT64_MIN, 0), 0x01010000);
	assert_int_equal(retarget_asert(&p, 0x1802aee8, 0, INT64_MAX), 0x01010000);
	p.spacing_s = UINT32_MAX;
	p.asert_half_life_s = 1;
	assert_int_equal(retarget_asert(&p, 0x1802aee8, INT64_MIN, INT64_MAX),
			 0x01010000);
}

/* The anchor is the genesis block itself: on schedule nothing changes, a half
 * life late or early is a factor of two. */
static void asert_is_anchored_at_genesis(void **state)
{
	struct header mem[100];
	struct params p;
	struct chain c;

	bitcoin_cash(&p);
	assert_true(target_from_bits(&p.pow_limit, 0x207fffff));
	p.spacing_s = 15;
	p.asert_half_life_s = 600;
	chain_make(&c, mem, 100, 0x1f00ffff, 1700000000, 15);
	p.genesis = mem[0];
	assert_int_equal(next(&p, &c, 0, 0), 0x1f00ffff);
	assert_int_equal(next(&p, &c, 99, 0), 0x1f00ffff);
	mem[99].time += 600;
	assert_int_equal(next(&p, &c, 99, 0), 0x1f01fffe);
	mem[99].time -= 1200;
	assert_int_equal(next(&p, &c, 99, 0), 0x1e7fff80);
	/* only the parent's time counts, not the block's own */
	assert_int_equal(next(&p, &c, 99, UINT32_MAX), 0x1e7fff80);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(steps_of_mainnet),
		cmocka_unit_test(timespan_is_clamped_and_signed),
		cmocka_unit_test(an_easy_network_retargets_without_wrapping),
		cmocka_unit_test(a_period_is_measured_over_2015_intervals),
		cmocka_unit_test(minimum_difficulty_after_twenty_minutes),
		cmocka_unit_test(bip94_starts_from_the_first_bits_of_the_period),
		cmocka_unit_test(regtest_never_changes),
		cmocka_unit_test(mainnet_retargets_and_their_work),
		cmocka_unit_test(asert_as_published),
		cmocka_unit_test(asert_in_more_than_256_bits),
		cmocka_unit_test(asert_at_the_ends_of_its_arguments),
		cmocka_unit_test(asert_is_anchored_at_genesis),
	};

	return cmocka_run_group_tests_name("consensus retarget", tests, NULL,
					   NULL);
}
