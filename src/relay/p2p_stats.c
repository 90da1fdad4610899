/* SPDX-License-Identifier: MIT */
/* See p2p_stats.h. */
#include "relay/p2p_stats.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/log.h"
#include "node/chain/presync.h"
#include "node/query/query.h"
#include "relay/p2p_priv.h"

#define EVERY_MS 10000
#define SOON_MS 250
#define DAY_S 86400
#define BLOCK_S 600
#define BLOCK_BYTES 4000000

void p2p_stats_begin(struct p2p *x, struct p2p_peer *p)
{
	struct sockaddr_storage at;
	socklen_t len = sizeof(at);
	struct net_addr a;

	p->stats.connected_at = node_now_s(x->node);
	p->stats.ping_us = p->stats.ping_min_us = -1;
	p->stats.changed = true;
	if (getsockname(p->fd, (struct sockaddr *)&at, &len) == 0 &&
	    p2p_addr_of(&a, &at))
		net_addr_text(p->stats.bind, &a);
}

void p2p_stats_version(struct p2p *x, struct p2p_peer *p,
		       const struct msg_version *v)
{
	static const uint8_t none[16];
	struct net_addr a;

	net_addr_from_ip16(&a, v->to.ip, v->to.port);
	p->stats.services = v->services;
	p->stats.start_height = v->height;
	p->stats.time_offset = v->time - node_now_s(x->node);
	log_safe(p->stats.agent, sizeof(p->stats.agent), v->agent, v->agent_len);
	if (memcmp(a.host, none, sizeof(none)) != 0)
		net_addr_text(p->stats.addr_local, &a);
	x->stats.soon = p->stats.changed = true;
}

void p2p_stats_pong(struct p2p *x, struct p2p_peer *p)
{
	p->stats.ping_us = p2p_now_us(x) - p->ping_sent_us;
	if (p->stats.ping_min_us < 0 || p->stats.ping_us < p->stats.ping_min_us)
		p->stats.ping_min_us = p->stats.ping_us;
}

void p2p_stats_in(struct p2p_peer *p, enum wire_command c, uint32_t length)
{
	p->stats.by[c].messages_in++;
	p->stats.by[c].bytes_in += (int64_t)length + WIRE_HEADER_SIZE;
}

void p2p_stats_out(struct p2p_peer *p, size_t at)
{
	char name[WIRE_NAME_SIZE] = "";
	struct p2p_count *n;

	if (buf_status(&p->out) != ST_OK || p->out.len < at + WIRE_HEADER_SIZE)
		return;
	memcpy(name, p->out.p + at + 4, WIRE_NAME_SIZE - 1);
	n = &p->stats.by[wire_by_name(name)];
	n->messages_out++;
	n->bytes_out += (int64_t)(p->out.len - at);
}

void p2p_stats_socket(struct p2p *x, struct p2p_peer *p, size_t in, size_t out)
{
	p->stats.bytes_in += (int64_t)in;
	p->stats.bytes_out += (int64_t)out;
	x->stats.bytes_in += (int64_t)in;
	x->stats.bytes_out += (int64_t)out;
	if (x->stats.day_at + DAY_S < node_now_s(x->node)) {
		x->stats.day_at = node_now_s(x->node);
		x->stats.day_out = 0;
	}
	x->stats.day_out += (int64_t)out;
	if (in)
		p->stats.received_at = node_now_s(x->node);
	if (out)
		p->stats.sent_at = node_now_s(x->node);
	p->stats.changed = true;
}

int64_t p2p_stats_id(const struct p2p_peer *p)
{
	return (int64_t)p->serial - 1;
}

bool p2p_stats_spent(const struct p2p *x, bool old_blocks)
{
	int64_t max = x->stats.day_max, left_s = DAY_S, keep = 0;

	if (x->stats.day_at)
		left_s = x->stats.day_at + DAY_S - node_now_s(x->node);
	/* room for each block of the day */
	if (old_blocks && left_s > 0)
		keep = left_s / BLOCK_S * BLOCK_BYTES;
	return max && x->stats.day_out >= max - keep;
}

