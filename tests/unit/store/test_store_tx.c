/* SPDX-License-Identifier: MIT */
/* store: transactions, outputs and their spenders, scripts and their totals. */
#include "tests/unit/store/fixture.h"

#include "store/queries.h"
#include "store/store_check.h"
#include "store/store_script.h"
#include "store/store_tx.h"

static void put_tx(struct fixture *f, int64_t id, const struct txid *txid,
		   int64_t fee)
{
	const struct tx_row row = {
		.id = id,
		.txid = *txid,
		.height = 91722,
		.fee = fee,
		.weight = 400,
		.n_in = 1,
		.n_out = 2,
		.raw = bytes_of("raw", 3),
	};

	assert_int_equal(store_tx_insert(f->db, &row), ST_OK);
	assert_int_equal(store_tx_index(f->db, txid, id), ST_OK);
}

static void of_two_with_one_txid_the_later_is_found(void **state)
{
	struct fixture *f = *state;
	const struct txid txid = {hash_of(0xe3, 0xbf)};
	struct tx_row row;
	int64_t id;

	assert_int_equal(store_tx_id(f->db, &txid, &id), ST_NOT_FOUND);
	assert_int_equal(db_begin_write(f->db), ST_OK);
	put_tx(f, 10, &txid, -1);
	put_tx(f, 20, &txid, 5);
	assert_int_equal(db_commit(f->db), ST_OK);
	assert_int_equal(store_tx_id(f->db, &txid, &id), ST_OK);
	assert_int_equal(id, 20);
	assert_int_equal(store_tx_get(f->db, 10, &row), ST_OK);
	assert_int_equal(row.fee, -1);
	assert_int_equal(row.height, 91722);
	assert_memory_equal(&row.txid, &txid, 32);
	assert_true(bytes_equal(row.raw, bytes_of("raw", 3)));
	assert_int_equal(store_tx_head(f->db, 20, &row), ST_OK);
	assert_int_equal(row.fee, 5);

	assert_int_equal(db_begin_write(f->db), ST_OK);
	assert_int_equal(store_tx_unindex(f->db, &txid, 20), ST_OK);
	assert_int_equal(store_tx_unindex(f->db, &txid, 20), ST_CORRUPT);
	assert_int_equal(store_tx_id(f->db, &txid, &id), ST_OK);
	assert_int_equal(id, 10);
	assert_int_equal(db_commit(f->db), ST_OK);
}

static void hashes_are_stored_in_the_order_people_read(void **state)
{
	struct fixture *f = *state;
	static const struct db_sql look[] = {{"look", "SELECT txid FROM tx"}};
	const struct db_options opt = {
		.path = f->path,
		.mode = DB_READ,
		.application_id = 0x51756172,
		.sql = look,
		.n_sql = 1,
		.n_ladder = store_n_ladder,
	};
	const struct txid txid = {hash_of(0xaa, 0x11)};
	struct db_stmt *s;
	struct bytes b;
	struct db *db;

	assert_int_equal(db_begin_write(f->db), ST_OK);
	put_tx(f, 1, &txid, 0);
	assert_int_equal(db_commit(f->db), ST_OK);
	assert_int_equal(db_open(&db, &opt, f->error), ST_OK);
	s = db_use(db, 0);
	assert_int_equal(db_one_hold(s), ST_OK);
	b = db_col_blob(s, 0);
	assert_int_equal(b.len, 32);
	assert_int_equal(b.p[0], 0xaa);
	assert_int_equal(b.p[31], 0x11);
	db_close(db);
}

