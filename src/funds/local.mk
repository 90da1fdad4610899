noinst_LIBRARIES += libquarry_funds.a
libquarry_funds_a_SOURCES = \
	src/funds/coins.c \
	src/funds/funds.c src/funds/funds.h src/funds/funds_internal.h \
	src/funds/history.c \
	src/funds/setup.c src/funds/setup.h
EXTRA_DIST += src/funds/README
