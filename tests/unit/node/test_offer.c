/* SPDX-License-Identifier: MIT */
/* Blocks that nobody asked for. */
#include "tests/unit/node/labblock.h"

#include "node/chain/offer.h"

static void only_branches_near_the_tip_are_taken(void **state)
{
	struct lab *l = lab_open("regtest", OFFER_BEHIND_BLOCKS + 20);
	struct made_block old, near;
	struct block_result r;
	struct block_info at;

	(void)state;
	/* work of heights 1..2 against 164, and of heights 1..100 */
	assert_int_equal(query_block_at(l->n, 1, &at), ST_OK);
	block_on(l, &old, &at.id);
	old.extra = 7;
	block_make(&old);
	assert_int_equal(query_block_at(l->n, 100, &at), ST_OK);
	block_on(l, &near, &at.id);
	near.extra = 7;
	block_make(&near);
	assert_int_equal(node_offer_block(l->n, old.raw.p, old.raw.len,
					  "stranger", &r), ST_OK);
	assert_int_equal(r.verdict.code, V_TOO_LITTLE_WORK);
	assert_int_equal(query_block(l->n, &old.id, &at), ST_NOT_FOUND);
	assert_int_equal(node_offer_block(l->n, near.raw.p, near.raw.len,
					  "stranger", &r), ST_OK);
	assert_int_equal(r.verdict.code, VALID);
	assert_int_equal(query_block(l->n, &near.id, &at), ST_OK);
	/* asked for, it is taken all the same */
	r = block_give(l, &old);
	assert_int_equal(r.verdict.code, VALID);
	/* and then it is known */
	assert_int_equal(node_offer_block(l->n, old.raw.p, old.raw.len,
					  "stranger", &r), ST_OK);
	assert_int_equal(r.verdict.code, VALID);
	block_drop(&old);
	block_drop(&near);
	lab_close(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_branches_near_the_tip_are_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
