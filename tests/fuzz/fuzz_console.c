/* SPDX-License-Identifier: MIT */
/*
 * Other people's SQL: whatever a statement says, what no view shows never comes
 * out, and nothing is written. The database has a view without secrets over a
 * table with one.
 */
#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <unistd.h>

#include "db/db_console.h"

#define SECRET "only tables know this"

static const struct db_migration ladder[] = {
	{"0001", "CREATE TABLE hidden (k INTEGER PRIMARY KEY, v TEXT) STRICT;"
		 "INSERT INTO hidden VALUES (1, '" SECRET "'), (2, '" SECRET "');"
		 "CREATE TABLE shown (k INTEGER PRIMARY KEY) STRICT;"
		 "INSERT INTO shown VALUES (1), (2), (3);"},
};
static const struct db_migration views[] = {
	{"v1_shown", "CREATE VIEW v1_shown AS SELECT s.k, s.k * 10 AS ten "
		     "FROM shown s JOIN hidden h ON h.k = s.k;"},
};

static bool columns(void *arg, const char *const *names, unsigned n)
{
	(void)arg;
	BUG_ON(n == 0 || !names[n - 1]);
	return true;
}

/* The statement itself may hold the words; then it proves nothing. */
static bool row(void *arg, const struct cell *cells, unsigned n)
{
	for (unsigned i = 0; i < n && !*(bool *)arg; i++) {
		if (cells[i].type == CELL_TEXT || cells[i].type == CELL_BLOB)
			BUG_ON(memmem(cells[i].b.p, cells[i].b.len, "tables know", 11));
	}
	return true;
}

static struct db_console *open_cage(void)
{
	char path[64], error[DB_ERROR_SIZE];
	struct db_options o = {
		.path = path, .mode = DB_WRITE, .busy_ms = 100, .cache_kib = 256,
		.application_id = 1, .ladder = ladder, .n_ladder = 1,
		.views = views, .n_views = 1,
	};
	struct db_console_options c = {.path = path, .prefix = "v1_",
				       .memory_bytes = (size_t)256 << 20};
	struct db_console *cage;

	snprintf(path, sizeof(path), "/tmp/fuzz_console.%ld", (long)getpid());
	unlink(path);
	BUG_ON(db_create(&o, error) != ST_OK);
	BUG_ON(db_console_open(&cage, &c, error) != ST_OK);
	/* it lives on, nameless */
	unlink(path);
	return cage;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const struct sql_limits limits = {.time_ms = 200, .steps = 200000,
						 .rows = 100, .bytes = 1 << 20};
	static struct db_console *cage;
	bool says = memmem(data, len, "know", 4) != NULL;
	struct cell_sink sink = {.arg = &says, .columns = columns, .row = row};
	struct sql_result r;

	if (!cage)
		cage = open_cage();
	if (db_console_begin(cage) != ST_OK)
		return 0;
	if (db_console_run(cage, (const char *)data, len, false, &limits, &sink,
			   &r) == ST_OK)
		BUG_ON((r.end == SQLEND_DONE) != (r.why[0] == '\0'));
	db_console_end(cage);
	return 0;
}
