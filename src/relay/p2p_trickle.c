/* SPDX-License-Identifier: MIT */
/*
 * Transactions for the peers: in batches at random moments, so that nobody can
 * tell from the timing where one came from. All who called us are told at the
 * same moments, each of those we called at its own. What came from this machine
 * is told again until somebody has asked for it. And the fee below which we need
 * not be told of any.
 */
#include <stdlib.h>

#include "base/log.h"
#include "node/pool/mempool.h"
#include "node/query/query_mempool.h"
#include "primitives/amount.h"
#include "relay/p2p_priv.h"
#include "wire/msg_version.h"

/* What nobody pays: the highest step of the ladder of Bitcoin Core's nodes, which
 * say so, too, while they take no transactions. */
#define FEEFILTER_NEVER 9170997
#define INBOUND_MS 5000		/* on average */
#define OUTBOUND_MS 2000
#define TEST_FASTER 10		/* on chains that nobody watches */
#define AGAIN_MS 600000		/* and up to half as long again */
#define FEEFILTER_MS 600000	/* on average; sooner after a great change */
#define FEEFILTER_SOON_MS 300000
#define FEEFILTER_LOOK_MS 5000
#define FEEFILTER_BEHIND_MS 250	/* transactions are wanted as soon as they can be */
#define P2P_INV_MAX 50000
#define VERSION_FEEFILTER 70013

/* -ln of an even random number in (0, 1]: waiting times of a Poisson process.
 * The number is m / 2^k with m in [1, 2); ln m by the series of atanh. */
static double random_exp(void)
{
	uint64_t v = p2p_random();
	unsigned k = 1;
	double m, y, yy;

	while (!(v >> 63)) {
		v <<= 1;
		k++;
	}
	m = (double)(v >> 11) / (double)(UINT64_C(1) << 52);
	y = (m - 1) / (m + 1);
	yy = y * y;
	return k * 0.6931471805599453 -
	       2 * y * (1 + yy / 3 + yy * yy / 5 + yy * yy * yy / 7);
}

/* Nobody watches. Whoever holds the clock of a laboratory wants to see each step
 * in its time. */
static bool is_test(const struct p2p *x)
{
	return node_params(x->node)->retarget == RETARGET_NONE && !x->held_s;
}

static int64_t wait_ms(const struct p2p *x, int64_t mean_ms)
{
	return (int64_t)(random_exp() *
			 (double)(is_test(x) ? mean_ms / TEST_FASTER : mean_ms));
}

static void queue(struct p2p_peer *p, const struct p2p_news_tx *t)
{
	if (!p->ready || !p->relay || p->dead ||
	    p->n_announce == P2P_ANNOUNCE_MAX ||
	    t->rate_sat_kvb < p->feefilter_sat_kvb ||
	    p2p_knows(p, p->wtxidrelay ? &t->wtxid.h : &t->txid.h))
		return;
	p->announce[p->n_announce++] = *t;
}

/* ST_NOT_FOUND when it is not in the pool. */
static enum status news_of(struct p2p *x, const struct txid *id,
			   struct p2p_news_tx *out)
{
	struct tx_info info;
	struct tx tx;
	enum status st;

	arena_reset(&x->arena);
	st = query_tx(x->node, id, &x->arena, &info);
	if (st == ST_OK && info.confirmed)
		return ST_NOT_FOUND;
	if (st == ST_OK)
		st = tx_parse(&tx, info.raw.p, info.raw.len, &x->arena);
	if (st != ST_OK)
		return st == ST_PARSE ? ST_CORRUPT : st;
	*out = (struct p2p_news_tx){*id, tx.wtxid,
				    info.fee_sat * 1000 / tx_vsize(&tx)};
	if (info.pool_no > x->trickle.newest)
		x->trickle.newest = info.pool_no;
	return ST_OK;
}

enum status p2p_trickle_tx(struct p2p *x, const struct txid *id)
{
	struct p2p_news_tx news;
	enum status st = news_of(x, id, &news);

	if (st != ST_OK)
		return st == ST_NOT_FOUND ? ST_OK : st;
	for (unsigned i = 0; i < x->n_peers; i++)
		queue(x->peer[i], &news);
	return ST_OK;
}

enum status p2p_trickle_anyway(struct p2p *x, const struct txid *id)
{
	struct p2p_news_tx news;
	enum status st = news_of(x, id, &news);

	for (unsigned i = 0; st == ST_OK && i < x->n_peers; i++)
		queue(x->peer[i], &news);
	return st == ST_NOT_FOUND ? ST_OK : st;
}

enum status p2p_trickle_again(struct p2p *x)
{
	struct p2p_trickle *k = &x->trickle;
	struct txid id = {{{0}}};
	enum status st = ST_OK;

	if (x->now_ms < k->again_ms)
		return ST_OK;
	/* not at the start: peers are to be there first */
	while (k->again_ms && st == ST_OK) {
		struct p2p_news_tx news;

		st = node_tx_untold_next(x->node, &id);
		if (st == ST_OK)
			st = news_of(x, &id, &news);
		for (unsigned i = 0; st == ST_OK && i < x->n_peers; i++)
			queue(x->peer[i], &news);
	}
	k->again_ms = x->now_ms + AGAIN_MS + p2p_random_ms(AGAIN_MS / 2);
	return st == ST_NOT_FOUND ? ST_OK : st;
}

static int64_t next_batch_ms(struct p2p *x, const struct p2p_peer *p)
{
	struct p2p_trickle *k = &x->trickle;

	if (p2p_may(p, P2P_NOBAN))
		return 0;
	if (!p->inbound)
		return x->now_ms + wait_ms(x, OUTBOUND_MS);
	if (k->inbound_ms <= x->now_ms)
		k->inbound_ms = x->now_ms + wait_ms(x, INBOUND_MS);
	return k->inbound_ms;
}

