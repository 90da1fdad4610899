bin_PROGRAMS += quarry
quarry_SOURCES = \
	src/cli/cli.c src/cli/cli.h \
	src/cli/cmd_account.c \
	src/cli/cmd_chain.c src/cli/cmd_turn.c \
	src/cli/cmd_dev.c \
	src/cli/cmd_events.c \
	src/cli/cmd_explain.c \
	src/cli/cmd_export.c src/cli/cmd_filters.c src/cli/cmd_finality.c \
	src/cli/cmd_import.c \
	src/cli/cmd_init.c \
	src/cli/cmd_key.c src/cli/key_words.c src/cli/key_words.h \
	src/cli/cmd_lab.c \
	src/cli/cmd_peers.c \
	src/cli/cmd_signer.c \
	src/cli/cmd_snapshot.c \
	src/cli/cmd_trace.c \
	src/cli/cmd_verify.c \
	src/cli/cmd_wallet.c src/cli/cmd_wallet.h \
	src/cli/cmd_wallet_look.c \
	src/cli/cmd_wallet_make.c \
	src/cli/cmd_wallet_spend.c \
	src/cli/cmd_webhook.c \
	src/cli/cmds.def \
	src/cli/passphrase.c src/cli/passphrase.h \
	src/cli/progress.c src/cli/progress.h
quarry_LDADD = libquarry_feed.a libquarry_remote.a libquarry_hooks.a libquarry_dev.a libquarry_lab.a libquarry_funds.a libquarry_purse.a libquarry_wallet.a libquarry_accounts.a libquarry_node.a libquarry_store.a libquarry_consensus.a \
	libquarry_json.a libquarry_primitives.a libquarry_db.a libquarry_crypto.a libquarry_base.a \
	$(CURL_LIBS) $(SQLITE_LIBS) $(SECP256K1_LIBS) $(CRYPTO_LIBS) \
	$(JANSSON_LIBS) -lpthread
