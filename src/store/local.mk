noinst_LIBRARIES += libquarry_store.a
libquarry_store_a_SOURCES = \
	src/store/store.c src/store/store.h src/store/store_internal.h \
	src/store/store_check.c src/store/store_check.h \
	src/store/store_address.c src/store/store_address.h \
	src/store/store_block.c src/store/store_block.h \
	src/store/store_event.c src/store/store_event.h \
	src/store/store_finality.c src/store/store_finality.h \
	src/store/store_filter.c src/store/store_filter.h \
	src/store/store_join.c src/store/store_join.h \
	src/store/store_mempool.c src/store/store_mempool.h \
	src/store/store_miner.c src/store/store_miner.h \
	src/store/store_network.c src/store/store_network.h \
	src/store/store_peer.c src/store/store_peer.h \
	src/store/store_proposal.c src/store/store_proposal.h \
	src/store/store_script.c src/store/store_script.h \
	src/store/store_search.c src/store/store_search.h \
	src/store/store_tx.c src/store/store_tx.h \
	src/store/store_utxo.c src/store/store_utxo.h \
	src/store/store_waiting.c src/store/store_waiting.h
nodist_libquarry_store_a_SOURCES = \
	src/store/queries.c src/store/queries.h \
	src/store/ladder.c
# Also for who makes this library alone.
$(libquarry_store_a_OBJECTS): src/store/queries.h
