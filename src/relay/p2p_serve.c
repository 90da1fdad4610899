/* SPDX-License-Identifier: MIT */
/* What peers ask for, read from the database. */
#include <stdlib.h>

#include "node/pool/mempool.h"
#include "node/query/query.h"
#include "primitives/block.h"
#include "primitives/compactsize.h"
#include "primitives/target.h"
#include "relay/p2p_priv.h"
#include "wire/msg_headers.h"

#define STALE_AGE_S (30 * 86400)
#define COMPACT_DEPTH 5
#define OLD_S (7 * 86400)
#define GETBLOCKS_MAX 500

static void note_best(struct p2p *x, struct p2p_peer *p, const uint8_t *header)
{
	struct block_info info;
	struct blkid id;

	header_hash_raw(&id, header);
	p2p_note(p, &id.h);
	if (query_block(x->node, &id, &info) != ST_OK)
		return;
	p2p_peer_has(p, &id, info.height);
}

/* Nothing follows what the peer has: it has our tip. */
static enum status note_level(struct p2p *x, struct p2p_peer *p)
{
	struct node_tip tip;
	enum status st = node_tip(x->node, &tip);

	if (st != ST_OK || (p->has_best && p->best_height > tip.height))
		return st;
	p2p_note(p, &tip.id.h);
	p->best = tip.id;
	p->best_height = tip.height;
	p->has_best = true;
	return ST_OK;
}

/* As Bitcoin Core: by time, and by the work done since. */
enum status p2p_may_tell(struct p2p *x, const struct block_info *info,
			 bool *may)
{
	int64_t spacing_s = node_params(x->node)->spacing_s;
	struct u256 since, work;
	struct node_tip tip;
	enum status st = node_tip(x->node, &tip);

	*may = info->active;
	if (st != ST_OK || info->active || info->invalid || info->fees_sat < 0)
		return st;
	work = target_work(tip.bits);
	work = u256_mul64(&work, (uint64_t)(STALE_AGE_S / spacing_s));
	*may = (int64_t)tip.time - info->header.time < STALE_AGE_S;
	if (*may && u256_cmp(&tip.chainwork, &info->chainwork) > 0) {
		since = u256_sub(&tip.chainwork, &info->chainwork);
		*may = u256_cmp(&since, &work) < 0;
	}
	return ST_OK;
}

/* Without a locator it is one header that is asked for. */
static enum status headers_for(struct p2p *x, const struct msg_locator *l,
			       uint32_t max, struct msg_headers *out)
{
	struct block_info info;
	enum status st;
	bool may;

	if (l->n)
		return query_headers(x->node, l->have, l->n, &l->stop, max,
				     &x->arena, &out->raw, &out->n);
	out->n = 0;
	out->raw = arena_alloc(&x->arena, 1, HEADER_SIZE);
	if (!out->raw)
		return ST_NOMEM;
	st = query_block(x->node, &l->stop, &info);
	if (st == ST_OK)
		st = p2p_may_tell(x, &info, &may);
	if (st == ST_OK && may) {
		header_write(out->raw, &info.header);
		out->n = 1;
	}
	return st == ST_NOT_FOUND ? ST_OK : st;
}

enum status p2p_on_getheaders(struct p2p *x, struct p2p_peer *p, struct bytes in)
{
	struct msg_headers h;
	struct msg_locator l;
	enum status st = msg_locator_decode(&l, in, &x->arena);
	size_t at;

	if (!p2p_decoded(x, p, "getheaders", &st))
		return st;
	st = headers_for(x, &l, WIRE_HEADERS_MAX, &h);
	if (st != ST_OK || (!l.n && !h.n))
		return st;
	if (h.n)
		note_best(x, p, h.raw + (size_t)(h.n - 1) * HEADER_SIZE);
	else
		st = note_level(x, p);
	if (st != ST_OK)
		return st;
	at = p2p_begin(x, p, WIRE_HEADERS);
	msg_headers_encode(&p->out, &h);
	p2p_end(p, at);
	return ST_OK;
}

enum status p2p_on_getblocks(struct p2p *x, struct p2p_peer *p, struct bytes in)
{
	struct msg_headers h;
	struct msg_locator l;
	struct wire_inv *inv;
	enum status st = msg_locator_decode(&l, in, &x->arena);

