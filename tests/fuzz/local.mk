# Fuzz targets: one program each, from one source, fuzz_NAME.c.
#
# Without --enable-fuzz it is a test that replays tests/fuzz/corpus/NAME; with
# it (and CC=clang) a libFuzzer program, see tests/fuzz/run. To add one, write
# fuzz_NAME.c, put a few inputs into corpus/NAME and copy the three lines of
# fuzz_hex below; link only the room it fuzzes and what that may include.
fuzz_programs =
if ENABLE_FUZZ
fuzz_main =
fuzz_ldflags = $(AM_LDFLAGS) -fsanitize=fuzzer
noinst_PROGRAMS += $(fuzz_programs)
else
fuzz_main = tests/fuzz/replay.c
fuzz_ldflags = $(AM_LDFLAGS)
check_PROGRAMS += $(fuzz_programs)
TESTS += $(fuzz_programs)
endif

fuzz_programs += tests/fuzz/fuzz_hex
tests_fuzz_fuzz_hex_SOURCES = tests/fuzz/fuzz_hex.c tests/fuzz/fuzz.h $(fuzz_main)
tests_fuzz_fuzz_hex_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_hex_LDADD = libquarry_base.a

fuzz_programs += tests/fuzz/fuzz_json
tests_fuzz_fuzz_json_SOURCES = tests/fuzz/fuzz_json.c tests/fuzz/fuzz.h $(fuzz_main)
tests_fuzz_fuzz_json_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_json_LDADD = libquarry_json.a libquarry_primitives.a \
	libquarry_crypto.a libquarry_base.a $(JANSSON_LIBS) $(SECP256K1_LIBS) \
	$(CRYPTO_LIBS)

fuzz_programs += tests/fuzz/fuzz_der
tests_fuzz_fuzz_der_SOURCES = tests/fuzz/fuzz_der.c tests/fuzz/fuzz.h $(fuzz_main)
tests_fuzz_fuzz_der_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_der_LDADD = libquarry_crypto.a libquarry_base.a \
	$(SECP256K1_LIBS) $(CRYPTO_LIBS)

fuzz_programs += tests/fuzz/fuzz_url
tests_fuzz_fuzz_url_SOURCES = tests/fuzz/fuzz_url.c tests/fuzz/fuzz.h $(fuzz_main)
tests_fuzz_fuzz_url_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_url_LDADD = libquarry_base.a

fuzz_primitives_libs = libquarry_primitives.a libquarry_crypto.a \
	libquarry_base.a $(SECP256K1_LIBS) $(CRYPTO_LIBS)

fuzz_programs += tests/fuzz/fuzz_tx
tests_fuzz_fuzz_tx_SOURCES = tests/fuzz/fuzz_tx.c tests/fuzz/fuzz.h $(fuzz_main)
tests_fuzz_fuzz_tx_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_tx_LDADD = $(fuzz_primitives_libs)

fuzz_programs += tests/fuzz/fuzz_block
tests_fuzz_fuzz_block_SOURCES = tests/fuzz/fuzz_block.c tests/fuzz/fuzz.h $(fuzz_main)
tests_fuzz_fuzz_block_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_block_LDADD = $(fuzz_primitives_libs)

fuzz_programs += tests/fuzz/fuzz_address
tests_fuzz_fuzz_address_SOURCES = tests/fuzz/fuzz_address.c tests/fuzz/fuzz.h $(fuzz_main)
tests_fuzz_fuzz_address_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_address_LDADD = $(fuzz_primitives_libs)

fuzz_programs += tests/fuzz/fuzz_chain_document
tests_fuzz_fuzz_chain_document_SOURCES = tests/fuzz/fuzz_chain_document.c \
	tests/fuzz/fuzz.h $(fuzz_main)
tests_fuzz_fuzz_chain_document_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_chain_document_LDADD = $(fuzz_primitives_libs)

fuzz_programs += tests/fuzz/fuzz_script_asm
tests_fuzz_fuzz_script_asm_SOURCES = tests/fuzz/fuzz_script_asm.c \
	tests/fuzz/fuzz.h $(fuzz_main)
