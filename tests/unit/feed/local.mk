unit_programs += tests/unit/feed/test_event_want
tests_unit_feed_test_event_want_SOURCES = tests/unit/feed/test_event_want.c tests/unit/unit.h
tests_unit_feed_test_event_want_CFLAGS = $(UNIT_CFLAGS)
tests_unit_feed_test_event_want_LDADD = libquarry_feed.a libquarry_node.a libquarry_store.a \
	libquarry_consensus.a libquarry_primitives.a libquarry_db.a libquarry_crypto.a \
	libquarry_base.a $(SQLITE_LIBS) $(SECP256K1_LIBS) $(CRYPTO_LIBS) $(CMOCKA_LIBS) -lpthread
