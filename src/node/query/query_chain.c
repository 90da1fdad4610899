/* SPDX-License-Identifier: MIT */
/* See query_chain.h. */
#include "node/query/query_chain.h"

#include "crypto/muhash.h"
#include "crypto/sha256.h"
#include "node/core/priv.h"
#include "primitives/compactsize.h"
#include "store/store_utxo.h"

#define COIN_BYTES_MAX ((size_t)1 << 20)

static enum chain_tip_status tip_status(const struct block_row *row)
{
	switch (row->status) {
	case BLOCK_HEADER:
		return TIP_HEADERS_ONLY;
	case BLOCK_STORED:
		return TIP_VALID_HEADERS;
	case BLOCK_CONNECTED:
		return TIP_ACTIVE;
	case BLOCK_STALE:
		return TIP_VALID_FORK;
	case BLOCK_INVALID_UNTRIED:	/* as Bitcoin Core calls it */
		return row->size ? TIP_VALID_HEADERS : TIP_HEADERS_ONLY;
	case BLOCK_INVALID:
	case BLOCK_INVALID_PARENT:
		break;
	}
	return TIP_INVALID;
}

/* Walks down to the active chain. *gap: a block on the way is not here. */
static enum status branch_len(struct node *n, const struct block_row *tip,
			      uint32_t *len, bool *gap)
{
	struct block_row row = *tip;
	enum status st = ST_OK;

	*gap = false;
	while (st == ST_OK && row.status != BLOCK_CONNECTED && row.prev_id) {
		*gap |= !row.size;
		st = store_block_by_id(n->db, row.prev_id, &row);
	}
	*len = tip->height - row.height;
	return st;
}

/* The active chain's tip is a tip although headers stand on it. */
static enum status add_active(struct node *n, struct chain_tip *tips,
			      uint32_t *count)
{
	struct node_tip tip;
	enum status st = node_tip(n, &tip);

	for (uint32_t i = 0; st == ST_OK && i < *count; i++) {
		if (tips[i].status == TIP_ACTIVE)
			return ST_OK;
	}
	if (st == ST_OK)
		tips[(*count)++] = (struct chain_tip){
			.id = tip.id,
			.height = tip.height,
			.status = TIP_ACTIVE,
		};
	return st;
}

enum status query_chain_tips(struct node *n, uint32_t max, struct arena *a,
			     struct chain_tip **out, uint32_t *count)
{
	struct block_row *rows = arena_array(a, max, struct block_row);
	int found = 0;
	bool own;
	enum status st;

	*count = 0;
	*out = arena_array(a, max, struct chain_tip);
	if (!rows || !*out)
		return ST_NOMEM;
	st = node_read_begin(n, &own);
	if (st != ST_OK)
		return st;
	st = store_block_tips(n->db, rows, (int)max, &found);
	for (int i = 0; st == ST_OK && i < found; i++) {
		struct chain_tip *t = &(*out)[(*count)++];
		bool gap;

		*t = (struct chain_tip){
			.id = rows[i].hash,
			.height = rows[i].height,
			.status = tip_status(&rows[i]),
		};
		st = branch_len(n, &rows[i], &t->branch_len, &gap);
		if (gap && t->status == TIP_VALID_HEADERS)
			t->status = TIP_HEADERS_ONLY;
	}
	if (st == ST_OK && *count < max)
		st = add_active(n, *out, count);
	node_read_end(n, own);
	return st;
}

enum status query_ancestor(struct node *n, const struct blkid *id,
			   uint32_t height, struct block_info *out)
{
	struct block_row row;
	bool own;
	enum status st = node_read_begin(n, &own);

	if (st != ST_OK)
		return st;
	st = store_block_by_hash(n->db, id, &row);
	while (st == ST_OK && row.height > height) {
		if (row.status == BLOCK_CONNECTED)
			st = store_block_by_height(n->db, height, &row);
		else
			st = store_block_by_id(n->db, row.prev_id, &row);
	}
	if (st == ST_OK && row.height != height)
		st = ST_NOT_FOUND;
	node_read_end(n, own);
	return st == ST_OK ? query_block(n, &row.hash, out) : st;
}

