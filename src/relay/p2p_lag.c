/* SPDX-License-Identifier: MIT */
/*
 * Nodes that we called and that lag behind: if all of them did, we would follow a
 * chain that others make for us. One whose best header has less work than our tip
 * had is given twenty minutes to reach what our tip was then, is asked once more,
 * and goes after two more minutes. Up to four that had as much as we are kept
 * whatever they do later, so that a node that follows other rules than all its
 * peers does not lose them all. As with Bitcoin Core.
 */
#include "base/log.h"
#include "node/query/query.h"
#include "relay/p2p_priv.h"

#define PATIENCE_MS (20 * 60000)
#define ANSWER_MS (2 * 60000)
#define PROTECTED_MAX 4

static bool concerns(const struct p2p_peer *p)
{
	return (p->kind == P2P_FULL || p->kind == P2P_BLOCK_ONLY) && p->ready &&
	       p->blocks.asked;
}

static unsigned count_protected(const struct p2p *x)
{
	unsigned n = 0;

	for (unsigned i = 0; i < x->n_peers; i++)
		n += x->peer[i]->lag.protected && !x->peer[i]->dead;
	return n;
}

static enum status overdue(struct p2p *x, struct p2p_peer *p)
{
	struct block_info mark;
	enum status st;

	if (p->lag.asked) {
		p2p_peer_drop(p, "its chain stays behind ours");
		return ST_OK;
	}
	p->lag.asked = true;
	p->lag.until_ms = x->now_ms + ANSWER_MS;
	st = query_block(x->node, &p->lag.mark, &mark);
	if (st == ST_OK)
		st = p2p_headers_ask_after(x, p, &mark.header.prev);
	return st == ST_NOT_FOUND ? ST_OK : st;
}

/* its: the work of its best header; NULL: it showed none. */
static enum status judge(struct p2p *x, struct p2p_peer *p,
			 const struct u256 *its, const struct node_tip *tip)
{
	if (its && u256_cmp(its, &tip->chainwork) >= 0) {
		p->lag.until_ms = 0;
		p->lag.asked = false;
		if (p->kind == P2P_FULL && !p->lag.protected)
			p->lag.protected = count_protected(x) < PROTECTED_MAX;
		return ST_OK;
	}
	if (p->lag.protected)
		return ST_OK;
	if (!p->lag.until_ms || (its && u256_cmp(its, &p->lag.work) >= 0)) {
		p->lag.until_ms = x->now_ms + PATIENCE_MS;
		p->lag.asked = false;
		p->lag.mark = tip->id;
		p->lag.work = tip->chainwork;
		return ST_OK;
	}
	return x->now_ms > p->lag.until_ms ? overdue(x, p) : ST_OK;
}

enum status p2p_lag_step(struct p2p *x, bool changed)
{
	struct node_tip tip;
	enum status st = ST_OK;

	for (unsigned i = 0; st == ST_OK && i < x->n_peers; i++) {
		struct p2p_peer *p = x->peer[i];
		struct block_info best;
		bool late = p->lag.until_ms && x->now_ms > p->lag.until_ms;

		if (p->dead || !concerns(p) || !(changed || late || p->lag.due))
			continue;
		p->lag.due = false;
		st = node_tip(x->node, &tip);
		if (st != ST_OK || !p->has_best) {
			st = st == ST_OK ? judge(x, p, NULL, &tip) : st;
			continue;
		}
		st = query_block(x->node, &p->best, &best);
		if (st == ST_OK)
			st = judge(x, p, &best.chainwork, &tip);
		else if (st == ST_NOT_FOUND)
			st = judge(x, p, NULL, &tip);
	}
	return st;
}
