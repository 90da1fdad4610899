/* SPDX-License-Identifier: MIT */
/* See p2pquery.h. */
#include "node/net/p2pquery.h"

#include <stdio.h>

#include "base/clock.h"
#include "node/core/announce.h"
#include "node/core/events.h"
#include "node/core/priv.h"
#include "node/net/addrbook.h"
#include "store/store_address.h"
#include "store/store_network.h"

#define POLL_MS 2

enum status node_net_state(struct node *n, struct relay_state *out)
{
	bool own;
	enum status st = node_read_begin(n, &own);

	if (st != ST_OK)
		return st;
	*out = (struct relay_state){0};
	st = store_relay_state(n->db, clock_wall_ms(), out);
	node_read_end(n, own);
	return st;
}

enum status node_net_refresh(struct node *n, int wait_ms)
{
	int64_t asked_ms = clock_wall_ms(), end_ms = clock_mono_ms() + wait_ms;
	struct relay_state s;
	enum status st = announce_order(n, "stats");

	if (st == ST_NOT_FOUND)
		return ST_OK;
	while (st == ST_OK) {
		st = node_net_state(n, &s);
		if (st != ST_OK || s.told_at_ms >= asked_ms || !s.running)
			return st;
		if (clock_mono_ms() >= end_ms)
			return ST_TIMEOUT;
		clock_sleep_ms(POLL_MS);
	}
	return st;
}

enum status node_net_connections(struct node *n, struct arena *a,
				 struct connection **out, uint32_t *count)
{
	int64_t all = 0, after = -1;
	struct relay_state s;
	bool own;
	enum status st = node_read_begin(n, &own);

	*count = 0;
	*out = NULL;
	if (st != ST_OK)
		return st;
	st = store_relay_state(n->db, clock_wall_ms(), &s);
	if (st == ST_OK && s.running)
		st = store_connection_count(n->db, &all);
	if (st == ST_OK) {
		*out = arena_array(a, (size_t)all, struct connection);
		st = *out ? ST_OK : ST_NOMEM;
	}
	while (st == ST_OK && *count < all) {
		st = store_connection_next(n->db, after, &(*out)[*count]);
		if (st == ST_OK)
			after = (*out)[(*count)++].id;
	}
	node_read_end(n, own);
	return st == ST_NOT_FOUND ? ST_OK : st;
}

#define TRAFFIC_MAX 64

enum status node_net_traffic(struct node *n, int64_t connection, struct arena *a,
			     struct connection_traffic **out, uint32_t *count)
{
	const char *after = "";
	bool own;
	enum status st = node_read_begin(n, &own);

	*count = 0;
	if (st != ST_OK)
		return st;
	*out = arena_array(a, TRAFFIC_MAX, struct connection_traffic);
	st = *out ? ST_OK : ST_NOMEM;
	while (st == ST_OK && *count < TRAFFIC_MAX) {
		st = store_traffic_next(n->db, connection, after, &(*out)[*count]);
		if (st == ST_OK)
			after = (*out)[(*count)++].command;
	}
	node_read_end(n, own);
	return st == ST_NOT_FOUND ? ST_OK : st;
}

static bool is_host_of(const char *host, const char *addr)
{
	const char *colon = strrchr(addr, ':');
	size_t len = strlen(host), n = colon ? (size_t)(colon - addr) : 0;

	if (addr[0] == '[' && host[0] != '[' && n > 2) {
		addr++;
		n -= 2;
	}
	return n == len && memcmp(host, addr, len) == 0;
}

enum status node_net_find(struct node *n, const char *addr, struct connection *out)
{
	struct connection c;
	struct relay_state s;
	bool own, found = false;
	int64_t after = -1;
	enum status st = node_read_begin(n, &own);

	if (st != ST_OK)
		return st;
	st = store_relay_state(n->db, clock_wall_ms(), &s);
	if (st == ST_OK && !s.running)
		st = ST_NOT_FOUND;
	while (st == ST_OK) {
		st = store_connection_next(n->db, after, &c);
		if (st != ST_OK)
			break;
		after = c.id;
		if (strcmp(c.addr, addr) == 0 ||
		    (!found && is_host_of(addr, c.addr))) {
			*out = c;
			found = true;
			if (strcmp(c.addr, addr) == 0)
				break;
		}
	}
	node_read_end(n, own);
	return found && (st == ST_OK || st == ST_NOT_FOUND) ? ST_OK : st;
}

static bool is_fit(const char *addr)
{
	return *addr && strlen(addr) <= 60 && !strpbrk(addr, " \t\r\n/");
}

enum status node_net_disconnect(struct node *n, int64_t connection)
{
	char order[40];

	snprintf(order, sizeof(order), "disconnect %lld", (long long)connection);
	return announce_order(n, order);
}

enum status node_net_try(struct node *n, const char *addr)
{
	char order[80];

	if (!is_fit(addr))
		return ST_USAGE;
	snprintf(order, sizeof(order), "try %s", addr);
	return announce_order(n, order);
}