/* All of the pool, for one who may ask for it (BIP35). */
static enum status tell_pool(struct p2p *x, struct p2p_peer *p)
{
	struct wire_inv *inv = calloc(P2P_INV_MAX, sizeof(*inv));
	struct arena own;
	int64_t after = 0;
	uint32_t n = 0;
	enum status st = inv ? ST_OK : ST_NOMEM;

	arena_init(&own, (size_t)8 << 20);
	while (st == ST_OK) {
		struct pool_entry e;
		int64_t fee_sat;

		arena_reset(&own);
		st = query_pool_next(x->node, after, &own, &e);
		if (st != ST_OK)
			break;
		after = e.id;
		fee_sat = e.fee_sat + e.delta_sat;
		if (fee_sat * 1000 / e.vsize < p->feefilter_sat_kvb)
			continue;
		inv[n++] = p->wtxidrelay
			   ? (struct wire_inv){INV_WTX, e.wtxid.h}
			   : (struct wire_inv){INV_TX, e.txid.h};
		p2p_note(p, &inv[n - 1].hash);
		if (n == P2P_INV_MAX) {
			p2p_put_inv(x, p, WIRE_INV, inv, n);
			n = 0;
		}
	}
	if (n)
		p2p_put_inv(x, p, WIRE_INV, inv, n);
	if (st == ST_NOT_FOUND) {
		p->mempool_due = false;
		p->told_up_to = after > p->told_up_to ? after : p->told_up_to;
	}
	arena_free(&own);
	free(inv);
	return st == ST_NOT_FOUND ? ST_OK : st;
}

enum status p2p_announce_step(struct p2p *x, struct p2p_peer *p)
{
	struct wire_inv inv[P2P_ANNOUNCE_MAX];
	uint32_t n = 0;

	/* where somebody may watch, the moment says nothing about the
	 * transaction; elsewhere the first after a pause goes out at once, unless
	 * a laboratory holds the clock */
	if (p->mempool_due)
		return tell_pool(x, p);
	if (x->now_ms < p->announce_ms ||
	    (is_test(x) && !x->held_s && !p->n_announce))
		return ST_OK;
	for (unsigned i = 0; i < p->n_announce; i++) {
		const struct p2p_news_tx *t = &p->announce[i];
		const struct hash256 *h = p->wtxidrelay ? &t->wtxid.h : &t->txid.h;

		/* it told us of it while this waited, or wants more by now */
		if (p2p_knows(p, h) || t->rate_sat_kvb < p->feefilter_sat_kvb)
			continue;
		inv[n++] = (struct wire_inv){p->wtxidrelay ? INV_WTX : INV_TX, *h};
		p2p_note(p, h);
	}
	p->n_announce = 0;
	p->told_up_to = x->trickle.newest;
	p->announce_ms = next_batch_ms(x, p);
	if (n)
		p2p_put_inv(x, p, WIRE_INV, inv, n);
	return ST_OK;
}

/* As exact as needed and no more: a fee that follows the pool to the satoshi
 * would tell this node from others. */
static uint64_t rounded(uint64_t fee, uint64_t least)
{
	uint64_t step = least;

	while (step + step / 10 + 1 <= fee)
		step += step / 10 + 1;
	return fee <= least ? fee : step;
}

enum status p2p_feefilter_step(struct p2p *x, struct p2p_peer *p)
{
	struct mempool_info info;
	uint64_t fee, least;
	bool behind;
	size_t at;
	enum status st;

	if (x->blocks_only || p->kind == P2P_BLOCK_ONLY ||
	    p2p_may(p, P2P_FORCERELAY))
		return ST_OK;
	if (p->version < VERSION_FEEFILTER || !p->ready ||
	    (p->feefilter_ms && x->real_ms < p->feefilter_look_ms))
		return ST_OK;
	st = p2p_is_syncing(x, &behind);
	if (st == ST_OK)
		st = node_mempool_info(x->node, &info);
	if (st != ST_OK)
		return st;
	p->feefilter_look_ms = x->real_ms + (behind ? FEEFILTER_BEHIND_MS
						    : FEEFILTER_LOOK_MS);
	least = (uint64_t)node_mempool_policy(x->node)->min_relay_sat_kvb;
	/* whose own tip is old takes nothing: it could not judge it */
	fee = behind ? FEEFILTER_NEVER
		     : rounded((uint64_t)info.min_fee_sat_kvb, least);
	if (p->feefilter_ms && fee == p->feefilter_sent)
		return ST_OK;
	/* what changed by a third, or ended our being behind, is said sooner */
	if (p->feefilter_ms && x->now_ms < p->feefilter_ms) {
		bool great = p->feefilter_sent == FEEFILTER_NEVER ||
			     fee < p->feefilter_sent * 3 / 4 ||
			     fee > p->feefilter_sent * 4 / 3;
		int64_t soon = x->now_ms + p2p_random_ms(FEEFILTER_SOON_MS);

		if (p->feefilter_sent != FEEFILTER_NEVER) {
			if (great && soon < p->feefilter_ms)
				p->feefilter_ms = soon;
			return ST_OK;
		}
	}
	at = p2p_begin(x, p, WIRE_FEEFILTER);
	msg_u64_encode(&p->out, fee);
	p2p_end(p, at);
	p->feefilter_sent = fee;
	p->feefilter_ms = x->now_ms + (int64_t)(random_exp() * FEEFILTER_MS) + 1;
	return ST_OK;
}