	if (!p2p_decoded(x, p, "getblocks", &st))
		return st;
	st = headers_for(x, &l, GETBLOCKS_MAX, &h);
	if (st != ST_OK || !h.n)
		return st;
	inv = arena_array(&x->arena, h.n, struct wire_inv);
	if (!inv)
		return ST_NOMEM;
	for (uint32_t i = 0; i < h.n; i++) {
		struct blkid id;

		header_hash_raw(&id, h.raw + (size_t)i * HEADER_SIZE);
		inv[i] = (struct wire_inv){INV_BLOCK, id.h};
	}
	p2p_put_inv(x, p, WIRE_INV, inv, h.n);
	return ST_OK;
}

enum status p2p_on_getdata(struct p2p *x, struct p2p_peer *p, struct bytes in)
{
	struct msg_inv m;
	enum status st = msg_inv_decode(&m, in, &x->arena);

	if (!p2p_decoded(x, p, "getdata", &st) || !m.n)
		return st;
	/* the one before is answered: see p2p_peer_handle */
	free(p->getdata);
	p->n_getdata = p->getdata_at = 0;
	p->getdata = malloc(m.n * sizeof(*p->getdata));
	if (!p->getdata)
		return ST_NOMEM;
	memcpy(p->getdata, m.at, m.n * sizeof(*p->getdata));
	p->n_getdata = m.n;
	return ST_OK;
}

enum status p2p_serve_also(struct p2p *x, struct p2p_peer *p,
			   const struct wire_inv *want)
{
	(void)x;
	/* nothing waits: see p2p_peer_handle */
	free(p->getdata);
	p->n_getdata = p->getdata_at = 0;
	p->getdata = malloc(sizeof(*p->getdata));
	if (!p->getdata)
		return ST_NOMEM;
	p->getdata[p->n_getdata++] = *want;
	return ST_OK;
}

/* The block without its witnesses, for those who ask so. */
static enum status put_stripped(struct p2p *x, struct p2p_peer *p,
				struct bytes raw)
{
	struct block b;
	enum status st = block_parse(&b, raw.p, raw.len, &x->arena);
	uint8_t head[HEADER_SIZE];
	size_t at;

	if (st != ST_OK)
		return st == ST_PARSE ? ST_CORRUPT : st;
	at = p2p_begin(x, p, WIRE_BLOCK);
	header_write(head, &b.header);
	buf_add(&p->out, head, sizeof(head));
	compactsize_add(&p->out, b.n_tx);
	for (uint32_t i = 0; i < b.n_tx; i++)
		tx_write(&p->out, &b.tx[i], false);
	p2p_end(p, at);
	return ST_OK;
}

/* Whether its transactions may still be in the other's pool. */
static enum status is_recent(struct p2p *x, const struct block_info *info,
			     bool *recent)
{
	struct node_tip tip;
	enum status st = node_tip(x->node, &tip);

	*recent = st == ST_OK && info->height + COMPACT_DEPTH >= tip.height;
	return st;
}

/* Whether only who catches up asks for it. */
static enum status is_old(struct p2p *x, const struct block_info *info, bool *old)
{
	struct block_info best;
	enum status st = query_best_header(x->node, &best);

	*old = st == ST_OK &&
	       (int64_t)best.header.time - info->header.time > OLD_S;
	return st;
}

static enum status serve_block(struct p2p *x, struct p2p_peer *p,
			       const struct wire_inv *want)
{
	struct blkid id = {want->hash};
	struct block_info info;
	struct bytes raw;
	bool recent, may, old = false;
	enum status st = query_block(x->node, &id, &info);

	if (st == ST_OK)
		st = p2p_may_tell(x, &info, &may);
	if (st == ST_OK && (!info.has_data || !may))
		st = ST_NOT_FOUND;
	if (st == ST_OK && p2p_stats_spent(x, true) && !p2p_may(p, P2P_DOWNLOAD))
		st = is_old(x, &info, &old);
	if (st == ST_OK && old) {
		p2p_peer_drop(p, "enough was sent today for old blocks");
		return ST_OK;
	}
	if (st == ST_OK)
		st = query_block_raw(x->node, &id, &x->arena, &raw);
	if (st != ST_OK)	/* silence is how Bitcoin Core says no */
		return st == ST_NOT_FOUND ? ST_OK : st;
	if (want->type == INV_COMPACT_BLOCK) {
		st = is_recent(x, &info, &recent);
		if (st != ST_OK || recent)
			return st == ST_OK ? p2p_highband_put(x, p, &id, raw)
					   : st;
	}
	if (want->type == INV_BLOCK)
		return put_stripped(x, p, raw);
	p2p_put(x, p, WIRE_BLOCK, raw);
	return ST_OK;
}

/* What was told to the peer, or could have been, and what the newest block has or
 * one that left the chain had, which may have come to us before it. */
