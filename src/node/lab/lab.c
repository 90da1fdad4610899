/* SPDX-License-Identifier: MIT */
/*
 * See lab.h.
 *
 * The blocks that will leave are read first, in one snapshot: their times, and
 * their transactions where these are to be kept. A transaction that spends a
 * coinbase of one of those blocks cannot be kept, nor can what spends it. The new
 * blocks have the times of those they stand beside, so that time locks hold as
 * they held; a random extranonce makes each of them new.
 */
#include <stdlib.h>
#include <string.h>

#include "node/core/playground.h"
#include "node/lab/lab.h"
#include "node/mine/template_head.h"
#include "primitives/block.h"
#include "store/store_tx.h"

#define OLD_BYTES_MAX ((size_t)512 << 20)
#define BLOCK_BYTES_MAX ((size_t)8 << 20)
/* As in a template: left to header, count and coinbase. */
#define RESERVED_WEIGHT 4000u
#define FUTURE_S 7200

struct old_block {
	uint32_t time;
	uint32_t n_tx;		/* without the coinbase */
	struct template_tx *tx;	/* those that may be kept */
};

/* Ids of transactions that the branch does not have: open addressing. */
struct gone {
	const struct siphash_key *key;
	struct { struct txid txid; bool used; } *slot;
	size_t n, room;		/* room: a power of two */
};

struct maker {
	struct node *n;
	const struct branch_order *o;
	struct branch_made *made;
	struct arena arena;	/* the old blocks */
	struct arena scratch;
	struct old_block *old;	/* those above the fork, lowest first */
	uint32_t n_old;
	struct gone gone;
	uint32_t weight;	/* of the block that is being read */
	enum status st;
};

static size_t gone_find(const struct gone *g, const struct txid *t)
{
	size_t i = siphash_32(g->key, t->h.b) & (g->room - 1);

	while (g->slot[i].used && !hash256_equal(&g->slot[i].txid.h, &t->h))
		i = (i + 1) & (g->room - 1);
	return i;
}

static bool gone_has(const struct gone *g, const struct txid *t)
{
	return g->room && g->slot[gone_find(g, t)].used;
}

static enum status gone_add(struct gone *g, const struct txid *t)
{
	size_t i;

	if (2 * (g->n + 1) > g->room) {
		struct gone more = {.key = g->key,
				    .room = g->room ? 2 * g->room : 64};
		enum status st = ST_OK;

		more.slot = calloc(more.room, sizeof(*more.slot));
		if (!more.slot)
			return ST_NOMEM;
		for (size_t k = 0; st == ST_OK && k < g->room; k++) {
			if (g->slot[k].used)
				st = gone_add(&more, &g->slot[k].txid);
		}
		free(g->slot);
		*g = more;
	}
	i = gone_find(g, t);
	g->n += !g->slot[i].used;
	g->slot[i].used = true;
	g->slot[i].txid = *t;
	return ST_OK;
}

static bool can_stay(struct maker *m, const struct tx *tx)
{
	if (tx_is_coinbase(tx))
		return false;
	if (m->weight + tx_weight(tx) > BLOCK_WEIGHT_MAX - RESERVED_WEIGHT)
		return false;
	for (uint32_t i = 0; i < tx->n_in; i++) {
		if (gone_has(&m->gone, &tx->in[i].prevout.txid))
			return false;
	}
	return true;
}

static bool read_tx(void *arg, int64_t id, const struct txid *txid,
		    struct bytes raw)
{
	struct maker *m = arg;
	struct old_block *b = &m->old[m->n_old];
	struct tx_row row;
	struct tx tx;
	const uint8_t *copy;

	arena_reset(&m->scratch);
	m->st = tx_parse(&tx, raw.p, raw.len, &m->scratch);
	if (m->st == ST_PARSE)
		m->st = ST_CORRUPT;
	if (m->st == ST_OK && !can_stay(m, &tx)) {
		m->made->left += !tx_is_coinbase(&tx);
		m->st = gone_add(&m->gone, txid);
		return m->st == ST_OK;
	}
	if (m->st == ST_OK)
		m->st = store_tx_head(m->n->db, id, &row);
	if (m->st != ST_OK)
		return false;
	copy = arena_copy(&m->arena, raw.p, raw.len);
	if (!copy) {
		m->st = ST_NOMEM;
		return false;
	}
	m->weight += tx_weight(&tx);
	b->tx[b->n_tx++] = (struct template_tx){
		.raw = bytes_of(copy, raw.len),
		.txid = tx.txid,
		.wtxid = tx.wtxid,
		.fee_sat = row.fee,
		.weight = tx_weight(&tx),
	};
	return true;
}

/* One block of the active chain above the fork. */
static enum status read_old(struct maker *m, uint32_t height)
{
	struct old_block *b = &m->old[m->n_old];
	struct block_row row;
	enum status st = store_block_by_height(m->n->db, height, &row);

