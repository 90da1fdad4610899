/* SPDX-License-Identifier: MIT */
/*
 * Transactions that peers tell of. Each is asked of one peer at a time, of those
 * we called ourselves first; when it does not come, of the next that told of it.
 * One whose parents are unknown waits while they are asked for. What was refused
 * is not asked for again until the next block.
 */
#include <stdlib.h>

#include "base/log.h"
#include "node/mempool.h"
#include "node/query.h"
#include "relay/p2p_priv.h"

#define SCAN_MS 100
#define REQUEST_MS 60000	/* patience with the one who was asked */
#define INBOUND_DELAY_MS 2000	/* while there are peers that we called */
#define ORPHAN_MS 300000
#define ORPHAN_SIZE_MAX 100000
#define ORPHAN_PARENTS_MAX 50
#define CATCHING_UP 144		/* so many missing blocks: no transactions */

void p2p_txs_init(struct p2p *x)
{
	for (int32_t i = 0; i < P2P_TX_ENTRIES; i++)
		x->tx[i].next = i + 1 < P2P_TX_ENTRIES ? i + 1 : -1;
	for (unsigned i = 0; i < P2P_TX_BUCKETS; i++)
		x->bucket[i] = -1;
	x->tx_free = 0;
}

void p2p_txs_free(struct p2p *x)
{
	for (unsigned i = 0; i < P2P_ORPHANS; i++)
		free(x->orphan[i].raw);
}

void p2p_txs_new_tip(struct p2p *x)
{
	memset(x->refused, 0, sizeof(x->refused));
}

static uint64_t *refusal_place(struct p2p *x, const struct hash256 *h)
{
	return &x->refused[le32_get(h->b) % P2P_REFUSED];
}

static void note_refused(struct p2p *x, const struct hash256 *h)
{
	*refusal_place(x, h) = le64_get(h->b + 8) | 1;
}

static bool was_refused(struct p2p *x, const struct hash256 *h)
{
	return *refusal_place(x, h) == (le64_get(h->b + 8) | 1);
}

static int32_t *bucket_of(struct p2p *x, const struct hash256 *h)
{
	return &x->bucket[le32_get(h->b + 4) % P2P_TX_BUCKETS];
}

static struct p2p_tx *find(struct p2p *x, const struct hash256 *h)
{
	for (int32_t i = *bucket_of(x, h); i >= 0; i = x->tx[i].next) {
		if (hash256_equal(&x->tx[i].hash, h))
			return &x->tx[i];
	}
	return NULL;
}

/* Who waits for it is told apart by serial; a peer that is gone counts no more. */
static void uncount(struct p2p *x, struct p2p_tx *t)
{
	for (unsigned i = 0; i < t->n_candidates; i++) {
		struct p2p_peer *p = p2p_peer_by_serial(x, t->candidate[i]);

		if (!p)
			continue;
		p->n_tx_entries--;
		if (t->asked == p->serial)
			p->n_tx_flight--;
	}
}

static void forget(struct p2p *x, struct p2p_tx *t)
{
	int32_t self = (int32_t)(t - x->tx);
	int32_t *at = bucket_of(x, &t->hash);

	uncount(x, t);
	x->tx_scan_ms = 0;
	while (*at != self)
		at = &x->tx[*at].next;
	*at = t->next;
	*t = (struct p2p_tx){.next = x->tx_free};
	x->tx_free = self;
}

static void drop_candidate(struct p2p *x, struct p2p_tx *t, uint32_t serial)
{
	struct p2p_peer *p = p2p_peer_by_serial(x, serial);

	for (unsigned i = 0; i < t->n_candidates; i++) {
		if (t->candidate[i] != serial)
			continue;
		if (p) {
			p->n_tx_entries--;
			if (t->asked == serial)
				p->n_tx_flight--;
		}
		if (t->asked == serial)
			t->asked = 0;
		memmove(&t->candidate[i], &t->candidate[i + 1],
			(t->n_candidates - i - 1u) * sizeof(t->candidate[0]));
		t->n_candidates--;
		break;
	}
	x->tx_scan_ms = 0;
	if (t->n_candidates == 0)
		forget(x, t);
}

static bool have_outbound(const struct p2p *x)
{
	for (unsigned i = 0; i < x->n_peers; i++) {
		if (!x->peer[i]->inbound && x->peer[i]->ready)
			return true;
	}
	return false;
}

/* What floods of announcements may occupy is bounded for each peer and in all. */
static bool has_room(const struct p2p *x, const struct p2p_peer *p)
{
	return p->n_tx_entries < P2P_TX_PER_PEER && x->tx_free >= 0;
}

