/* SPDX-License-Identifier: MIT */
/* Headers of chains with little work are not stored, yet lead to a chain that
 * has it. */
#include "tests/unit/node/hard.h"

#include "node/headers.h"
#include "node/priv.h"
#include "store/store_block.h"

#define LENGTH (2 * HEADERS_FULL + 500)

struct peers {
	struct lab *l;
	uint8_t honest[LENGTH * HEADER_SIZE];
	uint8_t other[LENGTH * HEADER_SIZE];	/* leaves it in the middle */
};

static void make_headers(uint8_t *raw, size_t from, struct header h,
			 uint32_t time)
{
	struct u256 target;
	struct blkid id;

	assert_true(target_from_bits(&target, h.bits));
	for (size_t i = from; i < LENGTH; i++) {
		if (i)
			header_hash_raw(&h.prev, raw + (i - 1) * HEADER_SIZE);
		h.version = 0x20000000;
		h.time = time + (uint32_t)i;
		do {
			h.nonce++;
			header_hash(&id, &h);
		} while (!target_met(&id, &target));
		header_write(raw + i * HEADER_SIZE, &h);
	}
}

static int peers_begin(void **state)
{
	struct peers *p = calloc(1, sizeof(*p));
	struct header h;

	assert_non_null(p);
	p->l = lab_open("regtest", 0);
	h = p->l->n->params.genesis;
	h.prev = p->l->n->params.genesis_id;
	make_headers(p->honest, 0, h, h.time + 1);
	memcpy(p->other, p->honest, sizeof(p->honest));
	header_read(&h, p->other);
	make_headers(p->other, HEADERS_FULL + 7, h, h.time + 9);
	/* genesis has 2, each header 2 more */
	p->l->n->params.min_chainwork = u256_from(2 * (2 * HEADERS_FULL + 400));
	*state = p;
	return 0;
}

static int peers_end(void **state)
{
	struct peers *p = *state;

	lab_close(p->l);
	free(p);
	return 0;
}

static enum verdict_code give(struct peers *p, const uint8_t *chain,
			      size_t from, size_t count, size_t accepted)
{
	struct verdict v;
	size_t n;

	assert_int_equal(node_accept_headers(p->l->n, chain + from * HEADER_SIZE,
					     count, "peer", &n, &v), ST_OK);
	assert_int_equal(n, accepted);
	return v.code;
}

static bool is_known(struct peers *p, const uint8_t *chain, size_t i)
{
	struct block_row row;
	struct blkid id;
	enum status st;
	bool own;

	header_hash_raw(&id, chain + i * HEADER_SIZE);
	assert_int_equal(node_read_begin(p->l->n, &own), ST_OK);
	st = store_block_by_hash(p->l->n->db, &id, &row);
	node_read_end(p->l->n, own);
	return st == ST_OK;
}

static void a_short_chain_is_refused(void **state)
{
	struct peers *p = *state;

	assert_int_equal(give(p, p->honest, 0, 1, 0), V_TOO_LITTLE_WORK);
	assert_int_equal(give(p, p->honest, 0, HEADERS_FULL - 1, 0),
			 V_TOO_LITTLE_WORK);
	assert_int_equal(give(p, p->honest, 0, HEADERS_FULL, HEADERS_FULL),
			 VALID);
	assert_int_equal(give(p, p->honest, HEADERS_FULL, 300, 0),
			 V_TOO_LITTLE_WORK);
	/* it is forgotten then */
	assert_int_equal(give(p, p->honest, HEADERS_FULL, HEADERS_FULL, 0),
			 V_PREV_NOT_FOUND);
	assert_false(is_known(p, p->honest, 0));
}

static void what_has_no_work_is_not_held(void **state)
{
	struct peers *p = *state;
	uint8_t *bad = malloc(sizeof(p->honest));
	struct u256 target;
	struct blkid id;

	assert_non_null(bad);
	memcpy(bad, p->honest, sizeof(p->honest));
	assert_true(target_from_bits(&target, 0x207fffff));
	do {
		bad[100 * HEADER_SIZE + 76]++;
		header_hash_raw(&id, bad + 100 * HEADER_SIZE);
	} while (target_met(&id, &target));
	assert_int_equal(give(p, bad, 0, HEADERS_FULL, 0), V_HIGH_HASH);
	/* one left out */
	memcpy(bad, p->honest, sizeof(p->honest));
	memmove(bad + 10 * HEADER_SIZE, bad + 11 * HEADER_SIZE,
		(HEADERS_FULL - 11) * HEADER_SIZE);
	assert_int_equal(give(p, bad, 0, HEADERS_FULL - 1, 0), V_PREV_NOT_FOUND);
	assert_false(is_known(p, p->honest, 0));
	free(bad);
}

/* Two peers give the same; a third leaves their chain in the middle. */
static void a_long_chain_is_stored_when_it_has_the_work(void **state)
{
	struct peers *p = *state;
	const size_t full = HEADERS_FULL;

	assert_int_equal(give(p, p->honest, 0, full, full), VALID);
	assert_int_equal(give(p, p->honest, 0, full, full), VALID);
	assert_int_equal(give(p, p->honest, full, full, full), VALID);
	assert_int_equal(give(p, p->other, full, full, full), VALID);
	assert_int_equal(give(p, p->honest, full, full, full), VALID);
	assert_false(is_known(p, p->honest, 0));
	assert_int_equal(give(p, p->other, 2 * full, 300, 0),
			 V_TOO_LITTLE_WORK);
	assert_int_equal(give(p, p->honest, 2 * full, 500, 500), VALID);
	assert_true(is_known(p, p->honest, 0));
	assert_true(is_known(p, p->honest, LENGTH - 1));
	assert_false(is_known(p, p->other, full + 7));
	/* what is stored may be given again; what has the work goes in at once */
	assert_int_equal(give(p, p->honest, 0, 5, 5), VALID);
	assert_int_equal(give(p, p->other, full, LENGTH - full, LENGTH - full),
			 VALID);
	assert_true(is_known(p, p->other, LENGTH - 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_short_chain_is_refused),
		cmocka_unit_test(what_has_no_work_is_not_held),
		cmocka_unit_test(a_long_chain_is_stored_when_it_has_the_work),
	};

	return cmocka_run_group_tests_name("hard_headers", tests, peers_begin,
					   peers_end);
}
