/* SPDX-License-Identifier: MIT */
/*
 * Who is asked for a transaction: one peer at a time, and the next when it does
 * not come. Those we called are asked at once, others two seconds later, so that
 * a stranger who is quick to announce and slow to deliver holds nothing up; by
 * txid later than by wtxid; and a peer that was asked for much already later
 * still. The delays and limits are Bitcoin Core's.
 */
#include <stdlib.h>

#include "relay/p2p_priv.h"
#include "wire/msg_version.h"

#define SCAN_MS 50
#define REQUEST_MS 60000	/* patience with the one who was asked */
#define INBOUND_MS 2000
#define TXID_MS 2000		/* while there are peers that speak wtxid */
#define BUSY_MS 2000

void p2p_txreq_init(struct p2p *x)
{
	for (unsigned i = 0; i < P2P_TX_BUCKETS; i++)
		x->txs.bucket[i] = -1;
}

void p2p_txreq_free(struct p2p *x)
{
	for (int32_t i = 0; i < x->txs.n; i++)
		free(x->txs.at[i].teller);
	free(x->txs.at);
}

static int32_t *bucket_of(struct p2p *x, const struct hash256 *h)
{
	return &x->txs.bucket[le32_get(h->b + 4) % P2P_TX_BUCKETS];
}

static struct p2p_tx *find(struct p2p *x, const struct hash256 *h)
{
	for (int32_t i = *bucket_of(x, h); i >= 0; i = x->txs.at[i].next) {
		if (hash256_equal(&x->txs.at[i].hash, h))
			return &x->txs.at[i];
	}
	return NULL;
}

/* The link that leads to an entry. */
static int32_t *link_to(struct p2p *x, int32_t self)
{
	int32_t *at = bucket_of(x, &x->txs.at[self].hash);

	while (*at != self)
		at = &x->txs.at[*at].next;
	return at;
}

/* Takes the teller away; it owes us nothing any more. */
static void drop_teller(struct p2p *x, struct p2p_tx *t, unsigned i)
{
	struct p2p_peer *p = p2p_peer_by_serial(x, t->teller[i].serial);

	if (p) {
		p->n_tx_entries--;
		if (t->asked == p->serial)
			p->n_tx_flight--;
	}
	if (t->asked == t->teller[i].serial)
		t->asked = 0;
	t->teller[i] = t->teller[--t->n];
}

static void remove_entry(struct p2p *x, struct p2p_tx *t)
{
	int32_t self = (int32_t)(t - x->txs.at), last = x->txs.n - 1;

	while (t->n)
		drop_teller(x, t, 0);
	free(t->teller);
	*link_to(x, self) = t->next;
	if (self != last) {
		*link_to(x, last) = self;
		*t = x->txs.at[last];
	}
	x->txs.n--;
}

static struct p2p_tx *new_entry(struct p2p *x, const struct hash256 *h, bool wtx)
{
	struct p2p_txs *a = &x->txs;
	int32_t *bucket = bucket_of(x, h);

	if (a->n == a->room) {
		int32_t room = a->room ? 2 * a->room : 1024;
		struct p2p_tx *at = a->n < P2P_TX_ENTRIES
			? realloc(a->at, (size_t)room * sizeof(*at)) : NULL;

		if (!at)
			return NULL;
		a->at = at;
		a->room = room;
	}
	a->at[a->n] = (struct p2p_tx){.hash = *h, .wtx = wtx, .next = *bucket};
	*bucket = a->n;
	return &a->at[a->n++];
}

static bool any_wtxid_peer(const struct p2p *x)
{
	for (unsigned i = 0; i < x->n_peers; i++) {
		if (x->peer[i]->ready && x->peer[i]->wtxidrelay)
			return true;
	}
	return false;
}

static bool make_room(struct p2p_tx *t)
{
	uint16_t room = t->room ? (uint16_t)(2 * t->room) : 2;
	struct p2p_teller *at;

	if (t->n < t->room)
		return true;
	at = room > 1024 ? NULL : realloc(t->teller, room * sizeof(*at));
	if (!at)
		return false;
	t->teller = at;
	t->room = room;
	return true;
}

