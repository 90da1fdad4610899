# The statements and the ladder of wallets.db, as those of quarry.db.
purse_queries = sql/wallets/queries/purse.sql
purse_migrations = sql/wallets/migrations/0001_wallets.sql

EXTRA_DIST += $(purse_queries) $(purse_migrations)

purse_made = src/purse/queries.h src/purse/queries.c src/purse/ladder.c
BUILT_SOURCES += $(purse_made)
CLEANFILES += $(purse_made)

src/purse/queries.h: sql/to-c sql/queries.awk $(purse_queries)
	$(sql_to_c) enum purse $(purse_queries)
src/purse/queries.c: sql/to-c sql/queries.awk $(purse_queries)
	$(sql_to_c) table purse $(purse_queries)
src/purse/ladder.c: sql/to-c sql/queries.awk $(purse_migrations)
	$(sql_to_c) steps purse $(purse_migrations)
