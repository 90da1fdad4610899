/* SPDX-License-Identifier: MIT */
/* Calling nodes of the address book: which, when, and where the first come from. */
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "node/net/addrbook.h"
#include "relay/p2p_dns.h"
#include "relay/p2p_priv.h"
#include "wire/msg_version.h"

#define DRAW_MS 500
#define AGAIN_S 60		/* between two calls of one address */
#define FEELER_MS 120000
#define SEED_WAIT_MS 11000	/* so long known addresses have to do */
#define SEED_ENOUGH 2		/* connections that make seeds needless */
#define SEED_AGE_S (3 * 86400)
#define SEED_SPREAD_S (4 * 86400)

static enum status add_seed(struct p2p *x, const char *name, size_t len,
			    char error[CONF_ERROR_SIZE])
{
	struct p2p_seed *s;

	if (x->slots.n_seeds == P2P_SEEDS_MAX || !len || len >= sizeof(s->name)) {
		snprintf(error, CONF_ERROR_SIZE, "p2p_dns_seed names more than %d "
			 "seeds, or one with too long a name.", P2P_SEEDS_MAX);
		return ST_USAGE;
	}
	s = &x->slots.seed[x->slots.n_seeds++];
	memcpy(s->name, name, len);
	s->name[len] = '\0';
	return ST_OK;
}

enum status p2p_discover_open(struct p2p *x, const struct conf *conf,
			      char error[CONF_ERROR_SIZE])
{
	size_t n = conf_count(conf, CONF_P2P_DNS_SEED);
	const char *at = node_params(x->node)->dns_seeds;
	enum status st = ST_OK;

	x->slots.feeler_ms = x->real_ms + FEELER_MS;
	for (size_t i = 0; st == ST_OK && i < n; i++) {
		const char *name = conf_at(conf, CONF_P2P_DNS_SEED, i);

		if (strcmp(name, "none") == 0)
			return ST_OK;
		st = add_seed(x, name, strlen(name), error);
	}
	while (st == ST_OK && !n && *at) {
		size_t len = strcspn(at, " ");

		st = add_seed(x, at, len, error);
		at += len + strspn(at + len, " ");
	}
	if (st == ST_OK && addrbook_anchors(x->node, x->slots.anchor,
					    P2P_BLOCK_ONLY_MAX,
					    &x->slots.n_anchors) != ST_OK)
		x->slots.n_anchors = 0;
	return st;
}

/* Whoever tells by DNS is a group of his own. */
static struct net_addr source_of(const char *name)
{
	struct net_addr a = {.net = NET_ADDR_IPV6, .host = {0xfd}};
	uint64_t h = 0xcbf29ce484222325ull;

	for (; *name; name++)
		h = (h ^ (uint8_t)*name) * 0x100000001b3ull;
	le64_put(a.host + 1, h);
	return a;
}

static void seeded(struct p2p *x, const char *name, uint32_t tag,
		   const struct net_addr *v, unsigned n)
{
	struct net_addr source = source_of(name);
	struct known_address *k = calloc(n + 1, sizeof(*k));
	uint32_t kept = 0, added = 0;

	(void)tag;
	for (unsigned i = 0; k && i < n; i++) {
		if (!p2p_is_routable(x, &v[i]))
			continue;
		k[kept++] = (struct known_address){
			.at = v[i],
			.services = WIRE_NODE_NETWORK | WIRE_NODE_WITNESS,
			.seen_at = node_now_s(x->node) - SEED_AGE_S -
				   p2p_random_ms(SEED_SPREAD_S),
		};
	}
	if (kept && addrbook_add(x->node, k, kept, &source, 0, &added) != ST_OK)
		log_warn("%s: its addresses could not be stored", name);
	log_info("%s told %u addresses, %u new ones", name, n, added);
	free(k);
}

static unsigned count(const struct p2p *x, enum p2p_kind k, bool ready)
{
	unsigned n = 0;

	for (unsigned i = 0; i < x->n_peers; i++)
		n += x->peer[i]->kind == k && !x->peer[i]->dead &&
		     (!ready || x->peer[i]->ready);
	return n;
}

static void ask_seeds(struct p2p *x)
{
	if (count(x, P2P_FULL, true) >= SEED_ENOUGH)
		return;
	for (unsigned i = 0; i < x->slots.n_seeds; i++) {
		struct p2p_seed *s = &x->slots.seed[i];
		struct p2p_lookup l = {.x = x, .done = seeded};

		if (s->asked)
			continue;
		s->asked = true;
		snprintf(l.name, sizeof(l.name), "%s", s->name);
		if (!p2p_dns_start(&l, node_params(x->node)->p2p_port))
			log_warn("%s cannot be looked up", s->name);
	}
}

