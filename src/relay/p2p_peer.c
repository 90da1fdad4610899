/* SPDX-License-Identifier: MIT */
/*
 * One connection. Messages are handled one after the other; a message that asks
 * for data is answered before the next is looked at, so a pong says that all
 * before its ping is done.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "node/net/p2pquery.h"
#include "relay/p2p_priv.h"
#include "wire/msg_version.h"

#define MESSAGES_PER_TURN 64
#define TRIES_MAX 10
#define TURN_MS 100			/* then it is the next peer's turn */

uint64_t p2p_random(void)
{
	uint64_t v = 0;

	/* at most 256 bytes never come short */
	while (getrandom(&v, sizeof(v), 0) != (ssize_t)sizeof(v) || v == 0)
		;
	return v;
}

int64_t p2p_random_ms(int64_t max)
{
	return (int64_t)(p2p_random() % (uint64_t)max);
}

bool p2p_may(const struct p2p_peer *p, enum p2p_permit what)
{
	return p->permits & (unsigned)what;
}

bool p2p_is_preferred(const struct p2p_peer *p)
{
	return !p->inbound || p2p_may(p, P2P_NOBAN);
}

void p2p_peer_has(struct p2p_peer *p, const struct blkid *id, uint32_t height)
{
	if (p->has_best && p->best_height > height)
		return;
	p->best = *id;
	p->best_height = height;
	p->has_best = true;
}

bool p2p_has_blocks(const struct p2p_peer *p)
{
	return p->stats.services &
	       (WIRE_NODE_NETWORK | WIRE_NODE_NETWORK_LIMITED);
}

bool p2p_takes_txs(const struct p2p *x, const struct p2p_peer *p)
{
	return p->kind != P2P_BLOCK_ONLY && p->kind != P2P_FEELER &&
	       (!x->blocks_only || p2p_may(p, P2P_RELAY));
}

struct p2p_peer *p2p_peer_new(struct p2p *x, int fd, const char *name)
{
	struct p2p_peer *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	p->fd = fd;
	if (!p2p_net_attach(x, p)) {
		free(p);
		return NULL;
	}
	p->serial = ++x->last_serial;
	snprintf(p->name, sizeof(p->name), "%s", name);
	wire_parser_init(&p->parser, node_params(x->node)->magic);
	buf_init(&p->in, P2P_IN_MAX);
	buf_init(&p->out, P2P_OUT_MAX);
	p->nonce = p2p_random();
	p->relay = true;
	p->blocks.offer = -1;
	p->since_ms = x->now_ms;
	p->since_real_ms = x->real_ms;
	p2p_stats_begin(x, p);
	x->peer[x->n_peers++] = p;
	return p;
}

void p2p_peer_free(struct p2p_peer *p)
{
	if (p->target)
		p2p_target_ended(p->target);
	p2p_book_peer_free(p);
	p2p_net_detach(p);
	close(p->fd);
	p2p_compact_release(p);
	wire_parser_free(&p->parser);
	buf_free(&p->in);
	buf_free(&p->out);
	free(p->getdata);
	free(p->announce);
	free(p->known);
	free(p->ask);
	free(p);
}

bool p2p_peer_grow(struct p2p_peer *p)
{
	p->announce = calloc(P2P_ANNOUNCE_MAX, sizeof(*p->announce));
	p->known = calloc(P2P_KNOWN, sizeof(*p->known));
	return p->announce && p->known;
}

struct p2p_peer *p2p_peer_by_serial(struct p2p *x, uint32_t serial)
{
	for (unsigned i = 0; serial && i < x->n_peers; i++) {
		if (x->peer[i]->serial == serial && !x->peer[i]->dead)
			return x->peer[i];
	}
	return NULL;
}

size_t p2p_peer_memory(const struct p2p_peer *p)
{
	size_t n = sizeof(*p) + wire_parser_memory(&p->parser) + p->in.cap +
		   p->out.cap + p->n_getdata * sizeof(*p->getdata);

	if (p->announce)
		n += P2P_ANNOUNCE_MAX * sizeof(*p->announce);
	if (p->known)
		n += P2P_KNOWN * sizeof(*p->known);
	if (p->book.known)
		n += P2P_BOOK_KNOWN * sizeof(*p->book.known);
	if (p->book.send)
		n += WIRE_ADDR_MAX * sizeof(*p->book.send);
	return n;
}

bool p2p_peer_paused(const struct p2p_peer *p)
{
	return p->again || p->out.len - p->out_at > P2P_OUT_PAUSE ||
	       p->getdata_at < p->n_getdata || p->cfilters.left ||
	       !p2p_blocks_settled(p);
}

void p2p_peer_drop(struct p2p_peer *p, const char *why)
{
	if (p->dead)
		return;
	p->dead = true;
	snprintf(p->stats.end, sizeof(p->stats.end), "%s", why);
	if (p->ready)
		log_info("%s is gone: %s", p->name, why);
	else
		log_debug("%s is gone: %s", p->name, why);
}

enum status p2p_misbehaved(struct p2p *x, struct p2p_peer *p, const char *fmt, ...)
{
	char why[PEERS_URL_MAX];
	struct net_subnet who;
	int64_t row;
	bool added;
	va_list ap;
	enum status st;

