unit_programs += tests/unit/hooks/test_hooks
tests_unit_hooks_test_hooks_SOURCES = tests/unit/hooks/test_hooks.c tests/unit/unit.h
tests_unit_hooks_test_hooks_CFLAGS = $(UNIT_CFLAGS)
tests_unit_hooks_test_hooks_LDADD = libquarry_hooks.a libquarry_db.a libquarry_primitives.a \
	libquarry_crypto.a libquarry_base.a $(SQLITE_LIBS) $(SECP256K1_LIBS) $(CRYPTO_LIBS) \
	$(CMOCKA_LIBS) -lpthread
