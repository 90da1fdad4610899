/* SPDX-License-Identifier: MIT */
/*
 * Block filters for light clients (BIP157): served when the database has them
 * and p2p_filters is on. As Bitcoin Core does, who asks for what cannot be had (a
 * kind of filter, a block or a range that is not there) loses the connection, and
 * who asks for what is still being made gets no answer.
 */
#include "base/log.h"
#include "node/query/filter.h"
#include "node/query/query.h"
#include "relay/p2p_priv.h"
#include "wire/msg_filter.h"

bool p2p_cfilters_served(struct p2p *x)
{
	struct filter_state s;

	return x->serve_filters && node_filter_state(x->node, &s) == ST_OK &&
	       s.complete;
}

static bool are_there_any(struct p2p *x)
{
	struct filter_state s;

	return x->serve_filters && node_filter_state(x->node, &s) == ST_OK &&
	       s.on;
}

/* *good: the request can be answered. max 0: no range. */
static enum status judge(struct p2p *x, struct p2p_peer *p,
			 const struct msg_getcf *m, uint32_t max, bool *good)
{
	struct block_info info;
	bool may = false;
	enum status st;

	*good = false;
	if (!are_there_any(x) || m->type != WIRE_FILTER_BASIC) {
		p2p_peer_drop(p, "it asks for filters that we do not serve");
		return ST_OK;
	}
	st = query_block(x->node, &m->stop, &info);
	if (st == ST_OK)
		st = p2p_may_tell(x, &info, &may);
	if (st != ST_OK && st != ST_NOT_FOUND)
		return st;
	if (!may)
		p2p_peer_drop(p, "it asks for the filter of an unknown block");
	else if (max && m->start > info.height)
		p2p_peer_drop(p, "it asks for filters from above the last");
	else if (max && info.height - m->start >= max)
		p2p_peer_drop(p, "it asks for too many filters");
	else
		*good = true;
	return ST_OK;
}

enum status p2p_on_getcfilters(struct p2p *x, struct p2p_peer *p, struct bytes in)
{
	struct msg_getcf m;
	bool good;
	enum status st = msg_getcf_decode(&m, in);

	if (!p2p_decoded(x, p, "getcfilters", &st))
		return st;
	st = judge(x, p, &m, WIRE_CFILTERS_MAX, &good);
	if (st != ST_OK || !good)
		return st;
	/* sent one by one as there is room: see p2p_cfilters_step */
	p->cfilters = (struct p2p_cfilters){.stop = m.stop, .at = m.start,
					    .left = true};
	return p2p_cfilters_step(x, p);
}

static void put_cfilter(struct p2p *x, struct p2p_peer *p,
			const struct filter_info *f)
{
	const struct msg_cfilter m = {WIRE_FILTER_BASIC, f->block, f->filter};
	size_t at = p2p_begin(x, p, WIRE_CFILTER);

	msg_cfilter_encode(&p->out, &m);
	p2p_end(p, at);
}

enum status p2p_cfilters_step(struct p2p *x, struct p2p_peer *p)
{
	struct p2p_cfilters *c = &p->cfilters;
	enum status st = ST_OK;

	while (st == ST_OK && c->left &&
	       p->out.len - p->out_at <= P2P_OUT_PAUSE) {
		struct filter_info *heads, one;
		uint32_t n;

		/* hashes of the way there first: what is to be sent may be cut
		 * into many turns, in which the chain may change */
		arena_reset(&x->arena);
		st = node_filter_range(x->node, &c->stop, c->at,
				       WIRE_CFILTERS_MAX, false, &x->arena,
				       &heads, &n);
		for (uint32_t i = 0; st == ST_OK && i < n &&
		     p->out.len - p->out_at <= P2P_OUT_PAUSE; i++) {
			st = node_filter(x->node, &heads[i].block, &x->arena,
					 &one);
			if (st != ST_OK)
				break;
			put_cfilter(x, p, &one);
			c->left = i + 1 < n;
			c->at++;
		}
		if (st == ST_NOT_FOUND || st == ST_TOO_BIG) {
			log_debug("%s: filters that are not there", p->name);
			c->left = false;
			st = ST_OK;
		}
	}
	return st;
}

/* The header before the first of a range. */
static enum status header_before(struct p2p *x, const struct filter_info *first,
				 struct hash256 *out)
{
	struct block_info info;
	struct filter_info prev;
	enum status st;

	*out = (struct hash256){{0}};
	if (first->height == 0)
		return ST_OK;
	st = query_block(x->node, &first->block, &info);
	if (st == ST_OK)
		st = node_filter(x->node, &info.header.prev, &x->arena, &prev);
	if (st == ST_OK)
		*out = prev.header;
	return st;
}

enum status p2p_on_getcfheaders(struct p2p *x, struct p2p_peer *p,
				struct bytes in)
{
	struct msg_cfheaders out = {.type = WIRE_FILTER_BASIC};
	struct filter_info *f;
	struct msg_getcf m;
	bool good;
	enum status st = msg_getcf_decode(&m, in);
	size_t at;

	if (!p2p_decoded(x, p, "getcfheaders", &st))
		return st;
	st = judge(x, p, &m, WIRE_CFHEADERS_MAX, &good);
	if (st != ST_OK || !good)
		return st;
	out.stop = m.stop;
	st = node_filter_range(x->node, &m.stop, m.start, WIRE_CFHEADERS_MAX,
			       false, &x->arena, &f, &out.n);
	if (st == ST_OK)
		st = header_before(x, &f[0], &out.prev);
	if (st != ST_OK)
		return st == ST_NOT_FOUND ? ST_OK : st;
	out.filter_hash = arena_array(&x->arena, out.n, struct hash256);
	if (!out.filter_hash)
		return ST_NOMEM;
	for (uint32_t i = 0; i < out.n; i++)
		out.filter_hash[i] = f[i].hash;
	at = p2p_begin(x, p, WIRE_CFHEADERS);
	msg_cfheaders_encode(&p->out, &out);
	p2p_end(p, at);
	return ST_OK;
}

enum status p2p_on_getcfcheckpt(struct p2p *x, struct p2p_peer *p,
				struct bytes in)
{
	struct msg_cfcheckpt out = {.type = WIRE_FILTER_BASIC};
	struct msg_getcf m;
	bool good;
	enum status st = msg_getcfcheckpt_decode(&m, in);
	size_t at;

	if (!p2p_decoded(x, p, "getcfcheckpt", &st))
		return st;
	st = judge(x, p, &m, 0, &good);
	if (st != ST_OK || !good)
		return st;
	out.stop = m.stop;
	st = node_filter_headers_each(x->node, &m.stop, WIRE_CFCHECKPT_INTERVAL,
				      &x->arena, &out.header, &out.n);
	if (st != ST_OK)
		return st == ST_NOT_FOUND ? ST_OK : st;
	at = p2p_begin(x, p, WIRE_CFCHECKPT);
	msg_cfcheckpt_encode(&p->out, &out);
	p2p_end(p, at);
	return ST_OK;
}
