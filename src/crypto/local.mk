noinst_LIBRARIES += libquarry_crypto.a
libquarry_crypto_a_CFLAGS = $(AM_CFLAGS) $(CRYPTO_CFLAGS) $(SECP256K1_CFLAGS)
libquarry_crypto_a_SOURCES = \
	src/crypto/cpu.c src/crypto/cpu.h \
	src/crypto/der.c src/crypto/der.h \
	src/crypto/ec.h src/crypto/ec_key.c src/crypto/ec_sign.c \
	src/crypto/ec_verify.c \
	src/crypto/gcm.c src/crypto/gcm.h \
	src/crypto/hash160.c src/crypto/hash160.h \
	src/crypto/hmac.c src/crypto/hmac.h \
	src/crypto/muhash.c src/crypto/muhash.h \
	src/crypto/lanes_avx2.h src/crypto/lanes_avx512.h \
	src/crypto/lanes_generic.h \
	src/crypto/powscan.c src/crypto/powscan.h \
	src/crypto/powscan_avx2.c src/crypto/powscan_avx512.c \
	src/crypto/powscan_kernel.h \
	src/crypto/powscan_lanes.h src/crypto/powscan_portable.c \
	src/crypto/powscan_shani.c \
	src/crypto/rand.c src/crypto/rand.h \
	src/crypto/scrypt.c src/crypto/scrypt.h \
	src/crypto/selftest.c src/crypto/selftest.h \
	src/crypto/sha256.c src/crypto/sha256.h \
	src/crypto/sha256_block.c src/crypto/sha256_block.h \
	src/crypto/sha256_lanes.h \
	src/crypto/sha256_shani.c src/crypto/sha256_shani.h \
	src/crypto/sha256d64.c src/crypto/sha256d64_avx2.c \
	src/crypto/sha256d64_avx512.c src/crypto/sha256d64_lanes.h \
	src/crypto/sha256d64_portable.c \
	src/crypto/siphash.c src/crypto/siphash.h \
	src/crypto/wipe.c src/crypto/wipe.h
EXTRA_DIST += src/crypto/README
