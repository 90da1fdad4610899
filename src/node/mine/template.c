/* SPDX-License-Identifier: MIT */
/* See template.h: the pool as a graph, and the header to mine. What is made of a
 * template is in template_block.c. */
#include "node/chain/finality_state.h"
#include "node/mine/template.h"

#include <stdlib.h>

#include "consensus/block_check.h"
#include "consensus/locktime.h"
#include "consensus/retarget.h"
#include "consensus/tx_inputs.h"
#include "node/core/priv.h"
#include "node/mine/template_head.h"
#include "node/mine/template_pick.h"
#include "primitives/block.h"
#include "primitives/maker.h"
#include "store/store_event.h"
#include "store/store_mempool.h"

/* Left to the header, the count and the coinbase. */
#define RESERVED_WEIGHT 4000u
#define RESERVED_SIGOP_COST 400u
#define TEMPLATE_BYTES_MAX ((size_t)64 << 20)
#define TX_BYTES_MAX ((size_t)512 << 20)
#define VERSION_BITS 0x20000000
/* BIP94: how far before its parent a period's first block may lie. */
#define TIMEWARP_LIMIT_S 600

/* Indexes of the graph by txid: open addressing. */
struct txid_map {
	const struct siphash_key *key;
	struct { struct txid txid; uint32_t at; } *slot; /* at 0: empty, else +1 */
	size_t n_slot;
};

static enum status map_init(struct txid_map *m, const struct siphash_key *key,
			    size_t n)
{
	m->key = key;
	m->n_slot = 64;
	while (m->n_slot < 2 * n)
		m->n_slot *= 2;
	m->slot = calloc(m->n_slot, sizeof(*m->slot));
	return m->slot ? ST_OK : ST_NOMEM;
}

static size_t map_find(const struct txid_map *m, const struct txid *t)
{
	size_t i = siphash_32(m->key, t->h.b) & (m->n_slot - 1);

	while (m->slot[i].at && !hash256_equal(&m->slot[i].txid.h, &t->h))
		i = (i + 1) & (m->n_slot - 1);
	return i;
}

struct build {
	struct node *n;
	struct block_row tip;
	struct pick pick;
	struct txid_map map;
	struct arena scratch;
};

/* May it stand in the next block at all? */
static enum status is_barred(struct build *b, const struct mempool_row *row,
			     bool *barred)
{
	uint32_t height = b->tip.height + 1;
	struct tx tx;
	enum status st;

	*barred = false;
	arena_reset(&b->scratch);
	st = tx_read_nohash(&tx, &(struct reader){row->raw.p,
						  row->raw.p + row->raw.len,
						  false},
			    &b->scratch);
	if (st != ST_OK)
		return st == ST_PARSE ? ST_CORRUPT : st;
	*barred = !locktime_is_final(&tx, height, b->tip.mtp) ||
		  (tx.has_witness && height < b->n->params.segwit_height);
	return ST_OK;
}

static enum status load_all(struct build *b)
{
	struct mempool_row row;
	int64_t after = 0;
	enum status st;

	for (;;) {
		struct pick_tx *t;
		size_t slot;

		st = store_mempool_next(b->n->db, after, &row);
		if (st != ST_OK)
			break;
		after = row.id;
		st = pick_add(&b->pick, &t);
		if (st == ST_OK)
			st = is_barred(b, &row, &t->barred);
		if (st != ST_OK)
			return st;
		t->id = row.id;
		t->fee = row.fee + row.fee_delta;
		t->weight = row.weight;
		t->vsize = row.vsize;
		t->sigop_cost = row.sigop_cost;
		t->n_anc = row.n_anc;
		t->vsize_anc = row.vsize_anc;
		t->fee_anc = row.fee_anc;
		slot = map_find(&b->map, &row.txid);
		b->map.slot[slot].txid = row.txid;
		b->map.slot[slot].at = (uint32_t)b->pick.n;
	}
	return st == ST_NOT_FOUND ? ST_OK : st;
}

static enum status link_all(struct build *b)
{
	enum status st = ST_OK;

	for (uint32_t i = 0; st == ST_OK && i < b->pick.n; i++) {
		const struct pick_tx *t = &b->pick.tx[i];

		if (t->n_anc < 2)
			continue;
		for (uint32_t k = 0; st == ST_OK; k++) {
			struct mempool_in_row in;
			uint32_t at;

			st = store_mempool_in_get(b->n->db, b->pick.tx[i].id, k,
						  &in);
			if (st != ST_OK)
				break;
			at = b->map.slot[map_find(&b->map, &in.prevout.txid)].at;
			if (at)
				st = pick_parent(&b->pick, i, at - 1);
		}
		if (st == ST_NOT_FOUND)
			st = ST_OK;
	}
	return st;
}

static enum status copy_picked(struct build *b, struct block_template *t)
{
	t->tx = arena_array(&t->arena, b->pick.n_order, struct template_tx);
	if (!t->tx)
		return ST_NOMEM;
	for (size_t i = 0; i < b->pick.n_order; i++) {
		const struct pick_tx *p = &b->pick.tx[b->pick.order[i]];
		struct mempool_row row;
		const uint8_t *raw;
		enum status st = store_mempool_by_id(b->n->db, p->id, &row);

		if (st != ST_OK)
			return st == ST_NOT_FOUND ? ST_CORRUPT : st;
		raw = arena_copy(&t->arena, row.raw.p, row.raw.len);
		if (!raw)
			return ST_NOMEM;
		t->tx[t->n_tx++] = (struct template_tx){
			.raw = bytes_of(raw, row.raw.len),
			.txid = row.txid,
			.wtxid = row.wtxid,
			.fee_sat = row.fee,
			.weight = row.weight,
			.sigop_cost = row.sigop_cost,
		};
		t->fees_sat += row.fee;
	}
	return ST_OK;
}

