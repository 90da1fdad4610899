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

src/accounts/queries.h: sql/queries.awk $(accounts_queries)
	$(AM_V_GEN)$(MKDIR_P) src/accounts && cd $(srcdir) && \
	$(AWK) -v make=enum -v room=accounts -f sql/queries.awk $(accounts_queries) \
		>'$(abs_builddir)/$@.tmp' && \
	mv '$(abs_builddir)/$@.tmp' '$(abs_builddir)/$@'
src/accounts/queries.c: sql/queries.awk $(accounts_queries)
	$(AM_V_GEN)$(MKDIR_P) src/accounts && cd $(srcdir) && \
	$(AWK) -v make=table -v room=accounts -f sql/queries.awk $(accounts_queries) \
		>'$(abs_builddir)/$@.tmp' && \
	mv '$(abs_builddir)/$@.tmp' '$(abs_builddir)/$@'
src/accounts/ladder.c: sql/queries.awk $(accounts_migrations)
	$(AM_V_GEN)$(MKDIR_P) src/accounts && cd $(srcdir) && \
	$(AWK) -v make=steps -v room=accounts -f sql/queries.awk $(accounts_migrations) \
		>'$(abs_builddir)/$@.tmp' && \
	mv '$(abs_builddir)/$@.tmp' '$(abs_builddir)/$@'
