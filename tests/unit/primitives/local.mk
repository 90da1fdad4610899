primitives_test_libs = libquarry_primitives.a libquarry_crypto.a \
	libquarry_base.a $(SECP256K1_LIBS) $(CRYPTO_LIBS) $(JANSSON_LIBS) \
	$(CMOCKA_LIBS)
primitives_test_cflags = $(UNIT_CFLAGS) $(JANSSON_CFLAGS)

unit_programs += tests/unit/primitives/test_params
tests_unit_primitives_test_params_SOURCES = \
	tests/unit/primitives/test_params.c tests/unit/unit.h
tests_unit_primitives_test_params_CFLAGS = $(primitives_test_cflags)
tests_unit_primitives_test_params_LDADD = $(primitives_test_libs)
