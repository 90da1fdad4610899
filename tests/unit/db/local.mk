unit_programs += tests/unit/db/test_db
tests_unit_db_test_db_SOURCES = tests/unit/db/test_db.c \
	tests/unit/db/fixture.h tests/unit/unit.h
tests_unit_db_test_db_CFLAGS = $(UNIT_CFLAGS)
tests_unit_db_test_db_LDADD = libquarry_db.a libquarry_base.a $(SQLITE_LIBS) $(CMOCKA_LIBS)

unit_programs += tests/unit/db/test_db_open
tests_unit_db_test_db_open_SOURCES = tests/unit/db/test_db_open.c \
	tests/unit/db/fixture.h tests/unit/unit.h
tests_unit_db_test_db_open_CFLAGS = $(UNIT_CFLAGS)
tests_unit_db_test_db_open_LDADD = libquarry_db.a libquarry_base.a $(SQLITE_LIBS) $(CMOCKA_LIBS)

unit_programs += tests/unit/db/test_db_stmt
tests_unit_db_test_db_stmt_SOURCES = tests/unit/db/test_db_stmt.c \
	tests/unit/db/fixture.h tests/unit/unit.h
tests_unit_db_test_db_stmt_CFLAGS = $(UNIT_CFLAGS)
tests_unit_db_test_db_stmt_LDADD = libquarry_db.a libquarry_base.a $(SQLITE_LIBS) $(CMOCKA_LIBS)

unit_programs += tests/unit/db/test_db_console
tests_unit_db_test_db_console_SOURCES = tests/unit/db/test_db_console.c \
	tests/unit/unit.h
tests_unit_db_test_db_console_CFLAGS = $(UNIT_CFLAGS)
tests_unit_db_test_db_console_LDADD = libquarry_db.a libquarry_base.a $(SQLITE_LIBS) $(CMOCKA_LIBS)
