noinst_LIBRARIES += libquarry_primitives.a
libquarry_primitives_a_SOURCES = \
	src/primitives/address.c src/primitives/address.h \
	src/primitives/amount.c src/primitives/amount.h \
	src/primitives/base58.c src/primitives/base58.h \
	src/primitives/bech32.c src/primitives/bech32.h \
	src/primitives/block.c src/primitives/block.h \
	src/primitives/bond.c src/primitives/bond.h \
	src/primitives/compactsize.c src/primitives/compactsize.h \
	src/primitives/connection.h \
	src/primitives/gcs.c src/primitives/gcs.h \
	src/primitives/genesis.c \
	src/primitives/hash.c src/primitives/hash.h \
	src/primitives/header.c src/primitives/header.h \
	src/primitives/nodeproof.c src/primitives/nodeproof.h \
	src/primitives/net_addr.c src/primitives/net_addr.h \
	src/primitives/maker.c src/primitives/maker.h \
	src/primitives/merkle_proof.c src/primitives/merkle_proof.h \
	src/primitives/merkle_read.c \
	src/primitives/params.c src/primitives/params.h \
	src/primitives/params_activate.c \
	src/primitives/params_builtin.c \
	src/primitives/params_fields.c src/primitives/params_fields.h \
	src/primitives/params_value.c \
	src/primitives/params_write.c \
	src/primitives/proposal.c src/primitives/proposal.h \
	src/primitives/script.c src/primitives/script.h \
	src/primitives/script_asm.c \
	src/primitives/target.c src/primitives/target.h \
	src/primitives/tx.c src/primitives/tx.h \
	src/primitives/verdict.c src/primitives/verdict.h \
	src/primitives/verdict.def \
	src/primitives/vote.c src/primitives/vote.h

# The documents of Bitcoin's networks, as C strings.
network_documents = \
	src/primitives/networks/main.chain \
	src/primitives/networks/testnet3.chain \
	src/primitives/networks/testnet4.chain \
	src/primitives/networks/signet.chain \
	src/primitives/networks/regtest.chain
EXTRA_DIST += src/primitives/README src/primitives/networks.awk \
	$(network_documents)
BUILT_SOURCES += src/primitives/networks.inc
CLEANFILES += src/primitives/networks.inc
src/primitives/networks.inc: src/primitives/networks.awk $(network_documents)
	$(AM_V_GEN)$(MKDIR_P) src/primitives && \
	(cd $(srcdir) && LC_ALL=C $(AWK) -f src/primitives/networks.awk \
		$(network_documents)) >$@.tmp && mv -f $@.tmp $@
src/primitives/params_builtin.$(OBJEXT): src/primitives/networks.inc
