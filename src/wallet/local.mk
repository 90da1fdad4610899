noinst_LIBRARIES += libquarry_wallet.a
libquarry_wallet_a_SOURCES = \
	src/wallet/bip39.c src/wallet/bip39.h \
	src/wallet/blockpsbt.c src/wallet/blockpsbt.h \
	src/wallet/desckey.c src/wallet/desckey.h \
	src/wallet/descriptor.c src/wallet/descriptor.h \
	src/wallet/descnorm.c src/wallet/descnorm.h \
	src/wallet/desctext.c src/wallet/desctree.h \
	src/wallet/digest.c src/wallet/digest.h \
	src/wallet/hdkey.c src/wallet/hdkey.h \
	src/wallet/insign.c src/wallet/insign.h \
	src/wallet/keysource.c src/wallet/keysource.h \
	src/wallet/keystore.c src/wallet/keystore.h \
	src/wallet/keystore_file.c src/wallet/keystore_find.c \
	src/wallet/keystore_priv.h \
	src/wallet/psbt.c src/wallet/psbt.h src/wallet/psbt_priv.h \
	src/wallet/psbt_analyze.c src/wallet/psbt_analyze.h \
	src/wallet/psbt_check.c src/wallet/psbt_join.c src/wallet/psbt_write.c \
	src/wallet/provider.c src/wallet/provider.h \
	src/wallet/psbt_final.c src/wallet/psbt_final.h \
	src/wallet/psbt_sign.c src/wallet/psbt_sign.h \
	src/wallet/psbt_update.c src/wallet/psbt_update.h \
	src/wallet/signer_call.c src/wallet/signer_call.h \
	src/wallet/signer_client.c src/wallet/signer_client.h \
	src/wallet/signer_proto.c src/wallet/signer_proto.h \
	src/wallet/signer_vote.c \
	src/wallet/taptree.c src/wallet/taptree.h \
	src/wallet/sigmsg.c src/wallet/sigmsg.h \
	src/wallet/faucet.c src/wallet/faucet.h \
	src/wallet/message.c src/wallet/message.h src/wallet/message322.c \
	src/wallet/keyfile.c src/wallet/keyfile.h \
	src/wallet/keyproof.c src/wallet/keyproof.h \
	src/wallet/newkey.c src/wallet/newkey.h \
	src/wallet/select.c src/wallet/select.h \
	src/wallet/spendsize.c src/wallet/spendsize.h \
	src/wallet/sign.c src/wallet/sign.h \
	src/wallet/vote_guard.c src/wallet/vote_guard.h
EXTRA_DIST += src/wallet/README src/wallet/words.awk src/wallet/english.words

# The words of BIP39 as C.
BUILT_SOURCES += src/wallet/words.inc
CLEANFILES += src/wallet/words.inc
src/wallet/words.inc: src/wallet/words.awk src/wallet/english.words
	$(AM_V_GEN)$(MKDIR_P) src/wallet && \
	(cd $(srcdir) && LC_ALL=C $(AWK) -f src/wallet/words.awk \
		src/wallet/english.words) >$@.tmp && mv -f $@.tmp $@
src/wallet/bip39.$(OBJEXT): src/wallet/words.inc
