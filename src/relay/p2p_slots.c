/* SPDX-License-Identifier: MIT */
/* See p2p_slots.h. */
#include "relay/p2p_slots.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "node/net/addrbook.h"
#include "node/net/p2pquery.h"
#include "relay/p2p_evict.h"
#include "relay/p2p_priv.h"
#include "remote/net_guard.h"
#include "wire/msg_version.h"

#define ROWS_MS 30000
#define HALF_OPEN_MS 2000	/* then it may have to make room */

const char *p2p_kind_name(enum p2p_kind k)
{
	switch (k) {
	case P2P_INBOUND:
		return "inbound";
	case P2P_MANUAL:
		return "manual";
	case P2P_FULL:
		return "outbound-full-relay";
	case P2P_BLOCK_ONLY:
		return "block-relay-only";
	case P2P_FEELER:
		return "feeler";
	case P2P_ADDR_FETCH:
		return "addr-fetch";
	}
	return "";
}

enum status p2p_slots_open(struct p2p *x, const struct conf *conf,
			   char error[CONF_ERROR_SIZE])
{
	int64_t all = conf_int(conf, CONF_P2P_CONNECTIONS);
	bool asked_for = conf_count(conf, CONF_P2P_LISTEN) ||
			 conf_count(conf, CONF_P2P_ADDNODE) ||
			 conf_count(conf, CONF_P2P_DNS_SEED);

	x->slots.allow_private = conf_bool(conf, CONF_ALLOW_PRIVATE_PEERS);
	x->slots.discover = conf_bool(conf, CONF_P2P_DISCOVER) && asked_for &&
			    !conf_count(conf, CONF_P2P_CONNECT);
	x->slots.inbound_max = all > P2P_OUTBOUND_MAX
			       ? (unsigned)all - P2P_OUTBOUND_MAX : 0;
	x->slots.active = x->slots.rows_due = true;
	x->slots.group_key = p2p_random();
	x->slots.begun_ms = x->real_ms;
	if (permit_read(&x->slots.permits, conf, error) != ST_OK)
		return ST_USAGE;
	return p2p_discover_open(x, conf, error);
}

void p2p_slots_free(struct p2p *x)
{
	free(x->slots.shut_out);
	x->slots.shut_out = NULL;
	x->slots.n_shut_out = 0;
}

bool p2p_is_shut_out(const struct p2p *x, const struct net_addr *a, bool *by_rule)
{
	int64_t now = node_now_s(x->node);
	bool any = false;

	*by_rule = true;
	for (uint32_t i = 0; i < x->slots.n_shut_out; i++) {
		const struct p2p_shut_out *s = &x->slots.shut_out[i];

		if (s->until <= now || !net_subnet_has(&s->who, a))
			continue;
		any = true;
		*by_rule &= s->by_rule;
	}
	return any;
}

bool p2p_is_routable(const struct p2p *x, const struct net_addr *a)
{
	struct sockaddr_storage at;
	socklen_t len = p2p_sockaddr_of(&at, a);

	switch (net_class((struct sockaddr *)&at, len)) {
	case NET_PUBLIC:
		return a->port != 0;
	case NET_PRIVATE:
		return a->port != 0 && x->slots.allow_private;
	case NET_SPECIAL:
		break;
	}
	return false;
}

static enum status read_bans(struct p2p *x)
{
	struct p2p_shut_out *v;
	struct ban *b;
	uint32_t n, kept = 0;
	enum status st;

	arena_reset(&x->arena);
	st = node_net_bans(x->node, &x->arena, &b, &n);
	if (st != ST_OK)
		return st;
	v = calloc(n + 1, sizeof(*v));
	if (!v)
		return ST_NOMEM;
	for (uint32_t i = 0; i < n; i++) {
		if (!net_subnet_parse(&v[kept].who, b[i].subnet))
			continue;
		v[kept].until = b[i].until;
		v[kept++].by_rule = b[i].by_rule;
	}
	free(x->slots.shut_out);
	x->slots.shut_out = v;
	x->slots.n_shut_out = kept;
	return ST_OK;
}

static enum status read_rows(struct p2p *x)
{
	struct relay_state s;
	const char **names;
	uint32_t n;
	enum status st = read_bans(x);

	if (st == ST_OK)
		st = node_net_state(x->node, &s);
	if (st == ST_OK) {
		x->slots.active = s.active;
		arena_reset(&x->arena);
		st = node_net_added(x->node, &x->arena, &names, &n);
	}
	if (st != ST_OK)
		return st;
	p2p_target_sync(x, names, n);
	for (unsigned i = 0; i < x->n_peers; i++) {
		struct p2p_peer *p = x->peer[i];
		bool by_rule;

		if (!x->slots.active)
			p2p_peer_drop(p, "the operator switched P2P off");
		else if (!p2p_may(p, P2P_NOBAN) &&
			 p2p_is_shut_out(x, &p->at, &by_rule) &&
			 !by_rule)
			p2p_peer_drop(p, "the operator banned it");
	}
	x->slots.rows_due = false;
	x->slots.rows_ms = x->real_ms + ROWS_MS;
	return ST_OK;
}

enum status p2p_slots_step(struct p2p *x)
{
	enum status st = ST_OK;

	if (x->slots.rows_due || x->real_ms >= x->slots.rows_ms)
		st = read_rows(x);
	if (st == ST_OK && x->slots.active)
		st = p2p_target_step(x);
	if (st == ST_OK && x->slots.active && x->slots.discover)
		st = p2p_discover_step(x);
	return st;
}

