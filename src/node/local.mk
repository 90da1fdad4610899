noinst_LIBRARIES += libquarry_node.a
libquarry_node_a_SOURCES = \
	src/node/accept.c src/node/accept.h \
	src/node/accept_headers.c \
	src/node/accept_place.c src/node/accept_place.h \
	src/node/activate.c src/node/activate.h \
	src/node/addrbook.c src/node/addrbook.h \
	src/node/announce.c src/node/announce.h \
	src/node/apply.c src/node/apply.h \
	src/node/assume.c src/node/assume.h \
	src/node/batch.c src/node/batch.h \
	src/node/blkfile.c src/node/blkfile.h \
	src/node/branch.c src/node/branch.h \
	src/node/build.c src/node/build.h \
	src/node/bulk.h \
	src/node/catchup.c src/node/catchup.h \
	src/node/checks.c src/node/checks.h \
	src/node/choose.c src/node/choose.h \
	src/node/coins.c src/node/coins.h \
	src/node/console.c src/node/console.h \
	src/node/create.c \
	src/node/digest.c \
	src/node/disconnect.c \
	src/node/events.c src/node/events.h \
	src/node/finality.c src/node/finality.h \
	src/node/finality_cert.c \
	src/node/finality_choose.c \
	src/node/finality_index.c \
	src/node/finality_prune.c \
	src/node/finality_state.c src/node/finality_state.h \
	src/node/figures.c src/node/figures.h \
	src/node/filter.c src/node/filter.h \
	src/node/filter_index.c src/node/filter_index.h \
	src/node/identity.c src/node/identity.h \
	src/node/idset.h \
	src/node/presync.c src/node/presync.h \
	src/node/import.c src/node/import.h \
	src/node/lab.c src/node/lab.h \
	src/node/mark.h \
	src/node/mempool_policy.c src/node/mempool_policy.h \
	src/node/playground.c src/node/playground.h \
	src/node/mempool.c src/node/mempool.h \
	src/node/policy.c src/node/policy.h \
	src/node/netreport.c src/node/netreport.h \
	src/node/mine_taken.c src/node/mine_taken.h \
	src/node/mining.c src/node/mining.h \
	src/node/missing.c \
	src/node/node.c src/node/node.h \
	src/node/offer.c src/node/offer.h \
	src/node/p2pquery.c src/node/p2pquery.h \
	src/node/peers.c src/node/peers.h \
	src/node/plan.c src/node/plan.h \
	src/node/pool.c src/node/pool.h \
	src/node/poolchunks.c \
	src/node/poolfamily.c src/node/poolfamily.h \
	src/node/poolgroup.c src/node/poolgroup.h \
	src/node/poolin.c src/node/poolin.h \
	src/node/pooljudge.c src/node/pooljudge.h \
	src/node/poollimit.c src/node/poollimit.h \
	src/node/poolpackage.c src/node/poolpackage.h \
	src/node/poolrbf.c src/node/poolrbf.h \
	src/node/poolset.c src/node/poolset.h \
	src/node/pooltest.c \
	src/node/pooltruc.c src/node/pooltruc.h \
	src/node/precheck.c src/node/precheck.h \
	src/node/priv.h \
	src/node/query.h src/node/query_block.c \
	src/node/query_fee.c \
	src/node/query_full.h src/node/query_rows.h \
	src/node/query_full_block.c \
	src/node/query_full_pool.c \
	src/node/query_full_script.c \
	src/node/query_full_tx.c \
	src/node/query_chain.c src/node/query_chain.h \
	src/node/query_search.c src/node/query_search.h \
	src/node/query_mempool.c src/node/query_mempool.h \
	src/node/query_script.c src/node/query_tx.c \
	src/node/proposal.c src/node/proposal.h \
	src/node/rowcheck.c src/node/rowcheck.h \
	src/node/scripts.c src/node/scripts.h \
	src/node/shot.c src/node/shot.h \
	src/node/submit.c src/node/submit.h \
	src/node/spend.c src/node/spend.h \
	src/node/template.c src/node/template.h \
	src/node/template_block.c src/node/template_head.h \
	src/node/template_pick.c src/node/template_pick.h \
	src/node/trace.c src/node/trace.h \
	src/node/tried.c src/node/tried.h \
	src/node/turn.c src/node/turn.h \
	src/node/waiting.c src/node/waiting.h \
	src/node/turnout.c src/node/turnout.h \
	src/node/verify.c src/node/verify.h
libquarry_node_a_CFLAGS = $(AM_CFLAGS) -pthread
