/* SPDX-License-Identifier: MIT */
/* Transactions whose parents are not here. They wait in a few places, and when
 * those are taken a random one makes room: nobody can be sure to push out
 * another's. */
#include <stdlib.h>

#include "relay/p2p_priv.h"

#define ORPHAN_MS (20 * 60000)
#define ORPHAN_WEIGHT_MAX 400000

void p2p_orphans_drop(struct p2p_orphan *o)
{
	free(o->raw);
	*o = (struct p2p_orphan){0};
}

void p2p_orphans_free(struct p2p *x)
{
	for (unsigned i = 0; i < P2P_ORPHANS; i++)
		p2p_orphans_drop(&x->txs.orphan[i]);
}

bool p2p_orphans_have(const struct p2p *x, const struct hash256 *wtxid)
{
	for (unsigned i = 0; i < P2P_ORPHANS; i++) {
		const struct p2p_orphan *o = &x->txs.orphan[i];

		if (o->raw && hash256_equal(&o->wtxid.h, wtxid))
			return true;
	}
	return false;
}

void p2p_orphans_add(struct p2p *x, struct p2p_peer *p, const struct tx *tx)
{
	struct p2p_orphan *o = &x->txs.orphan[p2p_random_ms(P2P_ORPHANS)];
	uint8_t *raw;

	if (tx_weight(tx) > ORPHAN_WEIGHT_MAX ||
	    p2p_orphans_have(x, &tx->wtxid.h))
		return;
	for (unsigned i = 0; i < P2P_ORPHANS; i++) {
		if (!x->txs.orphan[i].raw) {
			o = &x->txs.orphan[i];
			break;
		}
	}
	raw = malloc(tx->raw.len);
	if (!raw)
		return;
	memcpy(raw, tx->raw.p, tx->raw.len);
	p2p_orphans_drop(o);
	*o = (struct p2p_orphan){raw, tx->raw.len, tx->wtxid, p->serial,
				 x->now_ms + ORPHAN_MS};
}

void p2p_orphans_release(struct p2p *x, struct p2p_peer *p)
{
	for (unsigned i = 0; i < P2P_ORPHANS; i++) {
		if (x->txs.orphan[i].raw && x->txs.orphan[i].peer == p->serial)
			p2p_orphans_drop(&x->txs.orphan[i]);
	}
}

void p2p_orphans_expire(struct p2p *x)
{
	for (unsigned i = 0; i < P2P_ORPHANS; i++) {
		if (x->txs.orphan[i].raw &&
		    x->now_ms > x->txs.orphan[i].until_ms)
			p2p_orphans_drop(&x->txs.orphan[i]);
	}
}

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

struct p2p_orphan *p2p_orphans_child(struct p2p *x, unsigned *at,
				     const struct txid *parent, uint32_t serial)
{
	while (*at < P2P_ORPHANS) {
		struct p2p_orphan *o = &x->txs.orphan[(*at)++];

		if (o->raw && (!serial || o->peer == serial) &&
		    spends(x, o, parent))
			return o;
	}
	return NULL;
}
