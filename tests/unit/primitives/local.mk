primitives_test_libs = libquarry_primitives.a libquarry_crypto.a \
	libquarry_base.a $(SECP256K1_LIBS) $(CRYPTO_LIBS) $(JANSSON_LIBS) \
	$(CMOCKA_LIBS)
primitives_test_cflags = $(UNIT_CFLAGS) $(JANSSON_CFLAGS)

unit_programs += tests/unit/primitives/test_address
tests_unit_primitives_test_address_SOURCES = \
	tests/unit/primitives/test_address.c \
	tests/unit/primitives/vectors.h tests/unit/unit.h
tests_unit_primitives_test_address_CFLAGS = $(primitives_test_cflags)
tests_unit_primitives_test_address_LDADD = $(primitives_test_libs)

unit_programs += tests/unit/primitives/test_amount
tests_unit_primitives_test_amount_SOURCES = \
	tests/unit/primitives/test_amount.c \
	tests/unit/primitives/vectors.h tests/unit/unit.h
tests_unit_primitives_test_amount_CFLAGS = $(primitives_test_cflags)
tests_unit_primitives_test_amount_LDADD = $(primitives_test_libs)

unit_programs += tests/unit/primitives/test_base58
tests_unit_primitives_test_base58_SOURCES = \
	tests/unit/primitives/test_base58.c \
	tests/unit/primitives/vectors.h tests/unit/unit.h
tests_unit_primitives_test_base58_CFLAGS = $(primitives_test_cflags)
tests_unit_primitives_test_base58_LDADD = $(primitives_test_libs)

unit_programs += tests/unit/primitives/test_bech32
tests_unit_primitives_test_bech32_SOURCES = \
	tests/unit/primitives/test_bech32.c \
	tests/unit/primitives/vectors.h tests/unit/unit.h
tests_unit_primitives_test_bech32_CFLAGS = $(primitives_test_cflags)
tests_unit_primitives_test_bech32_LDADD = $(primitives_test_libs)

unit_programs += tests/unit/primitives/test_block
tests_unit_primitives_test_block_SOURCES = \
	tests/unit/primitives/test_block.c \
	tests/unit/primitives/vectors.h tests/unit/unit.h
tests_unit_primitives_test_block_CFLAGS = $(primitives_test_cflags)
tests_unit_primitives_test_block_LDADD = $(primitives_test_libs)

unit_programs += tests/unit/primitives/test_compactsize
tests_unit_primitives_test_compactsize_SOURCES = \
	tests/unit/primitives/test_compactsize.c \
	tests/unit/primitives/vectors.h tests/unit/unit.h
tests_unit_primitives_test_compactsize_CFLAGS = $(primitives_test_cflags)
tests_unit_primitives_test_compactsize_LDADD = $(primitives_test_libs)

unit_programs += tests/unit/primitives/test_hash
tests_unit_primitives_test_hash_SOURCES = \
	tests/unit/primitives/test_hash.c \
	tests/unit/primitives/vectors.h tests/unit/unit.h
tests_unit_primitives_test_hash_CFLAGS = $(primitives_test_cflags)
tests_unit_primitives_test_hash_LDADD = $(primitives_test_libs)

unit_programs += tests/unit/primitives/test_params
tests_unit_primitives_test_params_SOURCES = \
	tests/unit/primitives/test_params.c \
	tests/unit/primitives/vectors.h tests/unit/unit.h
tests_unit_primitives_test_params_CFLAGS = $(primitives_test_cflags)
tests_unit_primitives_test_params_LDADD = $(primitives_test_libs)

unit_programs += tests/unit/primitives/test_params_signed
tests_unit_primitives_test_params_signed_SOURCES = \
	tests/unit/primitives/test_params_signed.c \
	tests/unit/primitives/vectors.h tests/unit/unit.h
tests_unit_primitives_test_params_signed_CFLAGS = $(primitives_test_cflags)
tests_unit_primitives_test_params_signed_LDADD = $(primitives_test_libs)

unit_programs += tests/unit/primitives/test_script
tests_unit_primitives_test_script_SOURCES = \
	tests/unit/primitives/test_script.c \
	tests/unit/primitives/vectors.h tests/unit/unit.h
tests_unit_primitives_test_script_CFLAGS = $(primitives_test_cflags)
tests_unit_primitives_test_script_LDADD = $(primitives_test_libs)

unit_programs += tests/unit/primitives/test_script_asm
tests_unit_primitives_test_script_asm_SOURCES = \
	tests/unit/primitives/test_script_asm.c \
	tests/unit/primitives/vectors.h tests/unit/unit.h
tests_unit_primitives_test_script_asm_CFLAGS = $(primitives_test_cflags)
tests_unit_primitives_test_script_asm_LDADD = $(primitives_test_libs)

unit_programs += tests/unit/primitives/test_target
tests_unit_primitives_test_target_SOURCES = \
	tests/unit/primitives/test_target.c \
	tests/unit/primitives/vectors.h tests/unit/unit.h
tests_unit_primitives_test_target_CFLAGS = $(primitives_test_cflags)
tests_unit_primitives_test_target_LDADD = $(primitives_test_libs)

unit_programs += tests/unit/primitives/test_tx
tests_unit_primitives_test_tx_SOURCES = \
	tests/unit/primitives/test_tx.c \
	tests/unit/primitives/vectors.h tests/unit/unit.h
tests_unit_primitives_test_tx_CFLAGS = $(primitives_test_cflags)
tests_unit_primitives_test_tx_LDADD = $(primitives_test_libs)

unit_programs += tests/unit/primitives/test_verdict
tests_unit_primitives_test_verdict_SOURCES = \
	tests/unit/primitives/test_verdict.c \
	tests/unit/primitives/vectors.h tests/unit/unit.h
tests_unit_primitives_test_verdict_CFLAGS = $(primitives_test_cflags)
tests_unit_primitives_test_verdict_LDADD = $(primitives_test_libs)

unit_programs += tests/unit/primitives/test_net_addr
tests_unit_primitives_test_net_addr_SOURCES = \
	tests/unit/primitives/test_net_addr.c tests/unit/unit.h
tests_unit_primitives_test_net_addr_CFLAGS = $(primitives_test_cflags)
tests_unit_primitives_test_net_addr_LDADD = $(primitives_test_libs)

unit_programs += tests/unit/primitives/test_vote
tests_unit_primitives_test_vote_SOURCES = \
	tests/unit/primitives/test_vote.c tests/unit/unit.h
tests_unit_primitives_test_vote_CFLAGS = $(primitives_test_cflags)
tests_unit_primitives_test_vote_LDADD = $(primitives_test_libs)

unit_programs += tests/unit/primitives/test_params_finality
tests_unit_primitives_test_params_finality_SOURCES = \
	tests/unit/primitives/test_params_finality.c tests/unit/unit.h
tests_unit_primitives_test_params_finality_CFLAGS = $(primitives_test_cflags)
tests_unit_primitives_test_params_finality_LDADD = $(primitives_test_libs)
