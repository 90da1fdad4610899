/* SPDX-License-Identifier: MIT */
/* The address book keeps its limits whoever tells, and bans hold as long as they
 * say. */
#include "tests/unit/node/labblock.h"

#include <stdio.h>

#include "node/net/addrbook.h"
#include "node/net/netreport.h"
#include "node/net/p2pquery.h"
#include "node/query/query.h"

static struct known_address at(const char *text, int64_t seen_at)
{
	struct known_address a = {.services = 9, .seen_at = seen_at};

	assert_true(net_addr_parse(&a.at, text, 8333));
	return a;
}

static struct net_addr host(const char *text)
{
	return at(text, 0).at;
}

static struct node_net_book counts(struct lab *l)
{
	struct node_net_book b;

	assert_int_equal(node_net_book(l->n, &b), ST_OK);
	return b;
}

/* n addresses of 10.GROUP.x.y. */
static void told(struct lab *l, const char *source, unsigned group, unsigned n,
		 int64_t seen_at)
{
	struct net_addr from = host(source);
	uint32_t added;

	for (unsigned i = 0; i < n; i++) {
		char text[32];
		struct known_address a;

		snprintf(text, sizeof(text), "10.%u.%u.%u", group, i / 250,
			 i % 250 + 1);
		a = at(text, seen_at);
		assert_int_equal(addrbook_add(l->n, &a, 1, &from, 7200, &added),
				 ST_OK);
	}
}

static void one_teller_cannot_fill_the_book(void **state)
{
	struct lab *l = lab_open("regtest", 1);
	int64_t now = node_now_s(l->n);

	told(l, "1.2.3.4", 0, 100, now);
	assert_int_equal(counts(l).fresh, ADDRBOOK_SOURCE_GROUP_MAX);
	/* its neighbour is the same teller; a stranger is not */
	told(l, "1.2.99.99", 0, 200, now);
	assert_int_equal(counts(l).fresh, ADDRBOOK_SOURCE_GROUP_MAX);
	for (unsigned g = 1; g < 100; g++)
		told(l, "1.2.3.4", g, 64, now);
	assert_int_equal(counts(l).fresh, ADDRBOOK_SOURCE_MAX);
	told(l, "5.6.7.8", 200, 100, now);
	assert_int_equal(counts(l).fresh,
			 ADDRBOOK_SOURCE_MAX + ADDRBOOK_SOURCE_GROUP_MAX);
	lab_close(l);
}

static void what_is_hopeless_makes_room(void **state)
{
	struct lab *l = lab_open("regtest", 1);
	int64_t now = node_now_s(l->n);

	told(l, "1.2.3.4", 0, 64, now - 40 * 86400);
	assert_int_equal(counts(l).fresh, 64);
	/* 10.0.x.y again, other hosts: the old ones go */
	for (unsigned i = 0; i < 20; i++) {
		char text[32];
		struct known_address a;
		struct net_addr from = host("1.2.3.4");
		uint32_t added;

		snprintf(text, sizeof(text), "10.0.100.%u", i + 1);
		a = at(text, now);
		/* room is drawn for, and a draw may miss the old ones */
		added = 0;
		for (unsigned k = 0; !added && k < 5; k++)
			assert_int_equal(addrbook_add(l->n, &a, 1, &from, 0, &added),
					 ST_OK);
		assert_int_equal(added, 1);
	}
	assert_int_equal(counts(l).fresh, 64);
	lab_close(l);
}

static void connected_ones_are_drawn_again(void **state)
{
	struct lab *l = lab_open("regtest", 1);
	struct net_addr good = host("9.8.7.6");
	struct known_address a;
	unsigned seen = 0;

	assert_int_equal(addrbook_draw(l->n, false, &a), ST_NOT_FOUND);
	assert_int_equal(addrbook_good(l->n, &good, 1033), ST_OK);
	assert_int_equal(counts(l).tried, 1);
	told(l, "1.2.3.4", 0, 60, node_now_s(l->n));
	for (unsigned i = 0; i < 2000; i++) {
		assert_int_equal(addrbook_draw(l->n, false, &a), ST_OK);
		seen += net_addr_equal(&a.at, &good);
		assert_int_equal(addrbook_draw(l->n, true, &a), ST_OK);
		assert_false(net_addr_equal(&a.at, &good));
	}
	/* tried a moment ago: seldom, but not never */
	assert_in_range(seen, 1, 1200);
	lab_close(l);
}

