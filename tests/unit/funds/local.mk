UNIT_FUNDS_LAB = tests/unit/funds/fundlab.c tests/unit/funds/fundlab.h \
	$(UNIT_NODE_BLOCKS)
UNIT_FUNDS_LIBS = libquarry_funds.a libquarry_wallet.a libquarry_purse.a \
	$(UNIT_NODE_LIBS)

unit_programs += tests/unit/funds/test_funds
tests_unit_funds_test_funds_SOURCES = tests/unit/funds/test_funds.c $(UNIT_FUNDS_LAB)
tests_unit_funds_test_funds_CFLAGS = $(UNIT_CFLAGS)
tests_unit_funds_test_funds_LDADD = $(UNIT_FUNDS_LIBS)

unit_programs += tests/unit/funds/test_spend
tests_unit_funds_test_spend_SOURCES = tests/unit/funds/test_spend.c $(UNIT_FUNDS_LAB)
tests_unit_funds_test_spend_CFLAGS = $(UNIT_CFLAGS)
tests_unit_funds_test_spend_LDADD = $(UNIT_FUNDS_LIBS)