static void an_output_is_spent_once(void **state)
{
	struct fixture *f = *state;
	const struct txout_row put = {
		.tx = 1, .n = 0, .value = 5000000000, .script = 3};
	struct txout_row got;
	bool any;

	assert_int_equal(db_begin_write(f->db), ST_OK);
	assert_int_equal(store_txout_insert(f->db, &put), ST_OK);
	assert_int_equal(store_txout_any_unspent(f->db, 1, &any), ST_OK);
	assert_true(any);
	assert_int_equal(store_txout_spend(f->db, 1, 0, 9, 4), ST_OK);
	assert_int_equal(store_txout_spend(f->db, 1, 0, 9, 5), ST_CORRUPT);
	assert_int_equal(store_txout_spend(f->db, 1, 1, 9, 5), ST_CORRUPT);
	assert_int_equal(store_txout_get(f->db, 1, 0, &got), ST_OK);
	assert_int_equal(got.value, 5000000000);
	assert_int_equal(got.script, 3);
	assert_int_equal(got.spent_tx, 9);
	assert_int_equal(got.spent_n, 4);
	assert_int_equal(store_txout_any_unspent(f->db, 1, &any), ST_OK);
	assert_false(any);
	assert_int_equal(store_txout_unspend(f->db, 1, 0), ST_OK);
	assert_int_equal(store_txout_unspend(f->db, 1, 0), ST_CORRUPT);
	assert_int_equal(store_txout_get(f->db, 1, 0, &got), ST_OK);
	assert_int_equal(got.spent_tx, 0);
	db_rollback(f->db);
}

static void inputs_come_back_and_a_coinbase_has_no_parent(void **state)
{
	struct fixture *f = *state;
	const struct txin_row coinbase = {
		.tx = 1, .sequence = 0xffffffff, .sig_at = 42, .sig_len = 8};
	const struct txin_row other = {
		.tx = 2, .n = 1, .prev_tx = 1, .prev_n = 0xfffffffe};
	struct txin_row got;

	assert_int_equal(db_begin_write(f->db), ST_OK);
	assert_int_equal(store_txin_insert(f->db, &coinbase), ST_OK);
	assert_int_equal(store_txin_insert(f->db, &other), ST_OK);
	assert_int_equal(store_txin_get(f->db, 1, 0, &got), ST_OK);
	assert_int_equal(got.prev_tx, 0);
	assert_int_equal(got.sequence, 0xffffffff);
	assert_int_equal(got.sig_at, 42);
	assert_int_equal(got.sig_len, 8);
	assert_int_equal(store_txin_get(f->db, 2, 1, &got), ST_OK);
	assert_int_equal(got.prev_tx, 1);
	assert_int_equal(got.prev_n, 0xfffffffe);
	assert_int_equal(store_txin_get(f->db, 2, 0, &got), ST_NOT_FOUND);
	db_rollback(f->db);
}

static bool note(void *arg, int64_t id, const struct txid *txid,
		 struct bytes raw)
{
	int64_t *sum = arg;

	*sum += id;
	return id < 3;
}

static void a_range_is_walked_in_order_and_removed(void **state)
{
	struct fixture *f = *state;
	const struct txid txid = {hash_of(1, 1)};
	struct tx_row row;
	int64_t sum = 0;

	assert_int_equal(db_begin_write(f->db), ST_OK);
	for (int64_t id = 1; id <= 5; id++)
		put_tx(f, id, &txid, 0);
	assert_int_equal(store_tx_each_raw(f->db, 2, 5, note, &sum),
			 ST_CANCELLED);
	assert_int_equal(sum, 2 + 3);
	assert_int_equal(store_tx_delete_range(f->db, 2, 4), ST_OK);
	assert_int_equal(store_tx_head(f->db, 1, &row), ST_OK);
	assert_int_equal(store_tx_head(f->db, 2, &row), ST_NOT_FOUND);
	assert_int_equal(store_tx_head(f->db, 4, &row), ST_NOT_FOUND);
	assert_int_equal(store_tx_head(f->db, 5, &row), ST_OK);
	db_rollback(f->db);
}

