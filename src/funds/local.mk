noinst_LIBRARIES += libquarry_funds.a
libquarry_funds_a_SOURCES = \
	src/funds/bump.c \
	src/funds/coins.c \
	src/funds/funds.c src/funds/funds.h src/funds/funds_internal.h \
	src/funds/history.c \
	src/funds/finish.c \
	src/funds/keys.c src/funds/keys.h \
	src/funds/psbt.c \
	src/funds/rate.c \
	src/funds/send.c \
	src/funds/setup.c src/funds/setup.h \
	src/funds/spend.c src/funds/spend.h
EXTRA_DIST += src/funds/README
