/* SPDX-License-Identifier: MIT */
/* Names and meanings of permissions are those of Bitcoin Core's -whitelist. */
#include "tests/unit/unit.h"

#include "relay/p2p_permit.h"

static const char *names(const char *text, char out[CONNECTION_PERMISSIONS_SIZE],
			 bool *in, bool *way_out)
{
	struct p2p_permit_rule r;
	char error[CONF_ERROR_SIZE];
	const char *rest;

	if (permit_words(&r, "key", text, &rest, error) != ST_OK)
		return NULL;
	assert_string_equal(rest, "192.0.2.7");
	*in = r.in;
	*way_out = r.out;
	return permit_text(out, r.permits);
}

static void words_mean_what_they_mean_to_bitcoin_core(void **state)
{
	static const char *const t[][2] = {
		{"noban@192.0.2.7", "noban,download"},
		{"forcerelay@192.0.2.7", "forcerelay,relay"},
		{"relay@192.0.2.7", "relay"},
		{"mempool,noban@192.0.2.7", "noban,mempool,download"},
		{"bloomfilter,forcerelay@192.0.2.7", "bloomfilter,forcerelay,relay"},
		{"bloom@192.0.2.7", "bloomfilter"},
		{"@192.0.2.7", ""},
		{"192.0.2.7", "noban,relay,mempool,download"},
		{"all@192.0.2.7", "bloomfilter,noban,forcerelay,relay,mempool,"
				  "download,addr"},
		{"addr,in,out@192.0.2.7", "addr"},
	};
	char out[CONNECTION_PERMISSIONS_SIZE];
	bool in, way_out;

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++)
		assert_string_equal(names(t[i][0], out, &in, &way_out), t[i][1]);
	assert_true(in && way_out);
	names("noban,out@192.0.2.7", out, &in, &way_out);
	assert_true(!in && way_out);
	names("noban@192.0.2.7", out, &in, &way_out);
	assert_true(in && !way_out);
}

static void what_is_no_permission_is_refused(void **state)
{
	char out[CONNECTION_PERMISSIONS_SIZE];
	bool in, way_out;

	(void)state;
	assert_null(names("oopsie@192.0.2.7", out, &in, &way_out));
	assert_null(names("nobann@192.0.2.7", out, &in, &way_out));
	assert_null(names("in,out@192.0.2.7", out, &in, &way_out));
}

static void rules_of_one_address_add_up(void **state)
{
	struct p2p_permits p = {.n = 2};
	struct net_addr at;

	(void)state;
	p.rule[0] = (struct p2p_permit_rule){.permits = P2P_ADDR, .in = true};
	p.rule[1] = (struct p2p_permit_rule){.permits = P2P_RELAY, .out = true,
					     .in = true};
	assert_true(net_subnet_parse(&p.rule[0].who, "192.0.2.0/24"));
	assert_true(net_subnet_parse(&p.rule[1].who, "192.0.2.7"));
	assert_true(net_addr_parse(&at, "192.0.2.7:8333", 0));
	assert_int_equal(permit_of(&p, &at, true), P2P_ADDR | P2P_RELAY);
	assert_int_equal(permit_of(&p, &at, false), P2P_RELAY);
	assert_true(net_addr_parse(&at, "192.0.2.8:8333", 0));
	assert_int_equal(permit_of(&p, &at, true), P2P_ADDR);
	assert_true(net_addr_parse(&at, "198.51.100.1:8333", 0));
	assert_int_equal(permit_of(&p, &at, true), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_mean_what_they_mean_to_bitcoin_core),
		cmocka_unit_test(what_is_no_permission_is_refused),
		cmocka_unit_test(rules_of_one_address_add_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
