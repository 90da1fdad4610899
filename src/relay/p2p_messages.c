/* SPDX-License-Identifier: MIT */
/* Which message is whose, the handshake, and the pings that show that somebody
 * is still there. */
#include "base/clock.h"
#include "base/log.h"
#include "primitives/amount.h"
#include "relay/p2p_priv.h"
#include "wire/msg_version.h"

#define VERSION_MIN 31800
#define VERSION_PONG 60001		/* pings carry a nonce from here on */
#define VERSION_SENDHEADERS 70012
#define VERSION_WTXID 70016
#define PING_MS 120000
#define PONG_MS (20 * 60000)
#define FETCH_MS (5 * 60000)		/* for who is asked for addresses alone */
#define RECENT_BLOCKS 144

static void put_u64(struct p2p *x, struct p2p_peer *p, enum wire_command c,
		    uint64_t v)
{
	size_t at = p2p_begin(x, p, c);

	msg_u64_encode(&p->out, v);
	p2p_end(p, at);
}

uint64_t p2p_services(struct p2p *x)
{
	/* all blocks, with witnesses; hence also the newest 288 */
	return WIRE_NODE_NETWORK | WIRE_NODE_WITNESS | WIRE_NODE_NETWORK_LIMITED |
	       (p2p_cfilters_served(x) ? WIRE_NODE_COMPACT_FILTERS : 0);
}

enum status p2p_peer_greet(struct p2p *x, struct p2p_peer *p)
{
	struct msg_version v = {
		.version = WIRE_PROTOCOL_VERSION,
		.services = p2p_services(x),
		.time = node_now_s(x->node),
		.nonce = p->nonce,
		.agent_len = (uint32_t)strlen(x->agent),
		.relay = p2p_takes_txs(x, p),
	};
	struct node_tip tip;
	enum status st = node_tip(x->node, &tip);
	size_t at;

	if (st != ST_OK)
		return st;
	memcpy(v.agent, x->agent, sizeof(v.agent));
	v.from.services = v.services;
	net_addr_to_ip16(v.to.ip, &p->at);
	v.to.port = p->at.port;
	v.height = (int32_t)tip.height;
	at = p2p_begin(x, p, WIRE_VERSION);
	msg_version_encode(&p->out, &v);
	p2p_end(p, at);
	p->sent_version = true;
	return ST_OK;
}

static bool is_ourselves(const struct p2p *x, const struct msg_version *v)
{
	for (unsigned i = 0; i < x->n_peers; i++) {
		if (x->peer[i]->sent_version && x->peer[i]->nonce == v->nonce)
			return true;
	}
	return false;
}

/* Whether a node that we chose ourselves has what we want of it: blocks with their
 * witnesses; recent ones are enough where ours is not far behind. */
static enum status is_useful(struct p2p *x, const struct p2p_peer *p, bool *useful)
{
	uint64_t has = p->stats.services;
	int64_t day_s = RECENT_BLOCKS * (int64_t)node_params(x->node)->spacing_s;
	bool behind = false;
	enum status st = ST_OK;

	*useful = true;
	if (p->kind != P2P_FULL && p->kind != P2P_BLOCK_ONLY &&
	    p->kind != P2P_ADDR_FETCH)
		return ST_OK;
	if (!(has & WIRE_NODE_NETWORK))
		st = p2p_is_behind(x, day_s, &behind);
	*useful = (has & WIRE_NODE_WITNESS) &&
		  (has & (WIRE_NODE_NETWORK | WIRE_NODE_NETWORK_LIMITED)) &&
		  !behind;
	return st;
}

static enum status on_version(struct p2p *x, struct p2p_peer *p, struct bytes in)
{
	struct msg_version v;
	enum status st;
	char agent[80];
	bool useful;

	if (p->got_version || msg_version_decode(&v, in) != ST_OK)
		return ST_OK;
	if (v.version < VERSION_MIN)
		p2p_peer_drop(p, "its version is obsolete");
	else if (is_ourselves(x, &v))
		p2p_peer_drop(p, "it is this node");
	if (p->dead)
		return ST_OK;
	p->got_version = true;
	p->version = v.version;
	p->relay = v.relay && p->kind != P2P_BLOCK_ONLY;
	p2p_stats_version(x, p, &v);
	st = is_useful(x, p, &useful);
	if (st == ST_OK && !useful)
		p2p_peer_drop(p, "it does not offer the services we want");
	if (st == ST_OK && useful && !p->sent_version)
		st = p2p_peer_greet(x, p);
	if (st != ST_OK || !useful)
		return st;
	if (p->version >= VERSION_WTXID) {
		p2p_put(x, p, WIRE_WTXIDRELAY, bytes_of(NULL, 0));
		p2p_put(x, p, WIRE_SENDADDRV2, bytes_of(NULL, 0));
	}
	p2p_put(x, p, WIRE_VERACK, bytes_of(NULL, 0));
	if (p->kind == P2P_FEELER)
		return p2p_slots_ready(x, p);
	p2p_book_greet(x, p);
	log_debug("%s is %s, version %d, height %d", p->name,
		  log_safe(agent, sizeof(agent), v.agent, v.agent_len),
		  v.version, v.height);
	return ST_OK;
}