static void add_candidate(struct p2p *x, struct p2p_peer *p,
			  const struct hash256 *h, bool wtx)
{
	struct p2p_tx *t = find(x, h);
	int64_t at_ms = x->now_ms +
			(p->inbound && have_outbound(x) ? INBOUND_DELAY_MS : 0);

	if (!has_room(x, p))
		return;
	x->tx_scan_ms = 0;
	if (!t) {
		t = &x->tx[x->tx_free];
		x->tx_free = t->next;
		*t = (struct p2p_tx){.hash = *h, .used = true, .wtx = wtx,
				     .at_ms = at_ms, .next = *bucket_of(x, h)};
		*bucket_of(x, h) = (int32_t)(t - x->tx);
	}
	for (unsigned i = 0; i < t->n_candidates; i++) {
		if (t->candidate[i] == p->serial)
			return;
	}
	if (t->n_candidates == P2P_TX_CANDIDATES)
		return;
	t->candidate[t->n_candidates++] = p->serial;
	p->n_tx_entries++;
	if (!t->asked && at_ms < t->at_ms)
		t->at_ms = at_ms;
}

static enum status have_tx(struct p2p *x, const struct hash256 *h, bool wtx,
			   bool *have)
{
	struct wtxid wtxid = {*h};
	struct txid txid = {*h};
	struct tx_info info;
	enum status st;

	*have = was_refused(x, h);
	for (unsigned i = 0; i < P2P_ORPHANS && !*have; i++)
		*have = x->orphan[i].raw &&
			hash256_equal(&x->orphan[i].wtxid.h, h);
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
	enum status st = msg_inv_decode(&m, in, &x->arena);

	if (!p2p_decoded(x, p, "inv", &st) || !m.n)
		return st;
	st = p2p_blocks_inv(x, p, m.at, m.n);
	if (st != ST_OK || x->n_queue - x->first > CATCHING_UP)
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
		p2p_note(p, &copy[i].hash);
		if (!has_room(x, p))
			continue;
		st = have_tx(x, &copy[i].hash, wtx, &have);
		if (st == ST_OK && !have)
			add_candidate(x, p, &copy[i].hash, wtx);
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
	for (uint32_t i = 0; i < m.n; i++) {
		struct p2p_tx *t = find(x, &m.at[i].hash);

		if (t && t->asked == p->serial)
			drop_candidate(x, t, p->serial);
	}
	return ST_OK;
}

static void put_orphan(struct p2p *x, struct p2p_peer *p, const struct tx *tx)
{
	struct p2p_orphan *o = &x->orphan[p2p_random_ms(P2P_ORPHANS)];
	uint8_t *raw;

	if (tx->raw.len > ORPHAN_SIZE_MAX || tx->n_in > ORPHAN_PARENTS_MAX)
		return;
	for (unsigned i = 0; i < P2P_ORPHANS; i++) {
		if (!x->orphan[i].raw) {
			o = &x->orphan[i];
			break;
		}
	}
	raw = malloc(tx->raw.len);
	if (!raw)
		return;
	memcpy(raw, tx->raw.p, tx->raw.len);
	free(o->raw);
	*o = (struct p2p_orphan){raw, tx->raw.len, tx->wtxid, p->serial,
				 x->now_ms + ORPHAN_MS};
}

static enum status ask_parents(struct p2p *x, struct p2p_peer *p,
			       const struct tx *tx)
{
	struct hash256 parent[ORPHAN_PARENTS_MAX];
	enum status st = ST_OK;
	uint32_t n = tx->n_in;

	if (n > ORPHAN_PARENTS_MAX)
		return ST_OK;
	for (uint32_t i = 0; i < n; i++)
		parent[i] = tx->in[i].prevout.txid.h;
	for (uint32_t i = 0; st == ST_OK && i < n; i++) {
		bool have;

		st = have_tx(x, &parent[i], false, &have);
		if (st == ST_OK && !have)
			add_candidate(x, p, &parent[i], false);
	}
	return st;
}

/* A refusal that only a broken or hostile sender can cause. */
static bool is_fault(const struct verdict *v)
{
	return verdict_class(v->code) == VC_CONSENSUS &&
	       v->code != V_TX_DECODE && v->code != V_INPUTS_MISSING &&
	       v->code != V_CB_IMMATURE && v->code != V_SCRIPT_UNVERIFIED;
}

/* Whether the orphan spends an output of the transaction. */
static bool spends(struct p2p *x, const struct p2p_orphan *o,
		   const struct txid *id)
{
	struct tx tx;

	arena_reset(&x->arena);
	if (tx_parse(&tx, o->raw, o->len, &x->arena) != ST_OK)
		return false;
	for (uint32_t i = 0; i < tx.n_in; i++) {
		if (hash256_equal(&tx.in[i].prevout.txid.h, &id->h))
			return true;
	}
	return false;
}

static enum status adopt(struct p2p *x, const struct txid *parent)
{
	struct tx_options o = {.source = "orphan"};
	struct txid done[P2P_ORPHANS + 1] = {*parent};
	unsigned n = 1;
	enum status st = ST_OK;

	for (unsigned at = 0; st == ST_OK && at < n; at++) {
		for (unsigned i = 0; st == ST_OK && i < P2P_ORPHANS; i++) {
			struct p2p_orphan *or = &x->orphan[i];
			struct tx_result r;

			if (!or->raw || !spends(x, or, &done[at]))
				continue;
			st = node_accept_tx(x->node, or->raw, or->len, &o, &r);
			if (st != ST_OK || r.verdict.code == V_MISSING_INPUTS)
				continue;
			if (r.verdict.code == VALID)
				done[n++] = r.txid;
			else
				note_refused(x, &or->wtxid.h);
			free(or->raw);
			or->raw = NULL;
		}
	}
	return st;
}

