/* SPDX-License-Identifier: MIT */
/* remote: the classes of addresses, by the IANA registries; the pin of a key. */
#include "tests/unit/unit.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include "remote/net_guard.h"
#include "remote/tls_pin.h"

static socklen_t address(struct sockaddr_storage *out, const char *text,
			 uint16_t port)
{
	struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
	struct sockaddr_in four = {.sin_family = AF_INET, .sin_port = htons(port)};

	memset(out, 0, sizeof(*out));
	if (inet_pton(AF_INET, text, &four.sin_addr) == 1) {
		memcpy(out, &four, sizeof(four));
		return sizeof(four);
	}
	assert_int_equal(inet_pton(AF_INET6, text, &six.sin6_addr), 1);
	memcpy(out, &six, sizeof(six));
	return sizeof(six);
}

static void expect(const char *const *list, enum net_class class)
{
	for (; *list; list++) {
		struct sockaddr_storage sa;
		socklen_t len = address(&sa, *list, 443);

		if (net_class((struct sockaddr *)&sa, len) != class)
			fail_msg("%s is not of class %d", *list, class);
	}
}

/* The first and last address of each block, and their neighbours outside. */
static void each_block_has_its_class_at_both_ends(void **state)
{
	static const char *const private[] = {
		"10.0.0.0", "10.255.255.255", "100.64.0.0", "100.127.255.255",
		"127.0.0.0", "127.0.0.1", "127.255.255.255", "172.16.0.0",
		"172.31.255.255", "192.168.0.0", "192.168.255.255", "::1",
		"fc00::", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
		"::ffff:127.0.0.1", "::ffff:10.1.2.3", "64:ff9b::127.0.0.1",
		"64:ff9b::192.168.1.1", "2002:7f00:1::", "2002:c0a8:101::1",
		NULL,
	};
	static const char *const special[] = {
		"0.0.0.0", "0.255.255.255", "169.254.0.0", "169.254.169.254",
		"169.254.255.255", "192.0.0.0", "192.0.0.255", "192.0.2.0",
		"192.0.2.255", "192.88.99.0", "192.88.99.255", "198.18.0.0",
		"198.19.255.255", "198.51.100.0", "198.51.100.255", "203.0.113.0",
		"203.0.113.255", "224.0.0.0", "239.255.255.255", "240.0.0.0",
		"255.255.255.255", "::", "::127.0.0.1", "::ffff:169.254.169.254",
		"::ffff:0.0.0.0", "64:ff9b::169.254.169.254", "2002:a9fe:a9fe::",
		"fe80::", "febf:ffff::1", "ff00::", "ff02::1",
		"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db8::",
		"2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", "2001::1", "100::1",
		"4000::1", "8000::1", "1fff:ffff::", NULL,
	};
	static const char *const public[] = {
		"1.0.0.0", "9.255.255.255", "11.0.0.0", "100.63.255.255",
		"100.128.0.0", "126.255.255.255", "128.0.0.0", "169.253.255.255",
		"169.255.0.0", "172.15.255.255", "172.32.0.0", "191.255.255.255",
		"192.0.1.0", "192.0.3.0", "192.88.98.255", "192.88.100.0",
		"192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0",
		"198.51.99.255", "198.51.101.0", "203.0.112.255", "203.0.114.0",
		"223.255.255.255", "2000::", "2001:200::", "2001:db7:ffff::",
		"2001:db9::", "2606:4700::1111", "2003::", "3ffe:ffff::",
		"::ffff:8.8.8.8", "64:ff9b::8.8.8.8", "2002:808:808::1", NULL,
	};

	expect(private, NET_PRIVATE);
	expect(special, NET_SPECIAL);
	expect(public, NET_PUBLIC);
}

static void what_is_no_ip_address_is_special(void **state)
{
	struct sockaddr_storage sa = {.ss_family = AF_UNIX};

	assert_int_equal(net_class((struct sockaddr *)&sa, sizeof(sa)), NET_SPECIAL);
	/* a family that promises more than the length holds */
	sa.ss_family = AF_INET6;
	assert_int_equal(net_class((struct sockaddr *)&sa, 8), NET_SPECIAL);
}

static bool allows(const struct net_guard *g, const char *text, uint16_t port)
{
	struct sockaddr_storage sa;
	socklen_t len = address(&sa, text, port);
	const char *why = NULL;
	bool good;

	good = net_guard_allows(g, (struct sockaddr *)&sa, len, &why);
	assert_int_equal(good, why == NULL);
	return good;
}

static void the_switch_opens_private_networks_and_nothing_else(void **state)
{
	struct net_guard g;

	net_guard_init(&g, false);
	assert_true(allows(&g, "8.8.8.8", 443));
	assert_false(allows(&g, "127.0.0.1", 443));
	assert_false(allows(&g, "169.254.169.254", 443));
	net_guard_init(&g, true);
	assert_true(allows(&g, "8.8.8.8", 443));
	assert_true(allows(&g, "127.0.0.1", 443));
	assert_true(allows(&g, "::1", 443));
	assert_false(allows(&g, "169.254.169.254", 443));
	assert_false(allows(&g, "0.0.0.0", 443));
	assert_false(allows(&g, "::ffff:0.0.0.0", 443));
}

static void our_own_address_is_never_called(void **state)
{
	struct net_guard g;

	net_guard_init(&g, true);
	net_guard_add_own(&g, "127.0.0.1", 8443);
	net_guard_add_own(&g, "[::1]", 8443);
	net_guard_add_own(&g, "node.example", 8443);
	assert_int_equal(g.n_own, 2);
	assert_false(allows(&g, "127.0.0.1", 8443));
	assert_false(allows(&g, "::ffff:127.0.0.1", 8443));
	assert_false(allows(&g, "::1", 8443));
	assert_true(allows(&g, "127.0.0.1", 8444));
	assert_true(allows(&g, "127.0.0.2", 8443));
}

static void pins_of_what_is_no_certificate_are_refused(void **state)
{
	static const uint8_t cut[] = {0x30, 0x82, 0x01, 0x00, 0x30, 0x03, 0x02, 0x01};
	static const uint8_t small[] = {0x30, 0x02, 0x30, 0x00};
	char pin[TLS_PIN_SIZE];

	assert_false(tls_pin_of_der(pin, bytes_of(cut, sizeof(cut))));
	assert_false(tls_pin_of_der(pin, bytes_of(small, sizeof(small))));
	assert_false(tls_pin_of_der(pin, bytes_of(NULL, 0)));
	assert_false(tls_pin_of_pem(pin, "-----BEGIN CERTIFICATE-----", 27));
	assert_true(tls_pin_is_wellformed(
		"sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="));
	assert_false(tls_pin_is_wellformed("sha256//AAAA"));
	assert_false(tls_pin_is_wellformed("/etc/passwd"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_block_has_its_class_at_both_ends),
		cmocka_unit_test(what_is_no_ip_address_is_special),
		cmocka_unit_test(the_switch_opens_private_networks_and_nothing_else),
		cmocka_unit_test(our_own_address_is_never_called),
		cmocka_unit_test(pins_of_what_is_no_certificate_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
