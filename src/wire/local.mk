noinst_LIBRARIES += libquarry_wire.a
libquarry_wire_a_SOURCES = \
	src/wire/codec.h src/wire/commands.def \
	src/wire/envelope.c src/wire/envelope.h \
	src/wire/msg_addr.c src/wire/msg_addr.h \
	src/wire/msg_compact.c src/wire/msg_compact.h \
	src/wire/msg_filter.c src/wire/msg_filter.h \
	src/wire/msg_headers.c src/wire/msg_headers.h \
	src/wire/msg_inv.c src/wire/msg_inv.h \
	src/wire/msg_version.c src/wire/msg_version.h
EXTRA_DIST += src/wire/README
