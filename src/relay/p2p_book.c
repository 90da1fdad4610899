/* SPDX-License-Identifier: MIT */
/* See p2p_book.h. */
#include "relay/p2p_book.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "node/net/addrbook.h"
#include "relay/p2p_priv.h"

#define TOKENS_MAX_M (1000 * 1000)
#define TOKENS_PER_MS_M 0.1	/* one address in ten seconds */
#define PENALTY_S 7200
#define FRESH_S 600
#define STALE_S (5 * 86400)
#define TIME_MIN 100000000
#define RELAY_MAX 10		/* longer lists are answers, not news */
#define SEND_MS 30000
#define SELF_MS (24 * 3600 * 1000ll)
#define DAY_S 86400
#define SAMPLE_MS (21 * 3600 * 1000ll)
#define SAMPLE_JITTER_MS (6 * 3600 * 1000ll)

static int64_t exponential_ms(int64_t mean_ms)
{
	double u = ((double)(p2p_random() >> 11) + 1) / 9007199254740993.0;

	return (int64_t)(-log(u) * (double)mean_ms);
}

enum status p2p_book_open(struct p2p *x, const struct conf *conf,
			  char error[CONF_ERROR_SIZE])
{
	const char *text = conf_text(conf, CONF_P2P_EXTERNAL);

	x->book.key = p2p_random();
	if (!text[0])
		return ST_OK;
	if (!net_addr_parse(&x->book.self, text, node_params(x->node)->p2p_port)) {
		snprintf(error, CONF_ERROR_SIZE, "p2p_external is %.100s: it should "
			 "be an IP address, or one with :PORT.", text);
		return ST_USAGE;
	}
	x->book.has_self = true;
	return ST_OK;
}

void p2p_book_free(struct p2p *x)
{
	for (unsigned i = 0; i < P2P_DOORS; i++)
		free(x->book.sample[i].at);
}

void p2p_book_peer_free(struct p2p_peer *p)
{
	free(p->book.known);
	free(p->book.send);
}

/* From now on addresses go to it and are taken from it; not with those that were
 * called for blocks alone. */
static bool enable(struct p2p *x, struct p2p_peer *p)
{
	if (p->kind == P2P_BLOCK_ONLY)
		return false;
	if (p->book.enabled)
		return true;
	p->book.known = calloc(P2P_BOOK_KNOWN, sizeof(*p->book.known));
	if (!p->book.known)
		return false;
	p->book.enabled = true;
	p->book.tokens_m += 1000;
	p->book.tokens_ms = x->now_ms;
	return true;
}

void p2p_book_greet(struct p2p *x, struct p2p_peer *p)
{
	if (p->inbound || p->kind == P2P_FEELER || !enable(x, p))
		return;
	p2p_put(x, p, WIRE_GETADDR, bytes_of(NULL, 0));
	p->book.asked = true;
	p->book.tokens_m += TOKENS_MAX_M;
}

static uint64_t mix(uint64_t h, const void *v, size_t n)
{
	const uint8_t *b = v;

	for (size_t i = 0; i < n; i++) {
		h ^= b[i];
		h *= 0x100000001b3ull;
		h ^= h >> 29;
	}
	return h;
}

static uint64_t hash_of(const struct wire_addr *a, uint64_t key)
{
	uint64_t h = mix(0xcbf29ce484222325ull ^ key, a->addr, a->len);

	return mix(h, &a->port, sizeof(a->port));
}

static uint32_t *known_place(struct p2p_peer *p, const struct wire_addr *a,
			     uint32_t *print)
{
	uint64_t h = hash_of(a, 0);

	*print = (uint32_t)(h >> 32) | 1;
	return &p->book.known[h % P2P_BOOK_KNOWN];
}

static bool is_known(struct p2p_peer *p, const struct wire_addr *a)
{
	uint32_t print;
	uint32_t *at = known_place(p, a, &print);

	return *at == print;
}

static void note_known(struct p2p_peer *p, const struct wire_addr *a)
{
	uint32_t print;
	uint32_t *at = known_place(p, a, &print);

	*at = print;
}

/* To be sent to it, unless it has it or cannot be told of such. */
static void push(struct p2p_peer *p, const struct wire_addr *a)
{
	if (is_known(p, a) || (!p->book.v2 && a->net != WIRE_NET_IPV4 &&
			       a->net != WIRE_NET_IPV6))
		return;
	if (!p->book.send) {
		p->book.send = calloc(WIRE_ADDR_MAX, sizeof(*a));
		if (!p->book.send)
			return;
	}
	if (p->book.n_send < WIRE_ADDR_MAX)
		p->book.send[p->book.n_send++] = *a;
	else
		p->book.send[p2p_random() % WIRE_ADDR_MAX] = *a;
}

