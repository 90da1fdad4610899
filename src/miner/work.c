/* SPDX-License-Identifier: MIT */
#include "miner/work.h"

#include "base/bug.h"
#include "base/clock.h"
#include "primitives/block.h"
#include "primitives/target.h"

/* A coinbase of ours has two outputs and a short script. */
#define COINBASE_MAX 2000
/* Parsing it takes its input, its outputs, and nothing else. */
#define COINBASE_ARENA 65536

enum status work_root(struct hash256 *root, struct bytes coinbase,
		      const struct hash256 *branch, unsigned n_branch)
{
	struct arena a;
	struct tx tx;
	enum status st;

	arena_init(&a, COINBASE_ARENA);
	st = tx_parse(&tx, coinbase.p, coinbase.len, &a);
	if (st == ST_OK)
		merkle_branch_root(root, &tx.txid.h, branch, n_branch, 0);
	arena_free(&a);
	return st;
}

enum status work_make(struct work *w, struct node *n, struct bytes script,
		      uint32_t salt)
{
	enum status st;

	memset(w, 0, sizeof(*w));
	buf_init(&w->coinbase, COINBASE_MAX);
	st = node_template_make(n, &w->t);
	if (st != ST_OK)
		return st;
	st = template_branch(&w->t, w->branch, &w->n_branch);
	if (st != ST_OK) {
		node_template_free(&w->t);
		return st;
	}
	if (!target_from_bits(&w->target, w->t.header.bits))
		BUG("a template with the target %08x", w->t.header.bits);
	w->script = script;
	le32_put(w->extranonce, salt);
	w->made_ms = clock_mono_ms();
	return ST_OK;
}

void work_free(struct work *w)
{
	node_template_free(&w->t);
	buf_free(&w->coinbase);
}

enum status work_next(struct work *w, struct header *h)
{
	enum status st;

	le32_put(w->extranonce + 4, le32_get(w->extranonce + 4) + 1);
	buf_reset(&w->coinbase);
	template_coinbase(&w->coinbase, &w->t, w->script,
			  bytes_of(w->extranonce, sizeof(w->extranonce)));
	st = buf_status(&w->coinbase);
	if (st != ST_OK)
		return st;
	*h = w->t.header;
	h->nonce = 0;
	return work_root(&h->merkle_root, buf_view(&w->coinbase), w->branch,
			 w->n_branch);
}

enum status work_block(const struct work *w, const struct header *h, struct buf *out)
{
	template_block(out, &w->t, h, buf_view(&w->coinbase));
	return buf_status(out);
}
