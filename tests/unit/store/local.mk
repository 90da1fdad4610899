unit_programs += tests/unit/store/test_store
tests_unit_store_test_store_SOURCES = tests/unit/store/test_store.c \
	tests/unit/store/fixture.h tests/unit/unit.h
tests_unit_store_test_store_CFLAGS = $(UNIT_CFLAGS)
tests_unit_store_test_store_LDADD = libquarry_store.a libquarry_primitives.a \
	libquarry_crypto.a libquarry_db.a libquarry_base.a \
	$(SQLITE_LIBS) $(CRYPTO_LIBS) $(SECP256K1_LIBS) $(CMOCKA_LIBS)
