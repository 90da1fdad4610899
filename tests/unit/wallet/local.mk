unit_programs += tests/unit/wallet/test_sign
tests_unit_wallet_test_sign_SOURCES = tests/unit/wallet/test_sign.c tests/unit/unit.h
tests_unit_wallet_test_sign_CFLAGS = $(UNIT_CFLAGS)
tests_unit_wallet_test_sign_LDADD = libquarry_wallet.a libquarry_primitives.a \
	libquarry_crypto.a libquarry_base.a $(SECP256K1_LIBS) $(CRYPTO_LIBS) \
	$(CMOCKA_LIBS)
