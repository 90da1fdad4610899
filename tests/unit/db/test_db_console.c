/* SPDX-License-Identifier: MIT */
/* db: which names a strange statement gives and takes. */
#include "tests/unit/unit.h"

#include "db/db_console.h"

static void reserved_names_of_with_tables_are_found(void **state)
{
	static const char *const found[] = {
		"WITH v1_x AS (SELECT 1) SELECT 1", "with V1_x as(select 1) select 1",
		"WITH a AS (SELECT 1), v1_x AS (SELECT 1) SELECT 1",
		"WITH v1_x(a, b) AS (SELECT 1, 2) SELECT 1",
		"WITH \"v1_x\" AS (SELECT 1) SELECT 1",
		"WITH [v1_x] AS (SELECT 1) SELECT 1",
		"WITH `v1_x` AS (SELECT 1) SELECT 1",
		"WITH 'v1_x' AS (SELECT 1) SELECT 1",
		"WITH v1_x AS MATERIALIZED (SELECT 1) SELECT 1",
		"WITH v1_x AS NOT MATERIALIZED (SELECT 1) SELECT 1",
		"WITH v1_x/* */AS -- x\n(SELECT 1) SELECT 1",
		"SELECT (WITH v1_x AS (SELECT 1) SELECT * FROM v1_x)",
		"WITH \xef\xbb\xbfv1_x AS (SELECT 1) SELECT 1",
	};
	static const char *const none[] = {
		"", "v1_", "SELECT * FROM v1_block AS b", "SELECT 1 AS v1_x",
		"WITH x AS (SELECT * FROM v1_block) SELECT * FROM x",
		"SELECT * FROM v1_block WHERE (1)", "SELECT 'v1_x AS (' || v1_x.a",
		"-- WITH v1_x AS (\nSELECT 1", "/* WITH v1_x AS ( */ SELECT 1",
		"WITH xv1_ AS (SELECT 1) SELECT 1", "v1_x (", "v1_x ((((",
	};

	for (size_t i = 0; i < sizeof(found) / sizeof(*found); i++)
		assert_true(db_console_shadows(found[i], strlen(found[i]), "v1_"));
	for (size_t i = 0; i < sizeof(none) / sizeof(*none); i++)
		assert_false(db_console_shadows(none[i], strlen(none[i]), "v1_"));
}

static void tables_are_found_where_tables_stand(void **state)
{
	static const char *const found[] = {
		"SELECT 1 FROM peer", "SELECT 1 FROM PEER", "SELECT 1 FROM \"peer\"",
		"SELECT 1 FROM a, peer", "SELECT 1 FROM a JOIN peer",
		"SELECT 1 FROM main.peer", "SELECT 1 FROM (peer)",
		"SELECT 1 FROM/**/peer", "SELECT 1 FROM [peer] p",
	};
	static const char *const none[] = {
		"SELECT peer FROM a", "SELECT 1 AS peer FROM a", "SELECT 'peer'",
		"SELECT 1 FROM peers", "SELECT 1 -- FROM peer",
	};

	for (size_t i = 0; i < sizeof(found) / sizeof(*found); i++)
		assert_true(db_console_names(found[i], strlen(found[i]), "peer"));
	for (size_t i = 0; i < sizeof(none) / sizeof(*none); i++)
		assert_false(db_console_names(none[i], strlen(none[i]), "peer"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reserved_names_of_with_tables_are_found),
		cmocka_unit_test(tables_are_found_where_tables_stand),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
