/* SPDX-License-Identifier: MIT */
/* store: blocks, branches, the active chain. */
#include "tests/unit/store/fixture.h"

#include "store/store_block.h"

/* A block of this height, parent and work; its hash begins with `name`. */
static struct block_row add(struct fixture *f, uint8_t name, int64_t prev_id,
			    uint32_t height, uint64_t work,
			    enum block_status status)
{
	struct block_row row = {
		.prev_id = prev_id,
		.hash = {hash_of(name, 1)},
		.header = {.version = -2,
			   .prev = {hash_of(9, 9)},
			   .merkle_root = hash_of(8, 8),
			   .time = 0xffffffff,
			   .bits = 0x1d00ffff,
			   .nonce = 0xfffffffe},
		.height = height,
		.mtp = 1231006505,
		.chainwork = u256_from(work),
		.status = status,
		.fees = -1,
		.received_at = 7,
	};

	assert_int_equal(store_block_insert(f->db, &row, "test"), ST_OK);
	assert_int_not_equal(row.id, 0);
	return row;
}

static void a_block_comes_back_as_it_was_put(void **state)
{
	struct fixture *f = *state;
	struct block_row put, got;

	assert_int_equal(db_begin_write(f->db), ST_OK);
	put = add(f, 1, 0, 0, 5, BLOCK_HEADER);
	assert_int_equal(store_block_by_hash(f->db, &put.hash, &got), ST_OK);
	assert_memory_equal(&got.hash, &put.hash, 32);
	assert_memory_equal(&got.header, &put.header, sizeof(put.header));
	assert_int_equal(got.prev_id, 0);
	assert_int_equal(got.n_tx, 0);
	assert_int_equal(got.fees, -1);
	assert_int_equal(got.first_tx, 0);
	assert_int_equal(u256_cmp(&got.chainwork, &put.chainwork), 0);

	put.n_tx = 3;
	put.size = 1000;
	put.weight = 4000;
	put.status = BLOCK_STORED;
	assert_int_equal(store_block_set_data(f->db, &put), ST_OK);
	put.status = BLOCK_CONNECTED;
	put.fees = 0;
	put.first_tx = 17;
	assert_int_equal(store_block_set_chain(f->db, &put), ST_OK);
	assert_int_equal(store_block_by_id(f->db, put.id, &got), ST_OK);
	assert_int_equal(got.n_tx, 3);
	assert_int_equal(got.size, 1000);
	assert_int_equal(got.weight, 4000);
	assert_int_equal(got.fees, 0);
	assert_int_equal(got.first_tx, 17);
	assert_int_equal(got.status, BLOCK_CONNECTED);

	assert_int_equal(store_block_insert(f->db, &put, "again"), ST_DENIED);
	assert_int_equal(store_block_set_status(f->db, 999, BLOCK_STALE),
			 ST_CORRUPT);
	assert_int_equal(store_block_by_id(f->db, 999, &got), ST_NOT_FOUND);
	assert_int_equal(db_commit(f->db), ST_OK);
}

static void the_active_chain_is_what_was_pushed(void **state)
{
	struct fixture *f = *state;
	struct block_row a, b, got;

	assert_int_equal(store_block_tip(f->db, &got), ST_NOT_FOUND);
	assert_int_equal(db_begin_write(f->db), ST_OK);
	a = add(f, 1, 0, 0, 1, BLOCK_CONNECTED);
	b = add(f, 2, a.id, 1, 2, BLOCK_CONNECTED);
	assert_int_equal(store_chain_push(f->db, 0, a.id), ST_OK);
	assert_int_equal(store_chain_push(f->db, 1, b.id), ST_OK);
	assert_int_equal(store_chain_push(f->db, 1, a.id), ST_DENIED);
	assert_int_equal(store_block_tip(f->db, &got), ST_OK);
	assert_int_equal(got.id, b.id);
	assert_int_equal(store_block_by_height(f->db, 0, &got), ST_OK);
	assert_int_equal(got.id, a.id);
	assert_int_equal(store_chain_pop(f->db, 1), ST_OK);
	assert_int_equal(store_chain_pop(f->db, 1), ST_CORRUPT);
	assert_int_equal(store_block_by_height(f->db, 1, &got), ST_NOT_FOUND);
	assert_int_equal(store_block_tip(f->db, &got), ST_OK);
	assert_int_equal(got.id, a.id);
	assert_int_equal(db_commit(f->db), ST_OK);
}