	if (p->dead)
		return ST_OK;
	va_start(ap, fmt);
	vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	log_warn("%s misbehaves: %s", p->name, why);
	snprintf(p->stats.why, sizeof(p->stats.why), "%.119s", why);
	p->stats.changed = x->stats.soon = true;
	if (p2p_may(p, P2P_NOBAN))
		return ST_OK;
	p2p_peer_drop(p, why);
	/* whom the operator named is tried again, later; what runs on this
	 * machine is not shut out, as it may be many behind one address */
	if (p->target) {
		p2p_target_later(x, p->target);
		return p2p_target_bad(x, p->target, why);
	}
	st = peers_add(x->node, p->url, "bitcoin", &row, &added);
	if (st == ST_FULL)
		return ST_OK;
	if (st == ST_OK)
		st = p->local ? peers_bad(x->node, row, why)
			      : peers_ban(x->node, row, why);
	if (st != ST_OK || p->local)
		return st;
	who = net_subnet_of(&p->at);
	st = node_net_discourage(x->node, &who, why);
	x->slots.rows_due = true;
	return st == ST_FULL ? ST_OK : st;
}

bool p2p_decoded(struct p2p *x, struct p2p_peer *p, const char *what,
		 enum status *st)
{
	if (*st == ST_OK)
		return true;
	if (*st == ST_TOO_BIG)
		*st = p2p_misbehaved(x, p, "%s with more entries than allowed", what);
	else if (*st == ST_PARSE)
		*st = ST_OK;	/* as Bitcoin Core: the message alone is lost */
	return false;
}

size_t p2p_begin(struct p2p *x, struct p2p_peer *p, enum wire_command c)
{
	return wire_begin(&p->out, node_params(x->node)->magic, c);
}

void p2p_end(struct p2p_peer *p, size_t at)
{
	wire_end(&p->out, at);
	p2p_stats_out(p, at);
}

void p2p_put(struct p2p *x, struct p2p_peer *p, enum wire_command c,
	     struct bytes payload)
{
	size_t at = p->out.len;

	wire_put(&p->out, node_params(x->node)->magic, c, payload);
	p2p_stats_out(p, at);
}

void p2p_put_inv(struct p2p *x, struct p2p_peer *p, enum wire_command c,
		 struct wire_inv *at, uint32_t n)
{
	struct msg_inv m = {at, n};
	size_t begin = p2p_begin(x, p, c);

	msg_inv_encode(&p->out, &m);
	p2p_end(p, begin);
}

static uint64_t fingerprint(const struct hash256 *h)
{
	/* never 0, which is an empty place */
	return le64_get(h->b + 8) | 1;
}

static size_t place(const struct hash256 *h)
{
	return le32_get(h->b) % P2P_KNOWN;
}

bool p2p_knows(const struct p2p_peer *p, const struct hash256 *h)
{
	return p->known && p->known[place(h)] == fingerprint(h);
}

void p2p_note(struct p2p_peer *p, const struct hash256 *h)
{
	if (p->known)
		p->known[place(h)] = fingerprint(h);
}

/* A message for which the database had no answer is not lost: it waits, and those
 * behind it with it, unread. */
static enum status handle(struct p2p *x, struct p2p_peer *p,
			  const struct wire_message *m)
{
	enum status st = p2p_dispatch(x, p, m);
	bool late = st == ST_BUSY || st == ST_IO || st == ST_FULL || st == ST_DENIED;

	p->again = false;
	if (late && (m->command == WIRE_VERSION || m->command == WIRE_VERACK))
		p2p_peer_drop(p, "the database has no answer");
	else if (late && p->tries < TRIES_MAX)
		p->again = true;
	p->tries = p->again ? p->tries + 1 : 0;
	return st;
}

enum status p2p_peer_handle(struct p2p *x, struct p2p_peer *p)
{
	int64_t end_ms = clock_mono_ms() + TURN_MS;
	enum status st = ST_OK;

	if (p->again && !x->trouble)
		st = handle(x, p, &p->parser.msg);
	if (p->again || st != ST_OK)
		return st;

	for (unsigned i = 0; i < MESSAGES_PER_TURN && st == ST_OK; i++) {
		struct bytes in = bytes_of(p->in.p + p->in_at,
					   p->in.len - p->in_at);
		struct wire_message m;
		enum wire_event e;

		if (p->dead || !in.len || p2p_peer_paused(p) ||
		    clock_mono_ms() > end_ms)
			break;
		e = wire_feed(&p->parser, &in, &m);
		p->in_at = p->in.len - in.len;
		switch (e) {
		case WIRE_NEED_MORE:
			return ST_OK;
		case WIRE_MESSAGE:
			st = handle(x, p, &m);
			/* as with Bitcoin Core, what is due to the peer goes
			 * out between two pings, and before one that follows
			 * a request for the pool */
			if (m.command == WIRE_PING ||
			    m.command == WIRE_MEMPOOL)
				i = MESSAGES_PER_TURN;
			break;
		case WIRE_DROPPED:
			log_debug("%s: a message is ignored: %s", p->name, m.why);
			p2p_stats_in(p, WIRE_UNKNOWN, m.length);
			break;
		case WIRE_TOO_LONG:
			st = p2p_misbehaved(x, p, "%s of %u bytes", m.name,
					    m.length);
			break;
		case WIRE_BROKEN:
			p2p_peer_drop(p, m.why);
			break;
		case WIRE_NO_MEMORY:
			p2p_peer_drop(p, "no memory");
			break;
		}
		/* each getdata is answered before the next message is read */
		if (st == ST_OK && !p->dead)
			st = p2p_serve_step(x, p);
	}
	return st;
}
