unit_programs += tests/unit/accounts/test_rpc_users
tests_unit_accounts_test_rpc_users_SOURCES = tests/unit/accounts/test_rpc_users.c tests/unit/unit.h
tests_unit_accounts_test_rpc_users_CFLAGS = $(UNIT_CFLAGS)
tests_unit_accounts_test_rpc_users_LDADD = libquarry_accounts.a libquarry_db.a \
	libquarry_primitives.a libquarry_crypto.a libquarry_base.a \
	$(SQLITE_LIBS) $(CRYPTO_LIBS) $(SECP256K1_LIBS) $(CMOCKA_LIBS)
unit_programs += tests/unit/accounts/test_accounts
tests_unit_accounts_test_accounts_SOURCES = tests/unit/accounts/test_accounts.c tests/unit/unit.h
tests_unit_accounts_test_accounts_CFLAGS = $(UNIT_CFLAGS)
tests_unit_accounts_test_accounts_LDADD = libquarry_accounts.a libquarry_db.a \
	libquarry_primitives.a libquarry_crypto.a libquarry_base.a \
	$(SQLITE_LIBS) $(CRYPTO_LIBS) $(SECP256K1_LIBS) $(CMOCKA_LIBS)
