noinst_LIBRARIES += libquarry_remote.a
libquarry_remote_a_CFLAGS = $(AM_CFLAGS) $(CURL_CFLAGS)
libquarry_remote_a_SOURCES = \
	src/remote/fetch.c src/remote/fetch.h \
	src/remote/fetch_job.c src/remote/fetch_job.h \
	src/remote/net_guard.c src/remote/net_guard.h \
	src/remote/p2p_client.c src/remote/p2p_client.h \
	src/remote/peer_client.c src/remote/peer_client.h \
	src/remote/tls_pin.c src/remote/tls_pin.h
EXTRA_DIST += src/remote/README