tests_fuzz_fuzz_script_asm_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_script_asm_LDADD = $(fuzz_primitives_libs)

fuzz_programs += tests/fuzz/fuzz_peer
tests_fuzz_fuzz_peer_SOURCES = tests/fuzz/fuzz_peer.c tests/fuzz/fuzz.h $(fuzz_main)
tests_fuzz_fuzz_peer_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_peer_LDADD = libquarry_remote.a libquarry_json.a \
	libquarry_primitives.a libquarry_crypto.a libquarry_base.a $(CURL_LIBS) \
	$(JANSSON_LIBS) $(SECP256K1_LIBS) $(CRYPTO_LIBS)

fuzz_script_libs = libquarry_consensus.a libquarry_primitives.a \
	libquarry_crypto.a libquarry_base.a $(SECP256K1_LIBS) $(CRYPTO_LIBS)
fuzz_programs += tests/fuzz/fuzz_script_check
tests_fuzz_fuzz_script_check_SOURCES = tests/fuzz/fuzz_script_check.c \
	tests/fuzz/fuzz.h $(fuzz_main)
tests_fuzz_fuzz_script_check_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_script_check_LDADD = $(fuzz_script_libs)

fuzz_programs += tests/fuzz/fuzz_sighash
tests_fuzz_fuzz_sighash_SOURCES = tests/fuzz/fuzz_sighash.c \
	tests/fuzz/fuzz.h $(fuzz_main)
tests_fuzz_fuzz_sighash_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_sighash_LDADD = $(fuzz_script_libs)

fuzz_programs += tests/fuzz/fuzz_header_check
tests_fuzz_fuzz_header_check_SOURCES = tests/fuzz/fuzz_header_check.c \
	tests/fuzz/fuzz.h $(fuzz_main)
tests_fuzz_fuzz_header_check_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_header_check_LDADD = libquarry_consensus.a \
	libquarry_primitives.a libquarry_crypto.a libquarry_base.a \
	$(SECP256K1_LIBS) $(CRYPTO_LIBS)

fuzz_programs += tests/fuzz/fuzz_request
tests_fuzz_fuzz_request_SOURCES = tests/fuzz/fuzz_request.c tests/fuzz/fuzz.h $(fuzz_main)
tests_fuzz_fuzz_request_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_request_LDADD = libquarry_fcgi.a libquarry_base.a

fuzz_programs += tests/fuzz/fuzz_wire
tests_fuzz_fuzz_wire_SOURCES = tests/fuzz/fuzz_wire.c tests/fuzz/fuzz.h $(fuzz_main)
tests_fuzz_fuzz_wire_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_wire_LDADD = libquarry_wire.a $(fuzz_primitives_libs)

fuzz_programs += tests/fuzz/fuzz_descriptor
tests_fuzz_fuzz_descriptor_SOURCES = tests/fuzz/fuzz_descriptor.c tests/fuzz/fuzz.h $(fuzz_main)
tests_fuzz_fuzz_descriptor_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_descriptor_LDADD = libquarry_wallet.a $(fuzz_primitives_libs)

fuzz_programs += tests/fuzz/fuzz_psbt
tests_fuzz_fuzz_psbt_SOURCES = tests/fuzz/fuzz_psbt.c tests/fuzz/fuzz.h $(fuzz_main)
tests_fuzz_fuzz_psbt_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_psbt_LDADD = libquarry_wallet.a $(fuzz_primitives_libs)

fuzz_programs += tests/fuzz/fuzz_merkle_proof
tests_fuzz_fuzz_merkle_proof_SOURCES = tests/fuzz/fuzz_merkle_proof.c tests/fuzz/fuzz.h $(fuzz_main)
tests_fuzz_fuzz_merkle_proof_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_merkle_proof_LDADD = $(fuzz_primitives_libs)

