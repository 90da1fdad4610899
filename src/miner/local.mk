# quarry-miner. All but main is a library, for the tests.
noinst_LIBRARIES += libquarry_miner.a
libquarry_miner_a_SOURCES = \
	src/miner/control.c src/miner/control.h \
	src/miner/pool.c src/miner/pool.h \
	src/miner/seal.c src/miner/seal.h \
	src/miner/seal_signer.c src/miner/seal_signer.h \
	src/miner/together.c src/miner/together.h \
	src/miner/work.c src/miner/work.h
libquarry_miner_a_CFLAGS = $(AM_CFLAGS) -pthread
EXTRA_DIST += src/miner/README

bin_PROGRAMS += quarry-miner
quarry_miner_SOURCES = src/miner/miner_main.c
quarry_miner_LDADD = libquarry_miner.a libquarry_wallet.a libquarry_node.a \
	libquarry_store.a libquarry_consensus.a libquarry_primitives.a libquarry_db.a \
	libquarry_crypto.a libquarry_base.a $(SQLITE_LIBS) $(SECP256K1_LIBS) \
	$(CRYPTO_LIBS) -lpthread
