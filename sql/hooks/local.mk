# The statements and the ladder of hooks.db, as those of quarry.db.
hooks_queries = sql/hooks/queries/hooks.sql
hooks_migrations = sql/hooks/migrations/0001_hooks.sql

EXTRA_DIST += $(hooks_queries) $(hooks_migrations)

hooks_made = src/hooks/queries.h src/hooks/queries.c src/hooks/ladder.c
BUILT_SOURCES += $(hooks_made)
CLEANFILES += $(hooks_made)

src/hooks/queries.h: sql/to-c sql/queries.awk $(hooks_queries)
	$(sql_to_c) enum hooks $(hooks_queries)
src/hooks/queries.c: sql/to-c sql/queries.awk $(hooks_queries)
	$(sql_to_c) table hooks $(hooks_queries)
src/hooks/ladder.c: sql/to-c sql/queries.awk $(hooks_migrations)
	$(sql_to_c) steps hooks $(hooks_migrations)
