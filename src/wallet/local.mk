noinst_LIBRARIES += libquarry_wallet.a
libquarry_wallet_a_SOURCES = \
	src/wallet/desckey.c src/wallet/desckey.h \
	src/wallet/descriptor.c src/wallet/descriptor.h \
	src/wallet/desctext.c src/wallet/desctree.h \
	src/wallet/digest.c src/wallet/digest.h \
	src/wallet/insign.c src/wallet/insign.h \
	src/wallet/psbt.c src/wallet/psbt.h \
	src/wallet/sigmsg.c src/wallet/sigmsg.h \
	src/wallet/faucet.c src/wallet/faucet.h \
	src/wallet/keyfile.c src/wallet/keyfile.h \
	src/wallet/message.c src/wallet/message.h \
	src/wallet/newkey.c src/wallet/newkey.h \
	src/wallet/sign.c src/wallet/sign.h
EXTRA_DIST += src/wallet/README
