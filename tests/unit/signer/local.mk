unit_programs += tests/unit/signer/test_kinds
tests_unit_signer_test_kinds_SOURCES = tests/unit/signer/test_kinds.c tests/unit/unit.h
tests_unit_signer_test_kinds_CFLAGS = $(UNIT_CFLAGS)
tests_unit_signer_test_kinds_LDADD = libquarry_signer.a libquarry_wallet.a \
	libquarry_primitives.a libquarry_crypto.a libquarry_base.a \
	$(SECP256K1_LIBS) $(CRYPTO_LIBS) $(CMOCKA_LIBS)