static void anchors_are_told_once(void **state)
{
	struct lab *l = lab_open("regtest", 1);
	struct net_addr two[2] = {host("9.8.7.6"), host("2001:db8::9")};
	struct known_address a[4];
	uint32_t n;

	assert_int_equal(addrbook_set_anchors(l->n, two, 2), ST_OK);
	assert_int_equal(addrbook_anchors(l->n, a, 4, &n), ST_OK);
	assert_int_equal(n, 2);
	assert_true(net_addr_equal(&a[1].at, &two[1]));
	assert_int_equal(addrbook_anchors(l->n, a, 4, &n), ST_OK);
	assert_int_equal(n, 0);
	lab_close(l);
}

static void a_sample_is_less_than_a_quarter(void **state)
{
	struct lab *l = lab_open("regtest", 1);
	struct known_address *a;
	struct arena arena;
	uint32_t n;

	arena_init(&arena, 1 << 20);
	for (unsigned g = 0; g < 5; g++)
		told(l, "1.2.3.4", g, 60, node_now_s(l->n));
	assert_int_equal(addrbook_sample(l->n, &arena, &a, &n), ST_OK);
	assert_int_equal(n, 69);	/* 23 of 100 of 300 */
	arena_free(&arena);
	lab_close(l);
}

static void bans_are_kept_and_end(void **state)
{
	struct lab *l = lab_open("regtest", 1);
	int64_t now = node_now_s(l->n);
	struct net_subnet s, other;
	struct arena arena;
	struct ban *b;
	uint32_t n;

	arena_init(&arena, 1 << 20);
	assert_true(net_subnet_parse(&s, "192.0.2.0/24"));
	assert_true(net_subnet_parse(&other, "198.51.100.9"));
	assert_int_equal(node_net_ban(l->n, &s, now + 100, "spam"), ST_OK);
	assert_int_equal(node_net_ban(l->n, &s, now + 100, "spam"), ST_DENIED);
	assert_int_equal(node_net_discourage(l->n, &other, "bad block"), ST_OK);
	assert_int_equal(node_net_bans(l->n, &arena, &b, &n), ST_OK);
	assert_int_equal(n, 2);
	assert_string_equal(b[0].subnet, "192.0.2.0/24");
	assert_string_equal(b[0].why, "spam");
	assert_false(b[0].by_rule);
	assert_true(b[1].by_rule);
	/* the operator may name what a rule found */
	assert_int_equal(node_net_ban(l->n, &other, now + 5, ""), ST_OK);
	node_set_now_s(l->n, now + 100);
	assert_int_equal(node_net_bans(l->n, &arena, &b, &n), ST_OK);
	assert_int_equal(n, 1);
	assert_string_equal(b[0].subnet, "198.51.100.9/32");
	assert_int_equal(node_net_unban(l->n, &other), ST_OK);
	assert_int_equal(node_net_unban(l->n, &other), ST_NOT_FOUND);
	arena_free(&arena);
	lab_close(l);
}

static void added_nodes_are_rows(void **state)
{
	struct lab *l = lab_open("regtest", 1);
	struct arena arena;
	const char **at_;
	uint32_t n;

	arena_init(&arena, 1 << 16);
	assert_int_equal(node_net_add(l->n, "node.example:8333"), ST_OK);
	assert_int_equal(node_net_add(l->n, "node.example:8333"), ST_DENIED);
	assert_int_equal(node_net_add(l->n, "two words"), ST_USAGE);
	assert_int_equal(node_net_added(l->n, &arena, &at_, &n), ST_OK);
	assert_int_equal(n, 1);
	assert_string_equal(at_[0], "node.example:8333");
	assert_int_equal(node_net_remove(l->n, "node.example:8333"), ST_OK);
	assert_int_equal(node_net_remove(l->n, "node.example:8333"), ST_NOT_FOUND);
	/* nobody to tell */
	assert_int_equal(node_net_try(l->n, "node.example:8333"), ST_NOT_FOUND);
	assert_int_equal(node_net_refresh(l->n, 10), ST_OK);
	arena_free(&arena);
	lab_close(l);
}

static uint32_t events(struct lab *l, int64_t after, struct arena *a,
		       struct event_info **e)
{
	uint32_t n;

	assert_int_equal(query_events(l->n, after, 1000, a, e, &n), ST_OK);
	return n;
}

static struct net_event came(int64_t id, const char *agent)
{
	struct net_event e = {.came = true, .connection = id, .version = 70016};

	snprintf(e.addr, sizeof(e.addr), "10.0.0.1:%d", (int)(8000 + id));
	snprintf(e.kind, sizeof(e.kind), "inbound");
	snprintf(e.agent, sizeof(e.agent), "%s", agent);
	return e;
}

