noinst_LIBRARIES += libquarry_consensus.a
libquarry_consensus_a_SOURCES = \
	src/consensus/block_check.c src/consensus/block_check.h \
	src/consensus/chain_view.c src/consensus/chain_view.h \
	src/consensus/coin.h \
	src/consensus/finality.c src/consensus/finality.h \
	src/consensus/finality_set.c \
	src/consensus/flags.c src/consensus/flags.h \
	src/consensus/header_check.c src/consensus/header_check.h \
	src/consensus/locktime.c src/consensus/locktime.h \
	src/consensus/maker_sign.c src/consensus/maker_sign.h \
	src/consensus/maker_turn.c src/consensus/maker_turn.h \
	src/consensus/retarget.c src/consensus/retarget.h \
	src/consensus/interp.c src/consensus/interp.h \
	src/consensus/ops_crypto.c \
	src/consensus/ops_number.c \
	src/consensus/ops_stack.c \
	src/consensus/script_check.c src/consensus/script_check.h \
	src/consensus/script_error.c src/consensus/script_error.def \
	src/consensus/script_trace.c src/consensus/script_trace.h \
	src/consensus/scriptnum.c src/consensus/scriptnum.h \
	src/consensus/sighash.h \
	src/consensus/sighash_cache.c \
	src/consensus/sighash_legacy.c \
	src/consensus/sighash_witness.c \
	src/consensus/signet.c src/consensus/signet.h \
	src/consensus/sigops.c \
	src/consensus/stack.c src/consensus/stack.h \
	src/consensus/standard.c src/consensus/standard.h \
	src/consensus/taproot.c src/consensus/taproot.h \
	src/consensus/tx_check.c src/consensus/tx_check.h \
	src/consensus/tx_inputs.c src/consensus/tx_inputs.h \
	src/consensus/witness.c
EXTRA_DIST += src/consensus/finality.README
