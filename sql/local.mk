# The statements and the ladder become C, in the build tree.
store_queries = \
	sql/queries/store_address.sql \
	sql/queries/store_block.sql \
	sql/queries/store_check.sql \
	sql/queries/store_event.sql \
	sql/queries/store_filter.sql \
	sql/queries/store_finality.sql \
	sql/queries/store_join.sql \
	sql/queries/store_mempool.sql \
	sql/queries/store_miner.sql \
	sql/queries/store_network.sql \
	sql/queries/store_peer.sql \
	sql/queries/store_proposal.sql \
	sql/queries/store_script.sql \
	sql/queries/store_search.sql \
	sql/queries/store_setting.sql \
	sql/queries/store_tx.sql \
	sql/queries/store_utxo.sql \
	sql/queries/store_waiting.sql
# In the order of their numbers.
store_migrations = \
	sql/migrations/0001_chain.sql \
	sql/migrations/0002_mempool.sql \
	sql/migrations/0003_peer.sql \
	sql/migrations/0004_filter.sql \
	sql/migrations/0005_network.sql \
	sql/migrations/0006_priority.sql \
	sql/migrations/0007_finality.sql \
	sql/migrations/0008_miner.sql \
	sql/migrations/0009_peer_event.sql \
	sql/migrations/0010_waiting.sql \
	sql/migrations/0011_script_sums.sql
store_views = \
	sql/views/v1_address.sql \
	sql/views/v1_address_tx.sql \
	sql/views/v1_announcement.sql \
	sql/views/v1_ban.sql \
	sql/views/v1_block.sql \
	sql/views/v1_block_filter.sql \
	sql/views/v1_checkpoint.sql \
	sql/views/v1_connection.sql \
	sql/views/v1_connection_traffic.sql \
	sql/views/v1_event.sql \
	sql/views/v1_evidence.sql \
	sql/views/v1_known_address.sql \
	sql/views/v1_mempool.sql \
	sql/views/v1_mempool_gone.sql \
	sql/views/v1_mempool_in.sql \
	sql/views/v1_mempool_out.sql \
	sql/views/v1_miner.sql \
	sql/views/v1_param.sql \
	sql/views/v1_peer.sql \
	sql/views/v1_reject.sql \
	sql/views/v1_reorg.sql \
	sql/views/v1_tx.sql \
	sql/views/v1_txin.sql \
	sql/views/v1_txout.sql \
	sql/views/v1_utxo.sql \
	sql/views/v1_validator.sql \
	sql/views/v1_vote.sql \
	sql/views/v1_waiting.sql

EXTRA_DIST += sql/queries.awk sql/to-c $(store_queries) $(store_migrations) $(store_views) \
	sql/schema.sql sql/make-schema

cookbookdir = $(pkgdatadir)/cookbook
dist_cookbook_DATA = \
	sql/cookbook/address_reuse.sql \
	sql/cookbook/block_intervals.sql \
	sql/cookbook/busiest_peers.sql \
	sql/cookbook/coin_age.sql \
	sql/cookbook/coins_moved.sql \
	sql/cookbook/confirmation_times.sql \
	sql/cookbook/cpfp_families.sql \
	sql/cookbook/dearest_transactions.sql \
	sql/cookbook/difficulty_by_period.sql \
	sql/cookbook/duplicate_txids.sql \
	sql/cookbook/dust_outputs.sql \
	sql/cookbook/fee_percentiles.sql \
	sql/cookbook/fees_by_height.sql \
	sql/cookbook/filter_sizes.sql \
	sql/cookbook/finality_participation.sql \
	sql/cookbook/mempool_by_fee_rate.sql \
	sql/cookbook/miners.sql \
	sql/cookbook/op_return_texts.sql \
	sql/cookbook/outputs_by_value.sql \
	sql/cookbook/peer_traffic.sql \
	sql/cookbook/refused_by_rule.sql \
	sql/cookbook/refused_transactions.sql \
	sql/cookbook/reorganisations.sql \
	sql/cookbook/reorganisations_by_depth.sql \
	sql/cookbook/richest_addresses.sql \
	sql/cookbook/script_kinds.sql \
	sql/cookbook/stale_blocks.sql \
	sql/cookbook/supply_against_schedule.sql \
	sql/cookbook/taproot_adoption.sql \
	sql/cookbook/transactions_by_day.sql \
	sql/cookbook/unspent_coinbases.sql \
	sql/cookbook/version_signals.sql

sql_made = src/store/queries.h src/store/queries.c src/store/ladder.c
BUILT_SOURCES += $(sql_made)
CLEANFILES += $(sql_made)

sql_to_c = $(AM_V_GEN)$(MKDIR_P) $(@D) && cd $(srcdir) && \
	AWK='$(AWK)' sql/to-c '$(abs_builddir)/$@'

src/store/queries.h: sql/to-c sql/queries.awk $(store_queries)
	$(sql_to_c) enum store $(store_queries)
src/store/queries.c: sql/to-c sql/queries.awk $(store_queries)
	$(sql_to_c) table store $(store_queries)
src/store/ladder.c: sql/to-c sql/queries.awk $(store_migrations) $(store_views)
	$(sql_to_c) steps store $(store_migrations) $(store_views)
