/* SPDX-License-Identifier: MIT */
/* store: the file as a whole, its statements and settings. */
#include "tests/unit/store/fixture.h"

#include "store/queries.h"

static void every_statement_fits_the_schema(void **state)
{
	struct fixture *f = *state;

	/* db_use aborts on one that does not compile. */
	for (int i = 0; i < SQL_STORE_COUNT; i++)
		assert_non_null(db_use(f->db, i));
}

static void a_setting_is_what_was_put_last(void **state)
{
	struct fixture *f = *state;
	const char *value;
	int64_t n;

	assert_int_equal(store_setting_get(f->db, "network", &value),
			 ST_NOT_FOUND);
	assert_int_equal(db_begin_write(f->db), ST_OK);
	assert_int_equal(store_setting_put(f->db, "network", "main"), ST_OK);
	assert_int_equal(store_setting_put(f->db, "network", "regtest"), ST_OK);
	assert_int_equal(store_setting_put_int(f->db, "next_tx_id", INT64_MIN),
			 ST_OK);
	assert_int_equal(db_commit(f->db), ST_OK);
	assert_int_equal(store_setting_get(f->db, "network", &value), ST_OK);
	assert_string_equal(value, "regtest");
	assert_int_equal(store_setting_int(f->db, "next_tx_id", &n), ST_OK);
	assert_true(n == INT64_MIN);
	assert_int_equal(store_setting_int(f->db, "network", &n), ST_CORRUPT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(every_statement_fits_the_schema),
		T(a_setting_is_what_was_put_last),
	};

	return cmocka_run_group_tests_name("store", tests, NULL, NULL);
}