static void ping(struct p2p *x, struct p2p_peer *p)
{
	p->ping_ms = x->now_ms + PING_MS;
	if (p->version < VERSION_PONG || p->ping_nonce)
		return;
	p->ping_nonce = p2p_random();
	p->ping_sent_us = p2p_now_us(x);
	put_u64(x, p, WIRE_PING, p->ping_nonce);
}

static enum status on_verack(struct p2p *x, struct p2p_peer *p, struct bytes in)
{
	enum status st = ST_OK;

	(void)in;
	if (p->ready)
		return ST_OK;
	if (!p2p_peer_grow(p)) {
		p2p_peer_drop(p, "no memory");
		return ST_OK;
	}
	p->ready = true;
	p->told_up_to = x->trickle.newest;
	x->stats.soon = p->stats.changed = true;
	st = p2p_slots_ready(x, p);
	if (st != ST_OK || p->dead)
		return st;
	log_info("%s is connected%s", p->name, p->inbound ? " to us" : "");
	p2p_stats_ready(x, p);
	if (p->version >= VERSION_SENDHEADERS)
		p2p_put(x, p, WIRE_SENDHEADERS, bytes_of(NULL, 0));
	p2p_highband_greet(x, p);
	st = p2p_feefilter_step(x, p);
	if (st == ST_OK)
		st = p2p_votes_greet(x, p);
	ping(x, p);
	if (st == ST_OK)
		st = p2p_headers_step(x);
	if (st == ST_OK && p->target) {
		p->target->failures = 0;
		if (p->target->row)
			st = peers_good(x->node, p->target->row, NULL, -1, "", NULL);
	}
	/* its row was removed by hand */
	return st == ST_NOT_FOUND ? ST_OK : st;
}

static enum status on_wtxidrelay(struct p2p *x, struct p2p_peer *p,
				 struct bytes in)
{
	(void)x;
	(void)in;
	if (p->ready)
		p2p_peer_drop(p, "wtxidrelay received after verack");
	else if (p->version >= VERSION_WTXID)
		p->wtxidrelay = true;
	return ST_OK;
}

static enum status on_sendaddrv2(struct p2p *x, struct p2p_peer *p,
				 struct bytes in)
{
	(void)x;
	(void)in;
	if (p->ready)
		p2p_peer_drop(p, "sendaddrv2 received after verack");
	else
		p->book.v2 = true;
	return ST_OK;
}

static enum status on_sendheaders(struct p2p *x, struct p2p_peer *p,
				  struct bytes in)
{
	(void)x;
	(void)in;
	p->sendheaders = true;
	return ST_OK;
}

static enum status on_feefilter(struct p2p *x, struct p2p_peer *p,
				struct bytes in)
{
	uint64_t v;

	(void)x;
	if (msg_u64_decode(&v, in) == ST_OK && v <= (uint64_t)MONEY_MAX_SAT)
		p->feefilter_sat_kvb = (int64_t)v;
	return ST_OK;
}

static enum status on_ping(struct p2p *x, struct p2p_peer *p, struct bytes in)
{
	uint64_t v;

	if (p->version >= VERSION_PONG && msg_u64_decode(&v, in) == ST_OK)
		p2p_blocks_pong(x, p, v);
	return ST_OK;
}

static enum status on_pong(struct p2p *x, struct p2p_peer *p, struct bytes in)
{
	uint64_t v;

	if (!p->ping_nonce)
		return ST_OK;
	/* what answers no ping in particular ends the one that is out */
	if (msg_u64_decode(&v, in) != ST_OK || v == 0) {
		p->ping_nonce = 0;
		p->stats.changed = true;
	} else if (v == p->ping_nonce) {
		p->ping_nonce = 0;
		p2p_stats_pong(x, p);
		/* so that what is told of it is right from the beginning */
		x->stats.soon |= p->stats.by[WIRE_PONG].messages_in == 1;
	}
	return ST_OK;
}

