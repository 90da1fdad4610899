/* SPDX-License-Identifier: MIT */
/* db: which files open, how they are made, migrated and copied. */
#include "tests/unit/db/fixture.h"

static void what_is_no_database_is_refused_in_one_sentence(void **state)
{
	struct fixture *f = *state;
	char other[100];
	struct db_options opt = f->opt;
	struct db *db;
	FILE *file;

	snprintf(other, sizeof(other), "%s/other", f->dir);
	opt.path = other;
	assert_int_equal(db_open(&db, &opt, f->error), ST_NOT_FOUND);
	assert_null(db);
	assert_non_null(strstr(f->error, "quarry init"));

	file = fopen(other, "w");
	for (int i = 0; i < 300; i++)
		fputs("not a database, but long enough to be one. ", file);
	fclose(file);
	assert_int_equal(db_open(&db, &opt, f->error), ST_CORRUPT);
	assert_non_null(strstr(f->error, "is not a database"));

	opt.path = f->dir;
	assert_int_equal(db_open(&db, &opt, f->error), ST_USAGE);
	opt.path = "";
	assert_int_equal(db_open(&db, &opt, f->error), ST_USAGE);

	opt.path = f->path;
	opt.application_id = 1;
	assert_int_equal(db_open(&db, &opt, f->error), ST_CORRUPT);
	assert_non_null(strstr(f->error, "another program"));
}

static void names_special_to_sqlite_are_file_names(void **state)
{
	struct fixture *f = *state;
	static const char *const names[] = {":memory:", "file:x?mode=memory"};
	struct db_options opt = f->opt;
	char here[4096];

	assert_non_null(getcwd(here, sizeof(here)));
	assert_int_equal(chdir(f->dir), 0);
	for (int i = 0; i < 2; i++) {
		struct db *db;

		opt.path = names[i];
		assert_int_equal(db_create(&opt, f->error), ST_OK);
		assert_int_equal(access(names[i], F_OK), 0);
		assert_int_equal(db_open(&db, &opt, f->error), ST_OK);
		db_close(db);
	}
	assert_int_equal(chdir(here), 0);
}

static void a_newer_and_an_older_version_are_refused_by_name(void **state)
{
	struct fixture *f = *state;
	struct db_options opt = f->opt;
	struct db *db;

	opt.n_ladder = 1;
	assert_int_equal(db_open(&db, &opt, f->error), ST_VERSION);
	assert_non_null(strstr(f->error, "install the newer quarry"));
	opt.n_ladder = 3;
	assert_int_equal(db_open(&db, &opt, f->error), ST_VERSION);
	assert_non_null(strstr(f->error, "quarry migrate"));
}

static void migration_climbs_from_any_step_and_makes_the_views(void **state)
{
	struct fixture *f = *state;
	struct db_options opt = f->opt;
	char old[100];
	struct db *db;
	struct db_stmt *s;
	int from, to;

	snprintf(old, sizeof(old), "%s/old.db", f->dir);
	opt.path = old;
	opt.n_ladder = 1;
	opt.n_views = 0;
	assert_int_equal(db_create(&opt, f->error), ST_OK);
	opt.n_ladder = 2;
	opt.n_views = 1;
	assert_int_equal(db_migrate(&opt, &from, &to, f->error), ST_OK);
	assert_int_equal(from, 1);
	assert_int_equal(to, 2);
	assert_int_equal(db_migrate(&opt, &from, &to, f->error), ST_OK);
	assert_int_equal(from, 2);
	assert_int_equal(to, 2);
	assert_int_equal(db_open(&db, &opt, f->error), ST_OK);
	s = db_use(db, Q_FROM_VIEW);
	assert_int_equal(db_one(s), ST_OK);
	assert_int_equal(db_col_int(s, 0), 1);
	db_reset(s);
	db_close(db);
	opt.n_ladder = 1;
	assert_int_equal(db_migrate(&opt, &from, &to, f->error), ST_VERSION);
}

