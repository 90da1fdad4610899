noinst_LIBRARIES += libquarry_feed.a
libquarry_feed_a_SOURCES = \
	src/feed/event_feed.c src/feed/event_feed.h \
	src/feed/event_want.c src/feed/event_want.h \
	src/feed/hook_new.c src/feed/hook_new.h \
	src/feed/watch.c src/feed/watch.h
EXTRA_DIST += src/feed/README
