unit_programs += tests/unit/crypto/test_sha256 tests/unit/crypto/test_hashes \
	tests/unit/crypto/test_secrets tests/unit/crypto/test_ec \
	tests/unit/crypto/test_powscan
crypto_test_libs = libquarry_crypto.a libquarry_base.a $(SECP256K1_LIBS) \
	$(CRYPTO_LIBS) $(CMOCKA_LIBS)
tests_unit_crypto_test_sha256_SOURCES = tests/unit/crypto/test_sha256.c \
	tests/unit/crypto/fields.h tests/unit/unit.h
tests_unit_crypto_test_sha256_CFLAGS = $(UNIT_CFLAGS)
tests_unit_crypto_test_sha256_LDADD = $(crypto_test_libs)
tests_unit_crypto_test_hashes_SOURCES = tests/unit/crypto/test_hashes.c \
	tests/unit/crypto/fields.h tests/unit/unit.h
tests_unit_crypto_test_hashes_CFLAGS = $(UNIT_CFLAGS)
tests_unit_crypto_test_hashes_LDADD = $(crypto_test_libs)
tests_unit_crypto_test_secrets_SOURCES = tests/unit/crypto/test_secrets.c \
	tests/unit/crypto/fields.h tests/unit/unit.h
tests_unit_crypto_test_secrets_CFLAGS = $(UNIT_CFLAGS)
tests_unit_crypto_test_secrets_LDADD = $(crypto_test_libs)
tests_unit_crypto_test_ec_SOURCES = tests/unit/crypto/test_ec.c \
	tests/unit/crypto/fields.h tests/unit/unit.h
tests_unit_crypto_test_ec_CFLAGS = $(UNIT_CFLAGS)
tests_unit_crypto_test_ec_LDADD = $(crypto_test_libs)
tests_unit_crypto_test_powscan_SOURCES = tests/unit/crypto/test_powscan.c \
	tests/unit/crypto/fields.h tests/unit/unit.h
tests_unit_crypto_test_powscan_CFLAGS = $(UNIT_CFLAGS)
tests_unit_crypto_test_powscan_LDADD = $(crypto_test_libs)
