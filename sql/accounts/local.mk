# accounts.db: its own ladder and statements, made into C as the store's are.
accounts_queries = \
	sql/accounts/queries/accounts_account.sql \
	sql/accounts/queries/accounts_attempt.sql \
	sql/accounts/queries/accounts_key.sql \
	sql/accounts/queries/accounts_session.sql \
	sql/accounts/queries/accounts_token.sql
accounts_migrations = \
	sql/accounts/migrations/0001_accounts.sql
EXTRA_DIST += $(accounts_queries) $(accounts_migrations)

accounts_made = src/accounts/queries.h src/accounts/queries.c src/accounts/ladder.c
BUILT_SOURCES += $(accounts_made)
CLEANFILES += $(accounts_made)

src/accounts/queries.h: sql/to-c sql/queries.awk $(accounts_queries)
	$(sql_to_c) enum accounts $(accounts_queries)
src/accounts/queries.c: sql/to-c sql/queries.awk $(accounts_queries)
	$(sql_to_c) table accounts $(accounts_queries)
src/accounts/ladder.c: sql/to-c sql/queries.awk $(accounts_migrations)
	$(sql_to_c) steps accounts $(accounts_migrations)
