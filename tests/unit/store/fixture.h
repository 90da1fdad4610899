/* SPDX-License-Identifier: MIT */
/* A fresh quarry.db for each test of store, open for writing. */
#ifndef QUARRY_TESTS_UNIT_STORE_FIXTURE_H
#define QUARRY_TESTS_UNIT_STORE_FIXTURE_H

#include "tests/unit/unit.h"

#include <unistd.h>

#include "primitives/hash.h"
#include "store/store.h"

struct fixture {
	char dir[64];
	char path[100];
	char error[DB_ERROR_SIZE];
	struct db *db;
};

static inline int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct store_options o = {.mode = DB_WRITE};

	snprintf(f->dir, sizeof(f->dir), "/tmp/quarry-store-XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	snprintf(f->path, sizeof(f->path), "%s/quarry.db", f->dir);
	o.path = f->path;
	assert_int_equal(store_create(f->path, f->error), ST_OK);
	assert_int_equal(store_open(&f->db, &o, f->error), ST_OK);
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

/* A hash whose first byte in the order people read is a, the last b. */
static inline struct hash256 hash_of(uint8_t a, uint8_t b)
{
	struct hash256 h = {{0}};

	h.b[31] = a;
	h.b[0] = b;
	return h;
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

#endif
