unit_programs += tests/unit/feed/test_event_want
tests_unit_feed_test_event_want_SOURCES = tests/unit/feed/test_event_want.c tests/unit/unit.h
tests_unit_feed_test_event_want_CFLAGS = $(UNIT_CFLAGS)
tests_unit_feed_test_event_want_LDADD = libquarry_feed.a libquarry_primitives.a \
	libquarry_crypto.a libquarry_base.a $(SECP256K1_LIBS) $(CRYPTO_LIBS) $(CMOCKA_LIBS)