void p2p_txreq_add(struct p2p *x, struct p2p_peer *p, const struct hash256 *h,
		   bool wtx)
{
	struct p2p_tx *t = find(x, h);
	int64_t delay_ms = p2p_is_preferred(p) ? 0 : INBOUND_MS;
	bool free = p2p_may(p, P2P_RELAY);

	/* what floods of announcements may occupy is bounded */
	if (p->n_tx_entries >= P2P_TX_PER_PEER && !free)
		return;
	for (unsigned i = 0; t && i < t->n; i++) {
		if (t->teller[i].serial == p->serial)
			return;
	}
	if (!t)
		t = new_entry(x, h, wtx);
	if (!t)
		return;
	if (!make_room(t)) {
		if (!t->n)
			remove_entry(x, t);
		return;
	}
	if (!wtx && any_wtxid_peer(x))
		delay_ms += TXID_MS;
	if (p->n_tx_flight >= P2P_TX_FLIGHT_MAX && !free)
		delay_ms += BUSY_MS;
	t->teller[t->n++] = (struct p2p_teller){p->serial, p2p_is_preferred(p),
						x->now_ms + delay_ms};
	p->n_tx_entries++;
	if (delay_ms == 0)
		x->txs.scan_ms = 0;
}

void p2p_txreq_answered(struct p2p *x, struct p2p_peer *p,
			const struct hash256 *h)
{
	struct p2p_tx *t = find(x, h);

	for (unsigned i = 0; t && i < t->n; i++) {
		if (t->teller[i].serial != p->serial)
			continue;
		drop_teller(x, t, i);
		x->txs.scan_ms = 0;
		if (!t->n)
			remove_entry(x, t);
		return;
	}
}

void p2p_txreq_forget(struct p2p *x, const struct hash256 *h)
{
	struct p2p_tx *t = find(x, h);

	if (t)
		remove_entry(x, t);
}

/* Of those whose time has come: one we called, or any. */
static struct p2p_peer *choose(struct p2p *x, const struct p2p_tx *t)
{
	unsigned start = t->n ? (unsigned)p2p_random_ms(t->n) : 0;
	struct p2p_peer *found = NULL;
	bool preferred = false;

	for (unsigned i = 0; i < t->n; i++) {
		const struct p2p_teller *k = &t->teller[(start + i) % t->n];
		struct p2p_peer *p;

		if (k->ready_ms > x->now_ms || (found && preferred >= k->preferred))
			continue;
		p = p2p_peer_by_serial(x, k->serial);
		if (!p || p->n_ask == P2P_TX_ASK_MAX)
			continue;
		found = p;
		preferred = k->preferred;
	}
	return found;
}

/* False when the entry is gone, and another in its place. */
static bool serve(struct p2p *x, struct p2p_tx *t)
{
	struct p2p_peer *p;

	if (t->asked && x->now_ms >= t->at_ms + REQUEST_MS) {
		for (unsigned i = 0; t->asked && i < t->n; i++) {
			if (t->teller[i].serial == t->asked)
				drop_teller(x, t, i);
		}
		t->asked = 0;
	}
	if (!t->n) {
		remove_entry(x, t);
		return false;
	}
	if (t->asked || !(p = choose(x, t)))
		return true;
	if (!p->ask)
		p->ask = calloc(P2P_TX_ASK_MAX, sizeof(*p->ask));
	if (!p->ask)
		return true;
	t->asked = p->serial;
	t->at_ms = x->now_ms;
	p->n_tx_flight++;
	p->ask[p->n_ask++] = (struct wire_inv){
		t->wtx ? INV_WTX : INV_TX |
		(p->stats.services & WIRE_NODE_WITNESS ? INV_WITNESS : 0),
		t->hash};
	return true;
}

void p2p_txreq_step(struct p2p *x)
{
	if (!x->txs.n || x->real_ms < x->txs.scan_ms)
		return;
	x->txs.scan_ms = x->real_ms + SCAN_MS;
	for (int32_t i = 0; i < x->txs.n;)
		i += serve(x, &x->txs.at[i]);
	for (unsigned i = 0; i < x->n_peers; i++) {
		struct p2p_peer *p = x->peer[i];

		if (p->n_ask && !p->dead)
			p2p_put_inv(x, p, WIRE_GETDATA, p->ask, p->n_ask);
		p->n_ask = 0;
	}
}

void p2p_txreq_release(struct p2p *x, struct p2p_peer *p)
{
	for (int32_t i = 0; i < x->txs.n;) {
		struct p2p_tx *t = &x->txs.at[i];

		/* it is dead, so nothing is counted for it */
		for (unsigned j = 0; j < t->n; j++) {
			if (t->teller[j].serial == p->serial) {
				drop_teller(x, t, j);
				x->txs.scan_ms = 0;
				break;
			}
		}
		if (t->n)
			i++;
		else
			remove_entry(x, t);
	}
}
