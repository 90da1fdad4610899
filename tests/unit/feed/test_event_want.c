/* SPDX-License-Identifier: MIT */
/* What clients of /events ask for, and the things they look for by name. */
#include "tests/unit/unit.h"

#include "feed/event_feed.h"

#define ADDRESS "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080"
#define TXID "00000000000000000000000000000000000000000000000000000000000000aa"

static struct params params;

static enum status ask(struct event_want *want, struct watches *w,
		       const char *name, const char *value,
		       char why[EVENT_WHY_SIZE])
{
	char text[EVENT_TEXT_MAX];

	snprintf(text, sizeof(text), "%s=%s", name, value);
	return event_want_text(want, text, &params, w, why);
}

static void who_asks_for_nothing_hears_of_blocks(void **state)
{
	char why[EVENT_WHY_SIZE];
	struct event_want want;
	struct watches w;

	(void)state;
	assert_int_equal(watches_init(&w), ST_OK);
	assert_int_equal(event_want_text(&want, "", &params, &w, why), ST_OK);
	assert_int_equal(want.kinds, WANT_BLOCKS | WANT_DISCONNECTS | WANT_ALWAYS);
	assert_false(want.resumed);
	watches_free(&w);
}

static void the_same_thing_is_looked_for_once(void **state)
{
	char why[EVENT_WHY_SIZE];
	struct event_want a, b;
	struct watches w;

	(void)state;
	assert_int_equal(watches_init(&w), ST_OK);
	assert_int_equal(ask(&a, &w, "address", ADDRESS "," ADDRESS, why),
			 ST_OK);
	assert_int_equal(a.n, 1);
	assert_int_equal(ask(&b, &w, "address", ADDRESS, why), ST_OK);
	assert_ptr_equal(a.watch[0], b.watch[0]);
	assert_int_equal(w.n[WATCH_SCRIPT], 1);
	event_want_drop(&a, &w);
	assert_int_equal(w.n[WATCH_SCRIPT], 1);
	event_want_drop(&b, &w);
	assert_int_equal(w.n[WATCH_SCRIPT], 0);
	watches_free(&w);
}

static void a_place_is_a_row_or_a_message_within(void **state)
{
	static const struct {
		const char *text;
		bool resumed;
		int64_t after;
		uint32_t skip;
	} cases[] = {
		{"17", true, 17, 0}, {"17-2", true, 16, 2}, {"0", true, 0, 0},
		{"0-1", false, 0, 0}, {"x", false, 0, 0}, {"-1", false, 0, 0},
		{"9223372036854775808", false, 0, 0},
	};
	char why[EVENT_WHY_SIZE];
	struct event_want want;
	struct watches w;

	(void)state;
	assert_int_equal(watches_init(&w), ST_OK);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		/* a header that makes no sense means nothing, ... */
		want = (struct event_want){0};
		assert_int_equal(event_want_place(&want, cases[i].text),
				 cases[i].resumed);
		assert_int_equal(want.resumed, cases[i].resumed);
		assert_int_equal(want.after, cases[i].after);
		assert_int_equal(want.skip, cases[i].skip);
		/* ... a parameter is refused */
		assert_int_equal(ask(&want, &w, "since", cases[i].text, why),
				 cases[i].resumed ? ST_OK : ST_USAGE);
	}
	watches_free(&w);
}

static void what_makes_no_sense_is_refused_in_a_sentence(void **state)
{
	static const struct { const char *name, *value; } cases[] = {
		{"address", "1BoatSLRHtKNngkdXEeobR76b53LETtpyT"},
		{"address", ""}, {"outpoint", TXID}, {"outpoint", TXID ":"},
		{"outpoint", TXID ":4294967296"}, {"blocks", "7"}, {"else", ""},
		{"script", ""}, {"script", "0"}, {"script", "0g"}, {"peer", "a,,b"},
		{"finality", "no"},
	};
	char why[EVENT_WHY_SIZE];
	struct event_want want;
	struct watches w;

	(void)state;
	assert_int_equal(watches_init(&w), ST_OK);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		why[0] = '\0';
		assert_int_equal(ask(&want, &w, cases[i].name, cases[i].value, why), ST_USAGE);
		assert_true(strlen(why) > 10);
	}
	for (unsigned k = 0; k < WATCH_KINDS; k++)
		assert_int_equal(w.n[k], 0);
	watches_free(&w);
}

