unit_programs += tests/unit/relay/test_evict
tests_unit_relay_test_evict_SOURCES = \
	tests/unit/relay/test_evict.c tests/unit/unit.h src/relay/p2p_evict.c
tests_unit_relay_test_evict_CFLAGS = $(UNIT_CFLAGS)
tests_unit_relay_test_evict_LDADD = libquarry_base.a $(CMOCKA_LIBS)
