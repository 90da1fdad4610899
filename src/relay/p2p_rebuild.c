/* SPDX-License-Identifier: MIT */
/*
 * A block out of a compact one: what it says in full, and for each short id the
 * one transaction of the pool, or of those set aside, that has it. A short id
 * that two of them have is as good as missing; two equal ones in the block cannot
 * be told apart at all.
 */
#include <stdlib.h>

#include "node/query/query.h"
#include "primitives/compactsize.h"
#include "relay/p2p_priv.h"
#include "wire/msg_compact.h"

#define PARTIAL_MAX ((size_t)16 << 20)

/* A transaction that goes by a short id. */
struct slot {
	uint64_t id;
	uint32_t index;			/* in the block */
	enum { SLOT_EMPTY, SLOT_FOUND, SLOT_UNCLEAR } state;
	struct wtxid wtxid;
	struct bytes extra;		/* its bytes, unless it is in the pool */
};

struct slots {
	struct slot *at;
	uint32_t n;
	struct siphash_key key;
};

static int by_id(const void *x, const void *y)
{
	const struct slot *a = x, *b = y;

	return (a->id > b->id) - (a->id < b->id);
}

static void offer(struct slots *s, const struct wtxid *wtxid,
		  struct bytes extra)
{
	struct slot want = {.id = compact_short_id(&s->key, wtxid)};
	struct slot *found = s->n ? bsearch(&want, s->at, s->n, sizeof(want),
					    by_id) : NULL;

	if (!found || (found->state == SLOT_FOUND &&
		       hash256_equal(&found->wtxid.h, &wtxid->h)))
		return;
	if (found->state != SLOT_EMPTY) {
		found->state = SLOT_UNCLEAR;
		return;
	}
	found->state = SLOT_FOUND;
	found->wtxid = *wtxid;
	found->extra = extra;
}

static enum status slots_of(struct slots *s, const struct msg_cmpctblock *m,
			    const struct p2p_partial *part, struct arena *a)
{
	uint32_t index = 0;

	s->key = compact_key(m->header, m->nonce);
	s->n = m->n_short;
	s->at = arena_array(a, s->n, struct slot);
	if (!s->at)
		return ST_NOMEM;
	for (uint32_t i = 0; i < s->n; i++, index++) {
		while (part->tx[index].p)
			index++;
		s->at[i] = (struct slot){.id = m->short_ids[i], .index = index};
	}
	if (s->n)
		qsort(s->at, s->n, sizeof(*s->at), by_id);
	for (uint32_t i = 1; i < s->n; i++) {
		if (s->at[i].id == s->at[i - 1].id)
			return ST_PARSE;
	}
	return ST_OK;
}

static enum status search(struct p2p *x, struct slots *s)
{
	struct wtxid *ids;
	uint32_t n;
	enum status st = query_pool_wtxids(x->node, &x->arena, &ids, &n);

	for (uint32_t i = 0; st == ST_OK && i < n; i++)
		offer(s, &ids[i], bytes_of(NULL, 0));
	for (unsigned i = 0; st == ST_OK && i < P2P_EXTRA; i++) {
		const struct p2p_extra_tx *e = &x->compact.extra[i];

		if (e->raw)
			offer(s, &e->wtxid, bytes_of(e->raw, e->len));
	}
	for (unsigned i = 0; st == ST_OK && i < P2P_ORPHANS; i++) {
		const struct p2p_orphan *o = &x->txs.orphan[i];

		if (o->raw)
			offer(s, &o->wtxid, bytes_of(o->raw, o->len));
	}
	return st;
}

static bool keep(struct p2p_partial *part, uint32_t index, struct bytes raw)
{
	struct bytes *to = &part->tx[index];

	to->p = arena_copy(&part->arena, raw.p, raw.len);
	to->len = raw.len;
	return to->p;
}

static enum status take_found(struct p2p *x, struct p2p_partial *part,
			      const struct slots *s)
{
	for (uint32_t i = 0; i < s->n; i++) {
		const struct slot *f = &s->at[i];
		struct tx_info info;
		enum status st;

		if (f->state != SLOT_FOUND)
			continue;
		if (f->extra.p) {
			if (!keep(part, f->index, f->extra))
				return ST_NOMEM;
			part->n_missing--;
			continue;
		}
		st = query_pool_tx(x->node, &f->wtxid, &part->arena, &info);
		if (st == ST_NOT_FOUND)		/* it went meanwhile */
			continue;
		if (st != ST_OK)
			return st;
		part->tx[f->index] = info.raw;
		part->n_missing--;
	}
	return ST_OK;
}

enum status p2p_rebuild_new(struct p2p *x, struct p2p_partial **out,
			    const struct blkid *id,
			    const struct msg_cmpctblock *m)
{
	struct p2p_partial *part = calloc(1, sizeof(*part));
	struct slots s;
	enum status st = ST_OK;

	if (!part)
		return ST_NOMEM;
	arena_init(&part->arena, PARTIAL_MAX);
	part->id = *id;
	memcpy(part->header, m->header, HEADER_SIZE);
	part->n_tx = m->n_short + m->n_prefilled;
	part->n_missing = m->n_short;
	part->tx = arena_calloc(&part->arena, part->n_tx, sizeof(*part->tx));
	if (!part->tx)
		st = ST_NOMEM;
	for (uint32_t i = 0; st == ST_OK && i < m->n_prefilled; i++) {
		if (!keep(part, m->prefilled[i].index, m->prefilled[i].tx.raw))
			st = ST_NOMEM;
	}
	if (st == ST_OK)
		st = slots_of(&s, m, part, &x->arena);
	if (st == ST_OK)
		st = search(x, &s);
	if (st == ST_OK)
		st = take_found(x, part, &s);
	if (st != ST_OK) {
		p2p_rebuild_free(part);
		return st;
	}
	*out = part;
	return ST_OK;
}

void p2p_rebuild_free(struct p2p_partial *part)
{
	if (!part)
		return;
	arena_free(&part->arena);
	free(part);
}

enum status p2p_rebuild_fill(struct p2p_partial *part, const struct tx *tx,
			     uint32_t n)
{
	uint32_t at = 0;

	if (n != part->n_missing)
		return ST_PARSE;
	for (uint32_t i = 0; i < part->n_tx; i++) {
		if (part->tx[i].p)
			continue;
		if (!keep(part, i, tx[at++].raw))
			return ST_NOMEM;
		part->n_missing--;
	}
	return ST_OK;
}

enum status p2p_rebuild_write(struct buf *out, const struct p2p_partial *part)
{
	buf_add(out, part->header, HEADER_SIZE);
	compactsize_add(out, part->n_tx);
	for (uint32_t i = 0; i < part->n_tx; i++)
		buf_bytes(out, part->tx[i]);
	return buf_status(out);
}