static bool to_net_addr(struct net_addr *out, const struct wire_addr *a)
{
	uint8_t ip[16];

	if (a->net == WIRE_NET_IPV4) {
		*out = (struct net_addr){.net = NET_ADDR_IPV4, .port = a->port};
		memcpy(out->host, a->addr, 4);
		return true;
	}
	if (a->net != WIRE_NET_IPV6)
		return false;
	memcpy(ip, a->addr, 16);
	net_addr_from_ip16(out, ip, a->port);
	return true;
}

static struct wire_addr to_wire(const struct net_addr *a, uint64_t services,
				uint32_t time)
{
	struct wire_addr w = {
		.time = time,
		.services = services,
		.net = a->net == NET_ADDR_IPV4 ? WIRE_NET_IPV4 : WIRE_NET_IPV6,
		.len = (uint8_t)net_addr_len(a),
		.port = a->port,
	};

	memcpy(w.addr, a->host, w.len);
	return w;
}

/* An address goes to the same one or two peers all day, whoever tells of it, so
 * that telling it again spreads it no further. */
static void relay_on(struct p2p *x, const struct p2p_peer *from,
		     const struct wire_addr *a, bool reachable)
{
	uint64_t h = hash_of(a, x->book.key);
	uint64_t day = (uint64_t)((node_now_s(x->node) + (int64_t)(h % DAY_S)) /
				  DAY_S);
	unsigned wanted = reachable || h & 1 ? 2 : 1;
	struct p2p_peer *best[2] = {NULL, NULL};
	uint64_t best_rank[2] = {0, 0};

	for (unsigned i = 0; i < x->n_peers; i++) {
		struct p2p_peer *p = x->peer[i];
		uint64_t rank = mix(mix(h, &day, sizeof(day)), &p->serial,
				    sizeof(p->serial));

		if (p == from || p->dead || !p->ready || !p->book.enabled)
			continue;
		if (rank > best_rank[0]) {
			best[1] = best[0];
			best_rank[1] = best_rank[0];
			best[0] = p;
			best_rank[0] = rank;
		} else if (rank > best_rank[1]) {
			best[1] = p;
			best_rank[1] = rank;
		}
	}
	for (unsigned i = 0; i < wanted; i++) {
		if (best[i])
			push(best[i], a);
	}
}

static void refill(struct p2p *x, struct p2p_peer *p)
{
	int64_t now = x->now_ms, gone = now - p->book.tokens_ms;

	p->book.tokens_ms = now;
	if (gone <= 0 || p->book.tokens_m >= TOKENS_MAX_M)
		return;
	p->book.tokens_m += (int64_t)((double)gone * TOKENS_PER_MS_M);
	if (p->book.tokens_m > TOKENS_MAX_M)
		p->book.tokens_m = TOKENS_MAX_M;
}

static void shuffle(struct msg_addr *m)
{
	for (uint32_t i = m->n; i > 1; i--) {
		uint32_t j = (uint32_t)(p2p_random() % i);
		struct wire_addr t = m->at[i - 1];

		m->at[i - 1] = m->at[j];
		m->at[j] = t;
	}
}

/* One address; true when it is for our book. */
static bool consider(struct p2p *x, struct p2p_peer *p, struct wire_addr *a,
		     bool few, struct known_address *out)
{
	int64_t now = node_now_s(x->node);
	struct net_addr at;
	bool ours, by_rule;

	if (!(a->services & (WIRE_NODE_NETWORK | WIRE_NODE_NETWORK_LIMITED)))
		return false;
	if (a->time <= TIME_MIN || a->time > now + FRESH_S)
		a->time = (uint32_t)(now - STALE_S);
	note_known(p, a);
	ours = to_net_addr(&at, a);
	if (ours && p2p_is_shut_out(x, &at, &by_rule))
		return false;
	p->book.processed++;
	if (ours && !p2p_is_routable(x, &at))
		return false;
	if (a->time > now - FRESH_S && !p->book.asked && few)
		relay_on(x, p, a, ours);
	*out = (struct known_address){.at = at, .services = a->services,
				      .seen_at = a->time};
	return ours;
}

static enum status take(struct p2p *x, struct p2p_peer *p, struct msg_addr *m)
{
	struct known_address *v = arena_array(&x->arena, m->n + 1,
					      struct known_address);
	uint32_t n = 0, added;
	enum status st = ST_OK;