enum status node_net_call(struct node *n, const char *addr, const char *kind)
{
	char order[ANNOUNCE_ORDER_MAX];

	if (!is_fit(addr) || strlen(kind) > 30)
		return ST_USAGE;
	snprintf(order, sizeof(order), "call %s %s", kind, addr);
	return announce_order(n, order);
}

enum status node_net_hurry(struct node *n, int64_t seconds)
{
	char order[40];

	snprintf(order, sizeof(order), "hurry %lld", (long long)seconds);
	return announce_order(n, order);
}

void node_net_tell_again(struct node *n, const struct txid *id)
{
	char order[80], text[HASH_TEXT_SIZE];
	enum status st;

	snprintf(order, sizeof(order), "tell %s", hash256_text(text, &id->h));
	st = announce_order(n, order);
	(void)st;
}

enum status node_net_ping(struct node *n)
{
	return announce_order(n, "ping");
}

/* After a row that the relay follows was written. */
static enum status tell(struct node *n, enum status st)
{
	enum status told;

	if (st == ST_OK) {
		/* without a relay the row waits; a busy one looks at it soon */
		told = announce_order(n, "rows");
		(void)told;
	}
	return st;
}

enum status node_net_add(struct node *n, const char *addr)
{
	bool added;
	enum status st;

	if (!is_fit(addr))
		return ST_USAGE;
	st = node_write_begin(n);
	if (st != ST_OK)
		return st;
	st = store_added_node_put(n->db, addr, clock_wall_s(), &added);
	if (st == ST_OK && !added)
		st = ST_DENIED;
	return tell(n, node_write_end(n, st));
}

enum status node_net_remove(struct node *n, const char *addr)
{
	enum status st = node_write_begin(n);

	if (st != ST_OK)
		return st;
	return tell(n, node_write_end(n, store_added_node_delete(n->db, addr)));
}

#define ADDED_MAX 1000

enum status node_net_added(struct node *n, struct arena *a, const char ***out,
			   uint32_t *count)
{
	char text[64], *copy;
	const char *after = "";
	bool own;
	enum status st = node_read_begin(n, &own);

	*count = 0;
	if (st != ST_OK)
		return st;
	*out = arena_array(a, ADDED_MAX, const char *);
	st = *out ? ST_OK : ST_NOMEM;
	while (st == ST_OK && *count < ADDED_MAX) {
		st = store_added_node_next(n->db, after, text, sizeof(text));
		if (st != ST_OK)
			break;
		copy = arena_strdup(a, text);
		if (!copy) {
			st = ST_NOMEM;
			break;
		}
		after = (*out)[(*count)++] = copy;
	}
	node_read_end(n, own);
	return st == ST_NOT_FOUND ? ST_OK : st;
}

enum status node_net_set_active(struct node *n, bool active)
{
	enum status st = node_write_begin(n);

	if (st != ST_OK)
		return st;
	return tell(n, node_write_end(n, store_relay_state_active(n->db, active)));
}

/* The ban of exactly this subnet; ST_NOT_FOUND. */
static enum status ban_get(struct node *n, const char *subnet, struct ban *out)
{
	const char *after = "";
	enum status st;

	for (;;) {
		st = store_ban_next(n->db, after, out);
		if (st != ST_OK || strcmp(out->subnet, subnet) == 0)
			return st;
		after = out->subnet;
	}
}

/* One address alone is called by its name. */
static enum status tell_ban(struct node *n, const struct ban *b)
{
	char host[NET_SUBNET_TEXT_SIZE];
	const struct peer_event e = {
		.address = host,
		.change = b->until ? "banned" : "unbanned",
		.connection = -1,
		.until = b->until,
		.why = b->until ? b->why : NULL,
	};
	char *slash;
	enum status st;

	snprintf(host, sizeof(host), "%s", b->subnet);
	slash = strchr(host, '/');
	if (slash && strcmp(slash, strchr(host, ':') ? "/128" : "/32") == 0)
		*slash = '\0';
	st = event_peer(n, &e);
	return st == ST_OK ? events_trim(n) : st;
}

static enum status put_ban(struct node *n, struct ban *b)
{
	struct ban old;
	int64_t count;
	enum status st = node_write_begin(n);

	if (st != ST_OK)
		return st;
	st = store_ban_expire(n->db, b->created_at);
	if (st == ST_OK)
		st = ban_get(n, b->subnet, &old);
	if (st == ST_OK && !b->by_rule && !old.by_rule)
		st = ST_DENIED;
	if (st == ST_NOT_FOUND)
		st = ST_OK;
	if (st == ST_OK)
		st = store_ban_put(n->db, b);
	if (st == ST_OK)
		st = store_ban_count(n->db, &count);
	if (st == ST_OK && count > NODE_BANS_MAX)
		st = ST_FULL;
	if (st == ST_OK)
		st = tell_ban(n, b);
	return tell(n, node_write_end(n, st));
}