/* Services we do not offer: Bitcoin Core ends such connections, too. */
static enum status on_filter(struct p2p *x, struct p2p_peer *p, struct bytes in)
{
	(void)x;
	(void)in;
	p2p_peer_drop(p, "it asks for filters that we do not serve");
	return ST_OK;
}

/* What is not here is ignored: answers for which we never ask. */
static enum status (*const handlers[WIRE_COMMAND_COUNT])(struct p2p *x,
							 struct p2p_peer *p,
							 struct bytes in) = {
	[WIRE_VERSION] = on_version,
	[WIRE_VERACK] = on_verack,
	[WIRE_WTXIDRELAY] = on_wtxidrelay,
	[WIRE_SENDADDRV2] = on_sendaddrv2,
	[WIRE_SENDHEADERS] = on_sendheaders,
	[WIRE_FEEFILTER] = on_feefilter,
	[WIRE_PING] = on_ping,
	[WIRE_GETADDR] = p2p_on_getaddr,
	[WIRE_ADDR] = p2p_on_addr,
	[WIRE_ADDRV2] = p2p_on_addrv2,
	[WIRE_PONG] = on_pong,
	[WIRE_INV] = p2p_on_inv,
	[WIRE_NOTFOUND] = p2p_on_notfound,
	[WIRE_SENDCMPCT] = p2p_on_sendcmpct,
	[WIRE_CMPCTBLOCK] = p2p_on_cmpctblock,
	[WIRE_GETBLOCKTXN] = p2p_on_getblocktxn,
	[WIRE_BLOCKTXN] = p2p_on_blocktxn,
	[WIRE_GETDATA] = p2p_on_getdata,
	[WIRE_GETHEADERS] = p2p_on_getheaders,
	[WIRE_GETBLOCKS] = p2p_on_getblocks,
	[WIRE_HEADERS] = p2p_on_headers,
	[WIRE_BLOCK] = p2p_on_block,
	[WIRE_TX] = p2p_on_tx,
	[WIRE_MEMPOOL] = p2p_on_mempool,
	[WIRE_GETCFILTERS] = p2p_on_getcfilters,
	[WIRE_GETCFHEADERS] = p2p_on_getcfheaders,
	[WIRE_GETCFCHECKPT] = p2p_on_getcfcheckpt,
	[WIRE_SENDVOTES] = p2p_on_sendvotes,
	[WIRE_VOTE] = p2p_on_vote,
	[WIRE_FILTERLOAD] = on_filter,
	[WIRE_FILTERADD] = on_filter,
	[WIRE_FILTERCLEAR] = on_filter,
};

/* Before the handshake is done only its own messages count. */
static bool is_timely(const struct p2p_peer *p, enum wire_command c)
{
	if (p->ready || c == WIRE_VERSION)
		return true;
	return p->got_version && (c == WIRE_VERACK || c == WIRE_WTXIDRELAY ||
				  c == WIRE_SENDADDRV2);
}

enum status p2p_dispatch(struct p2p *x, struct p2p_peer *p,
			 const struct wire_message *m)
{
	bool wrote = x->wrote;
	enum status st;

	if (!p->again)
		p2p_stats_in(p, m->command, m->length);
	if (!handlers[m->command] || !is_timely(p, m->command))
		return ST_OK;
	arena_reset(&x->arena);
	x->wrote = false;
	st = handlers[m->command](x, p, m->payload);
	/* what was stored just now came from it */
	if (x->wrote && m->command == WIRE_TX)
		p->stats.tx_at = node_now_s(x->node);
	else if (x->wrote && m->command != WIRE_HEADERS &&
		 m->command != WIRE_VOTE)
		p->stats.block_at = node_now_s(x->node);
	x->wrote |= wrote;
	return st;
}

void p2p_ping_all(struct p2p *x)
{
	for (unsigned i = 0; i < x->n_peers; i++) {
		if (x->peer[i]->ready && !x->peer[i]->dead)
			ping(x, x->peer[i]);
	}
}

enum status p2p_peer_timers(struct p2p *x, struct p2p_peer *p)
{
	if (p->connecting)
		return ST_OK;
	if (!p->ready && x->now_ms > p->since_ms + x->timeout_ms)
		p2p_peer_drop(p, "no handshake in time");
	else if (p->kind == P2P_ADDR_FETCH && x->now_ms > p->since_ms + FETCH_MS)
		p2p_peer_drop(p, "it tells no addresses");
	else if (p->ping_nonce &&
		 p2p_now_us(x) > p->ping_sent_us + PONG_MS * 1000LL)
		p2p_peer_drop(p, "no answer to a ping");
	else if (p->ready && x->now_ms >= p->ping_ms)
		ping(x, p);
	return p->dead ? ST_OK : p2p_feefilter_step(x, p);
}