	if (!v)
		return ST_NOMEM;
	refill(x, p);
	shuffle(m);
	for (uint32_t i = 0; i < m->n; i++) {
		if (p->book.tokens_m < 1000 && !p2p_may(p, P2P_ADDR)) {
			p->book.limited++;
			continue;
		}
		p->book.tokens_m -= p->book.tokens_m >= 1000 ? 1000 : 0;
		n += consider(x, p, &m->at[i], m->n <= RELAY_MAX, &v[n]);
	}
	p->stats.changed = true;
	if (n)
		st = addrbook_add(x->node, v, n, &p->at, PENALTY_S, &added);
	if (m->n < WIRE_ADDR_MAX)
		p->book.asked = false;
	if (p->kind == P2P_ADDR_FETCH && m->n > 1)
		p2p_peer_drop(p, "it told addresses");
	return st;
}

enum status p2p_on_addr(struct p2p *x, struct p2p_peer *p, struct bytes in)
{
	struct msg_addr m;
	enum status st;

	if (!enable(x, p))
		return ST_OK;
	st = msg_addr_decode(&m, in, &x->arena);
	if (!p2p_decoded(x, p, "addr", &st))
		return st;
	return take(x, p, &m);
}

enum status p2p_on_addrv2(struct p2p *x, struct p2p_peer *p, struct bytes in)
{
	struct msg_addr m;
	enum status st;

	if (!enable(x, p))
		return ST_OK;
	st = msg_addrv2_decode(&m, in, &x->arena);
	if (!p2p_decoded(x, p, "addrv2", &st))
		return st;
	return take(x, p, &m);
}

/* The same answer for everybody for most of a day: asking often, or from many
 * places, does not show the whole book. */
static enum status make_sample(struct p2p *x, struct p2p_sample *s)
{
	struct known_address *v;
	struct wire_addr *w;
	uint32_t n;
	enum status st = addrbook_sample(x->node, &x->arena, &v, &n);

	if (st != ST_OK)
		return st;
	w = calloc(n + 1, sizeof(*w));
	if (!w)
		return ST_NOMEM;
	for (uint32_t i = 0; i < n; i++)
		w[i] = to_wire(&v[i].at, v[i].services, (uint32_t)v[i].seen_at);
	free(s->at);
	s->at = w;
	s->n = n;
	s->until_ms = x->now_ms + SAMPLE_MS + p2p_random_ms(SAMPLE_JITTER_MS);
	return ST_OK;
}

enum status p2p_on_getaddr(struct p2p *x, struct p2p_peer *p, struct bytes in)
{
	struct p2p_sample own = {0}, *s = &x->book.sample[p->door];
	enum status st = ST_OK;

	(void)in;
	/* answering those we called would tell who we are by what we know */
	if (!p->inbound || !enable(x, p) || p->book.answered)
		return ST_OK;
	p->book.answered = true;
	if (p2p_may(p, P2P_ADDR))
		s = &own;
	if (!s->at || x->now_ms >= s->until_ms)
		st = make_sample(x, s);
	p->book.n_send = 0;
	for (uint32_t i = 0; st == ST_OK && i < s->n; i++)
		push(p, &s->at[i]);
	free(own.at);
	return st;
}

static void advertise(struct p2p *x, struct p2p_peer *p)
{
	struct wire_addr w;

	if (!x->book.has_self || !x->n_listen || x->now_ms < p->book.self_ms)
		return;
	w = to_wire(&x->book.self, p2p_services(x), (uint32_t)node_now_s(x->node));
	/* it may have forgotten since */
	*known_place(p, &w, &(uint32_t){0}) = 0;
	push(p, &w);
	p->book.self_ms = x->now_ms + exponential_ms(SELF_MS);
}

void p2p_book_step(struct p2p *x, struct p2p_peer *p)
{
	struct msg_addr m = {0};
	size_t at;

	if (!p->ready || !p->book.enabled)
		return;
	advertise(x, p);
	if (x->now_ms < p->book.send_ms)
		return;
	p->book.send_ms = x->now_ms + exponential_ms(SEND_MS);
	/* it told us of some while they waited */
	for (unsigned i = 0; i < p->book.n_send; i++) {
		if (is_known(p, &p->book.send[i]))
			continue;
		note_known(p, &p->book.send[i]);
		p->book.send[m.n++] = p->book.send[i];
	}
	m.at = p->book.send;
	if (m.n) {
		at = p2p_begin(x, p, p->book.v2 ? WIRE_ADDRV2 : WIRE_ADDR);
		if (p->book.v2)
			msg_addrv2_encode(&p->out, &m);
		else
			msg_addr_encode(&p->out, &m);
		p2p_end(p, at);
	}
	free(p->book.send);
	p->book.send = NULL;
	p->book.n_send = 0;
}
