/* SPDX-License-Identifier: MIT */
/*
 * Transactions that peers tell of and send. What was refused is not asked for
 * again until the next block; where a higher fee is all that is missing, a child
 * that waits here may pay for it, and the two are judged together.
 */
#include "relay/p2p_txs.h"

#include <stdlib.h>

#include "base/log.h"
#include "node/pool/mempool.h"
#include "node/query/query.h"
#include "relay/p2p_priv.h"

#define CATCHING_UP 144		/* so many missing blocks: no transactions */
#define PARENTS_MAX 3000
#define RECENT_BLOCKS 6

void p2p_txs_init(struct p2p *x)
{
	p2p_txreq_init(x);
}

void p2p_txs_free(struct p2p *x)
{
	p2p_txreq_free(x);
	p2p_orphans_free(x);
}

void p2p_txs_new_tip(struct p2p *x)
{
	memset(x->txs.refused, 0, sizeof(x->txs.refused));
	memset(x->txs.cheap, 0, sizeof(x->txs.cheap));
}

static void note(uint64_t *set, const struct hash256 *h)
{
	set[le32_get(h->b) % P2P_REFUSED] = le64_get(h->b + 8) | 1;
}

static bool is_in(const uint64_t *set, const struct hash256 *h)
{
	return set[le32_get(h->b) % P2P_REFUSED] == (le64_get(h->b + 8) | 1);
}

/* Whether nobody needs to be asked for it. cheap: what was refused for its fee
 * alone counts, too. */
static enum status have_tx(struct p2p *x, const struct hash256 *h, bool wtx,
			   bool cheap, bool *have)
{
	struct wtxid wtxid = {*h};
	struct txid txid = {*h};
	struct tx_info info;
	enum status st;

	*have = is_in(x->txs.refused, h) || (cheap && is_in(x->txs.cheap, h)) ||
		p2p_orphans_have(x, h);
	if (*have)
		return ST_OK;
	arena_reset(&x->arena);
	st = wtx ? query_pool_tx(x->node, &wtxid, &x->arena, &info)
		 : query_tx(x->node, &txid, &x->arena, &info);
	*have = st == ST_OK;
	return st == ST_NOT_FOUND ? ST_OK : st;
}

enum status p2p_on_inv(struct p2p *x, struct p2p_peer *p, struct bytes in)
{
	struct wire_inv *copy;
	struct msg_inv m;
	bool behind;
	enum status st = msg_inv_decode(&m, in, &x->arena);

	if (!p2p_decoded(x, p, "inv", &st) || !m.n)
		return st;
	st = p2p_blocks_inv(x, p, m.at, m.n);
	if (st == ST_OK)
		st = p2p_is_syncing(x, &behind);
	if (st != ST_OK || x->blocks->n_queue - x->blocks->first > CATCHING_UP)
		return st;
	/* looking up what we have uses the arena */
	copy = malloc(m.n * sizeof(*copy));
	if (!copy)
		return ST_NOMEM;
	memcpy(copy, m.at, m.n * sizeof(*copy));
	for (uint32_t i = 0; st == ST_OK && i < m.n; i++) {
		bool wtx = copy[i].type == INV_WTX, have;

		/* the kind that was agreed on, and no other (BIP339) */
		if (copy[i].type != (p->wtxidrelay ? INV_WTX : INV_TX))
			continue;
		if (!p2p_takes_txs(x, p)) {
			p2p_peer_drop(p, "transactions where blocks alone were "
					 "agreed on");
			break;
		}
		p2p_note(p, &copy[i].hash);
		if (behind)
			continue;
		if (p->n_tx_entries >= P2P_TX_PER_PEER &&
		    !p2p_may(p, P2P_RELAY))
			continue;
		st = have_tx(x, &copy[i].hash, wtx, true, &have);
		if (st == ST_OK && !have)
			p2p_txreq_add(x, p, &copy[i].hash, wtx);
	}
	free(copy);
	return st;
}

enum status p2p_on_notfound(struct p2p *x, struct p2p_peer *p, struct bytes in)
{
	struct msg_inv m;
	enum status st = msg_inv_decode(&m, in, &x->arena);

