noinst_LIBRARIES += libquarry_wallet.a
libquarry_wallet_a_SOURCES = \
	src/wallet/digest.c src/wallet/digest.h \
	src/wallet/faucet.c src/wallet/faucet.h \
	src/wallet/newkey.c src/wallet/newkey.h \
	src/wallet/sign.c src/wallet/sign.h
EXTRA_DIST += src/wallet/README
