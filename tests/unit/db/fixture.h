/* SPDX-License-Identifier: MIT */
/*
 * A small database for the tests of db: two steps of a ladder, a third that
 * fails, one view, and statements good and bad. Each test gets a new one in a
 * folder of its own, open for writing.
 */
#ifndef QUARRY_TESTS_UNIT_DB_FIXTURE_H
#define QUARRY_TESTS_UNIT_DB_FIXTURE_H

#include "tests/unit/unit.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "db/db.h"

enum {
	Q_PUT,
	Q_GET,
	Q_ALL,
	Q_COUNT,
	Q_MAX_PAGES,
	Q_SYNTAX,
	Q_TWO,
	Q_NO_TABLE,
	Q_BIG,
	Q_SYNC,
	Q_FROM_VIEW,
	N_Q,
};

static const struct db_sql sql[N_Q] = {
	[Q_PUT] = {"put", "INSERT INTO t (k, v) VALUES (?1, ?2)"},
	[Q_GET] = {"get", "SELECT k, v FROM t WHERE k = ?1;\n"},
	[Q_ALL] = {"all", "SELECT k FROM t ORDER BY k"},
	[Q_COUNT] = {"count", "SELECT count(*) FROM t"},
	[Q_MAX_PAGES] = {"max_pages", "PRAGMA max_page_count=8"},
	[Q_SYNTAX] = {"syntax", "SELEKT 1"},
	[Q_TWO] = {"two", "SELECT 1; DROP TABLE t"},
	[Q_NO_TABLE] = {"no_table", "SELECT 1 FROM absent"},
	[Q_BIG] = {"big", "INSERT INTO t (k, v) VALUES (?1, zeroblob(100000))"},
	[Q_SYNC] = {"sync", "PRAGMA synchronous"},
	[Q_FROM_VIEW] = {"from_view", "SELECT n FROM v1_t"},
};

static const struct db_migration ladder[] = {
	{"0001_t", "CREATE TABLE t (k INTEGER PRIMARY KEY, v BLOB) STRICT;\n"
		   "-- a second statement, and a comment\n"
		   "INSERT INTO t VALUES (0, x'00');"},
	{"0002_u", "CREATE TABLE u (a INTEGER CHECK (a < 10)) STRICT;"},
	{"0003_bad", "CREATE TABLE w (a INTEGER) STRICT; INSERT INTO absent VALUES (1);"},
};
static const struct db_migration views[] = {
	{"v1_t", "CREATE VIEW v1_t AS SELECT count(*) AS n FROM t;"},
};

struct fixture {
	char dir[64];
	char path[100];
	char error[DB_ERROR_SIZE];
	struct db_options opt;
	struct db *db;
};

static inline int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	snprintf(f->dir, sizeof(f->dir), "/tmp/quarry-db-XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	snprintf(f->path, sizeof(f->path), "%s/t.db", f->dir);
	f->opt = (struct db_options){
		.path = f->path,
		.mode = DB_WRITE,
		.busy_ms = 50,
		.application_id = 0x51756172,
		.sql = sql,
		.n_sql = N_Q,
		.ladder = ladder,
		.n_ladder = 2,
		.views = views,
		.n_views = 1,
	};
	assert_int_equal(db_create(&f->opt, f->error), ST_OK);
	assert_int_equal(db_open(&f->db, &f->opt, f->error), ST_OK);
	*state = f;
	return 0;
}

static inline int teardown(void **state)
{
	struct fixture *f = *state;
	char command[100];

	db_close(f->db);
	snprintf(command, sizeof(command), "rm -rf %s", f->dir);
	assert_int_equal(system(command), 0);
	free(f);
	return 0;
}

static inline enum status put(struct db *db, int64_t k, const char *v)
{
	struct db_stmt *s = db_use(db, Q_PUT);

	db_bind_int(s, 1, k);
	db_bind_blob(s, 2, v, strlen(v));
	return db_run(s);
}

static inline int64_t count(struct db *db)
{
	struct db_stmt *s = db_use(db, Q_COUNT);
	int64_t n;

	assert_int_equal(db_one(s), ST_OK);
	n = db_col_int(s, 0);
	db_reset(s);
	return n;
}

/* Runs fn in a child; whether it aborted, with text on standard error. */
static inline bool aborts_saying(struct fixture *f, void (*fn)(struct fixture *),
			  const char *text)
{
	char out[512] = "";
	int pipes[2], status;
	size_t len = 0;
	ssize_t n;
	pid_t pid;

	assert_int_equal(pipe(pipes), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		/* A connection is not carried over fork: the child's own. */
		dup2(pipes[1], 2);
		close(pipes[0]);
		signal(SIGABRT, SIG_DFL);
		if (db_open(&f->db, &f->opt, f->error) == ST_OK)
			fn(f);
		_exit(0);
	}
	close(pipes[1]);
	while ((n = read(pipes[0], out + len, sizeof(out) - 1 - len)) > 0)
		len += (size_t)n;
	close(pipes[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT &&
	       strstr(out, text) != NULL;
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

#endif
