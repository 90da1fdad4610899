# quarry-signer. All but main is a library, for the tests.
noinst_LIBRARIES += libquarry_signer.a
libquarry_signer_a_SOURCES = \
	src/signer/answer.c src/signer/answer.h \
	src/signer/answer_sign.c src/signer/answer_sign.h \
	src/signer/answer_vote.c src/signer/answer_vote.h \
	src/signer/server.c src/signer/server.h \
	src/signer/vault.c src/signer/vault.h
EXTRA_DIST += src/signer/README

bin_PROGRAMS += quarry-signer
quarry_signer_SOURCES = src/signer/signer_main.c
quarry_signer_LDADD = libquarry_signer.a libquarry_wallet.a \
	libquarry_primitives.a libquarry_crypto.a libquarry_base.a \
	$(SECP256K1_LIBS) $(CRYPTO_LIBS)
