noinst_LIBRARIES += libquarry_sync.a
libquarry_sync_a_SOURCES = \
	src/sync/setup.c src/sync/setup.h \
	src/sync/sync.c src/sync/sync.h \
	src/sync/sync_blocks.c src/sync/sync_p2p.c src/sync/sync_peers.c \
	src/sync/sync_priv.h src/sync/sync_votes.c
EXTRA_DIST += src/sync/README