fuzz_programs += tests/fuzz/fuzz_proposal
tests_fuzz_fuzz_proposal_SOURCES = tests/fuzz/fuzz_proposal.c tests/fuzz/fuzz.h $(fuzz_main)
tests_fuzz_fuzz_proposal_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_proposal_LDADD = $(fuzz_primitives_libs)

fuzz_programs += tests/fuzz/fuzz_vote
tests_fuzz_fuzz_vote_SOURCES = tests/fuzz/fuzz_vote.c tests/fuzz/fuzz.h $(fuzz_main)
tests_fuzz_fuzz_vote_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_vote_LDADD = libquarry_consensus.a $(fuzz_primitives_libs)

fuzz_programs += tests/fuzz/fuzz_certificate
tests_fuzz_fuzz_certificate_SOURCES = tests/fuzz/fuzz_certificate.c \
	tests/fuzz/fuzz.h $(fuzz_main)
tests_fuzz_fuzz_certificate_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_certificate_LDADD = libquarry_node.a libquarry_store.a \
	libquarry_consensus.a libquarry_db.a libquarry_primitives.a \
	libquarry_crypto.a libquarry_base.a $(SQLITE_LIBS) $(SECP256K1_LIBS) \
	$(CRYPTO_LIBS) -lpthread -lm

fuzz_programs += tests/fuzz/fuzz_console
tests_fuzz_fuzz_console_SOURCES = tests/fuzz/fuzz_console.c tests/fuzz/fuzz.h $(fuzz_main)
tests_fuzz_fuzz_console_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_console_LDADD = libquarry_db.a libquarry_base.a $(SQLITE_LIBS)

fuzz_programs += tests/fuzz/fuzz_ws_order
tests_fuzz_fuzz_ws_order_SOURCES = tests/fuzz/fuzz_ws_order.c tests/fuzz/fuzz.h $(fuzz_main)
tests_fuzz_fuzz_ws_order_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_ws_order_LDADD = libquarry_fcgi.a libquarry_feed.a libquarry_json.a \
	libquarry_primitives.a libquarry_crypto.a libquarry_base.a $(JANSSON_LIBS) \
	$(SECP256K1_LIBS) $(CRYPTO_LIBS)

fuzz_programs += tests/fuzz/fuzz_event_want
tests_fuzz_fuzz_event_want_SOURCES = tests/fuzz/fuzz_event_want.c tests/fuzz/fuzz.h $(fuzz_main)
tests_fuzz_fuzz_event_want_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_event_want_LDADD = libquarry_feed.a \
	libquarry_primitives.a libquarry_crypto.a libquarry_base.a $(JANSSON_LIBS) \
	$(SECP256K1_LIBS) $(CRYPTO_LIBS)

fuzz_programs += tests/fuzz/fuzz_signer
tests_fuzz_fuzz_signer_SOURCES = tests/fuzz/fuzz_signer.c tests/fuzz/fuzz.h $(fuzz_main)
tests_fuzz_fuzz_signer_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_signer_LDADD = libquarry_signer.a libquarry_wallet.a \
	libquarry_primitives.a libquarry_crypto.a libquarry_base.a \
	$(SECP256K1_LIBS) $(CRYPTO_LIBS)

fuzz_programs += tests/fuzz/fuzz_page_escape
tests_fuzz_fuzz_page_escape_SOURCES = tests/fuzz/fuzz_page_escape.c tests/fuzz/fuzz.h $(fuzz_main)
tests_fuzz_fuzz_page_escape_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_page_escape_LDADD = libquarry_fcgi.a libquarry_primitives.a \
	libquarry_crypto.a libquarry_base.a $(CRYPTO_LIBS)

fuzz_programs += tests/fuzz/fuzz_secret
tests_fuzz_fuzz_secret_SOURCES = tests/fuzz/fuzz_secret.c tests/fuzz/fuzz.h $(fuzz_main)
tests_fuzz_fuzz_secret_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_secret_LDADD = libquarry_accounts.a libquarry_primitives.a \
	libquarry_crypto.a libquarry_base.a $(SECP256K1_LIBS) $(CRYPTO_LIBS)
