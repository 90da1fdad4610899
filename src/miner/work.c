/* SPDX-License-Identifier: MIT */
#include "miner/work.h"

#include "base/bug.h"
#include "base/clock.h"
#include "primitives/block.h"
#include "primitives/target.h"

/* A coinbase of ours has two outputs and a short script. */
#define COINBASE_MAX 20000
/* Parsing it takes its input, its outputs, and nothing else. */
#define COINBASE_ARENA 65536
#define BLOCK_BYTES_MAX ((size_t)8 << 20)
#define BLOCK_ARENA ((size_t)256 << 20)

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
		      uint32_t salt, struct sealer *sealer)
{
	enum status st;

	memset(w, 0, sizeof(*w));
	buf_init(&w->coinbase, COINBASE_MAX);
	buf_init(&w->solution, COINBASE_MAX);
	w->sealer = sealer;
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
	buf_free(&w->solution);
}

/* Coinbase and root with the solution that the template has now. */
static enum status make_coinbase(struct work *w, struct header *h)
{
	enum status st;

	buf_reset(&w->coinbase);
	template_coinbase(&w->coinbase, &w->t, w->script,
			  bytes_of(w->extranonce, sizeof(w->extranonce)));
	st = buf_status(&w->coinbase);
	if (st == ST_OK)
		st = work_root(&h->merkle_root, buf_view(&w->coinbase), w->branch,
			       w->n_branch);
	return st;
}

/* The block as it is now, for the rules of signed blocks. */
static enum status with_block(struct work *w, const struct header *h,
			      struct arena *a, struct block *b, struct buf *raw)
{
	enum status st;

	template_block(raw, &w->t, h, buf_view(&w->coinbase));
	st = buf_status(raw);
	return st == ST_OK ? block_parse(b, raw->p, raw->len, a) : st;
}

/* Signs the block with a stand-in, and puts the solution in. */
static enum status seal(struct work *w, struct header *h, struct arena *a,
			struct buf *raw)
{
	const struct params *p = sealer_params(w->sealer);
	struct verdict v;
	struct block b;
	enum status st = with_block(w, h, a, &b, raw);

	buf_reset(&w->solution);
	if (st == ST_OK)
		st = sealer_solve(w->sealer, &b, w->t.height, a, &w->solution);
	if (st != ST_OK)
		return st;
	w->t.solution = buf_view(&w->solution);
	st = make_coinbase(w, h);
	buf_reset(raw);
	if (st == ST_OK)
		st = with_block(w, h, a, &b, raw);
	verdict_init(&v);
	if (st == ST_OK)
		st = signet_check(p, &b, a, &v);
	return st == ST_OK && v.code != VALID ? ST_DENIED : st;
}

enum status work_open(struct work *w, struct header *h)
{
	le32_put(w->extranonce + 4, le32_get(w->extranonce + 4) + 1);
	*h = w->t.header;
	h->nonce = 0;
	w->t.solution = w->sealer ? bytes_of(BLOCK_STAND_IN, BLOCK_STAND_IN_SIZE)
				  : (struct bytes){0};
	return make_coinbase(w, h);
}

enum status work_close(struct work *w, struct header *h,
		       const struct maker_sigs *sigs)
{
	*h = w->t.header;
	h->nonce = 0;
	buf_reset(&w->solution);
	if (!maker_solution(&w->solution, sealer_params(w->sealer), w->t.height,
			    sigs))
		return ST_DENIED;
	w->t.solution = buf_view(&w->solution);
	return make_coinbase(w, h);
}

enum status work_next(struct work *w, struct header *h)
{
	struct arena a;
	struct buf raw;
	enum status st = work_open(w, h);

	if (st != ST_OK || !w->sealer)
		return st;
	buf_init(&raw, BLOCK_BYTES_MAX);
	arena_init(&a, BLOCK_ARENA);
	st = seal(w, h, &a, &raw);
	arena_free(&a);
	buf_free(&raw);
	return st;
}

enum status work_block(const struct work *w, const struct header *h, struct buf *out)
{
	template_block(out, &w->t, h, buf_view(&w->coinbase));
	return buf_status(out);
}
