unit_programs += tests/unit/miner/test_pool
tests_unit_miner_test_pool_SOURCES = tests/unit/miner/test_pool.c tests/unit/unit.h
tests_unit_miner_test_pool_CFLAGS = $(UNIT_CFLAGS)
tests_unit_miner_test_pool_LDADD = libquarry_miner.a libquarry_primitives.a \
	libquarry_crypto.a libquarry_base.a $(SECP256K1_LIBS) $(CRYPTO_LIBS) \
	$(CMOCKA_LIBS) -lpthread

unit_programs += tests/unit/miner/test_work
tests_unit_miner_test_work_SOURCES = tests/unit/miner/test_work.c tests/unit/unit.h
tests_unit_miner_test_work_CFLAGS = $(UNIT_CFLAGS)
tests_unit_miner_test_work_LDADD = libquarry_miner.a libquarry_wallet.a libquarry_node.a \
	libquarry_store.a libquarry_consensus.a libquarry_primitives.a \
	libquarry_db.a libquarry_crypto.a libquarry_base.a $(SQLITE_LIBS) \
	$(SECP256K1_LIBS) $(CRYPTO_LIBS) $(CMOCKA_LIBS) -lpthread