static uint64_t group_number(const struct net_addr *a)
{
	uint8_t g[8] = {0};
	size_t n = net_addr_group(g, a);

	return le64_get(g) ^ (uint64_t)n << 56;
}

static uint64_t scramble(uint64_t v, uint64_t key)
{
	v = (v ^ key) * 0x9e3779b97f4a7c15ull;
	v ^= v >> 32;
	v *= 0xd6e8feb86659fd93ull;
	return v ^ v >> 29;
}

#define SERVES (WIRE_NODE_NETWORK | WIRE_NODE_WITNESS)

static struct p2p_peer *to_evict(struct p2p *x)
{
	struct evict_candidate *v = calloc(x->n_peers + 1, sizeof(*v));
	uint32_t id;
	size_t n = 0;

	for (unsigned i = 0; v && i < x->n_peers; i++) {
		const struct p2p_peer *p = x->peer[i];
		bool by_rule;

		if (!p->inbound || p->dead || p2p_may(p, P2P_NOBAN))
			continue;
		v[n] = (struct evict_candidate){
			.id = p->serial,
			.group = group_number(&p->at),
			.since_ms = p->since_real_ms,
			.ping_us = p->stats.ping_min_us < 0 ? INT64_MAX
							    : p->stats.ping_min_us,
			.block_at = p->stats.block_at,
			.tx_at = p->stats.tx_at,
			.relays_txs = p->relay,
			.serves = (p->stats.services & SERVES) == SERVES,
			.local = p->local,
			.discouraged = p2p_is_shut_out(x, &p->at, &by_rule),
		};
		v[n].keyed_group = scramble(v[n].group, x->slots.group_key);
		n++;
	}
	id = v ? evict_choose(v, n) : 0;
	free(v);
	return p2p_peer_by_serial(x, id);
}

/* When all places are taken, the one that has been silent in its handshake for
 * longest goes first. */
bool p2p_make_room(struct p2p *x, bool discouraged)
{
	struct p2p_peer *oldest = NULL;
	unsigned inbound = 0;

	for (unsigned i = 0; i < x->n_peers; i++) {
		struct p2p_peer *p = x->peer[i];

		if (!p->inbound || p->dead)
			continue;
		inbound++;
		if (!p->ready && !p2p_may(p, P2P_NOBAN) &&
		    p->since_real_ms + HALF_OPEN_MS < x->real_ms &&
		    (!oldest || p->since_real_ms < oldest->since_real_ms))
			oldest = p;
	}
	if (inbound + discouraged < x->slots.inbound_max)
		return x->n_peers < P2P_PEERS_MAX;
	if (discouraged)
		return false;
	if (!oldest && x->slots.inbound_max)
		oldest = to_evict(x);
	if (!oldest)
		return false;
	p2p_peer_drop(oldest, oldest->ready
			      ? "others wait for its place"
			      : "no handshake, and others wait");
	p2p_sweep(x);
	return x->n_peers < P2P_PEERS_MAX;
}

static void order_disconnect(struct p2p *x, const char *number)
{
	struct p2p_peer *p;

	/* see p2p_stats_id */
	p = p2p_peer_by_serial(x, (uint32_t)strtoul(number, NULL, 10) + 1);
	if (p)
		p2p_peer_drop(p, "the operator ended it");
}

static void order_try(struct p2p *x, const char *name)
{
	struct p2p_target *t = p2p_target_add(x, name);

	if (!t)
		log_warn("%.60s is not tried: too many nodes are named", name);
	else if (!t->by_row && !t->configured)
		t->once = true;
	if (t)
		t->next_ms = 0;
}

/* "KIND HOST:PORT" */
static void order_call(struct p2p *x, const char *text)
{
	static const enum p2p_kind kinds[] = {P2P_FULL, P2P_BLOCK_ONLY,
					      P2P_ADDR_FETCH, P2P_FEELER};
	const char *name = strchr(text, ' ');
	struct sockaddr_storage at;
	struct net_addr a;
	struct p2p_peer *p;
	socklen_t len;

	if (!name || !net_addr_parse(&a, name + 1, node_params(x->node)->p2p_port))
		return;
	len = p2p_sockaddr_of(&at, &a);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		const char *kind = p2p_kind_name(kinds[i]);

		if (strlen(kind) == (size_t)(name - text) &&
		    memcmp(kind, text, strlen(kind)) == 0 &&
		    p2p_net_call(x, kinds[i], &at, len, name + 1, &p) != ST_OK)
			log_info("%s cannot be called", name + 1);
	}
}

static void order_tell(struct p2p *x, const char *text)
{
	struct txid id;

	if (hash256_parse(&id.h, text, strlen(text)) &&
	    p2p_trickle_anyway(x, &id) != ST_OK)
		log_warn("%s is not announced again", text);
}

void p2p_slots_order(struct p2p *x, const char *order)
{
	if (strcmp(order, "stats") == 0)
		x->stats.asked = true;
	else if (strcmp(order, "rows") == 0)
		x->slots.rows_due = true;
	else if (strcmp(order, "ping") == 0)
		p2p_ping_all(x);
	else if (strncmp(order, "disconnect ", 11) == 0)
		order_disconnect(x, order + 11);
	else if (strncmp(order, "try ", 4) == 0)
		order_try(x, order + 4);
	else if (strncmp(order, "hurry ", 6) == 0)
		x->trickle.again_ms -= 1000 * strtol(order + 6, NULL, 10);
	else if (strncmp(order, "call ", 5) == 0)
		order_call(x, order + 5);
	else if (strncmp(order, "tell ", 5) == 0)
		order_tell(x, order + 5);
}