static void peers_that_come_and_go_are_rows_beside_the_chain(void **state)
{
	struct lab *l = lab_open("regtest", 1);
	struct net_event e[2] = {came(3, "/a\"\\b\n\xff/"), came(3, "")};
	struct net_report r = {.events = e, .n_events = 2};
	struct net_subnet s;
	struct event_info *row;
	struct arena arena;
	int64_t change, last, now;

	arena_init(&arena, 1 << 20);
	assert_int_equal(query_last_change(l->n, &change), ST_OK);
	assert_int_equal(query_last_event(l->n, &last), ST_OK);
	assert_true(change > 0 && change == last);
	e[1].came = false;
	snprintf(e[1].why, sizeof(e[1].why), "it closed");
	assert_int_equal(net_report(l->n, &r), ST_OK);
	assert_int_equal(events(l, last, &arena, &row), 2);
	assert_string_equal(row[0].kind, "peer");
	assert_false(row[0].has_hash);
	assert_string_equal(row[0].json,
			    "{\"address\":\"10.0.0.1:8003\",\"change\":\"connected\","
			    "\"connection\":3,\"kind\":\"inbound\","
			    "\"agent\":\"/a\\\"\\\\b/\",\"version\":70016}");
	assert_string_equal(row[1].json,
			    "{\"address\":\"10.0.0.1:8003\","
			    "\"change\":\"disconnected\",\"connection\":3,"
			    "\"kind\":\"inbound\",\"why\":\"it closed\"}");
	assert_true(net_subnet_parse(&s, "2001:db8::7"));
	assert_int_equal(node_net_ban(l->n, &s, 4000000000, "why \"so\""), ST_OK);
	assert_int_equal(events(l, row[1].id, &arena, &row), 1);
	assert_string_equal(row[0].json,
			    "{\"address\":\"2001:db8::7\",\"change\":\"banned\","
			    "\"until\":4000000000,\"why\":\"why \\\"so\\\"\"}");
	assert_int_equal(query_last_change(l->n, &now), ST_OK);
	assert_int_equal(now, change);
	/* what comes after them counts again */
	lab_mine(l, 1);
	assert_int_equal(query_last_change(l->n, &now), ST_OK);
	assert_int_equal(query_last_event(l->n, &last), ST_OK);
	assert_true(now == last && now > change);
	arena_free(&arena);
	lab_close(l);
}

static void of_a_flood_of_peers_is_told_how_many_were_not(void **state)
{
	struct lab *l = lab_open("regtest", 1);
	static struct net_event e[150];
	struct net_report r = {.events = e, .n_events = 150};
	struct connection c = {.id = 7, .ready = true, .ping_us = -1};
	struct event_info *row;
	struct arena arena;
	struct node *other;
	int64_t last;
	uint32_t n;

	arena_init(&arena, 1 << 20);
	assert_int_equal(query_last_event(l->n, &last), ST_OK);
	for (int i = 0; i < 150; i++)
		e[i] = came(i, "/x/");
	assert_int_equal(net_report(l->n, &r), ST_OK);
	n = events(l, last, &arena, &row);
	assert_int_equal(n, 100);
	/* a relay that was killed left rows: the next tells that they are gone,
	 * and how many it could not tell of */
	snprintf(c.addr, sizeof(c.addr), "10.0.0.9:8333");
	r = (struct net_report){.changed = &c, .n_changed = 1, .untold = 4};
	assert_int_equal(net_report(l->n, &r), ST_OK);
	r = (struct net_report){.fresh = true, .gone_why = "it ended"};
	assert_int_equal(net_report(l->n, &r), ST_OK);
	last = row[n - 1].id;
	assert_int_equal(events(l, last, &arena, &row), 1);
	/* 50, those 4, and the one that went */
	assert_string_equal(row[0].json,
			    "{\"address\":\"\",\"change\":\"untold\",\"count\":55}");
	other = lab_open_again(l);
	r = (struct net_report){.changed = &c, .n_changed = 1};
	assert_int_equal(net_report(other, &r), ST_OK);
	r = (struct net_report){.fresh = true, .gone_why = "it ended"};
	assert_int_equal(net_report(other, &r), ST_OK);
	node_close(other);
	assert_int_equal(events(l, row[0].id, &arena, &row), 1);
	assert_string_equal(row[0].json,
			    "{\"address\":\"10.0.0.9:8333\","
			    "\"change\":\"disconnected\",\"connection\":7,"
			    "\"kind\":\"\",\"why\":\"it ended\"}");
	arena_free(&arena);
	lab_close(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_teller_cannot_fill_the_book),
		cmocka_unit_test(what_is_hopeless_makes_room),
		cmocka_unit_test(connected_ones_are_drawn_again),
		cmocka_unit_test(anchors_are_told_once),
		cmocka_unit_test(a_sample_is_less_than_a_quarter),
		cmocka_unit_test(bans_are_kept_and_end),
		cmocka_unit_test(added_nodes_are_rows),
		cmocka_unit_test(peers_that_come_and_go_are_rows_beside_the_chain),
		cmocka_unit_test(of_a_flood_of_peers_is_told_how_many_were_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
