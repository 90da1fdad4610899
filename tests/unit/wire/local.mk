wire_test_libs = libquarry_wire.a libquarry_primitives.a libquarry_crypto.a \
	libquarry_base.a $(SECP256K1_LIBS) $(CRYPTO_LIBS) $(JANSSON_LIBS) \
	$(CMOCKA_LIBS)
wire_test_cflags = $(UNIT_CFLAGS) $(JANSSON_CFLAGS)
wire_test_headers = tests/unit/wire/wire.h tests/unit/primitives/vectors.h \
	tests/unit/unit.h

unit_programs += tests/unit/wire/test_blocks
tests_unit_wire_test_blocks_SOURCES = tests/unit/wire/test_blocks.c \
	$(wire_test_headers)
tests_unit_wire_test_blocks_CFLAGS = $(wire_test_cflags)
tests_unit_wire_test_blocks_LDADD = $(wire_test_libs)

unit_programs += tests/unit/wire/test_envelope
tests_unit_wire_test_envelope_SOURCES = tests/unit/wire/test_envelope.c \
	$(wire_test_headers)
tests_unit_wire_test_envelope_CFLAGS = $(wire_test_cflags)
tests_unit_wire_test_envelope_LDADD = $(wire_test_libs)

unit_programs += tests/unit/wire/test_messages
tests_unit_wire_test_messages_SOURCES = tests/unit/wire/test_messages.c \
	$(wire_test_headers)
tests_unit_wire_test_messages_CFLAGS = $(wire_test_cflags)
tests_unit_wire_test_messages_LDADD = $(wire_test_libs)
