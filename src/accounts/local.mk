noinst_LIBRARIES += libquarry_accounts.a
libquarry_accounts_a_SOURCES = \
	src/accounts/rpc_users.c src/accounts/rpc_users.h
EXTRA_DIST += src/accounts/README
