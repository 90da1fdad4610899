unit_programs += tests/unit/relay/test_evict
tests_unit_relay_test_evict_SOURCES = \
	tests/unit/relay/test_evict.c tests/unit/unit.h src/relay/p2p_evict.c
tests_unit_relay_test_evict_CFLAGS = $(UNIT_CFLAGS)
tests_unit_relay_test_evict_LDADD = libquarry_base.a $(CMOCKA_LIBS)

unit_programs += tests/unit/relay/test_permit
tests_unit_relay_test_permit_SOURCES = \
	tests/unit/relay/test_permit.c tests/unit/unit.h src/relay/p2p_permit.c
tests_unit_relay_test_permit_CFLAGS = $(UNIT_CFLAGS)
tests_unit_relay_test_permit_LDADD = libquarry_primitives.a libquarry_crypto.a \
	libquarry_base.a $(CMOCKA_LIBS)