	if (!p2p_decoded(x, p, "notfound", &st))
		return st;
	for (uint32_t i = 0; i < m.n; i++)
		p2p_txreq_answered(x, p, &m.at[i].hash);
	return p2p_blocks_notfound(x, p, m.at, m.n);
}

/* A child may make up for it. */
static bool lacks_fee(enum verdict_code code)
{
	return code == V_MIN_RELAY_FEE || code == V_MEMPOOL_MIN_FEE ||
	       code == V_MEMPOOL_FULL || code == V_RBF_FEE ||
	       code == V_RBF_FEE_SIBLING;
}

/* The refusal of a transaction that was judged. Where only the fee is missing it
 * may come again with a child. */
static void note_refused(struct p2p *x, const struct tx *tx,
			 const struct verdict *v)
{
	bool cheap = lacks_fee(v->code);

	p2p_txreq_forget(x, &tx->wtxid.h);
	/* with its witness it may be valid, and that has the same txid */
	if (v->stripped)
		return;
	note(cheap ? x->txs.cheap : x->txs.refused, &tx->wtxid.h);
	/* With another witness it might be valid, so the txid is only noted
	 * where there is no witness to change, or it does not matter. */
	if (!tx->has_witness || v->code == V_NONSTANDARD_INPUTS)
		note(cheap ? x->txs.cheap : x->txs.refused, &tx->txid.h);
	p2p_extra_add(x, tx->raw, &tx->wtxid);
}

/* A copy to keep while queries use the arena; *tx points into it. */
static uint8_t *keep(const struct bytes raw, struct tx *tx, struct arena *a)
{
	uint8_t *copy = malloc(raw.len + 1);

	if (!copy)
		return NULL;
	memcpy(copy, raw.p, raw.len);
	if (tx_parse(tx, copy, raw.len, a) == ST_OK)
		return copy;
	free(copy);
	return NULL;
}

/* A refusal that only a broken or hostile sender can cause. */
static bool is_fault(const struct verdict *v)
{
	return verdict_class(v->code) == VC_CONSENSUS && !v->stripped &&
	       v->code != V_TX_DECODE && v->code != V_INPUTS_MISSING &&
	       v->code != V_CB_IMMATURE && v->code != V_SCRIPT_UNVERIFIED;
}

/* Who sent an orphan that turned out to be invalid, if it is still there. */
static enum status blame_sender(struct p2p *x, const struct p2p_orphan *or,
				const struct verdict *v)
{
	struct p2p_peer *p = p2p_peer_by_serial(x, or->peer);
	char reason[120];

	if (!p || !is_fault(v))
		return ST_OK;
	verdict_reject(reason, sizeof(reason), v);
	return p2p_misbehaved(x, p, "transaction: %s", reason);
}

/* Orphans that waited for a transaction, and those that waited for them. */
static enum status adopt(struct p2p *x, const struct txid *parent)
{
	struct tx_options o = {.source = "orphan"};
	struct txid done[P2P_ORPHANS + 1] = {*parent};
	unsigned n = 1;
	enum status st = ST_OK;

	for (unsigned at = 0; st == ST_OK && at < n; at++) {
		struct p2p_orphan *or;
		unsigned i = 0;

		while (st == ST_OK &&
		       (or = p2p_orphans_child(x, &i, &done[at], 0)) != NULL) {
			struct tx_result r;
			struct tx tx;

			st = node_accept_tx(x->node, or->raw, or->len, &o, &r);
			if (st != ST_OK || r.verdict.code == V_MISSING_INPUTS)
				continue;
			arena_reset(&x->arena);
			if (r.verdict.code == VALID && n <= P2P_ORPHANS)
				done[n++] = r.txid;
			else if (r.verdict.code != VALID &&
				 tx_parse(&tx, or->raw, or->len, &x->arena) ==
					 ST_OK)
				note_refused(x, &tx, &r.verdict);
			if (r.verdict.code != VALID)
				st = blame_sender(x, or, &r.verdict);
			p2p_orphans_drop(or);
		}
	}
	return st;
}

