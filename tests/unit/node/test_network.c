/* SPDX-License-Identifier: MIT */
/* The address book keeps its limits whoever tells, and bans hold as long as they
 * say. */
#include "tests/unit/node/labblock.h"

#include <stdio.h>

#include "node/addrbook.h"
#include "node/p2pquery.h"

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
		assert_int_equal(addrbook_add(l->n, &a, 1, &from, 0, &added), ST_OK);
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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
