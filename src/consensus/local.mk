noinst_LIBRARIES += libquarry_consensus.a
libquarry_consensus_a_SOURCES = \
	src/consensus/block_check.c src/consensus/block_check.h \
	src/consensus/chain_view.c src/consensus/chain_view.h \
	src/consensus/coin.h \
	src/consensus/flags.c src/consensus/flags.h \
	src/consensus/header_check.c src/consensus/header_check.h \
	src/consensus/locktime.c src/consensus/locktime.h \
	src/consensus/retarget.c src/consensus/retarget.h \
	src/consensus/sigops.c \
	src/consensus/tx_check.c src/consensus/tx_check.h \
	src/consensus/tx_inputs.c src/consensus/tx_inputs.h
