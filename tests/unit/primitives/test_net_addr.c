/* SPDX-License-Identifier: MIT */
/* Addresses and ranges: one spelling out, hostile spellings refused. */
#include "tests/unit/unit.h"

#include "primitives/net_addr.h"

static void addresses_have_one_spelling(void **state)
{
	static const char *const good[][2] = {
		{"192.0.2.7:8333", "192.0.2.7:8333"},
		{"192.0.2.7", "192.0.2.7:9"},
		{"[2001:db8::7]:1", "[2001:db8::7]:1"},
		{"2001:DB8:0:0::7", "[2001:db8::7]:9"},
		{"[::ffff:192.0.2.7]:8333", "192.0.2.7:8333"},
		{"::1", "[::1]:9"},
	};
	static const char *const bad[] = {
		"", ":1", "192.0.2.7:", "192.0.2.7:0", "192.0.2.7:65536",
		"192.0.2.7:8333x", "192.0.2.7:-1", "192.0.2", "192.0.2.256",
		"0300.0.2.7", "[192.0.2.7]:1", "[::1", "[::1]x", "[::1]:", "host:1",
		"[::1]:99999", "192.0.2.7 :1",
		"1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa:bbbb:cccc:dddd",
	};
	char text[NET_ADDR_TEXT_SIZE];
	struct net_addr a, b;

	for (unsigned i = 0; i < sizeof(good) / sizeof(*good); i++) {
		uint8_t ip[16];

		assert_true(net_addr_parse(&a, good[i][0], 9));
		assert_string_equal(net_addr_text(text, &a), good[i][1]);
		net_addr_to_ip16(ip, &a);
		net_addr_from_ip16(&b, ip, a.port);
		assert_true(net_addr_equal(&a, &b));
	}
	for (unsigned i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_false(net_addr_parse(&a, bad[i], 9));
}

static bool same_group(const char *x, const char *y)
{
	uint8_t gx[NET_GROUP_SIZE], gy[NET_GROUP_SIZE];
	struct net_addr a, b;
	size_t n;

	assert_true(net_addr_parse(&a, x, 1));
	assert_true(net_addr_parse(&b, y, 2));
	n = net_addr_group(gx, &a);
	return n == net_addr_group(gy, &b) && memcmp(gx, gy, n) == 0;
}

/* As Bitcoin Core's netgroups without a map of autonomous systems. */
static void neighbours_are_one_group(void **state)
{
	assert_true(same_group("1.2.3.4", "1.2.200.1"));
	assert_false(same_group("1.2.3.4", "1.3.3.4"));
	assert_true(same_group("127.0.0.1", "127.9.9.9"));
	assert_true(same_group("2001:db8::1", "2001:db8:ffff::2"));
	assert_false(same_group("2001:db8::1", "2001:db9::1"));
	assert_true(same_group("2001:470:abcd::1", "2001:470:a000::1"));
	assert_false(same_group("2001:470:abcd::1", "2001:470:bbcd::1"));
	assert_true(same_group("2002:0102:0304::1", "1.2.9.9"));
	assert_true(same_group("64:ff9b::0102:0304", "1.2.9.9"));
	assert_true(same_group("2001:0:9d38:953c:10ef:ee22:fefd:fcfb", "1.2.9.9"));
	assert_false(same_group("2001:db8::1", "1.2.3.4"));
}

static void ranges_hold_what_they_say(void **state)
{
	static const char *const good[][2] = {
		{"192.0.2.7", "192.0.2.7/32"},
		{"192.0.2.7/24", "192.0.2.0/24"},
		{"192.0.2.7/255.255.255.0", "192.0.2.0/24"},
		{"192.0.2.7/0", "0.0.0.0/0"},
		{"2001:db8::7/33", "2001:db8::/33"},
		{"2001:db8::7", "2001:db8::7/128"},
	};
	static const char *const bad[] = {
		"", "/", "192.0.2.7/", "192.0.2.7/33", "192.0.2.7/255.0.255.0",
		"192.0.2.7/-1", "2001:db8::/129", "2001:db8::/255.0.0.0", "x/8",
		"192.0.2.7/0024",
	};
	char text[NET_SUBNET_TEXT_SIZE];
	struct net_subnet s;
	struct net_addr a;

	for (unsigned i = 0; i < sizeof(good) / sizeof(*good); i++) {
		assert_true(net_subnet_parse(&s, good[i][0]));
		assert_string_equal(net_subnet_text(text, &s), good[i][1]);
	}
	for (unsigned i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_false(net_subnet_parse(&s, bad[i]));
	assert_true(net_subnet_parse(&s, "192.0.2.0/25"));
	assert_true(net_addr_parse(&a, "192.0.2.127", 1));
	assert_true(net_subnet_has(&s, &a));
	assert_true(net_addr_parse(&a, "192.0.2.128", 1));
	assert_false(net_subnet_has(&s, &a));
	assert_true(net_addr_parse(&a, "::1", 1));
	assert_false(net_subnet_has(&s, &a));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_have_one_spelling),
		cmocka_unit_test(neighbours_are_one_group),
		cmocka_unit_test(ranges_hold_what_they_say),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
