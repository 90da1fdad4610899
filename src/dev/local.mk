noinst_LIBRARIES += libquarry_dev.a
libquarry_dev_a_SOURCES = \
	src/dev/child.c src/dev/child.h \
	src/dev/dev.c src/dev/dev.h \
	src/dev/files.c src/dev/files.h \
	src/dev/place.c \
	src/dev/setup.c src/dev/setup.h
EXTRA_DIST += src/dev/README
