# The runner of outside test data. tests/vectors/run finds and starts it.
noinst_PROGRAMS += tests/vectors/quarry-vectors
tests_vectors_quarry_vectors_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
tests_vectors_quarry_vectors_SOURCES = \
	tests/vectors/assets.c \
	tests/vectors/block.c \
	tests/vectors/chain.c tests/vectors/labnode.h \
	tests/vectors/block_scripts.c tests/vectors/block_scripts.h \
	tests/vectors/formats.def \
	tests/vectors/headers.c \
	tests/vectors/keys.c \
	tests/vectors/main.c \
	tests/vectors/script_tests.c \
	tests/vectors/scripts.c tests/vectors/scripts.h \
	tests/vectors/sighash_tests.c \
	tests/vectors/tx_tests.c \
	tests/vectors/util.c \
	tests/vectors/vectors.h
tests_vectors_quarry_vectors_LDADD = libquarry_node.a libquarry_store.a \
	libquarry_consensus.a libquarry_primitives.a libquarry_db.a \
	libquarry_crypto.a libquarry_base.a $(SQLITE_LIBS) \
	$(SECP256K1_LIBS) $(CRYPTO_LIBS) $(JANSSON_LIBS) -lpthread