static struct ban make_ban(struct node *n, const struct net_subnet *s,
			   const char *why)
{
	struct ban b = {.created_at = node_now_s(n)};

	net_subnet_text(b.subnet, s);
	snprintf(b.why, sizeof(b.why), "%s", why);
	return b;
}

enum status node_net_ban(struct node *n, const struct net_subnet *s, int64_t until,
			 const char *why)
{
	struct ban b = make_ban(n, s, why);

	b.until = until;
	return put_ban(n, &b);
}

enum status node_net_discourage(struct node *n, const struct net_subnet *s,
				const char *why)
{
	struct ban b = make_ban(n, s, why);

	b.by_rule = true;
	b.until = b.created_at + NODE_BAN_S;
	return put_ban(n, &b);
}

enum status node_net_unban(struct node *n, const struct net_subnet *s)
{
	struct ban b = {.until = 0};
	enum status st = node_write_begin(n);

	if (st != ST_OK)
		return st;
	st = store_ban_delete(n->db, net_subnet_text(b.subnet, s));
	if (st == ST_OK)
		st = tell_ban(n, &b);
	return tell(n, node_write_end(n, st));
}

enum status node_net_unban_all(struct node *n, bool all)
{
	struct ban b = {.until = 0}, next;
	enum status st = node_write_begin(n);

	if (st != ST_OK)
		return st;
	while ((st = store_ban_next(n->db, b.subnet, &next)) == ST_OK) {
		b = next;
		b.until = 0;
		if ((all || !b.by_rule) && (st = tell_ban(n, &b)) != ST_OK)
			break;
	}
	if (st == ST_NOT_FOUND)
		st = store_ban_clear(n->db, all);
	return tell(n, node_write_end(n, st));
}

enum status node_net_bans(struct node *n, struct arena *a, struct ban **out,
			  uint32_t *count)
{
	int64_t all = 0, now = node_now_s(n);
	const char *after = "";
	bool own;
	enum status st = node_read_begin(n, &own);

	*count = 0;
	*out = NULL;
	if (st != ST_OK)
		return st;
	st = store_ban_count(n->db, &all);
	if (st == ST_OK) {
		*out = arena_array(a, (size_t)all + 1, struct ban);
		st = *out ? ST_OK : ST_NOMEM;
	}
	while (st == ST_OK && *count < all) {
		struct ban *b = &(*out)[*count];

		/* one that ended is overwritten by the next, hence the copy */
		char key[NET_SUBNET_TEXT_SIZE];

		snprintf(key, sizeof(key), "%s", after);
		st = store_ban_next(n->db, key, b);
		if (st != ST_OK)
			break;
		after = b->subnet;
		if (b->until > now)
			(*count)++;
		else
			all--;
	}
	node_read_end(n, own);
	return st == ST_NOT_FOUND ? ST_OK : st;
}

struct taking {
	struct known_address *at;
	uint32_t n, max;
	int net;
};

static void take(void *user, const struct known_address *a)
{
	struct taking *t = user;

	if (t->n < t->max && (t->net == 0 || (int)a->at.net == t->net))
		t->at[t->n++] = *a;
}

enum status node_net_addresses(struct node *n, struct arena *a, int net,
			       uint32_t max, struct known_address **out,
			       uint32_t *count)
{
	struct address_counts c;
	struct taking t = {.net = net};
	bool own;
	enum status st = node_read_begin(n, &own);

	*count = 0;
	*out = NULL;
	if (st != ST_OK)
		return st;
	st = store_address_count(n->db, &c);
	if (st == ST_OK) {
		t.max = c.fresh + c.tried < max ? (uint32_t)(c.fresh + c.tried)
						: max;
		t.at = arena_array(a, (size_t)t.max + 1, struct known_address);
		st = t.at ? ST_OK : ST_NOMEM;
	}
	if (st == ST_OK)
		st = store_address_sample(n->db, net ? c.fresh + c.tried : t.max,
					  take, &t);
	node_read_end(n, own);
	*out = t.at;
	*count = t.n;
	return st;
}

enum status node_net_book(struct node *n, struct node_net_book *out)
{
	struct address_counts c;
	bool own;
	enum status st = node_read_begin(n, &own);

	if (st != ST_OK)
		return st;
	st = store_address_count(n->db, &c);
	node_read_end(n, own);
	if (st == ST_OK)
		*out = (struct node_net_book){c.fresh, c.tried, c.fresh_ipv4,
					      c.tried_ipv4};
	return st;
}

enum status node_net_address_add(struct node *n, const struct net_addr *at,
				 bool tried, bool *added)
{
	struct known_address a = {.at = *at, .services = 9,
				  .seen_at = node_now_s(n)};
	uint32_t count;
	enum status st = addrbook_add(n, &a, 1, at, 0, &count);

	*added = count == 1;
	if (st == ST_OK && tried && *added)
		st = addrbook_good(n, at, 0);
	return st;
}
