# The statements and the ladder of wallets.db, as those of quarry.db.
purse_queries = sql/wallets/queries/purse.sql
purse_migrations = sql/wallets/migrations/0001_wallets.sql

EXTRA_DIST += $(purse_queries) $(purse_migrations)

purse_made = src/purse/queries.h src/purse/queries.c src/purse/ladder.c
BUILT_SOURCES += $(purse_made)
CLEANFILES += $(purse_made)

src/purse/queries.h: sql/queries.awk $(purse_queries)
	$(AM_V_GEN)$(MKDIR_P) src/purse && cd $(srcdir) && \
	$(AWK) -v make=enum -v room=purse -f sql/queries.awk $(purse_queries) \
		>'$(abs_builddir)/$@.tmp' && \
	mv '$(abs_builddir)/$@.tmp' '$(abs_builddir)/$@'
src/purse/queries.c: sql/queries.awk $(purse_queries)
	$(AM_V_GEN)$(MKDIR_P) src/purse && cd $(srcdir) && \
	$(AWK) -v make=table -v room=purse -f sql/queries.awk $(purse_queries) \
		>'$(abs_builddir)/$@.tmp' && \
	mv '$(abs_builddir)/$@.tmp' '$(abs_builddir)/$@'
src/purse/ladder.c: sql/queries.awk $(purse_migrations)
	$(AM_V_GEN)$(MKDIR_P) src/purse && cd $(srcdir) && \
	$(AWK) -v make=steps -v room=purse -f sql/queries.awk $(purse_migrations) \
		>'$(abs_builddir)/$@.tmp' && \
	mv '$(abs_builddir)/$@.tmp' '$(abs_builddir)/$@'
