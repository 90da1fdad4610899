noinst_LIBRARIES += libquarry_miner.a
libquarry_miner_a_SOURCES = \
	src/miner/pool.c src/miner/pool.h
EXTRA_DIST += src/miner/README
