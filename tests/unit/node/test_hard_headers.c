/* SPDX-License-Identifier: MIT */
/* Headers of chains with little work are not stored, yet lead to a chain that
 * has it. */
#include "tests/unit/node/hard.h"

#include "node/chain/presync.h"
#include "node/core/priv.h"
#include "store/store_block.h"

#define LENGTH (2 * HEADERS_FULL + 500)

struct peers {
	struct lab *l;
	struct presync *sync;		/* of the one that speaks */
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

	presync_free(p->sync);
	lab_close(p->l);
	free(p);
	return 0;
}

/* What the peer sends, and what is to be done then: after the header `after` of
 * its chain more is wanted, or nothing (-1). */
static enum verdict_code give(struct peers *p, const uint8_t *chain,
			      size_t from, size_t count, long after)
{
	struct headers_answer a;

	assert_int_equal(node_take_headers(p->l->n, &p->sync,
					   chain + from * HEADER_SIZE, count,
					   "peer", &a), ST_OK);
	assert_int_equal(a.held && a.more, after >= 0);
	if (after > 0) {
		struct blkid id;

		header_hash_raw(&id, chain + ((size_t)after - 1) * HEADER_SIZE);
		assert_memory_equal(&a.after, &id, 32);
	}
	if (after == 0)
		assert_memory_equal(&a.after, &p->l->n->params.genesis_id, 32);
	return a.verdict.code;
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

#define FULL HEADERS_FULL

static void a_short_chain_is_refused(void **state)
{
	struct peers *p = *state;
	struct verdict v;
	size_t n;

	assert_int_equal(give(p, p->honest, 0, 1, -1), V_TOO_LITTLE_WORK);
	assert_int_equal(give(p, p->honest, 0, FULL - 1, -1), V_TOO_LITTLE_WORK);
	assert_int_equal(give(p, p->honest, 0, FULL, FULL), VALID);
	assert_int_equal(give(p, p->honest, FULL, 300, -1), V_TOO_LITTLE_WORK);
	/* it is forgotten then */
	assert_int_equal(give(p, p->honest, FULL, FULL, -1), V_PREV_NOT_FOUND);
	assert_null(p->sync);
	assert_false(is_known(p, p->honest, 0));
	/* who remembers nothing of a peer takes no part of a chain */
	assert_int_equal(node_accept_headers(p->l->n, p->honest, FULL, "peer",
					     &n, &v), ST_OK);
	assert_int_equal(v.code, V_TOO_LITTLE_WORK);
	assert_int_equal(n, 0);
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
	assert_int_equal(give(p, bad, 0, FULL, -1), V_HIGH_HASH);
	/* one left out */
	memcpy(bad, p->honest, sizeof(p->honest));
	memmove(bad + 10 * HEADER_SIZE, bad + 11 * HEADER_SIZE,
		(FULL - 11) * HEADER_SIZE);
	assert_int_equal(give(p, bad, 0, FULL - 1, -1), V_PREV_NOT_FOUND);
	assert_false(is_known(p, p->honest, 0));
	free(bad);
}

static void show_the_work(struct peers *p)
{
	assert_int_equal(give(p, p->honest, 0, FULL, FULL), VALID);
	assert_int_equal(give(p, p->honest, FULL, FULL, 2 * FULL), VALID);
	assert_false(is_known(p, p->honest, 0));
	/* it has the work: all of it again */
	assert_int_equal(give(p, p->honest, 2 * FULL, 500, 0), VALID);
	assert_false(is_known(p, p->honest, 0));
}

static void other_headers_the_second_time_are_not_stored(void **state)
{
	struct peers *p = *state;
	struct headers_answer a;

	show_the_work(p);
	/* whose secret bits are right by chance, if at all; in the end the other
	 * chain has no work left to show */
	assert_int_equal(give(p, p->honest, 0, FULL, FULL), VALID);
	assert_int_equal(node_take_headers(p->l->n, &p->sync,
					   p->other + FULL * HEADER_SIZE, FULL,
					   "peer", &a), ST_OK);
	assert_false(is_known(p, p->other, FULL + 8));
	assert_false(is_known(p, p->honest, 0));
}

static void a_long_chain_is_stored_when_it_has_the_work(void **state)
{
	struct peers *p = *state;

	presync_free(p->sync);
	p->sync = NULL;
	show_the_work(p);
	/* none is stored until the whole has come again */
	assert_int_equal(give(p, p->honest, 0, FULL, FULL), VALID);
	assert_int_equal(give(p, p->honest, FULL, FULL, 2 * FULL), VALID);
	assert_false(is_known(p, p->honest, 0));
	assert_int_equal(give(p, p->honest, 2 * FULL, 500, -1), VALID);
	assert_null(p->sync);
	assert_true(is_known(p, p->honest, 0));
	assert_true(is_known(p, p->honest, LENGTH - 1));
	assert_false(is_known(p, p->other, FULL + 8));
	/* what is stored may be given again; what has the work goes in at once */
	assert_int_equal(give(p, p->honest, 0, 5, -1), VALID);
	assert_int_equal(give(p, p->other, FULL, LENGTH - FULL, -1), VALID);
	assert_true(is_known(p, p->other, LENGTH - 1));
}

/* A hundred thousand headers that lead to nothing leave nothing behind. */
static void a_flood_of_little_work_is_not_remembered(void **state)
{
	struct peers *p = *state;
	uint8_t *raw = malloc((size_t)FULL * HEADER_SIZE);
	struct u256 needed = p->l->n->params.min_chainwork;
	struct header h = p->l->n->params.genesis;

	assert_non_null(raw);
	presync_free(p->sync);
	p->sync = NULL;
	p->l->n->params.min_chainwork = u256_from(UINT64_C(1) << 40);
	h.prev = p->l->n->params.genesis_id;
	h.time += 77;
	for (size_t given = 0; given < 100000; given += FULL) {
		struct headers_answer a;

		for (size_t i = 0; i < FULL; i++) {
			struct u256 target;
			struct blkid id;

			assert_true(target_from_bits(&target, h.bits));
			do {
				h.nonce++;
				header_hash(&id, &h);
			} while (!target_met(&id, &target));
			header_write(raw + i * HEADER_SIZE, &h);
			h.prev = id;
			h.time++;
		}
		assert_int_equal(node_take_headers(p->l->n, &p->sync, raw, FULL,
						   "peer", &a), ST_OK);
		assert_int_equal(a.verdict.code, VALID);
		assert_int_equal(a.stored, 0);
		assert_true(a.held && a.more);
	}
	/* it has no more: forgotten */
	assert_int_equal(give(p, raw, 0, 1, -1), V_PREV_NOT_FOUND);
	assert_false(is_known(p, raw, 0));
	assert_false(is_known(p, raw, FULL - 1));
	presync_free(p->sync);
	p->sync = NULL;
	p->l->n->params.min_chainwork = needed;
	free(raw);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_short_chain_is_refused),
		cmocka_unit_test(what_has_no_work_is_not_held),
		cmocka_unit_test(a_flood_of_little_work_is_not_remembered),
		cmocka_unit_test(other_headers_the_second_time_are_not_stored),
		cmocka_unit_test(a_long_chain_is_stored_when_it_has_the_work),
	};

	return cmocka_run_group_tests_name("hard_headers", tests, peers_begin,
					   peers_end);
}