/* Whether a parent was refused, or two were for their fee: a child pays for one. */
static bool is_hopeless(struct p2p *x, const struct tx *tx)
{
	const struct hash256 *cheap = NULL;
	bool have;

	if (tx->n_in > PARENTS_MAX)
		return true;
	for (uint32_t i = 0; i < tx->n_in; i++) {
		const struct hash256 *parent = &tx->in[i].prevout.txid.h;

		if (is_in(x->txs.refused, parent))
			return true;
		if (!is_in(x->txs.cheap, parent) ||
		    (have_tx(x, parent, false, false, &have) == ST_OK && have))
			continue;
		if (cheap && !hash256_equal(cheap, parent))
			return true;
		cheap = parent;
	}
	return false;
}

/* Whether it was confirmed more than a few blocks ago. */
static enum status is_buried(struct p2p *x, const struct hash256 *h, bool *buried)
{
	const struct txid id = {*h};
	struct node_tip tip;
	struct tx_info info;
	enum status st = node_tip(x->node, &tip);

	arena_reset(&x->arena);
	if (st == ST_OK)
		st = query_tx(x->node, &id, &x->arena, &info);
	*buried = st == ST_OK && info.confirmed &&
		  info.height + RECENT_BLOCKS <= tip.height;
	return st == ST_NOT_FOUND ? ST_OK : st;
}

/* Parents that nobody has told of are asked of who sent the child, which must
 * have them. So are those that were confirmed long ago: Bitcoin Core's nodes cannot
 * find these by their txid, and what we ask for is not to show that we can. */
static enum status ask_parents(struct p2p *x, struct p2p_peer *p,
			       const struct tx *tx)
{
	struct hash256 *parent;
	uint32_t n = tx->n_in;
	enum status st = ST_OK;

	parent = malloc(n * sizeof(*parent));
	if (!parent)
		return ST_NOMEM;
	for (uint32_t i = 0; i < n; i++)
		parent[i] = tx->in[i].prevout.txid.h;
	for (uint32_t i = 0; st == ST_OK && i < n; i++) {
		bool have, buried = false;

		st = have_tx(x, &parent[i], false, false, &have);
		if (st == ST_OK && have)
			st = is_buried(x, &parent[i], &buried);
		if (st == ST_OK && (!have || buried))
			p2p_txreq_add(x, p, &parent[i], false);
	}
	free(parent);
	return st;
}

/* The child was refused together with its parent: for what it is itself, not for
 * want of the parent. */
static enum status refuse_child(struct p2p *x, struct p2p_orphan *or,
				const struct verdict *v)
{
	struct p2p_orphan copy = *or;
	struct arena own;
	struct tx tx;
	enum status st = ST_OK;

	if (v->code == VALID || v->code == V_MISSING_INPUTS)
		return ST_OK;
	arena_init(&own, (size_t)32 << 20);
	or->raw = NULL;
	if (tx_parse(&tx, copy.raw, copy.len, &own) == ST_OK) {
		note_refused(x, &tx, v);
		st = blame_sender(x, &copy, v);
	}
	p2p_orphans_drop(&copy);
	arena_free(&own);
	return st;
}

/* A parent that pays too little, together with a child that waits for it: of
 * those from the same peer, then of others'. */
static enum status try_with_child(struct p2p *x, struct p2p_peer *p,
				  const struct tx *tx, bool *taken)
{
	const uint32_t whose[] = {p->serial, 0};
	struct tx_options o = {.source = p->name};
	struct txid id = tx->txid;
	struct tx_result r[2];
	struct verdict v;
	enum status st = ST_OK;

	*taken = false;
	for (unsigned k = 0; k < 2; k++) {
		struct p2p_orphan *or;
		unsigned i = 0;

		while (st == ST_OK && !*taken &&
		       (or = p2p_orphans_child(x, &i, &id, whose[k])) != NULL) {
			struct bytes raw[2] = {tx->raw,
					       bytes_of(or->raw, or->len)};
			struct txid child;

			st = node_accept_package(x->node, raw, 2, &o, r, &v);
			if (st != ST_OK || v.code != VALID) {
				log_debug("%s: with its child: %s, %s, %s",
					  p->name, verdict_name(v.code),
					  verdict_name(r[0].verdict.code),
					  verdict_name(r[1].verdict.code));
				if (st == ST_OK && r[0].judged &&
				    is_fault(&r[0].verdict)) {
					note_refused(x, tx, &r[0].verdict);
					return p2p_misbehaved(x, p, "transaction: "
						"%s", verdict_name(r[0].verdict.code));
				}
				if (st == ST_OK && r[1].judged)
					st = refuse_child(x, or, &r[1].verdict);
				continue;
			}
			*taken = true;
			child = r[1].txid;
			p2p_orphans_drop(or);
			st = adopt(x, &child);
		}
	}
	return st;
}

