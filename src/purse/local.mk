noinst_LIBRARIES += libquarry_purse.a
libquarry_purse_a_SOURCES = \
	src/purse/purse.c src/purse/purse.h src/purse/purse_internal.h \
	src/purse/purse_desc.c \
	src/purse/purse_notes.c
nodist_libquarry_purse_a_SOURCES = \
	src/purse/queries.c src/purse/queries.h \
	src/purse/ladder.c
# Also for who makes this library alone.
$(libquarry_purse_a_OBJECTS): src/purse/queries.h
EXTRA_DIST += src/purse/README
