UNIT_NODE_LIBS = libquarry_node.a libquarry_store.a libquarry_consensus.a \
	libquarry_primitives.a libquarry_db.a libquarry_crypto.a libquarry_base.a \
	$(SQLITE_LIBS) $(CRYPTO_LIBS) $(SECP256K1_LIBS) $(CMOCKA_LIBS) -lpthread
UNIT_NODE_LAB = tests/unit/node/chainlab.c tests/unit/node/chainlab.h \
	tests/unit/unit.h

# Tests of blocks and branches.
UNIT_NODE_BLOCKS = $(UNIT_NODE_LAB) tests/unit/node/labblock.c \
	tests/unit/node/labblock.h
UNIT_NODE_VOTES = $(UNIT_NODE_BLOCKS) tests/unit/node/votebench.c \
	tests/unit/node/votebench.h

unit_programs += tests/unit/node/test_block_refused
tests_unit_node_test_block_refused_SOURCES = \
	tests/unit/node/test_block_refused.c $(UNIT_NODE_BLOCKS)
tests_unit_node_test_block_refused_CFLAGS = $(UNIT_CFLAGS)
tests_unit_node_test_block_refused_LDADD = $(UNIT_NODE_LIBS)

unit_programs += tests/unit/node/test_more_work
tests_unit_node_test_more_work_SOURCES = \
	tests/unit/node/test_more_work.c $(UNIT_NODE_BLOCKS)
tests_unit_node_test_more_work_CFLAGS = $(UNIT_CFLAGS)
tests_unit_node_test_more_work_LDADD = $(UNIT_NODE_LIBS)

unit_programs += tests/unit/node/test_branches
tests_unit_node_test_branches_SOURCES = \
	tests/unit/node/test_branches.c $(UNIT_NODE_BLOCKS)
tests_unit_node_test_branches_CFLAGS = $(UNIT_CFLAGS)
tests_unit_node_test_branches_LDADD = $(UNIT_NODE_LIBS)

unit_programs += tests/unit/node/test_offer
tests_unit_node_test_offer_SOURCES = \
	tests/unit/node/test_offer.c $(UNIT_NODE_BLOCKS)
tests_unit_node_test_offer_CFLAGS = $(UNIT_CFLAGS)
tests_unit_node_test_offer_LDADD = $(UNIT_NODE_LIBS)

unit_programs += tests/unit/node/test_nonstandard
tests_unit_node_test_nonstandard_SOURCES = \
	tests/unit/node/test_nonstandard.c $(UNIT_NODE_BLOCKS)
tests_unit_node_test_nonstandard_CFLAGS = $(UNIT_CFLAGS)
tests_unit_node_test_nonstandard_LDADD = $(UNIT_NODE_LIBS)

unit_programs += tests/unit/node/test_verified
tests_unit_node_test_verified_SOURCES = \
	tests/unit/node/test_verified.c $(UNIT_NODE_BLOCKS)
tests_unit_node_test_verified_CFLAGS = $(UNIT_CFLAGS)
tests_unit_node_test_verified_LDADD = $(UNIT_NODE_LIBS)

unit_programs += tests/unit/node/test_reorg
tests_unit_node_test_reorg_SOURCES = \
	tests/unit/node/test_reorg.c tests/unit/node/poolmodel.c \
	tests/unit/node/poolmodel.h $(UNIT_NODE_BLOCKS)
tests_unit_node_test_reorg_CFLAGS = $(UNIT_CFLAGS)
tests_unit_node_test_reorg_LDADD = $(UNIT_NODE_LIBS)

unit_programs += tests/unit/node/test_duplicates
tests_unit_node_test_duplicates_SOURCES = \
	tests/unit/node/test_duplicates.c $(UNIT_NODE_BLOCKS)
tests_unit_node_test_duplicates_CFLAGS = $(UNIT_CFLAGS)
tests_unit_node_test_duplicates_LDADD = $(UNIT_NODE_LIBS)

unit_programs += tests/unit/node/test_hostile
tests_unit_node_test_hostile_SOURCES = \
	tests/unit/node/test_hostile.c $(UNIT_NODE_BLOCKS)
tests_unit_node_test_hostile_CFLAGS = $(UNIT_CFLAGS)
tests_unit_node_test_hostile_LDADD = $(UNIT_NODE_LIBS)

unit_programs += tests/unit/node/test_mempool
tests_unit_node_test_mempool_SOURCES = tests/unit/node/test_mempool.c \
	tests/unit/node/draft.h $(UNIT_NODE_LAB)
tests_unit_node_test_mempool_CFLAGS = $(UNIT_CFLAGS)
tests_unit_node_test_mempool_LDADD = $(UNIT_NODE_LIBS)