enum status query_chain_txs(struct node *n, uint32_t from, uint32_t to,
			    int64_t *count)
{
	bool own;
	enum status st = node_read_begin(n, &own);

	if (st != ST_OK)
		return st;
	st = store_chain_txs(n->db, from, to, count);
	node_read_end(n, own);
	return st;
}

/* --- the unspent outputs --- */

struct walk {
	bool (*fn)(void *arg, const struct utxo *u);
	void *arg;
};

static bool hand_over(void *arg, const struct utxo_row *row)
{
	const struct walk *w = arg;
	const struct utxo u = {
		.at = {row->txid, row->n},
		.value = row->value,
		.height = row->height,
		.coinbase = row->coinbase,
		.script = row->script,
	};

	return w->fn(w->arg, &u);
}

static enum status walk(struct node *n, bool sorted,
			bool (*fn)(void *arg, const struct utxo *u), void *arg)
{
	struct walk w = {fn, arg};
	bool own;
	enum status st = node_read_begin(n, &own);

	if (st != ST_OK)
		return st;
	st = store_utxo_walk(n->db, sorted, hand_over, &w);
	node_read_end(n, own);
	return st;
}

enum status query_each_utxo(struct node *n,
			    bool (*fn)(void *arg, const struct utxo *u),
			    void *arg)
{
	return walk(n, false, fn, arg);
}

struct stats {
	struct utxo_stats *out;
	struct txid last;
	struct sha256_ctx *ctx;	/* one of these two, or neither */
	struct muhash *set;
	struct buf coin;
	enum status st;
};

static bool count(void *arg, const struct utxo *u)
{
	struct stats *s = arg;

	if (s->out->n_out == 0 || !hash256_equal(&s->last.h, &u->at.txid.h))
		s->out->n_tx++;
	s->last = u->at.txid;
	s->out->n_out++;
	s->out->total_sat += u->value;
	/* Core's made-up size: outpoint, code, value, length, script */
	s->out->bogo_size += 32 + 4 + 4 + 8 + 2 + u->script.len;
	if (!s->ctx && !s->set)
		return true;
	buf_reset(&s->coin);
	buf_add(&s->coin, u->at.txid.h.b, 32);
	buf_le32(&s->coin, u->at.n);
	buf_le32(&s->coin, u->height * 2 + u->coinbase);
	buf_le64(&s->coin, (uint64_t)u->value);
	compactsize_add(&s->coin, u->script.len);
	buf_bytes(&s->coin, u->script);
	s->st = buf_status(&s->coin);
	if (s->st == ST_OK && s->ctx)
		sha256_add(s->ctx, s->coin.p, s->coin.len);
	if (s->st == ST_OK && s->set)
		s->st = muhash_add(s->set, s->coin.p, s->coin.len);
	return s->st == ST_OK;
}

enum status query_utxo_stats(struct node *n, enum utxo_hash hash,
			     struct utxo_stats *out)
{
	struct stats s = {.out = out};
	struct sha256_ctx ctx;
	enum status st;

	*out = (struct utxo_stats){0};
	buf_init(&s.coin, COIN_BYTES_MAX);
	sha256_init(&ctx);
	if (hash == UTXO_HASH_SERIALIZED)
		s.ctx = &ctx;
	if (hash == UTXO_HASH_MUHASH) {
		s.set = muhash_new();
		if (!s.set)
			return ST_NOMEM;
	}
	st = walk(n, true, count, &s);
	if (st == ST_CANCELLED)
		st = s.st;
	if (st == ST_OK && s.ctx)
		sha256d_done(&ctx, out->hash.b);
	if (st == ST_OK && s.set)
		st = muhash_done(s.set, out->hash.b);
	muhash_free(s.set);
	buf_free(&s.coin);
	return st;
}
