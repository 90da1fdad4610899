/* SPDX-License-Identifier: MIT */
/* See import.h: one batch kept open over many blocks. */
#include "node/chain/import.h"

#include <stdlib.h>

#include "base/bug.h"
#include "base/log.h"
#include "node/chain/activate.h"
#include "node/chain/bulk.h"
#include "node/core/events.h"

#define GROUP_BYTES_DEFAULT ((size_t)28 << 20)
#define GROUP_TXS_DEFAULT 120000

static void drop(struct node *n)
{
	struct block_result bad;

	if (import_end(n, &bad) != ST_OK)
		log_warn("%s: the last blocks of the import were not stored: %s",
			 n->path, db_error(n->db));
}

enum status import_begin(struct node *n, const struct import_options *o)
{
	BUG_ON(n->bulk);
	n->bulk = calloc(1, sizeof(*n->bulk));
	if (!n->bulk)
		return ST_NOMEM;
	n->drop_bulk = drop;
	n->bulk->opt = *o;
	if (!n->bulk->opt.group_bytes)
		n->bulk->opt.group_bytes = GROUP_BYTES_DEFAULT;
	if (!n->bulk->opt.group_txs)
		n->bulk->opt.group_txs = GROUP_TXS_DEFAULT;
	return ST_OK;
}

enum status bulk_open(struct node *n)
{
	struct bulk *k = n->bulk;
	enum status st;
	bool own;

	if (k->has_batch)
		return ST_OK;
	st = node_read_begin(n, &own);
	if (st == ST_OK)
		st = batch_begin(&k->batch, n);
	k->has_batch = st == ST_OK;
	if (st != ST_OK)
		db_rollback(n->db);
	return st;
}

/* The tip moved under us: the blocks go in one by one. */
static enum status replay(struct node *n, struct batch *b,
			  struct block_result *bad)
{
	struct bulk *k = n->bulk;
	uint32_t count = b->n_plan;
	struct { uint8_t *raw; size_t len; char source[64]; } *v;
	enum status st = ST_OK;

	v = calloc(count ? count : 1, sizeof(*v));
	if (!v)
		return ST_NOMEM;
	for (uint32_t i = 0; i < count; i++) {
		v[i].len = b->plan[i]->block.raw.len;
		v[i].raw = malloc(v[i].len);
		if (!v[i].raw)
			st = ST_NOMEM;
		else
			memcpy(v[i].raw, b->plan[i]->raw, v[i].len);
		memcpy(v[i].source, b->plan[i]->source, sizeof(v[i].source));
	}
	batch_end(b);
	n->bulk = NULL;
	for (uint32_t i = 0; i < count; i++) {
		struct block_result r;

		if (st == ST_OK)
			st = node_accept_block(n, v[i].raw, v[i].len,
					       v[i].source, &r);
		if (st == ST_OK && r.verdict.code != VALID &&
		    bad->verdict.code == VALID)
			*bad = r;
		free(v[i].raw);
	}
	n->bulk = k;
	free(v);
	return st;
}

enum status bulk_flush(struct node *n, struct block_result *bad)
{
	struct bulk *k = n->bulk;
	struct block_row row;
	char source[64];
	enum status st;
	bool failed;

	*bad = (struct block_result){0};
	verdict_init(&bad->verdict);
	if (!k->has_batch)
		return ST_OK;
	st = batch_check(&k->batch, &bad->verdict, &row, source);
	failed = bad->verdict.code != VALID;
	db_rollback(n->db);	/* the snapshot */
	k->has_batch = false;
	if (st == ST_OK && k->batch.n_plan)
		st = batch_write(&k->batch);
	if (st == ST_STALE)
		st = replay(n, &k->batch, bad);
	else
		batch_end(&k->batch);
	if (failed && st == ST_OK && bad->verdict.code != VALID) {
		bad->id = row.hash;
		bad->height = row.height;
		branch_clear(&n->branch);
		st = block_mark_invalid(n, &row, source);
		if (st == ST_OK)
			st = reject_write(n, "block", &row.hash.h,
					  &bad->verdict, source);
	}
	return st;
}

enum status import_flush(struct node *n, struct block_result *bad)
{
	struct bulk *k = n->bulk;
	enum status st = bulk_flush(n, bad);

	if (st == ST_OK && bad->verdict.code == VALID &&
	    k->bad.verdict.code != VALID)
		*bad = k->bad;
	k->bad = (struct block_result){0};
	return st;
}

enum status import_end(struct node *n, struct block_result *bad)
{
	enum status st = import_flush(n, bad);
	bool changed;

	free(n->bulk);
	n->bulk = NULL;
	if (st == ST_OK)
		st = node_activate_best(n, &changed);
	return st;
}

void import_spare_next(struct node *n, bool spare)
{
	n->bulk->spare_next = spare;
}

bool import_help(struct node *n, int64_t budget_ms, size_t *bytes, int64_t *txs)
{
	const struct bulk *k = n->bulk;

	*bytes = 0;
	*txs = 0;
	if (!k || !k->has_batch)
		return true;
	*bytes = k->batch.bytes;
	*txs = k->batch.next_tx - k->batch.first_tx;
	return !n->pool || checks_help(n->pool, budget_ms);
}

enum status bulk_connect(struct node *n, struct plan *p,
			 const struct block_row *row, struct block_result *out)
{
	struct bulk *k = n->bulk;
	enum status st;

	p->row = *row;
	k->batch.no_scripts =
		k->spare_next ||
		(k->opt.assume && assume_spares(k->opt.assume, &row->hash));
	k->spare_next = false;
	st = batch_connect(&k->batch, p, &out->verdict);
	if (st != ST_OK || out->verdict.code != VALID)
		return st;
	out->active = out->tip_changed = true;
	st = branch_push(&n->branch, &row->hash, &row->header);
	if (st != ST_OK)
		return st;
	if (k->batch.bytes >= k->opt.group_bytes ||
	    k->batch.next_tx - k->batch.first_tx >= k->opt.group_txs) {
		struct block_result bad;

		st = bulk_flush(n, &bad);
		if (st == ST_OK && bad.verdict.code != VALID)
			*out = bad;
	}
	return st;
}
