/* SPDX-License-Identifier: MIT */
/* base: small files, whole or not at all, and whose business they are. */
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

struct place {
	char dir[200], path[256], other[256];
};

static int set_up(void **state)
{
	const char *tmp = getenv("TMPDIR");
	struct place *p = calloc(1, sizeof(*p));

	snprintf(p->dir, sizeof(p->dir), "%.150s/file.XXXXXX", tmp ? tmp : "/tmp");
	assert_non_null(mkdtemp(p->dir));
	snprintf(p->path, sizeof(p->path), "%s/a", p->dir);
	snprintf(p->other, sizeof(p->other), "%s/b", p->dir);
	*state = p;
	return 0;
}

static int tear_down(void **state)
{
	struct place *p = *state;

	unlink(p->path);
	unlink(p->other);
	/* fails when something was left beside them */
	assert_int_equal(rmdir(p->dir), 0);
	free(p);
	return 0;
}

static unsigned mode_of(const char *path)
{
	struct stat s;

	assert_int_equal(stat(path, &s), 0);
	return s.st_mode & 0777;
}

static void holds(const char *path, const char *text)
{
	struct buf b;

	assert_int_equal(file_read(path, 100, &b), ST_OK);
	assert_string_equal(buf_str(&b), text);
	buf_free(&b);
}

static void a_new_file_takes_the_place_of_none(void **state)
{
	struct place *p = *state;

	assert_int_equal(file_create(p->path, "one", 3, 0600), ST_OK);
	assert_int_equal(file_create(p->path, "two", 3, 0600), ST_BUSY);
	holds(p->path, "one");
	assert_int_equal(mode_of(p->path), 0600);
	/* a link is one, too, wherever it leads */
	assert_int_equal(symlink("/nowhere/at/all", p->other), 0);
	assert_int_equal(file_create(p->other, "two", 3, 0600), ST_BUSY);
}

static void a_replaced_file_has_the_mode_that_was_asked_for(void **state)
{
	struct place *p = *state;

	assert_int_equal(file_replace(p->path, "one", 3, 0644), ST_OK);
	assert_int_equal(mode_of(p->path), 0644);
	assert_int_equal(file_replace(p->path, "two", 3, 0600), ST_OK);
	assert_int_equal(mode_of(p->path), 0600);
	holds(p->path, "two");
}

static void replacing_a_link_leaves_alone_what_it_leads_to(void **state)
{
	struct place *p = *state;

	assert_int_equal(file_create(p->other, "kept", 4, 0600), ST_OK);
	assert_int_equal(symlink(p->other, p->path), 0);
	assert_int_equal(file_replace(p->path, "new", 3, 0600), ST_OK);
	holds(p->other, "kept");
	holds(p->path, "new");
}

static void a_folder_that_is_not_there_is_not_found(void **state)
{
	struct place *p = *state;
	char path[300];

	snprintf(path, sizeof(path), "%s/x/y", p->dir);
	assert_int_equal(file_create(path, "", 0, 0600), ST_NOT_FOUND);
	assert_int_equal(file_replace(path, "", 0, 0600), ST_NOT_FOUND);
}

static void a_secret_is_read_from_a_file_of_its_owner_alone(void **state)
{
	struct place *p = *state;
	struct buf b;

	assert_int_equal(file_create(p->path, "secret", 6, 0600), ST_OK);
	assert_int_equal(file_read_private(p->path, 6, &b), ST_OK);
	assert_string_equal(buf_str(&b), "secret");
	buf_free(&b);
	assert_int_equal(file_read_private(p->path, 5, &b), ST_TOO_BIG);
	buf_free(&b);
	for (unsigned bit = 1; bit < 0100; bit <<= 1) {
		assert_int_equal(chmod(p->path, 0600 | bit), 0);
		assert_int_equal(file_read_private(p->path, 6, &b), ST_DENIED);
		buf_free(&b);
	}
	assert_int_equal(chmod(p->path, 0600), 0);
	assert_int_equal(symlink(p->path, p->other), 0);
	assert_int_equal(file_read_private(p->other, 6, &b), ST_DENIED);
	buf_free(&b);
	unlink(p->other);
	/* a pipe that nobody writes holds nobody up */
	assert_int_equal(mkfifo(p->other, 0600), 0);
	assert_int_equal(file_read_private(p->other, 6, &b), ST_DENIED);
	buf_free(&b);
	assert_int_equal(file_read_private(p->dir, 6, &b), ST_DENIED);
	buf_free(&b);
}

static void a_name_beside_a_path_is_in_its_folder(void **state)
{
	char out[8];

	(void)state;
	assert_true(file_beside(out, sizeof(out), "/d/x.db", "y"));
	assert_string_equal(out, "/d/y");
	assert_true(file_beside(out, sizeof(out), "x.db", "y"));
	assert_string_equal(out, "y");
	assert_true(file_beside(out, sizeof(out), "/x", "1234"));
	assert_string_equal(out, "/1234");
	assert_true(file_beside(out, sizeof(out), "/d/x", "1234"));
	assert_false(file_beside(out, sizeof(out), "/d/x", "12345"));
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		T(a_new_file_takes_the_place_of_none),
		T(a_replaced_file_has_the_mode_that_was_asked_for),
		T(replacing_a_link_leaves_alone_what_it_leads_to),
		T(a_folder_that_is_not_there_is_not_found),
		T(a_secret_is_read_from_a_file_of_its_owner_alone),
		cmocka_unit_test(a_name_beside_a_path_is_in_its_folder),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
