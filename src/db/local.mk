noinst_LIBRARIES += libquarry_db.a
libquarry_db_a_SOURCES = \
	src/db/db.c src/db/db.h src/db/db_internal.h \
	src/db/db_console.c src/db/db_console.h src/db/db_console_names.c \
	src/db/db_load.c \
	src/db/db_open.c \
	src/db/db_status.c \
	src/db/db_stmt.c
libquarry_db_a_CFLAGS = $(AM_CFLAGS) $(SQLITE_CFLAGS)
