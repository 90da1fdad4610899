# Unit tests: one program per module, linked with its own ranks only.
# make check runs them all; HAVE_CMOCKA is missing only where the package is.
# They find the tree, and vectors made by others, as tests/run lets them.
AM_TESTS_ENVIRONMENT = \
	QUARRY_SRC='$(abs_top_srcdir)'; export QUARRY_SRC; \
	if test -z "$$QUARRY_VECTORS" && test -d '$(abs_top_srcdir)/../shared/vectors'; then \
		QUARRY_VECTORS='$(abs_top_srcdir)/../shared/vectors'; export QUARRY_VECTORS; fi;

UNIT_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
unit_programs =

include tests/unit/base/local.mk
include tests/unit/crypto/local.mk
include tests/unit/db/local.mk
include tests/unit/primitives/local.mk
include tests/unit/consensus/local.mk
include tests/unit/json/local.mk
include tests/unit/wire/local.mk
include tests/unit/store/local.mk
include tests/unit/relay/local.mk
include tests/unit/remote/local.mk
include tests/unit/node/local.mk
include tests/unit/miner/local.mk
include tests/unit/resolver/local.mk
include tests/unit/wallet/local.mk
include tests/unit/signer/local.mk
include tests/unit/purse/local.mk
include tests/unit/funds/local.mk
include tests/unit/accounts/local.mk
include tests/unit/feed/local.mk
include tests/unit/hooks/local.mk
include tests/unit/fcgi/local.mk
include tests/fuzz/local.mk
include tests/bench/local.mk
include tests/vectors/local.mk
include tests/lint/local.mk
include tests/e2e/local.mk

if HAVE_CMOCKA
check_PROGRAMS += $(unit_programs)
TESTS += $(unit_programs)
check_cmocka =
else
check_cmocka = check-needs-cmocka
endif
check-needs-cmocka:
	@echo "make check needs cmocka: install the package libcmocka-dev." >&2; exit 1

# All test programs, none run: tests/run runs them itself.
check-build: $(check_PROGRAMS)

check-local: check-source $(check_cmocka)
.PHONY: check-build check-source check-needs-cmocka
