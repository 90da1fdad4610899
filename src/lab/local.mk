noinst_LIBRARIES += libquarry_lab.a
libquarry_lab_a_SOURCES = \
	src/lab/call.h \
	src/lab/lab.c src/lab/lab.h src/lab/lab.def \
	src/lab/lab_chain.c \
	src/lab/lab_faucet.c \
	src/lab/lab_snapshot.c
EXTRA_DIST += src/lab/README
