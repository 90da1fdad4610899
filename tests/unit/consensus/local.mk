unit_programs += tests/unit/consensus/test_headers \
	tests/unit/consensus/test_retarget \
	tests/unit/consensus/test_tx \
	tests/unit/consensus/test_sigops \
	tests/unit/consensus/test_locktime \
	tests/unit/consensus/test_block \
	tests/unit/consensus/test_block_context
consensus_test_libs = libquarry_consensus.a libquarry_primitives.a \
	libquarry_crypto.a libquarry_base.a $(SECP256K1_LIBS) $(CRYPTO_LIBS) \
	$(CMOCKA_LIBS)
tests_unit_consensus_test_headers_SOURCES = tests/unit/consensus/test_headers.c \
	tests/unit/consensus/chain.h tests/unit/unit.h
tests_unit_consensus_test_headers_CFLAGS = $(UNIT_CFLAGS)
tests_unit_consensus_test_headers_LDADD = $(consensus_test_libs)
tests_unit_consensus_test_retarget_SOURCES = tests/unit/consensus/test_retarget.c \
	tests/unit/consensus/chain.h tests/unit/unit.h
tests_unit_consensus_test_retarget_CFLAGS = $(UNIT_CFLAGS)
tests_unit_consensus_test_retarget_LDADD = $(consensus_test_libs)
tests_unit_consensus_test_tx_SOURCES = tests/unit/consensus/test_tx.c \
	tests/unit/consensus/chain.h tests/unit/unit.h
tests_unit_consensus_test_tx_CFLAGS = $(UNIT_CFLAGS)
tests_unit_consensus_test_tx_LDADD = $(consensus_test_libs)
tests_unit_consensus_test_sigops_SOURCES = tests/unit/consensus/test_sigops.c \
	tests/unit/consensus/chain.h tests/unit/unit.h
tests_unit_consensus_test_sigops_CFLAGS = $(UNIT_CFLAGS)
tests_unit_consensus_test_sigops_LDADD = $(consensus_test_libs)
tests_unit_consensus_test_locktime_SOURCES = tests/unit/consensus/test_locktime.c \
	tests/unit/consensus/chain.h tests/unit/unit.h
tests_unit_consensus_test_locktime_CFLAGS = $(UNIT_CFLAGS)
tests_unit_consensus_test_locktime_LDADD = $(consensus_test_libs)
tests_unit_consensus_test_block_SOURCES = tests/unit/consensus/test_block.c \
	tests/unit/consensus/chain.h tests/unit/consensus/maker.h \
	tests/unit/unit.h
tests_unit_consensus_test_block_CFLAGS = $(UNIT_CFLAGS)
tests_unit_consensus_test_block_LDADD = $(consensus_test_libs)
tests_unit_consensus_test_block_context_SOURCES = tests/unit/consensus/test_block_context.c \
	tests/unit/consensus/chain.h tests/unit/consensus/maker.h \
	tests/unit/unit.h
tests_unit_consensus_test_block_context_CFLAGS = $(UNIT_CFLAGS)
tests_unit_consensus_test_block_context_LDADD = $(consensus_test_libs)

unit_programs += tests/unit/consensus/test_script_stack \
	tests/unit/consensus/test_script_limits \
	tests/unit/consensus/test_script_sighash \
	tests/unit/consensus/test_script_taproot
tests_unit_consensus_test_script_stack_SOURCES = \
	tests/unit/consensus/test_script_stack.c \
	tests/unit/consensus/spend.h tests/unit/unit.h
tests_unit_consensus_test_script_stack_CFLAGS = $(UNIT_CFLAGS)
tests_unit_consensus_test_script_stack_LDADD = $(consensus_test_libs)
tests_unit_consensus_test_script_limits_SOURCES = \
	tests/unit/consensus/test_script_limits.c \
	tests/unit/consensus/spend.h tests/unit/unit.h
