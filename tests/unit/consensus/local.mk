unit_programs += tests/unit/consensus/test_headers
consensus_test_libs = libquarry_consensus.a libquarry_primitives.a \
	libquarry_crypto.a libquarry_base.a $(SECP256K1_LIBS) $(CRYPTO_LIBS) \
	$(CMOCKA_LIBS)
tests_unit_consensus_test_headers_SOURCES = tests/unit/consensus/test_headers.c \
	tests/unit/consensus/chain.h tests/unit/unit.h
tests_unit_consensus_test_headers_CFLAGS = $(UNIT_CFLAGS)
tests_unit_consensus_test_headers_LDADD = $(consensus_test_libs)