unit_programs += tests/unit/node/test_priority
tests_unit_node_test_priority_SOURCES = tests/unit/node/test_priority.c \
	tests/unit/node/draft.h $(UNIT_NODE_LAB)
tests_unit_node_test_priority_CFLAGS = $(UNIT_CFLAGS)
tests_unit_node_test_priority_LDADD = $(UNIT_NODE_LIBS)

unit_programs += tests/unit/node/test_template
tests_unit_node_test_template_SOURCES = tests/unit/node/test_template.c $(UNIT_NODE_LAB)
tests_unit_node_test_template_CFLAGS = $(UNIT_CFLAGS)
tests_unit_node_test_template_LDADD = $(UNIT_NODE_LIBS)

unit_programs += tests/unit/node/test_family
tests_unit_node_test_family_SOURCES = tests/unit/node/test_family.c \
	tests/unit/node/census.h $(UNIT_NODE_LAB)
tests_unit_node_test_family_CFLAGS = $(UNIT_CFLAGS)
tests_unit_node_test_family_LDADD = $(UNIT_NODE_LIBS)

unit_programs += tests/unit/node/test_hard_threads
tests_unit_node_test_hard_threads_SOURCES = tests/unit/node/test_hard_threads.c \
	tests/unit/node/hard.h $(UNIT_NODE_LAB)
tests_unit_node_test_hard_threads_CFLAGS = $(UNIT_CFLAGS)
tests_unit_node_test_hard_threads_LDADD = $(UNIT_NODE_LIBS)

unit_programs += tests/unit/node/test_hard_witness
tests_unit_node_test_hard_witness_SOURCES = tests/unit/node/test_hard_witness.c \
	tests/unit/node/hard.h tests/unit/consensus/spend.h $(UNIT_NODE_LAB)
tests_unit_node_test_hard_witness_CFLAGS = $(UNIT_CFLAGS)
tests_unit_node_test_hard_witness_LDADD = $(UNIT_NODE_LIBS)

unit_programs += tests/unit/node/test_hard_lock
tests_unit_node_test_hard_lock_SOURCES = tests/unit/node/test_hard_lock.c \
	tests/unit/node/hard.h $(UNIT_NODE_LAB)
tests_unit_node_test_hard_lock_CFLAGS = $(UNIT_CFLAGS)
tests_unit_node_test_hard_lock_LDADD = $(UNIT_NODE_LIBS)

unit_programs += tests/unit/node/test_package
tests_unit_node_test_package_SOURCES = tests/unit/node/test_package.c $(UNIT_NODE_LAB)
tests_unit_node_test_package_CFLAGS = $(UNIT_CFLAGS)
tests_unit_node_test_package_LDADD = $(UNIT_NODE_LIBS)

unit_programs += tests/unit/node/test_replace
tests_unit_node_test_replace_SOURCES = tests/unit/node/test_replace.c \
	tests/unit/node/draft.h $(UNIT_NODE_LAB)
tests_unit_node_test_replace_CFLAGS = $(UNIT_CFLAGS)
tests_unit_node_test_replace_LDADD = $(UNIT_NODE_LIBS)

unit_programs += tests/unit/node/test_package_rbf
tests_unit_node_test_package_rbf_SOURCES = tests/unit/node/test_package_rbf.c $(UNIT_NODE_LAB)
tests_unit_node_test_package_rbf_CFLAGS = $(UNIT_CFLAGS)
tests_unit_node_test_package_rbf_LDADD = $(UNIT_NODE_LIBS)

unit_programs += tests/unit/node/test_together
tests_unit_node_test_together_SOURCES = tests/unit/node/test_together.c $(UNIT_NODE_LAB)
tests_unit_node_test_together_CFLAGS = $(UNIT_CFLAGS)
tests_unit_node_test_together_LDADD = $(UNIT_NODE_LIBS)

unit_programs += tests/unit/node/test_checks
tests_unit_node_test_checks_SOURCES = tests/unit/node/test_checks.c tests/unit/unit.h
tests_unit_node_test_checks_CFLAGS = $(UNIT_CFLAGS)
tests_unit_node_test_checks_LDADD = $(UNIT_NODE_LIBS)

unit_programs += tests/unit/node/test_two_writers
tests_unit_node_test_two_writers_SOURCES = tests/unit/node/test_two_writers.c \
	tests/unit/node/census.h $(UNIT_NODE_LAB)
tests_unit_node_test_two_writers_CFLAGS = $(UNIT_CFLAGS)
tests_unit_node_test_two_writers_LDADD = $(UNIT_NODE_LIBS)

unit_programs += tests/unit/node/test_hard_assume
tests_unit_node_test_hard_assume_SOURCES = tests/unit/node/test_hard_assume.c \
	tests/unit/node/hard.h $(UNIT_NODE_LAB)