static enum status take(struct p2p *x, struct p2p_peer *p, const struct tx *tx)
{
	struct tx_options o = {.source = p->name};
	char reason[120];
	struct tx_result r;
	enum status st = node_accept_tx(x->node, tx->raw.p, tx->raw.len, &o, &r);

	if (st != ST_OK)
		return st;
	x->wrote = true;
	if (r.verdict.code == VALID)
		return adopt(x, &r.txid);
	if (r.known || r.verdict.code == V_IN_MEMPOOL)
		return ST_OK;
	verdict_reject(reason, sizeof(reason), &r.verdict);
	log_debug("%s: transaction: %s", p->name, reason);
	if (r.verdict.code == V_MISSING_INPUTS) {
		put_orphan(x, p, tx);
		return ask_parents(x, p, tx);
	}
	note_refused(x, &tx->wtxid.h);
	/* With another witness it might be valid, so the txid is only noted
	 * where there is no witness to change. */
	if (!tx->has_witness)
		note_refused(x, &tx->txid.h);
	return is_fault(&r.verdict) ? p2p_misbehaved(x, p, "transaction: %s", reason)
				    : ST_OK;
}

enum status p2p_on_tx(struct p2p *x, struct p2p_peer *p, struct bytes in)
{
	struct p2p_tx *t;
	struct tx tx;
	bool have;
	enum status st = tx_parse(&tx, in.p, in.len, &x->arena);

	if (st != ST_OK)
		return st == ST_PARSE ? ST_OK : st;
	p2p_note(p, &tx.txid.h);
	p2p_note(p, &tx.wtxid.h);
	if ((t = find(x, &tx.wtxid.h)) != NULL)
		forget(x, t);
	if ((t = find(x, &tx.txid.h)) != NULL)
		forget(x, t);
	if (was_refused(x, &tx.wtxid.h))
		return ST_OK;
	have = false;
	for (unsigned i = 0; i < P2P_ORPHANS && !have; i++)
		have = x->orphan[i].raw &&
		       hash256_equal(&x->orphan[i].wtxid.h, &tx.wtxid.h);
	return have ? ST_OK : take(x, p, &tx);
}

/* The first that told of it and has room, those we called before the others. */
static struct p2p_peer *choose(struct p2p *x, const struct p2p_tx *t)
{
	struct p2p_peer *found = NULL;

	for (unsigned i = 0; i < t->n_candidates; i++) {
		struct p2p_peer *p = p2p_peer_by_serial(x, t->candidate[i]);

		if (!p || p->n_tx_flight >= P2P_TX_FLIGHT_MAX ||
		    p->n_ask == P2P_TX_FLIGHT_MAX)
			continue;
		if (!found || (found->inbound && !p->inbound))
			found = p;
	}
	return found;
}

void p2p_txs_step(struct p2p *x)
{
	if (x->now_ms < x->tx_scan_ms)
		return;
	x->tx_scan_ms = x->now_ms + SCAN_MS;
	for (unsigned i = 0; i < P2P_TX_ENTRIES; i++) {
		struct p2p_tx *t = &x->tx[i];
		struct p2p_peer *p;

		if (!t->used)
			continue;
		if (t->asked) {
			if (x->now_ms > t->at_ms + REQUEST_MS)
				drop_candidate(x, t, t->asked);
			continue;
		}
		if (x->now_ms < t->at_ms || !(p = choose(x, t)))
			continue;
		t->asked = p->serial;
		t->at_ms = x->now_ms;
		p->n_tx_flight++;
		p->ask[p->n_ask++] = (struct wire_inv){
			t->wtx ? INV_WTX : INV_TX | INV_WITNESS, t->hash};
	}
	for (unsigned i = 0; i < x->n_peers; i++) {
		struct p2p_peer *p = x->peer[i];

		if (p->n_ask && !p->dead)
			p2p_put_inv(x, p, WIRE_GETDATA, p->ask, p->n_ask);
		p->n_ask = 0;
	}
	for (unsigned i = 0; i < P2P_ORPHANS; i++) {
		struct p2p_orphan *o = &x->orphan[i];

		if (o->raw && x->now_ms > o->until_ms) {
			free(o->raw);
			o->raw = NULL;
		}
	}
}

void p2p_txs_release(struct p2p *x, struct p2p_peer *p)
{
	for (unsigned i = 0; p->n_tx_entries && i < P2P_TX_ENTRIES; i++) {
		struct p2p_tx *t = &x->tx[i];

		for (unsigned j = 0; t->used && j < t->n_candidates; j++) {
			if (t->candidate[j] == p->serial) {
				drop_candidate(x, t, p->serial);
				break;
			}
		}
	}
	for (unsigned i = 0; i < P2P_ORPHANS; i++) {
		struct p2p_orphan *o = &x->orphan[i];

		if (o->raw && o->peer == p->serial) {
			free(o->raw);
			o->raw = NULL;
		}
	}
}
