/* SPDX-License-Identifier: MIT */
/* On a chain whose difficulty moves, the branch with more work is the chain, not
 * the one with more blocks. */
#include "tests/unit/node/labblock.h"

#include "base/clock.h"
#include "consensus/retarget.h"

struct headers {
	struct header at[64];
};

static enum status header_at(void *arg, uint32_t height, struct header *out)
{
	const struct headers *h = arg;

	*out = h->at[height];
	return ST_OK;
}

/* An own chain that adjusts within a minute. */
static struct lab *open_own(struct params *p)
{
	char error[PARAMS_ERROR_SIZE];
	struct buf text;
	struct lab *l;
	char line[40];

	params_own_defaults(p, "more-work");
	p->asert_half_life_s = 60;
	p->genesis.bits = 0x2000ffff;
	p->genesis.time = (uint32_t)clock_wall_s() - 10 * 86400;
	snprintf(p->genesis_message, sizeof(p->genesis_message), "a test");
	buf_init(&text, 1 << 16);
	params_write(&text, p);
	assert_int_equal(buf_status(&text), ST_OK);
	assert_int_equal(params_parse(p, buf_str(&text), text.len, error),
			 ST_NOT_FOUND);
	assert_true(params_genesis_search(p, 0, 10000000));
	snprintf(line, sizeof(line), "genesis_nonce = %u\n", p->genesis.nonce);
	buf_add(&text, line, strlen(line));
	if (params_parse(p, buf_str(&text), text.len, error) != ST_OK)
		fail_msg("%s", error);
	l = lab_open_chain(p, buf_str(&text), text.len, 0);
	buf_free(&text);
	return l;
}

/* n blocks from the genesis block on, `gap` seconds apart. */
static struct u256 give_branch(struct lab *l, const struct params *p, uint32_t n,
			       uint32_t gap, struct blkid *tip)
{
	struct headers h = {.at = {p->genesis}};
	struct block_info info;
	struct made_block b;

	*tip = p->genesis_id;
	for (uint32_t i = 1; i <= n; i++) {
		struct chain_view view = {header_at, &h, i - 1, h.at[i - 1]};
		struct block_result r;

		block_on(l, &b, tip);
		b.extra = gap;
		b.time = h.at[i - 1].time + gap;
		assert_int_equal(retarget_next_bits(p, &view, b.time, &b.bits),
				 ST_OK);
		block_make(&b);
		r = block_give(l, &b);
		if (r.verdict.code != VALID)
			fail_msg("%s", verdict_name(r.verdict.code));
		header_read(&h.at[i], b.raw.p);
		*tip = b.id;
		block_drop(&b);
	}
	assert_int_equal(query_block(l->n, tip, &info), ST_OK);
	return info.chainwork;
}

static void fewer_blocks_with_more_work_win(void **state)
{
	struct params p;
	struct lab *l = open_own(&p);
	struct blkid slow, quick, less;
	struct u256 much, more;

	(void)state;
	much = give_branch(l, &p, 20, 600, &slow);
	lab_tip_is(l, &slow);
	/* one a second: each is harder than the one before */
	more = give_branch(l, &p, 12, 1, &quick);
	assert_true(u256_cmp(&more, &much) > 0);
	lab_tip_is(l, &quick);
	lab_verify(l);
	/* and a longer one with less work is left beside */
	give_branch(l, &p, 25, 601, &less);
	lab_tip_is(l, &quick);
	lab_close(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fewer_blocks_with_more_work_win),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