static void note_event(struct p2p *x, const struct p2p_peer *p, bool came)
{
	struct net_event *e = &x->stats.event[x->stats.n_events];

	if (x->stats.n_events == P2P_EVENTS_MAX) {
		x->stats.untold++;
		return;
	}
	x->stats.n_events++;
	*e = (struct net_event){
		.came = came,
		.connection = p2p_stats_id(p),
		.version = p->version,
	};
	snprintf(e->addr, sizeof(e->addr), "%s", p->name);
	snprintf(e->kind, sizeof(e->kind), "%s", p2p_kind_name(p->kind));
	snprintf(e->agent, sizeof(e->agent), "%s", p->stats.agent);
	snprintf(e->why, sizeof(e->why), "%s", p->stats.end);
	x->stats.soon = true;
}

void p2p_stats_ready(struct p2p *x, struct p2p_peer *p)
{
	p->stats.told = true;
	note_event(x, p, true);
}

void p2p_stats_gone(struct p2p *x, const struct p2p_peer *p)
{
	if (p->stats.told)
		note_event(x, p, false);
	if (!p->stats.written)
		return;
	x->stats.soon = true;
	if (x->stats.n_gone < P2P_GONE_MAX) {
		x->stats.gone[x->stats.n_gone++] = p2p_stats_id(p);
		return;
	}
	/* too many to name: all rows are written anew */
	x->stats.begun = false;
	for (unsigned i = 0; i < x->n_peers; i++)
		x->peer[i]->stats.changed = true;
}

static void in_flight(struct p2p *x, const struct p2p_peer *p, char *out,
		      size_t size)
{
	struct block_info info;
	size_t at = 0;

	out[0] = '\0';
	for (unsigned i = 0; i < p->blocks.n_flight && at + 16 < size; i++) {
		if (query_block(x->node, &p->blocks.flight[i].id, &info) == ST_OK)
			at += (size_t)snprintf(out + at, size - at, "%s%u",
					       at ? "," : "", info.height);
	}
}

static void tell(struct p2p *x, const struct p2p_peer *p, uint32_t tip_height,
		 struct connection *c)
{
	const struct p2p_peer_stats *s = &p->stats;

	*c = (struct connection){
		.id = p2p_stats_id(p),
		.services = s->services,
		.version = p->version,
		.start_height = s->start_height,
		.time_offset = s->time_offset,
		.ready = p->ready,
		.relays_txs = p->relay,
		.connected_at = s->connected_at,
		.sent_at = s->sent_at,
		.received_at = s->received_at,
		.block_at = s->block_at,
		.tx_at = s->tx_at,
		.ping_us = s->ping_us,
		.ping_min_us = s->ping_min_us,
		.ping_wait_us = p->ping_nonce ? p2p_now_us(x) - p->ping_sent_us
					      : -1,
		.hb_to = p->compact.hb_to,
		.hb_from = p->compact.hb_from,
		.presynced = presync_height(p->blocks.presync),
		.synced_headers = p->has_best ? (int64_t)p->best_height : -1,
		.synced_blocks = -1,
		.addr_relay = p->book.enabled,
		.addr_processed = p->book.processed,
		.addr_limited = p->book.limited,
		.feefilter_sat_kvb = p->feefilter_sat_kvb,
		.bytes_in = s->bytes_in,
		.bytes_out = s->bytes_out,
	};
	if (p->has_best)
		c->synced_blocks = p->best_height < tip_height ? p->best_height
							       : tip_height;
	snprintf(c->addr, sizeof(c->addr), "%s", p->name);
	snprintf(c->bind, sizeof(c->bind), "%s", s->bind);
	snprintf(c->addr_local, sizeof(c->addr_local), "%s", s->addr_local);
	snprintf(c->kind, sizeof(c->kind), "%s", p2p_kind_name(p->kind));
	permit_text(c->permissions, p->permits);
	snprintf(c->agent, sizeof(c->agent), "%s", s->agent);
	snprintf(c->why, sizeof(c->why), "%s", s->why);
	in_flight(x, p, c->in_flight, sizeof(c->in_flight));
}

