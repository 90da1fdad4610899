noinst_LIBRARIES += libquarry_node.a
libquarry_node_a_SOURCES = \
	src/node/core/announce.c src/node/core/announce.h \
	src/node/core/branch.c src/node/core/branch.h \
	src/node/core/catchup.c src/node/core/catchup.h \
	src/node/core/checks.c src/node/core/checks.h \
	src/node/core/coins.c src/node/core/coins.h \
	src/node/core/events.c src/node/core/events.h \
	src/node/core/figures.c src/node/core/figures.h \
	src/node/core/idset.h \
	src/node/core/mark.h \
	src/node/core/mempool_policy.c src/node/core/mempool_policy.h \
	src/node/core/node.c src/node/core/node.h \
	src/node/core/playground.c src/node/core/playground.h \
	src/node/core/priv.h \
	src/node/core/scripts.c src/node/core/scripts.h \
	src/node/core/waiting.c src/node/core/waiting.h \
	src/node/pool/mempool.c src/node/pool/mempool.h \
	src/node/pool/policy.c src/node/pool/policy.h \
	src/node/pool/pool.c src/node/pool/pool.h \
	src/node/pool/poolchunks.c \
	src/node/pool/poolfamily.c src/node/pool/poolfamily.h \
	src/node/pool/poolgroup.c src/node/pool/poolgroup.h \
	src/node/pool/poolin.c src/node/pool/poolin.h \
	src/node/pool/pooljudge.c src/node/pool/pooljudge.h \
	src/node/pool/poollimit.c src/node/pool/poollimit.h \
	src/node/pool/poolpackage.c src/node/pool/poolpackage.h \
	src/node/pool/poolrbf.c src/node/pool/poolrbf.h \
	src/node/pool/poolset.c src/node/pool/poolset.h \
	src/node/pool/pooltest.c \
	src/node/pool/pooltruc.c src/node/pool/pooltruc.h \
	src/node/chain/accept.c src/node/chain/accept.h \
	src/node/chain/accept_headers.c \
	src/node/chain/accept_place.c src/node/chain/accept_place.h \
	src/node/chain/activate.c src/node/chain/activate.h \
	src/node/chain/apply.c src/node/chain/apply.h \
	src/node/chain/assume.c src/node/chain/assume.h \
	src/node/chain/batch.c src/node/chain/batch.h \
	src/node/chain/blkfile.c src/node/chain/blkfile.h \
	src/node/chain/bulk.h \
	src/node/chain/choose.c src/node/chain/choose.h \
	src/node/chain/create.c \
	src/node/chain/disconnect.c \
	src/node/chain/filter_index.c src/node/chain/filter_index.h \
	src/node/chain/finality_choose.c \
	src/node/chain/finality_index.c \
	src/node/chain/finality_mark.h \
	src/node/chain/finality_prune.c \
	src/node/chain/finality_state.c src/node/chain/finality_state.h \
	src/node/chain/import.c src/node/chain/import.h \
	src/node/chain/offer.c src/node/chain/offer.h \
	src/node/chain/plan.c src/node/chain/plan.h \
	src/node/chain/precheck.c src/node/chain/precheck.h \
	src/node/chain/presync.c src/node/chain/presync.h \
	src/node/chain/tried.c src/node/chain/tried.h \
	src/node/finality/finality.c src/node/finality/finality.h \
	src/node/finality/finality_cert.c \
	src/node/finality/turnout.c src/node/finality/turnout.h \
	src/node/query/filter.c src/node/query/filter.h \
	src/node/query/missing.c \
	src/node/query/query.h \
	src/node/query/query_block.c \
	src/node/query/query_chain.c src/node/query/query_chain.h \
	src/node/query/query_fee.c \
	src/node/query/query_full.h \
	src/node/query/query_full_block.c \
	src/node/query/query_full_pool.c \
	src/node/query/query_full_script.c \
	src/node/query/query_full_tx.c \
	src/node/query/query_mempool.c src/node/query/query_mempool.h \
	src/node/query/query_rows.h \
	src/node/query/query_script.c \
	src/node/query/query_search.c src/node/query/query_search.h \
	src/node/query/query_tx.c \
	src/node/query/spend.c src/node/query/spend.h \
	src/node/query/trace.c src/node/query/trace.h \
	src/node/mine/build.c src/node/mine/build.h \
	src/node/mine/mine_taken.c src/node/mine/mine_taken.h \
	src/node/mine/mining.c src/node/mine/mining.h \
	src/node/mine/proposal.c src/node/mine/proposal.h \
	src/node/mine/submit.c src/node/mine/submit.h \
	src/node/mine/template.c src/node/mine/template.h \
	src/node/mine/template_block.c \
	src/node/mine/template_head.h \
	src/node/mine/template_pick.c src/node/mine/template_pick.h \
	src/node/mine/turn.c src/node/mine/turn.h \
	src/node/net/addrbook.c src/node/net/addrbook.h \
	src/node/net/identity.c src/node/net/identity.h \
	src/node/net/netreport.c src/node/net/netreport.h \
	src/node/net/p2pquery.c src/node/net/p2pquery.h \
	src/node/net/peers.c src/node/net/peers.h \
	src/node/check/digest.c \
	src/node/check/rowcheck.c src/node/check/rowcheck.h \
	src/node/check/verify.c src/node/check/verify.h \
	src/node/lab/console.c src/node/lab/console.h \
	src/node/lab/lab.c src/node/lab/lab.h \
	src/node/lab/shot.c src/node/lab/shot.h
libquarry_node_a_CFLAGS = $(AM_CFLAGS) -pthread
