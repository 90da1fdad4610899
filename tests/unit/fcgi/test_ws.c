/* SPDX-License-Identifier: MIT */
/* What clients of the WebSocket say, and what waits for them. */
#include "tests/unit/unit.h"

#include "fcgi/ws/ws_client.h"
#include "fcgi/ws/ws_tell.h"

/* BIP173's example, and its script */
#define ADDRESS "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080"
#define SCRIPT "0014751e76e8199196d454941c45d1b3a323f1433bd6"

static struct arena arena;
static struct params params;

static int setup(void **state)
{
	(void)state;
	arena_init(&arena, 8u << 20);
	return params_builtin(&params, "regtest") ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

static enum status order(struct ws_order *o, const char *text)
{
	return ws_order_read(o, &params, bytes_of_text(text),
			     &arena);
}

static void reads_what_mempool_js_sends(void **state)
{
	struct ws_order o;

	(void)state;
	assert_int_equal(order(&o, "{\"action\":\"init\"}"), ST_OK);
	assert_int_equal(o.has, WS_INIT);
	assert_int_equal(order(&o, "{\"action\":\"want\",\"data\":[\"blocks\","
				   "\"live-2h-chart\",\"else\",1]}"), ST_OK);
	assert_int_equal(o.has, WS_WANT);
	assert_int_equal(o.wants, WS_WANT_BLOCKS | WS_WANT_CHART);
	assert_int_equal(order(&o, "{\"track-address\":\"" ADDRESS "\"}"), ST_OK);
	assert_int_equal(o.has, WS_ADDRESS);
	assert_int_equal(o.address.script.len, strlen(SCRIPT) / 2);
	assert_int_equal(order(&o, "{\"track-address\":\"stop\"}"), ST_OK);
	assert_int_equal(o.has, WS_ADDRESS);
	assert_null(o.address.name);
	assert_int_equal(order(&o, "{\"track-mempool-block\":-1}"), ST_OK);
	assert_int_equal(o.has, WS_POOL_BLOCK);
	assert_int_equal(o.pool_block, -1);
}

static void replacements_are_asked_for_by_words_of_their_own(void **state)
{
	struct ws_order o;

	(void)state;
	assert_int_equal(order(&o, "{\"track-rbf\":\"all\"}"), ST_OK);
	assert_int_equal(o.has, WS_RBF);
	assert_int_equal(o.rbf, WS_WANT_RBF);
	assert_int_equal(order(&o, "{\"track-rbf\":\"fullRbf\","
				   "\"track-rbf-summary\":true}"), ST_OK);
	assert_int_equal(o.has, WS_RBF | WS_SUMMARY);
	assert_int_equal(o.rbf, WS_WANT_FULL_RBF);
	assert_true(o.summary);
	assert_int_equal(order(&o, "{\"track-rbf\":\"stop\","
				   "\"track-rbf-summary\":false}"), ST_OK);
	assert_int_equal(o.has, WS_RBF | WS_SUMMARY);
	assert_int_equal(o.rbf, 0);
	assert_false(o.summary);
	assert_int_equal(order(&o, "{\"track-rbf\":7,"
				   "\"track-rbf-summary\":\"x\"}"), ST_OK);
	assert_int_equal(o.rbf, 0);
	assert_false(o.summary);
}

static void an_address_and_its_script_are_the_same(void **state)
{
	struct ws_order o;

	(void)state;
	assert_int_equal(order(&o, "{\"track-addresses\":[\"" ADDRESS "\"],"
				   "\"track-scriptpubkeys\":[\"" SCRIPT "\"]}"),
			 ST_OK);
	assert_int_equal(o.has, WS_ADDRESSES | WS_SCRIPTS);
	assert_true(bytes_equal(o.addresses[0].script, o.scripts[0].script));
}

static void a_list_is_taken_whole_or_not(void **state)
{
	struct ws_order o;

	(void)state;
	assert_int_equal(order(&o, "{\"track-addresses\":[\"" ADDRESS
				   "\",\"1BoatSLRHtKNngkdXEeobR76b53LETtpyT\"]}"),
			 ST_OK);
	assert_int_equal(o.has, 0);
	assert_non_null(o.addresses_error);
	assert_int_equal(order(&o, "{\"track-scriptpubkeys\":[\"0\"]}"), ST_OK);
	assert_int_equal(o.has, 0);
	assert_non_null(o.scripts_error);
}

static void what_is_no_object_is_refused(void **state)
{
	static const char *const text[] = {"", "[]", "7", "{", "{\"a\":1,\"a\":2}"};
	struct ws_order o;

	(void)state;
	for (size_t i = 0; i < sizeof(text) / sizeof(text[0]); i++)
		assert_int_equal(order(&o, text[i]), ST_PARSE);
}

static void messages_leave_in_the_order_they_came(void **state)
{
	static const uint8_t network[16];
	struct ws_client *c = ws_client_new(NULL, network, 0);
	struct bytes text;

	(void)state;
	assert_non_null(c);
	assert_false(ws_client_next(c, &text));
	ws_client_say(c, bytes_of_text("one"));
	ws_client_say(c, bytes_of_text("three"));
	assert_true(ws_client_next(c, &text));
	assert_int_equal(text.len, 3);
	ws_client_said(c);
	assert_true(ws_client_next(c, &text));
	assert_memory_equal(text.p, "three", 5);
	ws_client_said(c);
	assert_false(ws_client_next(c, &text));
	ws_client_free(c, NULL);
}

static void who_takes_nothing_is_let_go(void **state)
{
	static const uint8_t network[16];
	struct ws_client *c = ws_client_new(NULL, network, 0);
	size_t n = 100000;
	char *big = calloc(1, n);

	(void)state;
	assert_non_null(big);
	for (size_t sum = 0; sum <= WS_OUT_MAX; sum += n) {
		assert_false(c->drop);
		ws_client_say(c, bytes_of(big, n));
	}
	assert_true(c->drop);
	free(big);
	ws_client_free(c, NULL);
}

static void who_asks_too_often_must_wait(void **state)
{
	static const uint8_t network[16];
	struct ws_client *c = ws_client_new(NULL, network, 1000);
	unsigned n = 0;

	(void)state;
	while (ws_client_may_order(c, 1000))
		n++;
	assert_int_equal(n, WS_ORDERS_AT_ONCE);
	assert_false(ws_client_may_order(c, 1000 + WS_ORDER_EVERY_MS - 1));
	assert_true(ws_client_may_order(c, 1000 + WS_ORDER_EVERY_MS));
	assert_false(ws_client_may_order(c, 1000 + WS_ORDER_EVERY_MS));
	ws_client_free(c, NULL);
}

static void the_flow_is_of_the_last_minute(void **state)
{
	struct ws_flow f = {0};

	(void)state;
	ws_flow_add(&f, 1000, 300);
	ws_flow_add(&f, 1001, 300);
	assert_true(ws_flow_rate(&f, 1001) > 9.99 && ws_flow_rate(&f, 1001) < 10.01);
	assert_true(ws_flow_rate(&f, 1060) > 4.99 && ws_flow_rate(&f, 1060) < 5.01);
	assert_true(ws_flow_rate(&f, 1061) < 0.01);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_what_mempool_js_sends),
		cmocka_unit_test(replacements_are_asked_for_by_words_of_their_own),
		cmocka_unit_test(an_address_and_its_script_are_the_same),
		cmocka_unit_test(a_list_is_taken_whole_or_not),
		cmocka_unit_test(what_is_no_object_is_refused),
		cmocka_unit_test(messages_leave_in_the_order_they_came),
		cmocka_unit_test(who_takes_nothing_is_let_go),
		cmocka_unit_test(who_asks_too_often_must_wait),
		cmocka_unit_test(the_flow_is_of_the_last_minute),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
