# Measuring programs, built by `make bench`; none is installed.
bench_programs = tests/bench/finality tests/bench/growth tests/bench/import \
	tests/bench/mine tests/bench/script
EXTRA_PROGRAMS += $(bench_programs)
CLEANFILES += $(bench_programs)

tests_bench_mine_SOURCES = tests/bench/bench_mine.c
tests_bench_mine_CFLAGS = $(AM_CFLAGS) $(CRYPTO_CFLAGS)
tests_bench_mine_LDADD = libquarry_crypto.a libquarry_base.a \
	$(SECP256K1_LIBS) $(CRYPTO_LIBS) -lpthread

tests_bench_script_SOURCES = tests/bench/bench_script.c
tests_bench_script_CFLAGS = $(AM_CFLAGS) $(SECP256K1_CFLAGS)
tests_bench_script_LDADD = libquarry_consensus.a libquarry_primitives.a \
	libquarry_crypto.a libquarry_base.a $(SECP256K1_LIBS) $(CRYPTO_LIBS)

tests_bench_growth_SOURCES = tests/bench/bench_growth.c
tests_bench_growth_LDADD = libquarry_node.a libquarry_store.a \
	libquarry_consensus.a libquarry_primitives.a libquarry_db.a \
	libquarry_crypto.a libquarry_base.a $(SQLITE_LIBS) $(SECP256K1_LIBS) \
	$(CRYPTO_LIBS) -lpthread

tests_bench_finality_SOURCES = tests/bench/bench_finality.c
tests_bench_finality_LDADD = libquarry_node.a libquarry_store.a \
	libquarry_consensus.a libquarry_primitives.a libquarry_db.a \
	libquarry_crypto.a libquarry_base.a $(SQLITE_LIBS) $(SECP256K1_LIBS) \
	$(CRYPTO_LIBS) -lpthread

# Signature checks are noted on their way through (--wrap).
tests_bench_import_SOURCES = tests/bench/bench_import.c
tests_bench_import_LDADD = libquarry_node.a libquarry_store.a \
	libquarry_consensus.a libquarry_primitives.a libquarry_db.a \
	libquarry_crypto.a libquarry_base.a $(SQLITE_LIBS) $(SECP256K1_LIBS) \
	$(CRYPTO_LIBS) -lpthread
tests_bench_import_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=ec_verify_ecdsa \
	-Wl,--wrap=ec_verify_schnorr

.PHONY: bench
bench: $(bench_programs)

# Built by http itself, which measures the REST interface beside it.
EXTRA_DIST += tests/bench/http tests/bench/bare_fcgi.c tests/bench/busy_address.py tests/bench/soak \
	tests/bench/sync
