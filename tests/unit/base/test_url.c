/* SPDX-License-Identifier: MIT */
/* base: addresses of nodes have one spelling each. */
#include "tests/unit/unit.h"

#include "base/url.h"

static const char *spell(const char *text, bool allow_http)
{
	static struct url u;
	const char *why;

	if (url_parse(&u, text, strlen(text), allow_http, &why) != ST_OK)
		return "";
	return u.text;
}

static void spellings_of_one_node_become_one(void **state)
{
	static const char *const cases[][2] = {
		{"https://node.example", "https://node.example:443"},
		{"https://node.example/", "https://node.example:443"},
		{"HTTPS://Node.Example:443", "https://node.example:443"},
		{"node.example:8443", "https://node.example:8443"},
		{"https://node.example.:8443", "https://node.example:8443"},
		{"192.168.0.5:5000", "https://192.168.0.5:5000"},
		{"localhost:5000", "https://localhost:5000"},
		{"https://[::1]:8443", "https://[::1]:8443"},
		{"https://[0:0:0:0:0:0:0:1]:08443", "https://[::1]:8443"},
		{"https://[2001:DB8::A]", "https://[2001:db8::a]:443"},
		{"https://xn--bcher-kva.example:1024", "https://xn--bcher-kva.example:1024"},
		{"https://4chan.example:65535", "https://4chan.example:65535"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_string_equal(spell(cases[i][0], false), cases[i][1]);
	assert_string_equal(spell("http://a", true), "http://a:80");
	assert_string_equal(spell("http://a", false), "");
}

static void nodes_of_bitcoins_protocol_have_one_spelling_too(void **state)
{
	static const char *const cases[][2] = {
		{"bitcoin://Node.Example", "bitcoin://node.example:8333"},
		{"BITCOIN://1.2.3.4:18444/", "bitcoin://1.2.3.4:18444"},
		{"bitcoin://[0::1]:80", "bitcoin://[::1]:80"},
		{"bitcoin://", ""}, {"bitcoin:", ""}, {"https://a:1024", ""},
		{"bitcoin://a:0", ""}, {"bitcoin://a:65536", ""},
		{"bitcoin://a:1/x", ""}, {"bitcoin://u@a:1", ""},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const char *text = cases[i][0], *why;
		struct url u = {0};
		enum status st = url_parse_p2p(&u, text, strlen(text), 8333, &why);

		assert_int_equal(st, *cases[i][1] ? ST_OK : ST_PARSE);
		if (st == ST_OK)
			assert_string_equal(u.text, cases[i][1]);
	}
}

static void everything_else_is_refused(void **state)
{
	static const char *const bad[] = {
		"", "/", "https://", "https:///", "https://a//", "https://a/x",
		"https://a?x", "https://a#x", "https://u@a", "https://u:p@a",
		"ftp://a", "file:///etc/passwd", "gopher://a", "javascript:1",
		"https://a:", "https://a:0", "https://a:22", "https://a:80",
		"https://a:1023", "https://a:65536", "https://a:443443",
		"https://a:+443", "https://a: 443", "https://a:8443 ",
		" https://a", "https://a b", "https://a\n", "https://a\tb",
		"https://a..b", "https://.a", "https://-a", "https://a-.b",
		"https://a.-b", "https://.", ("https://b\xc3\xbc" "cher.example"),
		"https://%61", "https://a%2eb", "https://a\\b", "https://a;b",
		/* IPv4 in disguise */
		"https://2130706433", "https://0177.0.0.1", "https://127.1",
		"https://0", "https://0x7f000001", "https://127.0.0.01",
		"https://127.0.0.0x1", "https://1.2.3.4.5", "https://256.1.1.1",
		"https://127.0.0.1..",
		/* IPv6 */
		"https://::1", "https://[::1", "https://[::1]x", "https://[]",
		"https://[fe80::1%25eth0]:8443", "https://[fe80::1%eth0]",
		"https://[::g]", "https://[127.0.0.1]",
		"https://[1:2:3:4:5:6:7:8:9]",
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		if (*spell(bad[i], true))
			fail_msg("taken: %s", bad[i]);
	}
}

static void hosts_are_bounded(void **state)
{
	char text[400], label[64];
	const char *why;
	struct url u;
	size_t n;

	memset(label, 'a', 63);
	label[63] = '\0';
	n = (size_t)snprintf(text, sizeof(text), "https://%s.%s.%s.%.61s", label,
			     label, label, label);
	assert_int_equal(n, 8 + URL_HOST_MAX);
	assert_int_equal(url_parse(&u, text, n, false, &why), ST_OK);
	text[n] = 'a';
	assert_int_equal(url_parse(&u, text, n + 1, false, &why), ST_PARSE);
	/* one label of 64 */
	n = (size_t)snprintf(text, sizeof(text), "https://a%s", label);
	assert_int_equal(url_parse(&u, text, n, false, &why), ST_PARSE);
	memset(text, 'a', sizeof(text));
	assert_int_equal(url_parse(&u, text, sizeof(text), false, &why), ST_PARSE);
	assert_int_equal(url_parse(&u, "https://a\0.b", 12, false, &why), ST_PARSE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(spellings_of_one_node_become_one),
		cmocka_unit_test(nodes_of_bitcoins_protocol_have_one_spelling_too),
		cmocka_unit_test(everything_else_is_refused),
		cmocka_unit_test(hosts_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