static void a_script_is_the_same_as_its_address(void **state)
{
	char why[EVENT_WHY_SIZE], hex[2 * WATCH_BYTES_MAX + 3] = "";
	struct event_want a, b;
	struct watches w;

	(void)state;
	assert_int_equal(watches_init(&w), ST_OK);
	assert_int_equal(ask(&a, &w, "address", ADDRESS, why), ST_OK);
	/* of BIP173 */
	assert_int_equal(ask(&b, &w, "script",
			     "0014751e76e8199196d454941c45d1b3a323f1433bd6", why),
			 ST_OK);
	assert_ptr_equal(a.watch[0], b.watch[0]);
	event_want_drop(&a, &w);
	event_want_drop(&b, &w);
	memset(hex, '5', 2 * WATCH_BYTES_MAX);
	assert_int_equal(ask(&a, &w, "script", hex, why), ST_OK);
	assert_int_equal(a.watch[0]->len, WATCH_BYTES_MAX);
	event_want_drop(&a, &w);
	memset(hex, '5', 2 * WATCH_BYTES_MAX + 2);
	assert_int_equal(ask(&a, &w, "script", hex, why), ST_USAGE);
	watches_free(&w);
}

static void who_follows_a_peer_hears_what_may_be_of_any(void **state)
{
	char why[EVENT_WHY_SIZE];
	struct event_want one, all, none;
	struct event_item e = {.kind = WANT_PEERS | WANT_A_PEER};
	struct watches w;

	(void)state;
	assert_int_equal(watches_init(&w), ST_OK);
	assert_int_equal(ask(&one, &w, "peer", "10.0.0.1:8333", why), ST_OK);
	assert_int_equal(ask(&all, &w, "peer", "1", why), ST_OK);
	assert_int_equal(event_want_text(&none, "finality", &params, &w, why),
			 ST_OK);
	assert_true(event_item_for(&e, one.kinds, one.watch, one.n));
	assert_true(event_item_for(&e, all.kinds, all.watch, all.n));
	assert_false(event_item_for(&e, none.kinds, none.watch, none.n));
	e.kind = WANT_PEERS;
	assert_false(event_item_for(&e, one.kinds, one.watch, one.n));
	e.also = one.watch[0];
	assert_true(event_item_for(&e, one.kinds, one.watch, one.n));
	event_want_drop(&one, &w);
	watches_free(&w);
}

static void no_more_than_64_things(void **state)
{
	char list[65 * 12] = "", why[EVENT_WHY_SIZE];
	struct event_want want;
	struct watches w;
	size_t n = 0;

	(void)state;
	assert_int_equal(watches_init(&w), ST_OK);
	for (int i = 0; i < 65; i++)
		n += (size_t)snprintf(list + n, sizeof(list) - n, "%s10.0.0.%d",
				      i ? "," : "", i);
	assert_int_equal(ask(&want, &w, "peer", list, why), ST_USAGE);
	*strrchr(list, ',') = '\0';
	assert_int_equal(ask(&want, &w, "peer", list, why), ST_OK);
	assert_int_equal(want.n, 64);
	for (unsigned i = 1; i < want.n; i++)
		assert_true((uintptr_t)want.watch[i - 1] <
			    (uintptr_t)want.watch[i]);
	event_want_drop(&want, &w);
	watches_free(&w);
}

static void what_nobody_looks_for_is_not_found(void **state)
{
	struct outpoint o = {.n = 3};
	uint8_t name[WATCH_OUTPOINT_SIZE];
	struct watch *x;
	struct watches w;

	(void)state;
	assert_int_equal(watches_init(&w), ST_OK);
	x = watch_take(&w, WATCH_OUTPOINT, watch_outpoint(name, &o));
	assert_non_null(x);
	assert_ptr_equal(watch_find(&w, WATCH_OUTPOINT, watch_outpoint(name, &o)),
			 x);
	assert_null(watch_find(&w, WATCH_SCRIPT, watch_outpoint(name, &o)));
	o.n = 4;
	assert_null(watch_find(&w, WATCH_OUTPOINT, watch_outpoint(name, &o)));
	watch_drop(&w, x);
	o.n = 3;
	assert_null(watch_find(&w, WATCH_OUTPOINT, watch_outpoint(name, &o)));
	watches_free(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_asks_for_nothing_hears_of_blocks),
		cmocka_unit_test(the_same_thing_is_looked_for_once),
		cmocka_unit_test(a_place_is_a_row_or_a_message_within),
		cmocka_unit_test(what_makes_no_sense_is_refused_in_a_sentence),
		cmocka_unit_test(a_script_is_the_same_as_its_address),
		cmocka_unit_test(who_follows_a_peer_hears_what_may_be_of_any),
		cmocka_unit_test(no_more_than_64_things),
		cmocka_unit_test(what_nobody_looks_for_is_not_found),
	};

	if (!params_builtin(&params, "regtest"))
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