static void candidates_come_by_work_then_by_arrival(void **state)
{
	struct fixture *f = *state;
	struct u256 than = u256_from(10);
	struct block_row got, first, second, most;
	int64_t ids[9];
	int n;

	assert_int_equal(db_begin_write(f->db), ST_OK);
	add(f, 1, 0, 5, 10, BLOCK_STORED);	/* not more */
	first = add(f, 2, 0, 6, 12, BLOCK_STORED);
	second = add(f, 3, 0, 6, 12, BLOCK_STALE);
	most = add(f, 4, 0, 7, 300, BLOCK_STORED); /* 300 > 12 as numbers only */
	add(f, 5, 0, 7, 400, BLOCK_INVALID);
	add(f, 6, 0, 7, 400, BLOCK_CONNECTED);
	add(f, 7, 0, 9, 500, BLOCK_HEADER);
	assert_int_equal(store_block_candidates(f->db, &than, 0, ids, 9, &n),
			 ST_OK);
	assert_int_equal(n, 3);
	assert_int_equal(ids[0], most.id);
	assert_int_equal(ids[1], first.id);
	assert_int_equal(ids[2], second.id);
	assert_int_equal(store_block_candidates(f->db, &than, 1, ids, 1, &n),
			 ST_OK);
	assert_int_equal(n, 1);
	assert_int_equal(ids[0], first.id);
	assert_int_equal(store_block_candidates(f->db, &than, 3, ids, 9, &n),
			 ST_OK);
	assert_int_equal(n, 0);
	assert_int_equal(store_block_best_header(f->db, &got), ST_OK);
	assert_int_equal(u256_cmp(&got.chainwork, &(struct u256){{500}}), 0);
	db_rollback(f->db);
}

static void tips_are_the_blocks_without_children(void **state)
{
	struct fixture *f = *state;
	struct block_row g, a, b, c, rows[8];
	int64_t ids[4];
	int n;

	assert_int_equal(db_begin_write(f->db), ST_OK);
	g = add(f, 1, 0, 0, 1, BLOCK_CONNECTED);
	a = add(f, 2, g.id, 1, 2, BLOCK_CONNECTED);
	b = add(f, 3, g.id, 1, 2, BLOCK_STALE);
	c = add(f, 4, b.id, 2, 3, BLOCK_INVALID);
	assert_int_equal(store_chain_push(f->db, 0, g.id), ST_OK);
	assert_int_equal(store_chain_push(f->db, 1, a.id), ST_OK);
	assert_int_equal(store_block_tips(f->db, rows, 8, &n), ST_OK);
	assert_int_equal(n, 2);
	assert_int_equal(rows[0].id, c.id);
	assert_int_equal(rows[1].id, a.id);
	assert_int_equal(store_block_tips(f->db, rows, 1, &n), ST_OK);
	assert_int_equal(n, 1);
	assert_int_equal(store_block_children(f->db, g.id, 0, ids, 4, &n), ST_OK);
	assert_int_equal(n, 2);
	assert_int_equal(ids[0], a.id);
	assert_int_equal(ids[1], b.id);
	db_rollback(f->db);
}

static void raw_bytes_outlive_the_transaction(void **state)
{
	struct fixture *f = *state;
	struct bytes raw;

	assert_int_equal(db_begin_write(f->db), ST_OK);
	assert_int_equal(store_block_data_put(f->db, 4, "raw\0bytes", 9), ST_OK);
	assert_int_equal(store_block_data_put(f->db, 4, "again", 5), ST_OK);
	assert_int_equal(store_block_data_get(f->db, 4, &raw), ST_OK);
	db_rollback(f->db);
	assert_true(bytes_equal(raw, bytes_of("raw\0bytes", 9)));
	assert_int_equal(store_block_data_get(f->db, 4, &raw), ST_NOT_FOUND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_block_comes_back_as_it_was_put),
		T(the_active_chain_is_what_was_pushed),
		T(candidates_come_by_work_then_by_arrival),
		T(tips_are_the_blocks_without_children),
		T(raw_bytes_outlive_the_transaction),
	};

	return cmocka_run_group_tests_name("store_block", tests, NULL, NULL);
}
