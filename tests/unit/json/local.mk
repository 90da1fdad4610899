unit_programs += tests/unit/json/test_json
tests_unit_json_test_json_SOURCES = tests/unit/json/test_json.c tests/unit/unit.h
tests_unit_json_test_json_CFLAGS = $(UNIT_CFLAGS)
tests_unit_json_test_json_LDADD = libquarry_json.a libquarry_primitives.a \
	libquarry_crypto.a libquarry_base.a $(JANSSON_LIBS) $(SECP256K1_LIBS) \
	$(CRYPTO_LIBS) $(CMOCKA_LIBS)