static void scripts_with_one_key_are_told_apart(void **state)
{
	struct fixture *f = *state;
	struct script_row row = {
		.id = 1, .k = -5, .spk = bytes_of("\x51", 1), .kind = 0,
		.address = ""};
	int64_t id;

	assert_int_equal(store_script_max_id(f->db, &id), ST_OK);
	assert_int_equal(id, 0);
	assert_int_equal(db_begin_write(f->db), ST_OK);
	assert_int_equal(store_script_insert(f->db, &row), ST_OK);
	row.id = 2;
	row.spk = bytes_of("\x52", 1);
	row.address = "bc1qexample";
	assert_int_equal(store_script_insert(f->db, &row), ST_OK);
	row.id = 3;
	row.k = 4;
	row.spk = bytes_of("", 0);
	assert_int_equal(store_script_insert(f->db, &row), ST_OK);

	assert_int_equal(store_script_find(f->db, -5, bytes_of("\x52", 1), &id),
			 ST_OK);
	assert_int_equal(id, 2);
	assert_int_equal(store_script_find(f->db, -5, bytes_of("\x53", 1), &id),
			 ST_NOT_FOUND);
	assert_int_equal(store_script_find(f->db, 4, bytes_of("", 0), &id),
			 ST_OK);
	assert_int_equal(id, 3);
	assert_int_equal(store_script_by_key(f->db, -5, 1, &row), ST_OK);
	assert_int_equal(row.id, 2);
	assert_string_equal(row.address, "bc1qexample");
	assert_int_equal(store_script_by_key(f->db, -5, 2, &row), ST_NOT_FOUND);
	assert_int_equal(store_script_get(f->db, 1, &row), ST_OK);
	assert_string_equal(row.address, "");
	assert_int_equal(row.k, -5);
	db_rollback(f->db);
	assert_true(bytes_equal(row.spk, bytes_of("\x51", 1)));
}

/* The segments of the index by address, 2^18 ids each. */
static void every_segment_of_addresses_is_known(void **state)
{
	static const int64_t id[] = {1, (1 << 18) - 1, 1 << 18, (1 << 18) + 1,
				     2 << 18};
	struct fixture *f = *state;
	struct store_counts counts;

	assert_int_equal(db_begin_write(f->db), ST_OK);
	for (size_t i = 0; i < sizeof(id) / sizeof(id[0]); i++) {
		const struct script_row row = {
			.id = id[i], .k = 1, .spk = bytes_of("\x51", 1),
			.address = "bc1qexample"};

		assert_int_equal(store_script_insert(f->db, &row), ST_OK);
		assert_int_equal(store_counts(f->db, &counts), ST_OK);
		assert_int_equal(counts.n_lost, 0);
	}
	db_rollback(f->db);
}

static void totals_add_up_and_go_when_nothing_is_left(void **state)
{
	struct fixture *f = *state;
	const struct script_total_row fund = {
		.script = 7, .n_tx = 1, .n_funded = 2, .funded = 300};
	const struct script_total_row spend = {
		.script = 7, .n_tx = 1, .n_spent = 1, .spent = 100};
	const struct script_total_row unspend = {
		.script = 7, .n_tx = -1, .n_spent = -1, .spent = -100};
	const struct script_total_row unfund = {
		.script = 7, .n_tx = -1, .n_funded = -2, .funded = -300};
	struct script_total_row got;

	assert_int_equal(db_begin_write(f->db), ST_OK);
	assert_int_equal(store_script_total_add(f->db, &fund), ST_OK);
	assert_int_equal(store_script_total_add(f->db, &spend), ST_OK);
	assert_int_equal(store_script_total_get(f->db, 7, &got), ST_OK);
	assert_int_equal(got.n_tx, 2);
	assert_int_equal(got.funded - got.spent, 200);
	assert_int_equal(store_script_total_add(f->db, &unspend), ST_OK);
	assert_int_equal(store_script_total_get(f->db, 7, &got), ST_OK);
	assert_int_equal(got.funded, 300);
	assert_int_equal(got.n_spent, 0);
	assert_int_equal(store_script_total_add(f->db, &unfund), ST_OK);
	assert_int_equal(store_script_total_get(f->db, 7, &got), ST_NOT_FOUND);

	assert_int_equal(store_history_insert(f->db, 7, 1), ST_OK);
	assert_int_equal(store_history_insert(f->db, 7, 1), ST_DENIED);
	assert_int_equal(store_history_delete(f->db, 7, 1), ST_OK);
	assert_int_equal(store_history_delete(f->db, 7, 1), ST_NOT_FOUND);
	db_rollback(f->db);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(of_two_with_one_txid_the_later_is_found),
		T(hashes_are_stored_in_the_order_people_read),
		T(an_output_is_spent_once),
		T(inputs_come_back_and_a_coinbase_has_no_parent),
		T(a_range_is_walked_in_order_and_removed),
		T(scripts_with_one_key_are_told_apart),
		T(every_segment_of_addresses_is_known),
		T(totals_add_up_and_go_when_nothing_is_left),
	};

	return cmocka_run_group_tests_name("store_tx", tests, NULL, NULL);
}