static void a_step_that_fails_leaves_the_version_before_it(void **state)
{
	struct fixture *f = *state;
	struct db_options opt = f->opt;
	struct db_stmt *s;
	struct db *db;
	int from, to;

	opt.n_ladder = 3;
	assert_int_equal(db_migrate(&opt, &from, &to, f->error), ST_CORRUPT);
	assert_non_null(strstr(f->error, "0003_bad"));
	opt.n_ladder = 2;
	assert_int_equal(db_open(&db, &opt, f->error), ST_OK);
	s = db_use(db, Q_FROM_VIEW);
	assert_int_equal(db_one(s), ST_OK);
	db_reset(s);
	db_close(db);
}

static void a_new_file_never_replaces_another(void **state)
{
	struct fixture *f = *state;
	struct stat sb;

	assert_int_equal(db_create(&f->opt, f->error), ST_DENIED);
	assert_non_null(strstr(f->error, "exists"));
	assert_int_equal(stat(f->path, &sb), 0);
	assert_int_equal(sb.st_mode & 0777 & ~0640, 0);
}

static void a_creation_that_fails_leaves_nothing(void **state)
{
	struct fixture *f = *state;
	struct db_options opt = f->opt;
	char bad[100], command[160];

	snprintf(bad, sizeof(bad), "%s/bad.db", f->dir);
	opt.path = bad;
	opt.n_ladder = 3;
	assert_int_equal(db_create(&opt, f->error), ST_CORRUPT);
	snprintf(command, sizeof(command), "! ls %s | grep -q bad", f->dir);
	assert_int_equal(system(command), 0);
}

static void a_log_left_by_a_deleted_file_is_not_taken_over(void **state)
{
	struct fixture *f = *state;
	struct db_options opt = f->opt;
	char path[100], wal[110], verdict[80];
	struct db *db;
	FILE *file;

	snprintf(path, sizeof(path), "%s/n.db", f->dir);
	snprintf(wal, sizeof(wal), "%s-wal", path);
	file = fopen(wal, "w");
	fputs("left", file);
	fclose(file);
	opt.path = path;
	assert_int_equal(db_create(&opt, f->error), ST_OK);
	assert_int_not_equal(access(wal, F_OK), 0);
	assert_int_equal(db_open(&db, &opt, f->error), ST_OK);
	assert_int_equal(db_integrity(db, true, verdict, sizeof(verdict)), ST_OK);
	assert_string_equal(verdict, "ok");
	db_close(db);
}

static void a_copy_opens_as_the_original_does(void **state)
{
	struct fixture *f = *state;
	struct db_options opt = f->opt;
	char path[100];
	struct db *db;

	snprintf(path, sizeof(path), "%s/copy.db", f->dir);
	assert_int_equal(db_begin_write(f->db), ST_OK);
	assert_int_equal(put(f->db, 1, "a"), ST_OK);
	assert_int_equal(db_commit(f->db), ST_OK);
	assert_int_equal(db_copy_to(f->db, path), ST_OK);
	assert_int_equal(db_copy_to(f->db, path), ST_DENIED);
	opt.path = path;
	opt.mode = DB_READ;
	assert_int_equal(db_open(&db, &opt, f->error), ST_OK);
	assert_int_equal(count(db), 2);
	db_close(db);
	assert_int_equal(db_copy_to(f->db, "/nowhere/copy.db"), ST_IO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(what_is_no_database_is_refused_in_one_sentence),
		T(names_special_to_sqlite_are_file_names),
		T(a_newer_and_an_older_version_are_refused_by_name),
		T(migration_climbs_from_any_step_and_makes_the_views),
		T(a_step_that_fails_leaves_the_version_before_it),
		T(a_new_file_never_replaces_another),
		T(a_creation_that_fails_leaves_nothing),
		T(a_log_left_by_a_deleted_file_is_not_taken_over),
		T(a_copy_opens_as_the_original_does),
	};

	return cmocka_run_group_tests_name("db_open", tests, NULL, NULL);
}