enum status template_commit(struct block_template *t)
{
	static const uint8_t reserved[32];
	struct hash256 *leaf = calloc(t->n_tx + 1, sizeof(*leaf));
	struct hash256 root;

	if (!leaf)
		return ST_NOMEM;
	for (uint32_t i = 0; i < t->n_tx; i++)
		leaf[i + 1] = t->tx[i].wtxid.h;
	merkle_root(&root, NULL, leaf, t->n_tx + 1);
	block_commitment_script(t->commitment, &root, reserved);
	free(leaf);
	return ST_OK;
}

/* A header's time ends in 2106. */
static uint32_t header_time(int64_t s)
{
	return s > UINT32_MAX ? UINT32_MAX : (uint32_t)s;
}

enum status template_head(struct node *n, const struct block_row *parent,
			  int64_t time, struct block_template *t)
{
	const struct params *p = &n->params;
	struct chain_view view;
	enum status st = branch_set(&n->branch, parent);

	if (st != ST_OK)
		return st;
	t->height = parent->height + 1;
	t->prev = parent->hash;
	t->subsidy_sat = params_subsidy_sat(p, t->height);
	t->has_commitment = t->height >= p->segwit_height;
	t->min_time = parent->mtp + 1;
	if (p->bip94 && p->retarget_interval &&
	    t->height % p->retarget_interval == 0 &&
	    t->min_time < (int64_t)parent->header.time - TIMEWARP_LIMIT_S)
		t->min_time = (int64_t)parent->header.time - TIMEWARP_LIMIT_S;
	if (maker_chain(p) &&
	    t->min_time < (int64_t)parent->header.time + p->spacing_s)
		t->min_time = (int64_t)parent->header.time + p->spacing_s;
	t->header = (struct header){
		.version = VERSION_BITS,
		.prev = parent->hash,
		.time = header_time(time > t->min_time ? time : t->min_time),
	};
	view = branch_view(&n->branch);
	return retarget_next_bits(p, &view, t->header.time, &t->header.bits);
}

static enum status last_change(struct node *n, int64_t *id)
{
	enum status st = store_event_last_change(n->db, id);

	if (st == ST_NOT_FOUND)
		*id = 0;
	return st == ST_NOT_FOUND ? ST_OK : st;
}

static enum status build(struct build *b, struct block_template *t)
{
	int64_t count, vsize, bytes, fees;
	enum status st = store_block_tip(b->n->db, &b->tip);

	if (st != ST_OK)
		return st == ST_NOT_FOUND ? ST_CORRUPT : st;
	st = template_head(b->n, &b->tip, node_now_s(b->n), t);
	if (st == ST_OK)
		st = last_change(b->n, &t->mempool_id);
	if (st == ST_OK)
		st = store_mempool_sums(b->n->db, &count, &vsize, &bytes, &fees);
	if (st == ST_OK)
		st = map_init(&b->map, &b->n->coins.key, (size_t)count);
	if (st == ST_OK)
		st = load_all(b);
	if (st == ST_OK)
		st = link_all(b);
	if (st == ST_OK)
		st = pick_run(&b->pick);
	if (st == ST_OK)
		st = copy_picked(b, t);
	if (st == ST_OK && t->has_commitment)
		st = template_commit(t);
	if (st == ST_OK)
		st = finality_evidence_pending(b->n, &t->has_evidence,
					       t->evidence);
	return st;
}

enum status node_template_make(struct node *n, struct block_template *t)
{
	struct build b = {.n = n};
	bool own;
	enum status st;

	*t = (struct block_template){0};
	arena_init(&t->arena, TEMPLATE_BYTES_MAX);
	arena_init(&b.scratch, TX_BYTES_MAX);
	pick_init(&b.pick);
	b.pick.max_weight = BLOCK_WEIGHT_MAX - RESERVED_WEIGHT;
	b.pick.max_sigop_cost = BLOCK_SIGOP_COST_MAX - RESERVED_SIGOP_COST;
	b.pick.min_rate_sat_kvb = n->policy.min_relay_sat_kvb;
	st = node_read_begin(n, &own);
	if (st == ST_OK) {
		st = build(&b, t);
		node_read_end(n, own);
	}
	pick_free(&b.pick);
	arena_free(&b.scratch);
	free(b.map.slot);
	if (st != ST_OK)
		node_template_free(t);
	return st;
}

void node_template_free(struct block_template *t)
{
	arena_free(&t->arena);
	*t = (struct block_template){0};
}

enum status node_template_stale(struct node *n, const struct block_template *t,
				bool *tip_moved, bool *pool_changed)
{
	struct block_row tip;
	int64_t id;
	bool own;
	enum status st = node_read_begin(n, &own);

	if (st != ST_OK)
		return st;
	st = store_block_tip(n->db, &tip);
	if (st == ST_OK)
		st = last_change(n, &id);
	node_read_end(n, own);
	if (st != ST_OK)
		return st;
	*tip_moved = !hash256_equal(&tip.hash.h, &t->prev.h);
	*pool_changed = id != t->mempool_id;
	return ST_OK;
}
