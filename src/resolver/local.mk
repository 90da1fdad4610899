bin_PROGRAMS += quarry-resolve
quarry_resolve_SOURCES = src/resolver/resolve_main.c
quarry_resolve_LDADD = libquarry_sync.a libquarry_node.a libquarry_remote.a \
	libquarry_wire.a libquarry_store.a libquarry_json.a libquarry_consensus.a libquarry_db.a \
	libquarry_primitives.a libquarry_crypto.a libquarry_base.a \
	$(CURL_LIBS) $(JANSSON_LIBS) $(SQLITE_LIBS) $(SECP256K1_LIBS) \
	$(CRYPTO_LIBS) -lpthread
EXTRA_DIST += src/resolver/README
