/* SPDX-License-Identifier: MIT */
/* db: transactions, locks, full disks, the log, checks. */
#include "tests/unit/db/fixture.h"

static void a_committed_row_is_there_and_a_rolled_back_one_is_not(void **state)
{
	struct fixture *f = *state;
	struct db_stmt *s;

	assert_int_equal(db_begin_write(f->db), ST_OK);
	assert_true(db_in_transaction(f->db));
	assert_int_equal(put(f->db, 1, "one"), ST_OK);
	assert_int_equal(db_changes(f->db), 1);
	assert_int_equal(db_last_id(f->db), 1);
	assert_int_equal(db_commit(f->db), ST_OK);
	assert_false(db_in_transaction(f->db));

	assert_int_equal(db_begin_write(f->db), ST_OK);
	assert_int_equal(put(f->db, 2, "two"), ST_OK);
	db_rollback(f->db);
	db_rollback(f->db);

	s = db_use(f->db, Q_GET);
	db_bind_int(s, 1, 1);
	assert_int_equal(db_one(s), ST_OK);
	assert_true(bytes_equal(db_col_blob(s, 1), bytes_of("one", 3)));
	db_reset(s);
	s = db_use(f->db, Q_GET);
	db_bind_int(s, 1, 2);
	assert_int_equal(db_one(s), ST_NOT_FOUND);
}

static void a_second_row_with_the_same_key_is_denied(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(db_begin_write(f->db), ST_OK);
	assert_int_equal(put(f->db, 1, "a"), ST_OK);
	assert_int_equal(put(f->db, 1, "b"), ST_DENIED);
	assert_non_null(strstr(db_error(f->db), "put"));
	assert_int_equal(put(f->db, 2, "c"), ST_OK);
	assert_int_equal(db_commit(f->db), ST_OK);
	assert_int_equal(count(f->db), 3);
}

static void a_savepoint_takes_back_only_what_followed_it(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(db_begin_write(f->db), ST_OK);
	assert_int_equal(put(f->db, 1, "a"), ST_OK);
	assert_int_equal(db_savepoint(f->db), ST_OK);
	assert_int_equal(put(f->db, 2, "b"), ST_OK);
	assert_int_equal(db_savepoint_undo(f->db), ST_OK);
	assert_int_equal(db_savepoint(f->db), ST_OK);
	assert_int_equal(put(f->db, 3, "c"), ST_OK);
	assert_int_equal(db_savepoint_release(f->db), ST_OK);
	assert_int_equal(db_commit(f->db), ST_OK);
	assert_int_equal(count(f->db), 3);
}

static void a_reader_keeps_its_state_while_another_commits(void **state)
{
	struct fixture *f = *state;
	struct db_options opt = f->opt;
	struct db *reader;
	int64_t before, after;

	opt.mode = DB_READ;
	assert_int_equal(db_open(&reader, &opt, f->error), ST_OK);
	assert_int_equal(db_data_version(reader, &before), ST_OK);
	assert_int_equal(db_begin_read(reader), ST_OK);
	assert_int_equal(count(reader), 1);
	assert_int_equal(db_begin_write(f->db), ST_OK);
	assert_int_equal(put(f->db, 1, "a"), ST_OK);
	assert_int_equal(db_commit(f->db), ST_OK);
	assert_int_equal(count(reader), 1);
	assert_int_equal(db_commit(reader), ST_OK);
	assert_int_equal(count(reader), 2);
	assert_int_equal(db_data_version(reader, &after), ST_OK);
	assert_int_not_equal(before, after);
	db_close(reader);
}

static void a_second_writer_waits_its_deadline_and_is_told_busy(void **state)
{
	struct fixture *f = *state;
	struct db_options opt = f->opt;
	struct db *second;
	int64_t begin;

	opt.busy_ms = 100;
	assert_int_equal(db_open(&second, &opt, f->error), ST_OK);
	assert_int_equal(db_begin_write(f->db), ST_OK);
	begin = clock_mono_ms();
	assert_int_equal(db_begin_write(second), ST_BUSY);
	assert_in_range(clock_mono_ms() - begin, 90, 5000);
	assert_false(db_in_transaction(second));
	db_rollback(f->db);
	assert_int_equal(db_begin_write(second), ST_OK);
	db_rollback(second);
	db_close(second);
}

static void a_reader_may_not_write(void **state)
{
	struct fixture *f = *state;
	struct db_options opt = f->opt;
	struct db *reader;

	opt.mode = DB_READ;
	assert_int_equal(db_open(&reader, &opt, f->error), ST_OK);
	assert_int_equal(db_begin_write(reader), ST_DENIED);
	db_close(reader);
}

