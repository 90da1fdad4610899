# Tests of blocks and branches.
UNIT_NODE_BLOCKS = $(UNIT_NODE_LAB) tests/unit/node/labblock.c \
	tests/unit/node/labblock.h

unit_programs += tests/unit/node/test_block_refused
tests_unit_node_test_block_refused_SOURCES = \
	tests/unit/node/test_block_refused.c $(UNIT_NODE_BLOCKS)
tests_unit_node_test_block_refused_CFLAGS = $(UNIT_CFLAGS)
tests_unit_node_test_block_refused_LDADD = $(UNIT_NODE_LIBS)

unit_programs += tests/unit/node/test_branches
tests_unit_node_test_branches_SOURCES = \
	tests/unit/node/test_branches.c $(UNIT_NODE_BLOCKS)
tests_unit_node_test_branches_CFLAGS = $(UNIT_CFLAGS)
tests_unit_node_test_branches_LDADD = $(UNIT_NODE_LIBS)

unit_programs += tests/unit/node/test_reorg
tests_unit_node_test_reorg_SOURCES = \
	tests/unit/node/test_reorg.c $(UNIT_NODE_BLOCKS)
tests_unit_node_test_reorg_CFLAGS = $(UNIT_CFLAGS)
tests_unit_node_test_reorg_LDADD = $(UNIT_NODE_LIBS)

unit_programs += tests/unit/node/test_duplicates
tests_unit_node_test_duplicates_SOURCES = \
	tests/unit/node/test_duplicates.c $(UNIT_NODE_BLOCKS)
tests_unit_node_test_duplicates_CFLAGS = $(UNIT_CFLAGS)
tests_unit_node_test_duplicates_LDADD = $(UNIT_NODE_LIBS)
