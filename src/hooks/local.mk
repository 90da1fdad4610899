noinst_LIBRARIES += libquarry_hooks.a
libquarry_hooks_a_SOURCES = \
	src/hooks/hooks.c src/hooks/hooks.h
nodist_libquarry_hooks_a_SOURCES = \
	src/hooks/queries.c src/hooks/queries.h \
	src/hooks/ladder.c
# Also for who makes this library alone.
$(libquarry_hooks_a_OBJECTS): src/hooks/queries.h
EXTRA_DIST += src/hooks/README
