/* SPDX-License-Identifier: MIT */
/* remote: answers of other nodes have the right form or are refused. */
#include "tests/unit/unit.h"

#include "base/url.h"
#include "primitives/header.h"
#include "remote/peer_client.h"

/* Bitcoin's first header, as the network has it. */
static const char genesis_hex[] =
	"0100000000000000000000000000000000000000000000000000000000000000"
	"000000003ba3edfd7a7b12b27ac72c3e67768f617fc81bc3888a51323a9fb8aa"
	"4b1e5e4a29ab5f49ffff001d1dac2b7c";
static const char genesis_id[] =
	"000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f";

/* The key of BIP340's vector 1, and its signature of 32 times 07 under the name
 * node.example, as tests/e2e/schnorr.py makes it. */
#define KEY "dff1d77f2a671c5f36183726db2341be58feae1da2deced843240f7b502ba659"
#define SIG "0acb4fad05bee6536c134cd62fa705803166eaa35dcdcc37b5111d039f49f9d6" \
	    "ffab0bf3b1e58205ac1477cf14a60824c61d5e8d8a4730481d0fb642b489480c"

#define WORK "0000000000000000000000000000000000000000000000000000000100010001"

static struct fetch_result answer(int http, const void *body, size_t len)
{
	struct fetch_result r = {.st = ST_OK, .http = http};

	buf_init(&r.body, len + 100);
	buf_add(&r.body, body, len);
	return r;
}

static struct fetch_result said(const char *text)
{
	return answer(200, text, strlen(text));
}

static enum status status_of(const char *text, struct peer_status *out)
{
	struct fetch_result r = answer(200, text, strlen(text));
	uint8_t challenge[NODEPROOF_CHALLENGE_SIZE];
	char why[PEER_WHY_SIZE];
	enum status st;

	memset(challenge, 7, sizeof(challenge));
	st = peer_read_status(&r, "https://Node.Example:8443", challenge,
					  out, why);

	assert_int_equal(st != ST_OK, why[0] != '\0');
	buf_free(&r.body);
	return st;
}

static void a_status_is_whole_or_refused(void **state)
{
	static const char *const key[] = {"software", "network", "genesis",
					  "document", "height", "tip",
					  "chainwork", "time", "key",
					  "signature"};
	char text[1000], hash[HASH_TEXT_SIZE];
	struct peer_status s;

	snprintf(text, sizeof(text),
		 "{\"software\":\"quarry/0.1.0\\u0007\",\"network\":\"main\","
		 "\"genesis\":\"%s\",\"document\":\"\",\"height\":7,\"tip\":\"%s\","
		 "\"chainwork\":\"" WORK "\",\"time\":1231006505,\"more\":[],"
		 "\"key\":\"" KEY "\",\"signature\":\"" SIG "\"}",
		 genesis_id, genesis_id);
	assert_int_equal(status_of(text, &s), ST_OK);
	assert_string_equal(s.software, "quarry/0.1.0\\x07");
	assert_string_equal(hash256_text(hash, &s.genesis.h), genesis_id);
	assert_int_equal(s.height, 7);
	assert_int_equal(s.chainwork.w[0], 0x100010001);
	for (size_t i = 0; i < sizeof(key) / sizeof(*key); i++) {
		char cut[1000];

		memcpy(cut, text, sizeof(cut));
		/* the key is called otherwise: it is missing */
		*(strstr(cut, key[i]) + 1) = '_';
		assert_int_equal(status_of(cut, &s), ST_PARSE);
	}
	/* a proof for another chain or with a flipped digit is none */
	for (size_t i = 0; i < 2; i++) {
		char *digit = strstr(text, i ? SIG : "d668");

		*digit = *digit == '1' ? '2' : '1';
		assert_int_equal(status_of(text, &s), ST_PARSE);
	}
	assert_int_equal(status_of("[]", &s), ST_PARSE);
	assert_int_equal(status_of("<html>", &s), ST_PARSE);
	assert_int_equal(status_of("", &s), ST_PARSE);
}

static void http_codes_are_no_answers(void **state)
{
	static const struct {
		int http;
		enum status st;
	} cases[] = {{302, ST_REMOTE}, {404, ST_NOT_FOUND}, {429, ST_BUSY},
		     {500, ST_REMOTE}, {503, ST_BUSY}, {206, ST_REMOTE}};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct fetch_result r = answer(cases[i].http, "{}", 2);
		char why[PEER_WHY_SIZE];
		const uint8_t *p;
		size_t n;

		assert_int_equal(peer_read_headers(&r, &p, &n, why), cases[i].st);
		assert_string_not_equal(why, "");
		buf_free(&r.body);
	}
}