	if (st != ST_OK)
		return st == ST_NOT_FOUND ? ST_CORRUPT : st;
	*b = (struct old_block){.time = row.header.time};
	m->made->old_tip = row.hash;
	m->weight = 0;
	if (m->o->keep_txs) {
		b->tx = arena_array(&m->arena, row.n_tx, struct template_tx);
		if (!b->tx)
			return ST_NOMEM;
		st = store_tx_each_raw(m->n->db, row.first_tx,
				       row.first_tx + row.n_tx - 1, read_tx, m);
		if (st == ST_CANCELLED)
			st = m->st;
	} else {
		m->made->left += row.n_tx - 1;
	}
	m->n_old++;
	return st;
}

static enum status read_olds(struct maker *m)
{
	uint32_t fork = m->o->fork_height;
	struct block_row tip, row;
	enum status st = store_block_tip(m->n->db, &tip);

	if (st != ST_OK)
		return st;
	if (fork > tip.height || tip.height - fork > BRANCH_BLOCKS_MAX)
		return ST_USAGE;
	m->old = arena_array(&m->arena, tip.height - fork + 1, struct old_block);
	if (!m->old)
		return ST_NOMEM;
	st = store_block_by_height(m->n->db, fork, &row);
	m->made->fork = m->made->tip = m->made->old_tip = row.hash;
	m->made->height = fork;
	for (uint32_t h = fork + 1; st == ST_OK && h <= tip.height; h++)
		st = read_old(m, h);
	return st;
}

/* The next block's template. */
static enum status head(struct maker *m, const struct old_block *old,
			struct block_template *t)
{
	int64_t now = node_now_s(m->n), time = now;
	struct block_row parent;
	bool own;
	enum status st = node_read_begin(m->n, &own);

	if (st != ST_OK)
		return st;
	if (old && old->time <= now + FUTURE_S)
		time = old->time;
	st = store_block_by_hash(m->n->db, &m->made->tip, &parent);
	if (st == ST_OK)
		st = template_head(m->n, &parent, time, t);
	node_read_end(m->n, own);
	if (st != ST_OK)
		return st == ST_NOT_FOUND ? ST_CORRUPT : st;
	if (old) {
		t->tx = old->tx;
		t->n_tx = old->n_tx;
	}
	for (uint32_t i = 0; i < t->n_tx; i++)
		t->fees_sat += t->tx[i].fee_sat;
	return t->has_commitment ? template_commit(t) : ST_OK;
}

static enum status one_more(struct maker *m, struct verdict *v)
{
	const struct old_block *old =
		m->made->blocks < m->n_old ? &m->old[m->made->blocks] : NULL;
	struct block_template t = {0};
	struct block_result r;
	struct buf block;
	enum status st = head(m, old, &t);

	buf_init(&block, BLOCK_BYTES_MAX);
	if (st == ST_OK)
		st = template_mine(&t, m->o->script, m->o->max_tries, &block);
	if (st == ST_OK)
		st = node_accept_block(m->n, block.p, block.len, m->o->source, &r);
	buf_free(&block);
	if (st != ST_OK)
		return st;
	*v = r.verdict;
	if (v->code != VALID)
		return ST_OK;
	m->made->tip = r.id;
	m->made->height = r.height;
	m->made->kept += t.n_tx;
	m->made->active = r.active;
	m->made->blocks++;
	return ST_OK;
}

static bool is_done(const struct maker *m)
{
	if (m->made->blocks < m->o->blocks)
		return false;
	return !m->o->win || m->made->active;
}

enum status node_make_branch(struct node *n, const struct branch_order *o,
			     struct branch_made *out, struct verdict *v)
{
	struct maker m = {.n = n, .o = o, .made = out};
	bool own;
	enum status st;

	*out = (struct branch_made){0};
	verdict_init(v);
	if (!node_is_playground(n))
		return ST_DENIED;
	if (o->blocks > BRANCH_BLOCKS_MAX)
		return ST_USAGE;
	arena_init(&m.arena, OLD_BYTES_MAX);
	arena_init(&m.scratch, OLD_BYTES_MAX);
	m.gone.key = &n->coins.key;
	st = node_read_begin(n, &own);
	if (st == ST_OK) {
		st = read_olds(&m);
		node_read_end(n, own);
	}
	while (st == ST_OK && v->code == VALID && !is_done(&m)) {
		/* somebody else makes blocks, and faster */
		if (out->blocks > 2 * BRANCH_BLOCKS_MAX)
			st = ST_BUSY;
		else
			st = one_more(&m, v);
	}
	free(m.gone.slot);
	arena_free(&m.scratch);
	arena_free(&m.arena);
	return st;
}
