noinst_LIBRARIES += libquarry_base.a
libquarry_base_a_SOURCES = \
	src/base/arena.c src/base/arena.h \
	src/base/base64.c src/base/base64.h \
	src/base/buf.c src/base/buf.h \
	src/base/bug.c src/base/bug.h \
	src/base/bytes.h \
	src/base/clock.c src/base/clock.h \
	src/base/conf.c src/base/conf.def src/base/conf.h \
	src/base/file.c src/base/file.h \
	src/base/hex.c src/base/hex.h \
	src/base/log.c src/base/log.h \
	src/base/opt.c src/base/opt.h \
	src/base/process.c src/base/process.h \
	src/base/sqlresult.h \
	src/base/status.c src/base/status.h \
	src/base/u256.c src/base/u256.h \
	src/base/url.c src/base/url.h