static uint32_t tell_traffic(const struct p2p_peer *p, struct net_traffic *t)
{
	uint32_t n = 0;

	for (unsigned c = 0; c < WIRE_COMMAND_COUNT; c++) {
		const struct p2p_count *v = &p->stats.by[c];

		if (!v->messages_in && !v->messages_out)
			continue;
		t[n] = (struct net_traffic){
			.connection = p2p_stats_id(p),
			.t = {.messages_in = v->messages_in,
			      .bytes_in = v->bytes_in,
			      .messages_out = v->messages_out,
			      .bytes_out = v->bytes_out},
		};
		snprintf(t[n].t.command, sizeof(t[n].t.command), "%s",
			 c == WIRE_UNKNOWN ? "*other*"
					   : wire_name((enum wire_command)c));
		n++;
	}
	return n;
}

static bool is_told(const struct p2p_peer *p, bool all)
{
	bool news = p->stats.changed || (all && p->ping_nonce);

	return news && !p->dead && !p->connecting && (all || p->ready);
}

static enum status write_all(struct p2p *x, bool all)
{
	struct net_report r = {
		.fresh = !x->stats.begun,
		.gone_why = x->stats.cleared ? NULL : "quarry-relay was started anew",
		.events = x->stats.event,
		.n_events = x->stats.n_events,
		.untold = x->stats.untold,
		.gone = x->stats.gone,
		.n_gone = x->stats.n_gone,
		.bytes_in = x->stats.bytes_in,
		.bytes_out = x->stats.bytes_out,
		.day_at = x->stats.day_at,
		.day_out = x->stats.day_out,
	};
	struct connection *c;
	struct net_traffic *t;
	struct node_tip tip;
	enum status st = node_tip(x->node, &tip);

	if (st != ST_OK)
		return st;
	arena_reset(&x->arena);
	c = arena_array(&x->arena, x->n_peers + 1, struct connection);
	t = arena_array(&x->arena, (x->n_peers + 1) * WIRE_COMMAND_COUNT,
			struct net_traffic);
	if (!c || !t)
		return ST_NOMEM;
	r.changed = c;
	r.traffic = t;
	for (unsigned i = 0; i < x->n_peers; i++) {
		if (!is_told(x->peer[i], all))
			continue;
		tell(x, x->peer[i], tip.height, &c[r.n_changed++]);
		r.n_traffic += tell_traffic(x->peer[i], t + r.n_traffic);
	}
	st = net_report(x->node, &r);
	if (st != ST_OK)
		return st;
	x->stats.begun = x->stats.cleared = true;
	x->stats.n_gone = x->stats.n_events = x->stats.untold = 0;
	for (unsigned i = 0; i < x->n_peers; i++) {
		if (!is_told(x->peer[i], all))
			continue;
		x->peer[i]->stats.changed = false;
		x->peer[i]->stats.written = true;
	}
	return ST_OK;
}

enum status p2p_stats_step(struct p2p *x)
{
	bool all = x->stats.asked || x->real_ms >= x->stats.next_ms;
	bool idle = x->stats.begun && !x->stats.n_gone && !x->stats.n_events;
	enum status st;

	if (!all && !(x->stats.soon && x->real_ms >= x->stats.soon_ms))
		return ST_OK;
	for (unsigned i = 0; i < x->n_peers && idle; i++)
		idle = !is_told(x->peer[i], all);
	st = idle && !x->stats.asked ? ST_OK : write_all(x, all);
	if (st == ST_BUSY && !x->stats.asked)
		return st;
	if (all)
		x->stats.next_ms = x->real_ms + EVERY_MS;
	x->stats.soon_ms = x->real_ms + SOON_MS;
	x->stats.asked = x->stats.soon = false;
	return st;
}

enum status p2p_stats_end(struct p2p *x)
{
	const struct net_report r = {
		.fresh = true,
		.gone_why = "quarry-relay ended",
		.events = x->stats.event,
		.n_events = x->stats.n_events,
		.untold = x->stats.untold,
		.bytes_in = x->stats.bytes_in,
		.bytes_out = x->stats.bytes_out,
	};

	return net_report(x->node, &r);
}
