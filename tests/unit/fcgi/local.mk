unit_programs += tests/unit/fcgi/test_esplora_json
tests_unit_fcgi_test_esplora_json_SOURCES = tests/unit/fcgi/test_esplora_json.c tests/unit/unit.h
tests_unit_fcgi_test_esplora_json_CFLAGS = $(UNIT_CFLAGS)
tests_unit_fcgi_test_esplora_json_LDADD = libquarry_fcgi.a libquarry_primitives.a \
	libquarry_crypto.a libquarry_base.a $(CRYPTO_LIBS) $(CMOCKA_LIBS)
unit_programs += tests/unit/fcgi/test_request
tests_unit_fcgi_test_request_SOURCES = tests/unit/fcgi/test_request.c tests/unit/unit.h
tests_unit_fcgi_test_request_CFLAGS = $(UNIT_CFLAGS)
tests_unit_fcgi_test_request_LDADD = libquarry_fcgi.a libquarry_json.a \
	libquarry_primitives.a libquarry_base.a $(CMOCKA_LIBS)
unit_programs += tests/unit/fcgi/test_route
tests_unit_fcgi_test_route_SOURCES = tests/unit/fcgi/test_route.c tests/unit/unit.h
tests_unit_fcgi_test_route_CFLAGS = $(UNIT_CFLAGS)
tests_unit_fcgi_test_route_LDADD = libquarry_fcgi.a libquarry_feed.a libquarry_hooks.a libquarry_lab.a libquarry_funds.a libquarry_purse.a libquarry_node.a \
	libquarry_wallet.a libquarry_accounts.a libquarry_store.a libquarry_db.a libquarry_consensus.a \
	libquarry_json.a libquarry_primitives.a libquarry_crypto.a libquarry_base.a \
	$(SQLITE_LIBS) $(CRYPTO_LIBS) $(SECP256K1_LIBS) $(JANSSON_LIBS) $(QRENCODE_LIBS) \
	$(CMOCKA_LIBS) -lpthread
unit_programs += tests/unit/fcgi/test_openapi
tests_unit_fcgi_test_openapi_SOURCES = tests/unit/fcgi/test_openapi.c tests/unit/unit.h
tests_unit_fcgi_test_openapi_CFLAGS = $(UNIT_CFLAGS)
tests_unit_fcgi_test_openapi_LDADD = libquarry_fcgi.a libquarry_feed.a libquarry_hooks.a libquarry_lab.a libquarry_funds.a libquarry_purse.a libquarry_node.a \
	libquarry_wallet.a libquarry_accounts.a libquarry_store.a libquarry_db.a libquarry_consensus.a \
	libquarry_json.a libquarry_primitives.a libquarry_crypto.a libquarry_base.a \
	$(SQLITE_LIBS) $(CRYPTO_LIBS) $(SECP256K1_LIBS) $(JANSSON_LIBS) $(QRENCODE_LIBS) \
	$(CMOCKA_LIBS) -lpthread
unit_programs += tests/unit/fcgi/test_page
tests_unit_fcgi_test_page_SOURCES = tests/unit/fcgi/test_page.c tests/unit/unit.h
tests_unit_fcgi_test_page_CFLAGS = $(UNIT_CFLAGS)
tests_unit_fcgi_test_page_LDADD = libquarry_fcgi.a libquarry_primitives.a \
	libquarry_crypto.a libquarry_base.a $(CRYPTO_LIBS) $(CMOCKA_LIBS)
unit_programs += tests/unit/fcgi/test_ws
tests_unit_fcgi_test_ws_SOURCES = tests/unit/fcgi/test_ws.c tests/unit/unit.h
tests_unit_fcgi_test_ws_CFLAGS = $(UNIT_CFLAGS)
tests_unit_fcgi_test_ws_LDADD = libquarry_fcgi.a libquarry_feed.a libquarry_hooks.a libquarry_lab.a libquarry_node.a \
	libquarry_wallet.a libquarry_accounts.a libquarry_store.a libquarry_db.a libquarry_consensus.a \
	libquarry_json.a libquarry_primitives.a libquarry_crypto.a libquarry_base.a \
	$(SQLITE_LIBS) $(CRYPTO_LIBS) $(SECP256K1_LIBS) $(JANSSON_LIBS) $(QRENCODE_LIBS) \
	$(CMOCKA_LIBS) -lpthread
unit_programs += tests/unit/fcgi/test_hub
tests_unit_fcgi_test_hub_SOURCES = tests/unit/fcgi/test_hub.c tests/unit/unit.h
tests_unit_fcgi_test_hub_CFLAGS = $(UNIT_CFLAGS)
tests_unit_fcgi_test_hub_LDADD = libquarry_fcgi.a libquarry_feed.a libquarry_hooks.a libquarry_lab.a libquarry_node.a \
	libquarry_wallet.a libquarry_accounts.a libquarry_store.a libquarry_db.a libquarry_consensus.a \
	libquarry_json.a libquarry_primitives.a libquarry_crypto.a libquarry_base.a \
	$(SQLITE_LIBS) $(CRYPTO_LIBS) $(SECP256K1_LIBS) $(JANSSON_LIBS) $(QRENCODE_LIBS) \
	$(CMOCKA_LIBS) -lpthread
