store_test_libs = libquarry_store.a libquarry_primitives.a \
	libquarry_crypto.a libquarry_db.a libquarry_base.a \
	$(SQLITE_LIBS) $(CRYPTO_LIBS) $(SECP256K1_LIBS) $(CMOCKA_LIBS)

unit_programs += tests/unit/store/test_store
tests_unit_store_test_store_SOURCES = tests/unit/store/test_store.c \
	tests/unit/store/fixture.h tests/unit/unit.h
tests_unit_store_test_store_CFLAGS = $(UNIT_CFLAGS)
tests_unit_store_test_store_LDADD = $(store_test_libs)

unit_programs += tests/unit/store/test_store_block
tests_unit_store_test_store_block_SOURCES = tests/unit/store/test_store_block.c \
	tests/unit/store/fixture.h tests/unit/unit.h
tests_unit_store_test_store_block_CFLAGS = $(UNIT_CFLAGS)
tests_unit_store_test_store_block_LDADD = $(store_test_libs)

unit_programs += tests/unit/store/test_store_tx
tests_unit_store_test_store_tx_SOURCES = tests/unit/store/test_store_tx.c \
	tests/unit/store/fixture.h tests/unit/unit.h
tests_unit_store_test_store_tx_CFLAGS = $(UNIT_CFLAGS)
tests_unit_store_test_store_tx_LDADD = $(store_test_libs)

unit_programs += tests/unit/store/test_store_live
tests_unit_store_test_store_live_SOURCES = tests/unit/store/test_store_live.c \
	tests/unit/store/fixture.h tests/unit/unit.h
tests_unit_store_test_store_live_CFLAGS = $(UNIT_CFLAGS)
tests_unit_store_test_store_live_LDADD = $(store_test_libs)
