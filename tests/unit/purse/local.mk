unit_programs += tests/unit/purse/test_purse
tests_unit_purse_test_purse_SOURCES = tests/unit/purse/test_purse.c tests/unit/unit.h
tests_unit_purse_test_purse_CFLAGS = $(UNIT_CFLAGS)
tests_unit_purse_test_purse_LDADD = libquarry_purse.a libquarry_db.a libquarry_primitives.a \
	libquarry_crypto.a libquarry_base.a $(SQLITE_LIBS) $(CRYPTO_LIBS) \
	$(SECP256K1_LIBS) $(CMOCKA_LIBS)
