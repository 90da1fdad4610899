EXTRA_DIST += src/validator/README

bin_PROGRAMS += quarry-validator
quarry_validator_SOURCES = src/validator/validator_main.c \
	src/validator/voter.c src/validator/voter.h
quarry_validator_LDADD = libquarry_wallet.a libquarry_node.a \
	libquarry_store.a libquarry_consensus.a libquarry_primitives.a libquarry_db.a \
	libquarry_crypto.a libquarry_base.a $(SQLITE_LIBS) $(SECP256K1_LIBS) \
	$(CRYPTO_LIBS) -lpthread