static enum status may_have(struct p2p *x, const struct p2p_peer *p,
			    const struct tx_info *info, bool *may)
{
	struct node_tip tip;
	enum status st = ST_OK;

	if (info->confirmed)
		st = node_tip(x->node, &tip);
	*may = info->confirmed
	       ? st == ST_OK && hash256_equal(&info->block.h, &tip.id.h)
	       : info->was_mined || info->pool_no <= p->told_up_to;
	return st;
}

/* By the hash that covers witnesses: in the pool, or in the newest block. */
static enum status by_wtxid(struct p2p *x, const struct wtxid *id,
			    struct tx_info *out)
{
	struct node_tip tip;
	struct bytes raw;
	struct block b;
	enum status st = query_pool_tx(x->node, id, &x->arena, out);

	if (st != ST_NOT_FOUND)
		return st;
	st = node_tip(x->node, &tip);
	if (st == ST_OK)
		st = query_block_raw(x->node, &tip.id, &x->arena, &raw);
	if (st == ST_OK)
		st = block_parse(&b, raw.p, raw.len, &x->arena);
	for (uint32_t i = 0; st == ST_OK && i < b.n_tx; i++) {
		if (!hash256_equal(&b.tx[i].wtxid.h, &id->h))
			continue;
		*out = (struct tx_info){
			.txid = b.tx[i].txid,
			.raw = b.tx[i].raw,
			.confirmed = true,
			.block = tip.id,
		};
		return ST_OK;
	}
	if (st == ST_PARSE)
		return ST_CORRUPT;
	return st == ST_OK ? ST_NOT_FOUND : st;
}

static enum status serve_tx(struct p2p *x, struct p2p_peer *p,
			    const struct wire_inv *want)
{
	struct txid txid = {want->hash};
	struct wtxid wtxid = {want->hash};
	struct tx_info info;
	bool may = false;
	struct tx tx;
	enum status st;
	size_t at;

	if (want->type == INV_WTX)
		st = by_wtxid(x, &wtxid, &info);
	else
		st = query_tx(x->node, &txid, &x->arena, &info);
	if (st == ST_OK)
		st = may_have(x, p, &info, &may);
	if (st == ST_OK && !may)
		st = ST_NOT_FOUND;
	/* told when all was looked for: it stays in the front of the list, where
	 * it was read already */
	if (st == ST_NOT_FOUND) {
		p->getdata[p->n_notfound++] = *want;
		return ST_OK;
	}
	if (st != ST_OK)
		return st;
	st = node_tx_told(x->node, &info.txid);
	if (st != ST_OK)
		return st;
	if (want->type != INV_TX) {
		p2p_put(x, p, WIRE_TX, info.raw);
		return ST_OK;
	}
	st = tx_parse(&tx, info.raw.p, info.raw.len, &x->arena);
	if (st != ST_OK)
		return st == ST_PARSE ? ST_CORRUPT : st;
	at = p2p_begin(x, p, WIRE_TX);
	tx_write(&p->out, &tx, false);
	p2p_end(p, at);
	return ST_OK;
}

enum status p2p_serve_step(struct p2p *x, struct p2p_peer *p)
{
	enum status st = ST_OK;

	while (st == ST_OK && p->getdata_at < p->n_getdata &&
	       p->out.len - p->out_at <= P2P_OUT_PAUSE) {
		const struct wire_inv *want = &p->getdata[p->getdata_at];
		uint32_t type = want->type & ~INV_WITNESS;

		arena_reset(&x->arena);
		if (type == INV_BLOCK || type == INV_COMPACT_BLOCK)
			st = serve_block(x, p, want);
		else if (type == INV_TX || want->type == INV_WTX)
			st = serve_tx(x, p, want);
		/* a busy database: the same again in the next turn */
		if (st == ST_OK)
			p->getdata_at++;
	}
	if (p->getdata_at == p->n_getdata && p->getdata) {
		if (p->n_notfound)
			p2p_put_inv(x, p, WIRE_NOTFOUND, p->getdata,
				    p->n_notfound);
		p->n_notfound = 0;
		free(p->getdata);
		p->getdata = NULL;
		p->n_getdata = p->getdata_at = 0;
	}
	return st == ST_OK && p->cfilters.left ? p2p_cfilters_step(x, p) : st;
}

/* BIP35, for whom the operator allows it. */
enum status p2p_on_mempool(struct p2p *x, struct p2p_peer *p, struct bytes in)
{
	(void)x;
	(void)in;
	if (p2p_may(p, P2P_MEMPOOL))
		p->mempool_due = true;
	else if (!p2p_may(p, P2P_NOBAN))
		p2p_peer_drop(p, "it asks for the mempool, which we do not tell");
	return ST_OK;
}
