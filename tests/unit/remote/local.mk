remote_test_libs = libquarry_remote.a libquarry_json.a libquarry_primitives.a \
	libquarry_crypto.a libquarry_base.a $(CURL_LIBS) $(JANSSON_LIBS) \
	$(SECP256K1_LIBS) $(CRYPTO_LIBS) $(CMOCKA_LIBS)
unit_programs += tests/unit/remote/test_guard tests/unit/remote/test_fetch \
	tests/unit/remote/test_peer_client
tests_unit_remote_test_guard_SOURCES = tests/unit/remote/test_guard.c tests/unit/unit.h
tests_unit_remote_test_guard_CFLAGS = $(UNIT_CFLAGS)
tests_unit_remote_test_guard_LDADD = $(remote_test_libs)
tests_unit_remote_test_fetch_SOURCES = tests/unit/remote/test_fetch.c tests/unit/unit.h
tests_unit_remote_test_fetch_CFLAGS = $(UNIT_CFLAGS)
tests_unit_remote_test_fetch_LDADD = $(remote_test_libs)
EXTRA_DIST += tests/unit/remote/server.py
tests_unit_remote_test_peer_client_SOURCES = tests/unit/remote/test_peer_client.c \
	tests/unit/unit.h
tests_unit_remote_test_peer_client_CFLAGS = $(UNIT_CFLAGS)
tests_unit_remote_test_peer_client_LDADD = $(remote_test_libs)
