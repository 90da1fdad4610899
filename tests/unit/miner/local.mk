unit_programs += tests/unit/miner/test_pool
tests_unit_miner_test_pool_SOURCES = tests/unit/miner/test_pool.c tests/unit/unit.h
tests_unit_miner_test_pool_CFLAGS = $(UNIT_CFLAGS)
tests_unit_miner_test_pool_LDADD = libquarry_miner.a libquarry_primitives.a \
	libquarry_crypto.a libquarry_base.a $(SECP256K1_LIBS) $(CRYPTO_LIBS) \
	$(CMOCKA_LIBS) -lpthread