static enum status take(struct p2p *x, struct p2p_peer *p, const struct tx *tx)
{
	struct tx_options o = {.source = p->name};
	char reason[120];
	struct tx_result r;
	bool taken;
	enum status st = node_accept_tx(x->node, tx->raw.p, tx->raw.len, &o, &r);

	if (st != ST_OK)
		return st;
	x->wrote = true;
	if (r.verdict.code == VALID || r.known ||
	    r.verdict.code == V_IN_MEMPOOL) {
		p2p_txreq_forget(x, &tx->wtxid.h);
		p2p_txreq_forget(x, &tx->txid.h);
		if (r.verdict.code == VALID)
			return adopt(x, &r.txid);
		return p2p_may(p, P2P_FORCERELAY)
		       ? p2p_trickle_anyway(x, &tx->txid) : ST_OK;
	}
	verdict_reject(reason, sizeof(reason), &r.verdict);
	log_debug("%s: transaction: %s", p->name, reason);
	if (r.verdict.code == V_MISSING_INPUTS) {
		if (is_hopeless(x, tx)) {
			note_refused(x, tx, &r.verdict);
			/* whatever its witness is */
			note(x->txs.refused, &tx->txid.h);
			p2p_txreq_forget(x, &tx->txid.h);
			return ST_OK;
		}
		st = ask_parents(x, p, tx);
		p2p_orphans_add(x, p, tx);
		p2p_extra_add(x, tx->raw, &tx->wtxid);
		p2p_txreq_forget(x, &tx->wtxid.h);
		return st;
	}
	note_refused(x, tx, &r.verdict);
	if (is_in(x->txs.cheap, &tx->wtxid.h)) {
		st = try_with_child(x, p, tx, &taken);
		if (st != ST_OK || taken)
			return st;
	}
	return is_fault(&r.verdict) ? p2p_misbehaved(x, p, "transaction: %s", reason)
				    : ST_OK;
}

enum status p2p_on_tx(struct p2p *x, struct p2p_peer *p, struct bytes in)
{
	struct arena own;
	struct tx tx;
	uint8_t *raw;
	bool behind;
	enum status st;

	if (!p2p_takes_txs(x, p)) {
		p2p_peer_drop(p, "a transaction where blocks alone were agreed on");
		return ST_OK;
	}
	st = p2p_is_syncing(x, &behind);
	if (st != ST_OK || behind)
		return st;
	arena_init(&own, (size_t)32 << 20);
	raw = keep(in, &tx, &own);
	if (!raw) {
		arena_free(&own);
		return ST_OK;
	}
	p2p_note(p, &tx.txid.h);
	p2p_note(p, &tx.wtxid.h);
	p2p_txreq_answered(x, p, &tx.wtxid.h);
	p2p_txreq_answered(x, p, &tx.txid.h);
	if (!is_in(x->txs.refused, &tx.wtxid.h) &&
	    !p2p_orphans_have(x, &tx.wtxid.h))
		st = take(x, p, &tx);
	free(raw);
	arena_free(&own);
	return st;
}

void p2p_txs_step(struct p2p *x)
{
	p2p_txreq_step(x);
	p2p_orphans_expire(x);
}

void p2p_txs_release(struct p2p *x, struct p2p_peer *p)
{
	p2p_txreq_release(x, p);
	p2p_orphans_release(x, p);
}