tests_unit_node_test_hard_assume_CFLAGS = $(UNIT_CFLAGS)
tests_unit_node_test_hard_assume_LDADD = $(UNIT_NODE_LIBS)

unit_programs += tests/unit/node/test_hard_headers
tests_unit_node_test_hard_headers_SOURCES = tests/unit/node/test_hard_headers.c \
	tests/unit/node/hard.h $(UNIT_NODE_LAB)
tests_unit_node_test_hard_headers_CFLAGS = $(UNIT_CFLAGS)
tests_unit_node_test_hard_headers_LDADD = $(UNIT_NODE_LIBS)

unit_programs += tests/unit/node/test_faults
tests_unit_node_test_faults_SOURCES = \
	tests/unit/node/test_faults.c $(UNIT_NODE_BLOCKS)
tests_unit_node_test_faults_CFLAGS = $(UNIT_CFLAGS)
tests_unit_node_test_faults_LDADD = $(UNIT_NODE_LIBS)
tests_unit_node_test_faults_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=malloc \
	-Wl,--wrap=calloc -Wl,--wrap=realloc

unit_programs += tests/unit/node/test_processes
tests_unit_node_test_processes_SOURCES = \
	tests/unit/node/test_processes.c $(UNIT_NODE_BLOCKS)
tests_unit_node_test_processes_CFLAGS = $(UNIT_CFLAGS)
tests_unit_node_test_processes_LDADD = $(UNIT_NODE_LIBS)

unit_programs += tests/unit/node/test_filters
tests_unit_node_test_filters_SOURCES = \
	tests/unit/node/test_filters.c $(UNIT_NODE_BLOCKS)
tests_unit_node_test_filters_CFLAGS = $(UNIT_CFLAGS)
tests_unit_node_test_filters_LDADD = $(UNIT_NODE_LIBS)

unit_programs += tests/unit/node/test_choose
tests_unit_node_test_choose_SOURCES = \
	tests/unit/node/test_choose.c $(UNIT_NODE_BLOCKS)
tests_unit_node_test_choose_CFLAGS = $(UNIT_CFLAGS)
tests_unit_node_test_choose_LDADD = $(UNIT_NODE_LIBS)

unit_programs += tests/unit/node/test_lab
tests_unit_node_test_lab_SOURCES = \
	tests/unit/node/test_lab.c $(UNIT_NODE_BLOCKS)
tests_unit_node_test_lab_CFLAGS = $(UNIT_CFLAGS)
tests_unit_node_test_lab_LDADD = $(UNIT_NODE_LIBS)
unit_programs += tests/unit/node/test_network
tests_unit_node_test_network_SOURCES = \
	tests/unit/node/test_network.c $(UNIT_NODE_BLOCKS)
tests_unit_node_test_network_CFLAGS = $(UNIT_CFLAGS)
tests_unit_node_test_network_LDADD = $(UNIT_NODE_LIBS)

unit_programs += tests/unit/node/test_finality
tests_unit_node_test_finality_SOURCES = \
	tests/unit/node/test_finality.c $(UNIT_NODE_VOTES)
tests_unit_node_test_finality_CFLAGS = $(UNIT_CFLAGS)
tests_unit_node_test_finality_LDADD = $(UNIT_NODE_LIBS)

unit_programs += tests/unit/node/test_finality_choice
tests_unit_node_test_finality_choice_SOURCES = \
	tests/unit/node/test_finality_choice.c $(UNIT_NODE_VOTES)
tests_unit_node_test_finality_choice_CFLAGS = $(UNIT_CFLAGS)
tests_unit_node_test_finality_choice_LDADD = $(UNIT_NODE_LIBS)

unit_programs += tests/unit/node/test_finality_proof
tests_unit_node_test_finality_proof_SOURCES = \
	tests/unit/node/test_finality_proof.c $(UNIT_NODE_VOTES)
tests_unit_node_test_finality_proof_CFLAGS = $(UNIT_CFLAGS)
tests_unit_node_test_finality_proof_LDADD = $(UNIT_NODE_LIBS)

unit_programs += tests/unit/node/test_finality_nodes
tests_unit_node_test_finality_nodes_SOURCES = \
	tests/unit/node/test_finality_nodes.c $(UNIT_NODE_VOTES)
tests_unit_node_test_finality_nodes_CFLAGS = $(UNIT_CFLAGS)
tests_unit_node_test_finality_nodes_LDADD = $(UNIT_NODE_LIBS)

unit_programs += tests/unit/node/test_finality_stake
tests_unit_node_test_finality_stake_SOURCES = \
	tests/unit/node/test_finality_stake.c $(UNIT_NODE_VOTES)
tests_unit_node_test_finality_stake_CFLAGS = $(UNIT_CFLAGS)
tests_unit_node_test_finality_stake_LDADD = $(UNIT_NODE_LIBS)