static bool same_group(const struct net_addr *a, const struct net_addr *b)
{
	uint8_t ga[NET_GROUP_SIZE], gb[NET_GROUP_SIZE];
	size_t n = net_addr_group(ga, a);

	return n == net_addr_group(gb, b) && memcmp(ga, gb, n) == 0;
}

/* Whether it may be called: nobody of its group is connected by our choice. */
static bool is_fit(const struct p2p *x, const struct known_address *k,
		   enum p2p_kind kind)
{
	bool by_rule;

	if (!p2p_is_routable(x, &k->at) || p2p_is_shut_out(x, &k->at, &by_rule))
		return false;
	if (k->tried_at > node_now_s(x->node) - AGAIN_S)
		return false;
	if (x->book.has_self && net_addr_equal(&k->at, &x->book.self))
		return false;
	for (unsigned i = 0; i < x->n_peers; i++) {
		const struct p2p_peer *p = x->peer[i];

		if (p->dead || p->inbound)
			continue;
		if (net_addr_equal(&p->at, &k->at))
			return false;
		if (kind != P2P_FEELER && p->kind != P2P_FEELER &&
		    p->kind != P2P_MANUAL && same_group(&p->at, &k->at))
			return false;
	}
	return true;
}

static enum status call(struct p2p *x, const struct known_address *k,
			enum p2p_kind kind)
{
	char name[NET_ADDR_TEXT_SIZE];
	struct sockaddr_storage at;
	socklen_t len = p2p_sockaddr_of(&at, &k->at);
	struct p2p_peer *p;
	enum status st = addrbook_attempt(x->node, &k->at);

	if (st != ST_OK)
		return st;
	st = p2p_net_call(x, kind, &at, len, net_addr_text(name, &k->at), &p);
	/* no route: the next draw finds another */
	return st == ST_NOMEM ? st : ST_OK;
}

/* Quiet connections are written down when they change. */
static enum status keep_anchors(struct p2p *x)
{
	struct net_addr v[P2P_BLOCK_ONLY_MAX];
	unsigned n = 0;
	bool same;
	enum status st;

	for (unsigned i = 0; i < x->n_peers && n < P2P_BLOCK_ONLY_MAX; i++) {
		if (x->peer[i]->kind == P2P_BLOCK_ONLY && x->peer[i]->ready &&
		    !x->peer[i]->dead)
			v[n++] = x->peer[i]->at;
	}
	same = n == x->slots.n_kept;
	for (unsigned i = 0; i < n && same; i++)
		same = net_addr_equal(&v[i], &x->slots.kept[i]);
	if (same || !n)
		return ST_OK;
	st = addrbook_set_anchors(x->node, v, n);
	if (st == ST_OK) {
		memcpy(x->slots.kept, v, n * sizeof(v[0]));
		x->slots.n_kept = n;
	}
	return st;
}

enum status p2p_discover_step(struct p2p *x)
{
	bool full = count(x, P2P_FULL, false) < P2P_FULL_MAX;
	bool quiet = count(x, P2P_BLOCK_ONLY, false) < P2P_BLOCK_ONLY_MAX;
	bool feeler = x->real_ms >= x->slots.feeler_ms;
	struct known_address k;
	enum p2p_kind kind = P2P_FEELER;
	enum status st;

	if (x->real_ms < x->slots.draw_ms || x->n_peers == P2P_PEERS_MAX)
		return ST_OK;
	x->slots.draw_ms = x->real_ms + DRAW_MS;
	st = keep_anchors(x);
	if (st != ST_OK)
		return st;
	if (x->real_ms >= x->slots.begun_ms + SEED_WAIT_MS)
		ask_seeds(x);
	if (quiet && x->slots.n_anchors) {
		k = x->slots.anchor[--x->slots.n_anchors];
		return is_fit(x, &k, P2P_BLOCK_ONLY) ? call(x, &k, P2P_BLOCK_ONLY)
						     : ST_OK;
	}
	if (full)
		kind = P2P_FULL;
	else if (quiet)
		kind = P2P_BLOCK_ONLY;
	else if (feeler)
		x->slots.feeler_ms = x->real_ms + p2p_random_ms(2 * FEELER_MS);
	else
		return ST_OK;
	st = addrbook_draw(x->node, kind == P2P_FEELER, &k);
	if (st == ST_NOT_FOUND) {
		/* nobody is known at all: no need to wait */
		if (!count(x, P2P_MANUAL, false))
			ask_seeds(x);
		return ST_OK;
	}
	if (st != ST_OK || !is_fit(x, &k, kind))
		return st;
	return call(x, &k, kind);
}

enum status p2p_slots_ready(struct p2p *x, struct p2p_peer *p)
{
	enum status st = ST_OK;

	if (p->inbound)
		return ST_OK;
	if (p2p_is_routable(x, &p->at))
		st = addrbook_good(x->node, &p->at, p->stats.services);
	if (p->kind == P2P_FEELER)
		p2p_peer_drop(p, "it is there");
	return st;
}