static void a_full_file_is_full_and_what_was_there_remains(void **state)
{
	struct fixture *f = *state;
	struct db_stmt *s = db_use(f->db, Q_MAX_PAGES);
	char verdict[80];

	assert_int_equal(db_one(s), ST_OK);
	db_reset(s);
	assert_int_equal(db_begin_write(f->db), ST_OK);
	assert_int_equal(put(f->db, 1, "a"), ST_OK);
	s = db_use(f->db, Q_BIG);
	db_bind_int(s, 1, 2);
	assert_int_equal(db_run(s), ST_FULL);
	assert_non_null(strstr(db_error(f->db), "full"));
	db_rollback(f->db);
	assert_int_equal(count(f->db), 1);
	assert_int_equal(db_integrity(f->db, false, verdict, sizeof(verdict)),
			 ST_OK);
	assert_string_equal(verdict, "ok");
}

static void full_sync_is_what_the_connection_uses(void **state)
{
	struct fixture *f = *state;
	struct db_options opt = f->opt;
	struct db_stmt *s = db_use(f->db, Q_SYNC);
	struct db *db;

	assert_int_equal(db_one(s), ST_OK);
	assert_int_equal(db_col_int(s, 0), 1);
	db_reset(s);
	opt.full_sync = true;
	assert_int_equal(db_open(&db, &opt, f->error), ST_OK);
	s = db_use(db, Q_SYNC);
	assert_int_equal(db_one(s), ST_OK);
	assert_int_equal(db_col_int(s, 0), 2);
	db_reset(s);
	db_close(db);
}

static void truncating_the_log_gives_way_to_a_reader(void **state)
{
	struct fixture *f = *state;
	struct db *reader;
	struct stat sb;
	char wal[110];
	int64_t begin;

	snprintf(wal, sizeof(wal), "%s-wal", f->path);
	assert_int_equal(db_open(&reader, &f->opt, f->error), ST_OK);
	assert_int_equal(db_begin_read(reader), ST_OK);
	assert_int_equal(count(reader), 1);
	assert_int_equal(db_begin_write(f->db), ST_OK);
	assert_int_equal(put(f->db, 1, "a"), ST_OK);
	assert_int_equal(db_commit(f->db), ST_OK);
	assert_int_equal(db_checkpoint(f->db, false), ST_OK);
	begin = clock_mono_ms();
	assert_int_equal(db_checkpoint(f->db, true), ST_BUSY);
	assert_in_range(clock_mono_ms() - begin, 0, 2000);
	assert_int_equal(db_commit(reader), ST_OK);
	assert_int_equal(db_checkpoint(f->db, true), ST_OK);
	assert_int_equal(stat(wal, &sb), 0);
	assert_int_equal(sb.st_size, 0);
	db_close(reader);
}

static void damage_is_reported_not_read(void **state)
{
	struct fixture *f = *state;
	struct db_options opt = f->opt;
	uint8_t junk[4096];
	char verdict[200];
	struct db *db;
	int fd;

	assert_int_equal(db_begin_write(f->db), ST_OK);
	for (int i = 1; i < 3000; i++)
		assert_int_equal(put(f->db, i, "some bytes to fill pages"),
				 ST_OK);
	assert_int_equal(db_commit(f->db), ST_OK);
	db_close(f->db);
	f->db = NULL;
	memset(junk, 0xa5, sizeof(junk));
	fd = open(f->path, O_WRONLY);
	assert_int_equal(pwrite(fd, junk, sizeof(junk), 5 * 4096), 4096);
	close(fd);
	assert_int_equal(db_open(&db, &opt, f->error), ST_OK);
	assert_int_equal(db_integrity(db, false, verdict, sizeof(verdict)),
			 ST_OK);
	assert_string_not_equal(verdict, "ok");
	db_close(db);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_committed_row_is_there_and_a_rolled_back_one_is_not),
		T(a_second_row_with_the_same_key_is_denied),
		T(a_savepoint_takes_back_only_what_followed_it),
		T(a_reader_keeps_its_state_while_another_commits),
		T(a_second_writer_waits_its_deadline_and_is_told_busy),
		T(a_reader_may_not_write),
		T(a_full_file_is_full_and_what_was_there_remains),
		T(full_sync_is_what_the_connection_uses),
		T(truncating_the_log_gives_way_to_a_reader),
		T(damage_is_reported_not_read),
	};

	return cmocka_run_group_tests_name("db", tests, NULL, NULL);
}
