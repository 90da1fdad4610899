unit_programs += tests/unit/base/test_base
tests_unit_base_test_base_SOURCES = tests/unit/base/test_base.c tests/unit/unit.h
tests_unit_base_test_base_CFLAGS = $(UNIT_CFLAGS)
tests_unit_base_test_base_LDADD = libquarry_base.a $(CMOCKA_LIBS)
unit_programs += tests/unit/base/test_conf
tests_unit_base_test_conf_SOURCES = tests/unit/base/test_conf.c tests/unit/unit.h
tests_unit_base_test_conf_CFLAGS = $(UNIT_CFLAGS)
tests_unit_base_test_conf_LDADD = libquarry_base.a $(CMOCKA_LIBS)
