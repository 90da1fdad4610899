unit_programs += tests/unit/fcgi/test_request
tests_unit_fcgi_test_request_SOURCES = tests/unit/fcgi/test_request.c tests/unit/unit.h
tests_unit_fcgi_test_request_CFLAGS = $(UNIT_CFLAGS)
tests_unit_fcgi_test_request_LDADD = libquarry_fcgi.a libquarry_json.a \
	libquarry_primitives.a libquarry_base.a $(CMOCKA_LIBS)
