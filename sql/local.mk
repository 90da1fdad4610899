# The statements and the ladder become C, in the build tree.
store_queries = \
	sql/queries/store_block.sql \
	sql/queries/store_event.sql \
	sql/queries/store_mempool.sql \
	sql/queries/store_peer.sql \
	sql/queries/store_script.sql \
	sql/queries/store_setting.sql \
	sql/queries/store_tx.sql
# In the order of their numbers.
store_migrations = \
	sql/migrations/0001_chain.sql \
	sql/migrations/0002_mempool.sql \
	sql/migrations/0003_peer.sql
store_views = \
	sql/views/v1_address.sql \
	sql/views/v1_address_tx.sql \
	sql/views/v1_announcement.sql \
	sql/views/v1_block.sql \
	sql/views/v1_event.sql \
	sql/views/v1_mempool.sql \
	sql/views/v1_mempool_gone.sql \
	sql/views/v1_mempool_in.sql \
	sql/views/v1_mempool_out.sql \
	sql/views/v1_peer.sql \
	sql/views/v1_reject.sql \
	sql/views/v1_reorg.sql \
	sql/views/v1_tx.sql \
	sql/views/v1_txin.sql \
	sql/views/v1_txout.sql \
	sql/views/v1_utxo.sql

EXTRA_DIST += sql/queries.awk $(store_queries) $(store_migrations) $(store_views)

sql_made = src/store/queries.h src/store/queries.c src/store/ladder.c
BUILT_SOURCES += $(sql_made)
CLEANFILES += $(sql_made)

src/store/queries.h: sql/queries.awk $(store_queries)
	$(AM_V_GEN)$(MKDIR_P) src/store && cd $(srcdir) && \
	$(AWK) -v make=enum -v room=store -f sql/queries.awk $(store_queries) \
		>'$(abs_builddir)/$@.tmp' && \
	mv '$(abs_builddir)/$@.tmp' '$(abs_builddir)/$@'
src/store/queries.c: sql/queries.awk $(store_queries)
	$(AM_V_GEN)$(MKDIR_P) src/store && cd $(srcdir) && \
	$(AWK) -v make=table -v room=store -f sql/queries.awk $(store_queries) \
		>'$(abs_builddir)/$@.tmp' && \
	mv '$(abs_builddir)/$@.tmp' '$(abs_builddir)/$@'
src/store/ladder.c: sql/queries.awk $(store_migrations) $(store_views)
	$(AM_V_GEN)$(MKDIR_P) src/store && cd $(srcdir) && \
	$(AWK) -v make=steps -v room=store -f sql/queries.awk $(store_migrations) $(store_views) \
		>'$(abs_builddir)/$@.tmp' && \
	mv '$(abs_builddir)/$@.tmp' '$(abs_builddir)/$@'