tests_unit_consensus_test_script_limits_CFLAGS = $(UNIT_CFLAGS)
tests_unit_consensus_test_script_limits_LDADD = $(consensus_test_libs)
tests_unit_consensus_test_script_sighash_SOURCES = \
	tests/unit/consensus/test_script_sighash.c \
	tests/unit/consensus/spend.h tests/unit/unit.h
tests_unit_consensus_test_script_sighash_CFLAGS = $(UNIT_CFLAGS)
tests_unit_consensus_test_script_sighash_LDADD = $(consensus_test_libs)
tests_unit_consensus_test_script_taproot_SOURCES = \
	tests/unit/consensus/test_script_taproot.c \
	tests/unit/consensus/spend.h tests/unit/unit.h
tests_unit_consensus_test_script_taproot_CFLAGS = $(UNIT_CFLAGS)
tests_unit_consensus_test_script_taproot_LDADD = $(consensus_test_libs)

unit_programs += tests/unit/consensus/test_maker_turn
tests_unit_consensus_test_maker_turn_SOURCES = \
	tests/unit/consensus/test_maker_turn.c \
	tests/unit/consensus/chain.h tests/unit/consensus/maker.h \
	tests/unit/unit.h
tests_unit_consensus_test_maker_turn_CFLAGS = $(UNIT_CFLAGS)
tests_unit_consensus_test_maker_turn_LDADD = $(consensus_test_libs)

unit_programs += tests/unit/consensus/test_signet
tests_unit_consensus_test_signet_SOURCES = tests/unit/consensus/test_signet.c \
	tests/unit/consensus/chain.h tests/unit/consensus/maker.h \
	tests/unit/unit.h
tests_unit_consensus_test_signet_CFLAGS = $(UNIT_CFLAGS)
tests_unit_consensus_test_signet_LDADD = $(consensus_test_libs)

unit_programs += tests/unit/consensus/test_script_trace
tests_unit_consensus_test_script_trace_SOURCES = \
	tests/unit/consensus/test_script_trace.c \
	tests/unit/consensus/spend.h tests/unit/unit.h
tests_unit_consensus_test_script_trace_CFLAGS = $(UNIT_CFLAGS)
tests_unit_consensus_test_script_trace_LDADD = $(consensus_test_libs)

unit_programs += tests/unit/consensus/test_standard
tests_unit_consensus_test_standard_SOURCES = \
	tests/unit/consensus/test_standard.c tests/unit/unit.h
tests_unit_consensus_test_standard_CFLAGS = $(UNIT_CFLAGS)
tests_unit_consensus_test_standard_LDADD = $(consensus_test_libs)

unit_programs += tests/unit/consensus/test_finality_model
tests_unit_consensus_test_finality_model_SOURCES = \
	tests/unit/consensus/test_finality_model.c tests/unit/unit.h
tests_unit_consensus_test_finality_model_CFLAGS = $(UNIT_CFLAGS)
tests_unit_consensus_test_finality_model_LDADD = $(consensus_test_libs)

unit_programs += tests/unit/consensus/test_finality
tests_unit_consensus_test_finality_SOURCES = \
	tests/unit/consensus/test_finality.c tests/unit/unit.h
tests_unit_consensus_test_finality_CFLAGS = $(UNIT_CFLAGS)
tests_unit_consensus_test_finality_LDADD = $(consensus_test_libs)

unit_programs += tests/unit/consensus/test_finality_sim
tests_unit_consensus_test_finality_sim_SOURCES = \
	tests/unit/consensus/test_finality_sim.c tests/unit/unit.h
tests_unit_consensus_test_finality_sim_CFLAGS = $(UNIT_CFLAGS)
tests_unit_consensus_test_finality_sim_LDADD = $(consensus_test_libs)

# Ten thousand random schedules of votes, and three hundred of whole nodes, instead
# of the few of make check.
check-finality: tests/unit/consensus/test_finality_sim \
	tests/unit/node/test_finality_nodes
	QUARRY_SCHEDULES=10000 tests/unit/consensus/test_finality_sim
	QUARRY_SCHEDULES=300 tests/unit/node/test_finality_nodes
.PHONY: check-finality
