/* SPDX-License-Identifier: MIT */
#include "node/mine/build.h"

#include "node/chain/accept.h"
#include "node/mine/template_head.h"

#define BLOCK_BYTES_MAX ((size_t)16 << 20)
#define TRIES_MAX (UINT64_C(1) << 24)

/* The chosen transactions in place of those that the template has. */
static enum status choose(struct block_template *t, const struct bytes *raw,
			  uint32_t n, struct arena *a)
{
	struct template_tx *x = arena_calloc(a, n + 1, sizeof(*x));

	if (!x)
		return ST_NOMEM;
	for (uint32_t i = 0; i < n; i++) {
		struct tx tx;
		enum status st = tx_parse(&tx, raw[i].p, raw[i].len, a);

		if (st != ST_OK)
			return st;
		x[i] = (struct template_tx){
			.raw = raw[i],
			.txid = tx.txid,
			.wtxid = tx.wtxid,
			.weight = tx_weight(&tx),
		};
	}
	t->tx = x;
	t->n_tx = n;
	t->fees_sat = 0;
	return t->has_commitment ? template_commit(t) : ST_OK;
}

static enum status submit_block(struct node *n, const struct buf *block,
				const char *source, struct verdict *v)
{
	struct block_result r;
	enum status st = node_accept_block(n, block->p, block->len, source, &r);

	if (st != ST_OK)
		return st;
	*v = r.verdict;
	if (v->code == VALID && !r.active)
		return ST_STALE;
	st = node_checkpoint(n, false);
	return st == ST_BUSY ? ST_OK : st;
}

enum status node_build_block(struct node *n, struct bytes script,
			     const struct bytes *tx, uint32_t n_tx, bool submit,
			     const char *source, struct arena *a,
			     struct built_block *out, struct verdict *v)
{
	struct block_template t;
	struct header h;
	struct buf block;
	enum status st = node_template_make(n, &t);

	if (st != ST_OK)
		return st;
	verdict_init(v);
	buf_init(&block, BLOCK_BYTES_MAX);
	st = choose(&t, tx, n_tx, a);
	if (st == ST_OK)
		st = template_mine(&t, script, TRIES_MAX, &block);
	if (st == ST_OK)
		st = node_judge_block(n, block.p, block.len, v);
	if (st == ST_OK && v->code == VALID && submit)
		st = submit_block(n, &block, source, v);
	if (st == ST_OK && v->code == VALID) {
		header_read(&h, block.p);
		header_hash(&out->id, &h);
		out->raw = bytes_of(arena_copy(a, block.p, block.len), block.len);
		st = out->raw.p ? ST_OK : ST_NOMEM;
	}
	buf_free(&block);
	node_template_free(&t);
	return st;
}