static void headers_are_80_bytes_each(void **state)
{
	static const uint8_t bytes[240];
	char why[PEER_WHY_SIZE];
	const uint8_t *p;
	size_t count;

	for (size_t len = 0; len <= 240; len += 40) {
		struct fetch_result r = answer(200, bytes, len);

		assert_int_equal(peer_read_headers(&r, &p, &count, why),
				 len % 80 ? ST_PARSE : ST_OK);
		if (len % 80 == 0)
			assert_int_equal(count, len / 80);
		buf_free(&r.body);
	}
}

static void a_block_is_the_one_asked_for(void **state)
{
	uint8_t raw[100] = {0};
	char why[PEER_WHY_SIZE];
	struct fetch_result r;
	struct bytes got;
	struct blkid id;

	assert_true(hash256_parse(&id.h, genesis_id, 64));
	for (size_t i = 0; i < HEADER_SIZE; i++) {
		unsigned v;

		sscanf(genesis_hex + 2 * i, "%2x", &v);
		raw[i] = (uint8_t)v;
	}
	r = answer(200, raw, sizeof(raw));
	assert_int_equal(peer_read_block(&r, &id, &got, why), ST_OK);
	assert_int_equal(got.len, sizeof(raw));
	r.body.p[79] ^= 1;
	assert_int_equal(peer_read_block(&r, &id, &got, why), ST_PARSE);
	r.body.len = 79;
	assert_int_equal(peer_read_block(&r, &id, &got, why), ST_PARSE);
	buf_free(&r.body);
}

static void transactions_are_framed(void **state)
{
	static const uint8_t good[] = {9, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0,
				       'a', 'b', 1, 0, 0, 0, 'c'};
	char why[PEER_WHY_SIZE];
	struct peer_mempool m;
	struct fetch_result r;
	struct bytes tx;

	r = answer(200, good, sizeof(good));
	assert_int_equal(peer_read_mempool(&r, &m, why), ST_OK);
	assert_int_equal(m.next, 9);
	assert_true(peer_mempool_next(&m, &tx));
	assert_true(bytes_equal(tx, bytes_of("ab", 2)));
	assert_true(peer_mempool_next(&m, &tx));
	assert_false(peer_mempool_next(&m, &tx));
	assert_false(m.broken);
	/* one byte short */
	r.body.len--;
	assert_int_equal(peer_read_mempool(&r, &m, why), ST_OK);
	assert_true(peer_mempool_next(&m, &tx));
	assert_false(peer_mempool_next(&m, &tx));
	assert_true(m.broken);
	r.body.len = 7;
	assert_int_equal(peer_read_mempool(&r, &m, why), ST_PARSE);
	buf_free(&r.body);
}

static void count_urls(void *user, const char *url)
{
	char (*list)[URL_TEXT_SIZE] = user;
	int n = list[0][0]++;

	snprintf(list[1 + n], URL_TEXT_SIZE, "%s", url);
}

static void peers_of_peers_are_normal_urls(void **state)
{
	static const char text[] = "{\"peers\":[\"https://A.example\",5,"
				   "\"http://b.example\",\"file:///etc/passwd\","
				   "\"https://c.example:9443\"]}";
	static char list[8][URL_TEXT_SIZE];
	struct fetch_result r = answer(200, text, strlen(text));
	char why[PEER_WHY_SIZE];

	assert_int_equal(peer_read_peers(&r, false, count_urls, list, why), ST_OK);
	assert_int_equal(list[0][0], 2);
	assert_string_equal(list[1], "https://a.example:443");
	assert_string_equal(list[2], "https://c.example:9443");
	buf_free(&r.body);
}

static void answers_to_announcements(void **state)
{
	struct peer_answer a;
	char why[PEER_WHY_SIZE];
	struct fetch_result r;

	r = said("{\"accepted\":false,\"reason\":\"bad-cb-height\"}");
	assert_int_equal(peer_read_answer(&r, &a, why), ST_OK);
	assert_false(a.accepted);
	assert_string_equal(a.reason, "bad-cb-height");
	buf_free(&r.body);
	r = said("{\"accepted\":true,\"known\":true}");
	assert_int_equal(peer_read_answer(&r, &a, why), ST_OK);
	assert_true(a.accepted && a.known);
	buf_free(&r.body);
	r = said("{\"known\":true}");
	assert_int_equal(peer_read_answer(&r, &a, why), ST_PARSE);
	buf_free(&r.body);
	r = answer(409, "", 0);
	assert_int_equal(peer_read_answer(&r, &a, why), ST_DENIED);
	buf_free(&r.body);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_status_is_whole_or_refused),
		cmocka_unit_test(http_codes_are_no_answers),
		cmocka_unit_test(headers_are_80_bytes_each),
		cmocka_unit_test(a_block_is_the_one_asked_for),
		cmocka_unit_test(transactions_are_framed),
		cmocka_unit_test(peers_of_peers_are_normal_urls),
		cmocka_unit_test(answers_to_announcements),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
