noinst_LIBRARIES += libquarry_accounts.a
libquarry_accounts_a_SOURCES = \
	src/accounts/account.c src/accounts/account.h \
	src/accounts/accounts.c src/accounts/accounts.h \
	src/accounts/accounts_internal.h \
	src/accounts/attempt.c src/accounts/attempt.h \
	src/accounts/audit.c src/accounts/audit.h \
	src/accounts/challenge.c src/accounts/challenge.h \
	src/accounts/login.c src/accounts/login.h \
	src/accounts/loginkey.c src/accounts/loginkey.h \
	src/accounts/password.c src/accounts/password.h \
	src/accounts/role.c src/accounts/role.h \
	src/accounts/rpc_users.c src/accounts/rpc_users.h \
	src/accounts/secret.c src/accounts/secret.h \
	src/accounts/session.c src/accounts/session.h \
	src/accounts/token.c src/accounts/token.h \
	src/accounts/totp.c src/accounts/totp.h
nodist_libquarry_accounts_a_SOURCES = \
	src/accounts/queries.c src/accounts/queries.h \
	src/accounts/ladder.c
# Also for who makes this library alone.
$(libquarry_accounts_a_OBJECTS): src/accounts/queries.h
EXTRA_DIST += src/accounts/README
