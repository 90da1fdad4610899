unit_programs += tests/unit/wallet/test_sign
tests_unit_wallet_test_sign_SOURCES = tests/unit/wallet/test_sign.c tests/unit/unit.h
tests_unit_wallet_test_sign_CFLAGS = $(UNIT_CFLAGS)
tests_unit_wallet_test_sign_LDADD = libquarry_wallet.a libquarry_primitives.a \
	libquarry_crypto.a libquarry_base.a $(SECP256K1_LIBS) $(CRYPTO_LIBS) \
	$(CMOCKA_LIBS)

unit_programs += tests/unit/wallet/test_words
tests_unit_wallet_test_words_SOURCES = tests/unit/wallet/test_words.c tests/unit/unit.h
tests_unit_wallet_test_words_CFLAGS = $(UNIT_CFLAGS)
tests_unit_wallet_test_words_LDADD = libquarry_wallet.a libquarry_primitives.a \
	libquarry_crypto.a libquarry_base.a $(SECP256K1_LIBS) $(CRYPTO_LIBS) \
	$(JANSSON_LIBS) $(CMOCKA_LIBS)

unit_programs += tests/unit/wallet/test_keystore
tests_unit_wallet_test_keystore_SOURCES = tests/unit/wallet/test_keystore.c tests/unit/unit.h
tests_unit_wallet_test_keystore_CFLAGS = $(UNIT_CFLAGS)
tests_unit_wallet_test_keystore_LDADD = libquarry_wallet.a libquarry_primitives.a \
	libquarry_crypto.a libquarry_base.a $(SECP256K1_LIBS) $(CRYPTO_LIBS) \
	$(CMOCKA_LIBS)

unit_programs += tests/unit/wallet/test_message
tests_unit_wallet_test_message_SOURCES = tests/unit/wallet/test_message.c tests/unit/unit.h
tests_unit_wallet_test_message_CFLAGS = $(UNIT_CFLAGS)
tests_unit_wallet_test_message_LDADD = libquarry_wallet.a libquarry_primitives.a \
	libquarry_crypto.a libquarry_base.a $(SECP256K1_LIBS) $(CRYPTO_LIBS) \
	$(CMOCKA_LIBS)

unit_programs += tests/unit/wallet/test_psbt
tests_unit_wallet_test_psbt_SOURCES = tests/unit/wallet/test_psbt.c tests/unit/unit.h
tests_unit_wallet_test_psbt_CFLAGS = $(UNIT_CFLAGS)
tests_unit_wallet_test_psbt_LDADD = libquarry_wallet.a libquarry_primitives.a \
	libquarry_crypto.a libquarry_base.a $(SECP256K1_LIBS) $(CRYPTO_LIBS) \
	$(JANSSON_LIBS) $(CMOCKA_LIBS)
unit_programs += tests/unit/wallet/test_select
tests_unit_wallet_test_select_SOURCES = tests/unit/wallet/test_select.c tests/unit/unit.h
tests_unit_wallet_test_select_CFLAGS = $(UNIT_CFLAGS)
tests_unit_wallet_test_select_LDADD = libquarry_wallet.a libquarry_primitives.a \
	libquarry_crypto.a libquarry_base.a $(SECP256K1_LIBS) $(CRYPTO_LIBS) \
	$(CMOCKA_LIBS)

unit_programs += tests/unit/wallet/test_vote_guard
tests_unit_wallet_test_vote_guard_SOURCES = \
	tests/unit/wallet/test_vote_guard.c tests/unit/unit.h
tests_unit_wallet_test_vote_guard_CFLAGS = $(UNIT_CFLAGS)
tests_unit_wallet_test_vote_guard_LDADD = libquarry_wallet.a \
	libquarry_primitives.a libquarry_crypto.a libquarry_base.a \
	$(SECP256K1_LIBS) $(CRYPTO_LIBS) $(CMOCKA_LIBS)
