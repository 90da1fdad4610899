noinst_LIBRARIES += libquarry_json.a
libquarry_json_a_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
libquarry_json_a_SOURCES = \
	src/json/read.c src/json/read.h \
	src/json/write.c src/json/write.h
EXTRA_DIST += src/json/README
