noinst_LIBRARIES += libquarry_primitives.a
libquarry_primitives_a_SOURCES = \
	src/primitives/address.c src/primitives/address.h \
	src/primitives/amount.c src/primitives/amount.h \
	src/primitives/base58.c src/primitives/base58.h \
	src/primitives/bech32.c src/primitives/bech32.h \
	src/primitives/block.c src/primitives/block.h \
	src/primitives/compactsize.c src/primitives/compactsize.h \
	src/primitives/hash.c src/primitives/hash.h \
	src/primitives/header.c src/primitives/header.h \
	src/primitives/params.h \
	src/primitives/script.c src/primitives/script.h \
	src/primitives/script_asm.c \
	src/primitives/target.c src/primitives/target.h \
	src/primitives/tx.c src/primitives/tx.h \
	src/primitives/verdict.c src/primitives/verdict.h \
	src/primitives/verdict.def
