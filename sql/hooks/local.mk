# The statements and the ladder of hooks.db, as those of quarry.db.
hooks_queries = sql/hooks/hooks.sql
hooks_migrations = sql/hooks/0001_hooks.sql

EXTRA_DIST += $(hooks_queries) $(hooks_migrations)

hooks_made = src/hooks/queries.h src/hooks/queries.c src/hooks/ladder.c
BUILT_SOURCES += $(hooks_made)
CLEANFILES += $(hooks_made)

src/hooks/queries.h: sql/queries.awk $(hooks_queries)
	$(AM_V_GEN)$(MKDIR_P) src/hooks && cd $(srcdir) && \
	$(AWK) -v make=enum -v room=hooks -f sql/queries.awk $(hooks_queries) \
		>'$(abs_builddir)/$@.tmp' && \
	mv '$(abs_builddir)/$@.tmp' '$(abs_builddir)/$@'
src/hooks/queries.c: sql/queries.awk $(hooks_queries)
	$(AM_V_GEN)$(MKDIR_P) src/hooks && cd $(srcdir) && \
	$(AWK) -v make=table -v room=hooks -f sql/queries.awk $(hooks_queries) \
		>'$(abs_builddir)/$@.tmp' && \
	mv '$(abs_builddir)/$@.tmp' '$(abs_builddir)/$@'
src/hooks/ladder.c: sql/queries.awk $(hooks_migrations)
	$(AM_V_GEN)$(MKDIR_P) src/hooks && cd $(srcdir) && \
	$(AWK) -v make=steps -v room=hooks -f sql/queries.awk $(hooks_migrations) \
		>'$(abs_builddir)/$@.tmp' && \
	mv '$(abs_builddir)/$@.tmp' '$(abs_builddir)/$@'
