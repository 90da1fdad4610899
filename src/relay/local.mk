bin_PROGRAMS += quarry-relay
quarry_relay_SOURCES = src/relay/relay.h src/relay/relay_main.c \
	src/relay/webhooks.c src/relay/webhooks.h src/relay/webhooks_child.c \
	src/relay/loop.c src/relay/loop.h \
	src/relay/contacts.c src/relay/spread.c src/relay/votes.c \
	src/relay/p2p.c src/relay/p2p.h src/relay/p2p_priv.h \
	src/relay/p2p_announce.c src/relay/p2p_cfilters.c src/relay/p2p_compact.c \
	src/relay/p2p_compact.h src/relay/p2p_extra.c src/relay/p2p_highband.c \
	src/relay/p2p_rebuild.c src/relay/p2p_blocks.c src/relay/p2p_blocks.h \
	src/relay/p2p_headers.c src/relay/p2p_lag.c src/relay/p2p_votes.c \
	src/relay/p2p_direct.c src/relay/p2p_window.c src/relay/p2p_net.c \
	src/relay/p2p_book.c src/relay/p2p_book.h \
	src/relay/p2p_dns.c src/relay/p2p_dns.h \
	src/relay/p2p_evict.c src/relay/p2p_evict.h \
	src/relay/p2p_permit.c src/relay/p2p_permit.h \
	src/relay/p2p_slots.c src/relay/p2p_slots.h \
	src/relay/p2p_stats.c src/relay/p2p_stats.h \
	src/relay/p2p_discover.c src/relay/p2p_target.c \
	src/relay/p2p_messages.c \
	src/relay/p2p_peer.c src/relay/p2p_serve.c src/relay/p2p_txs.c \
	src/relay/p2p_txs.h src/relay/p2p_txreq.c src/relay/p2p_orphans.c src/relay/p2p_trickle.c
quarry_relay_CFLAGS = $(AM_CFLAGS) $(LIBEVENT_CFLAGS)
quarry_relay_LDADD = libquarry_feed.a libquarry_hooks.a libquarry_sync.a libquarry_wire.a libquarry_node.a libquarry_remote.a \
	libquarry_store.a libquarry_json.a libquarry_consensus.a libquarry_db.a \
	libquarry_primitives.a libquarry_crypto.a libquarry_base.a \
	$(CURL_LIBS) $(JANSSON_LIBS) $(SQLITE_LIBS) $(SECP256K1_LIBS) \
	$(CRYPTO_LIBS) $(LIBEVENT_LIBS) -lpthread -lm
EXTRA_DIST += src/relay/README
