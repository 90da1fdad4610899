/* SPDX-License-Identifier: MIT */
/* db: values in and out of statements, and wrong use of them. */
#include "tests/unit/db/fixture.h"

/* As db_internal.h decides for builds with a sanitizer. */
#if defined(__SANITIZE_ADDRESS__)
#define CATCHES_LEAKS 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define CATCHES_LEAKS 1
#endif
#endif
#ifndef CATCHES_LEAKS
#define CATCHES_LEAKS 0
#endif

static void an_empty_blob_is_not_null(void **state)
{
	struct fixture *f = *state;
	struct db_stmt *s;

	assert_int_equal(db_begin_write(f->db), ST_OK);
	s = db_use(f->db, Q_PUT);
	db_bind_int(s, 1, 7);
	db_bind_blob(s, 2, NULL, 0);
	assert_int_equal(db_run(s), ST_OK);
	s = db_use(f->db, Q_PUT);
	db_bind_int(s, 1, 8);
	db_bind_null(s, 2);
	assert_int_equal(db_run(s), ST_OK);
	s = db_use(f->db, Q_GET);
	db_bind_int(s, 1, 7);
	assert_int_equal(db_one(s), ST_OK);
	assert_false(db_col_is_null(s, 1));
	assert_int_equal(db_col_blob(s, 1).len, 0);
	db_reset(s);
	s = db_use(f->db, Q_GET);
	db_bind_int(s, 1, 8);
	assert_int_equal(db_one(s), ST_OK);
	assert_true(db_col_is_null(s, 1));
	assert_string_equal(db_col_text(s, 1), "");
	db_reset(s);
	assert_int_equal(db_commit(f->db), ST_OK);
}

static void a_held_row_outlives_the_transaction(void **state)
{
	struct fixture *f = *state;
	struct db_stmt *s;

	assert_int_equal(db_begin_write(f->db), ST_OK);
	assert_int_equal(put(f->db, 5, "held"), ST_OK);
	s = db_use(f->db, Q_GET);
	db_bind_int(s, 1, 5);
	assert_int_equal(db_one_hold(s), ST_OK);
	db_rollback(f->db);
	assert_int_equal(db_col_int(s, 0), 5);
	assert_true(bytes_equal(db_col_blob(s, 1), bytes_of("held", 4)));
	assert_string_equal(db_col_text(s, 1), "held");
	assert_false(db_col_is_null(s, 1));
}

static void a_table_that_the_file_lacks_is_corruption(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(db_one(db_use(f->db, Q_NO_TABLE)), ST_CORRUPT);
	assert_non_null(strstr(db_error(f->db), "absent"));
}

static void bug_syntax(struct fixture *f)
{
	db_use(f->db, Q_SYNTAX);
}

static void bug_two(struct fixture *f)
{
	db_use(f->db, Q_TWO);
}

static void bug_unbound(struct fixture *f)
{
	struct db_stmt *s = db_use(f->db, Q_GET);

	if (db_one(s))
		db_reset(s);
}

static void bug_parameter(struct fixture *f)
{
	db_bind_int(db_use(f->db, Q_GET), 2, 0);
}

static void bug_column(struct fixture *f)
{
	struct db_stmt *s = db_use(f->db, Q_COUNT);

	if (db_one(s) == ST_OK)
		db_col_int(s, 1);
}

static void bug_no_row(struct fixture *f)
{
	db_col_int(db_use(f->db, Q_COUNT), 0);
}

static void bug_write_outside(struct fixture *f)
{
	if (put(f->db, 1, "a"))
		return;
}

static void bug_nested(struct fixture *f)
{
	if (db_begin_write(f->db) == ST_OK && db_begin_read(f->db) == ST_OK)
		return;
}

static void bug_leak(struct fixture *f)
{
	if (db_begin_read(f->db) == ST_OK &&
	    db_one(db_use(f->db, Q_COUNT)) == ST_OK &&
	    db_commit(f->db) == ST_OK)
		return;
}

static void wrong_use_aborts_and_names_the_statement(void **state)
{
	struct fixture *f = *state;

	db_close(f->db);
	f->db = NULL;
	assert_true(aborts_saying(f, bug_syntax, "statement syntax"));
	assert_true(aborts_saying(f, bug_two, "statement two"));
	assert_true(aborts_saying(f, bug_unbound, "statement get"));
	assert_true(aborts_saying(f, bug_parameter, "no parameter 2"));
	assert_true(aborts_saying(f, bug_column, "no column 1"));
	assert_true(aborts_saying(f, bug_no_row, "statement count has no row"));
	assert_true(aborts_saying(f, bug_write_outside,
				  "put writes outside a write transaction"));
	assert_true(aborts_saying(f, bug_nested, "TXN_NONE"));
#if CATCHES_LEAKS
	assert_true(aborts_saying(f, bug_leak, "statement count was not reset"));
#else
	(void)bug_leak;
#endif
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(an_empty_blob_is_not_null),
		T(a_held_row_outlives_the_transaction),
		T(a_table_that_the_file_lacks_is_corruption),
		T(wrong_use_aborts_and_names_the_statement),
	};

	return cmocka_run_group_tests_name("db_stmt", tests, NULL, NULL);
}
