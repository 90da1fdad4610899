/* SPDX-License-Identifier: MIT */
/*
 * Everything again, from the bytes up.
 *
 * The active chain is read block by block and judged by the same rules as when
 * it came, against coins that are kept in memory by this walk alone: nothing is
 * taken from the index tables. What the blocks say is compared with each row as
 * it goes: spenders, fees, and at the end the totals of every script and the
 * set of unspent outputs.
 */
#include "node/verify.h"

#include <stdio.h>
#include <stdlib.h>

#include "consensus/block_check.h"
#include "consensus/header_check.h"
#include "consensus/maker_turn.h"
#include "node/batch.h"
#include "node/filter_index.h"
#include "node/playground.h"
#include "node/query.h"
#include "node/rowcheck.h"
#include "primitives/target.h"
#include "store/store_check.h"
#include "store/store.h"

#define WALK_CACHE_BYTES ((size_t)1 << 40)
#define BLOCK_ARENA_MAX ((size_t)512 << 20)

struct verifier {
	struct node *n;
	struct verify_report *out;
	struct branch branch;
	struct coins coins;
	struct check_pool *pool;
	struct rowcheck rows;
	struct block_row last;	/* the block before */
	struct u256 work;
	uint64_t seq;
};

static bool fault(struct verifier *v, uint32_t height, const char *what)
{
	if (!v->out->fault[0])
		snprintf(v->out->fault, sizeof(v->out->fault),
			 "Block %u: %s.", height, what);
	return false;
}

static bool refused(struct verifier *v, uint32_t height,
		    const struct verdict *why)
{
	char text[160];

	snprintf(text, sizeof(text), "%s (%s) %.80s", verdict_name(why->code),
		 verdict_rule(why->code), why->detail);
	return fault(v, height, text);
}

/* Header rules, and what the row says of the header. */
static enum status check_header(struct verifier *v, const struct block_row *row,
				const struct plan *p, struct verdict *why)
{
	const struct params *params = &v->n->params;
	struct u256 work = target_work(row->header.bits);
	struct store_header_columns at;
	struct chain_view view;
	int64_t now = node_now_s(v->n) + 86400;
	enum status st;

	st = store_header_columns(v->n->db, row->id, &at);
	if (st != ST_OK)
		return st;
	if (at.time != row->header.time || at.bits != row->header.bits ||
	    at.version != row->header.version || at.nonce != row->header.nonce) {
		fault(v, row->height, "its time, bits, version or nonce is not "
				      "the header's");
		return ST_OK;
	}
	if (row->n_tx != p->block.n_tx || row->size != p->block.raw.len ||
	    row->weight != block_weight(&p->block)) {
		fault(v, row->height, "its number of transactions, size or "
				      "weight is wrong");
		return ST_OK;
	}
	v->work = u256_add(&v->work, &work);
	if (!hash256_equal(&p->block.id.h, &row->hash.h) ||
	    u256_cmp(&v->work, &row->chainwork) != 0) {
		fault(v, row->height, "the row's hash or chain work is wrong");
		return ST_OK;
	}
	if (row->height == 0)
		return ST_OK;
	if (!header_check_work(params, &row->header, &row->hash, why))
		return ST_OK;
	view = branch_view(&v->branch);
	/* where the clock may be set, it may have been ahead */
	if (node_is_playground(v->n))
		now = MOCKTIME_MAX;
	return header_check_context(params, &view, &row->header, now, why);
}

static enum status check_form(struct verifier *v, struct plan *p,
			      struct verdict *why)
{
	struct chain_view view = branch_view(&v->branch);
	enum status st = block_check(&v->n->params, &p->block, &p->arena, why);

	if (st == ST_OK && why->code == VALID)
		st = block_check_context(&v->n->params, &view, &p->block,
					 &p->arena, why);
	if (st == ST_OK && why->code == VALID)
		st = maker_turn_check(&v->n->params, &view, &p->block,
				      &p->arena, why);
	return st;
}

static enum status push_branch(struct verifier *v, const struct block_row *row)
{
	if (row->height == 0)
		return branch_set(&v->branch, row);
	return branch_push(&v->branch, &row->hash, &row->header);
}

/* The block's effect on the coins of this walk, judged. */
static enum status check_coins(struct verifier *v, struct plan *p,
			       struct verdict *why)
{
	struct check_failure f;
	enum status st;

	if (p->row.height == 0)
		return plan_genesis(p, &v->coins, p->row.first_tx);
	st = plan_judge(p, &v->n->params, &v->coins, &v->branch, v->pool,
			&v->seq, p->row.first_tx, why);
	if (!checks_wait(v->pool, &f)) {
		if (f.st != ST_OK)
			return f.st;
		st = plan_refuse_script(p, &f, why);
	}
	return st;
}

/* Its place: under its height, on the block before, with a median time. */
static enum status check_place(struct verifier *v, uint32_t height,
			       const struct block_row *row)
{
	struct chain_view view;
	int64_t mtp = row->header.time;
	enum status st = ST_OK;

	if (row->height != height || row->status != BLOCK_CONNECTED)
		fault(v, height, "its row says another height or that it is not "
				 "on the chain");
	else if (height && (!hash256_equal(&row->header.prev.h, &v->last.hash.h) ||
			    row->prev_id != v->last.id))
		fault(v, height, "it does not build on the block before");
	if (v->out->fault[0])
		return ST_OK;
	st = push_branch(v, row);
	if (st != ST_OK)
		return st;
	view = branch_view(&v->branch);
	if (height)
		st = chain_median_time(&view, height, &mtp);
	if (st == ST_OK && mtp != row->mtp)
		fault(v, height, "its median time is wrong");
	/* the rules look at it from its parent */
	return st == ST_OK && height ? branch_set(&v->branch, &v->last) : st;
}

/* All rules, and then the rows. */
static enum status check_plan(struct verifier *v, struct plan *p)
{
	const char *wrong = NULL;
	int64_t fees = p->row.fees;
	struct verdict why;
	enum status st = ST_OK;

	verdict_init(&why);
	st = check_header(v, &p->row, p, &why);
	if (v->out->fault[0])
		return st;
	if (st == ST_OK && why.code == VALID && p->row.height)
		st = check_form(v, p, &why);
	if (st == ST_OK && why.code == VALID)
		st = check_coins(v, p, &why);
	if (st != ST_OK)
		return st;
	if (why.code != VALID) {
		refused(v, p->row.height, &why);
		return ST_OK;
	}
	if (p->row.height && p->row.fees != fees)
		fault(v, p->row.height, "the sum of its fees is wrong");
	if (!v->out->fault[0])
		st = rowcheck_block(&v->rows, p, v->out->fault);
	if (st == ST_OK && !v->out->fault[0])
		st = filter_index_check(v->n->db, p, &wrong);
	if (wrong)
		fault(v, p->row.height, wrong);
	return st;
}

static enum status check_block(struct verifier *v, uint32_t height)
{
	struct block_row row;
	struct arena a;
	struct bytes raw;
	struct plan *p = NULL;
	enum status st = store_block_by_height(v->n->db, height, &row);

	arena_init(&a, BLOCK_ARENA_MAX);
	if (st == ST_OK)
		st = check_place(v, height, &row);
	if (st == ST_OK && !v->out->fault[0])
		st = query_block_raw(v->n, &row.hash, &a, &raw);
	if (st == ST_OK && !v->out->fault[0])
		st = plan_new(&p, raw.p, raw.len, "verify");
	arena_free(&a);
	if (st == ST_OK && p) {
		p->row = row;
		st = check_plan(v, p);
		v->out->n_tx += p->block.n_tx;
		v->out->n_in += p->n_spent;
	}
	/* bad data is what this is here to find; a bad disk is not */
	if (st == ST_PARSE || st == ST_NOT_FOUND || st == ST_CORRUPT) {
		fault(v, height, "its bytes are not a block, or a row of it is "
				 "missing or damaged");
		st = ST_OK;
	}
	if (st == ST_OK && !v->out->fault[0])
		st = branch_set(&v->branch, &row);
	v->out->height = height;
	v->last = row;
	plan_free(p);
	return st;
}

static enum status walk(struct verifier *v, uint32_t tip,
			bool (*progress)(void *arg, uint32_t height,
					 uint32_t tip),
			void *arg)
{
	enum status st = ST_OK;
	int64_t next = 0;

	for (uint32_t h = 0; st == ST_OK && h <= tip && !v->out->fault[0]; h++) {
		st = check_block(v, h);
		if (progress && !progress(arg, h, tip))
			st = ST_CANCELLED;
	}
	if (st == ST_OK && !v->out->fault[0])
		st = rowcheck_end(&v->rows, v->out->fault);
	if (st == ST_OK && !v->out->fault[0])
		st = store_setting_int(v->n->db, "next_tx_id", &next);
	if (st == ST_OK && !v->out->fault[0] &&
	    next < v->last.first_tx + v->last.n_tx)
		snprintf(v->out->fault, sizeof(v->out->fault),
			 "The setting next_tx_id is %lld, which is taken.",
			 (long long)next);
	return st;
}

enum status node_verify(struct node *n,
			bool (*progress)(void *arg, uint32_t height,
					 uint32_t tip),
			void *arg, struct verify_report *out)
{
	struct verifier v = {.n = n, .out = out};
	struct block_row tip;
	char complaint[120];
	bool own;
	enum status st = node_read_begin(n, &own);

	*out = (struct verify_report){0};
	if (st != ST_OK)
		return st;
	branch_init(&v.branch, n->db);
	st = coins_init(&v.coins, NULL, WALK_CACHE_BYTES);
	if (st == ST_OK)
		st = checks_open(&v.pool, n->threads - 1);
	if (st == ST_OK)
		st = rowcheck_begin(&v.rows, n, &v.coins);
	if (st == ST_OK)
		st = store_block_tip(n->db, &tip);
	if (st == ST_OK)
		st = walk(&v, tip.height, progress, arg);
	rowcheck_free(&v.rows);
	checks_close(v.pool);
	coins_free(&v.coins);
	branch_free(&v.branch);
	node_read_end(n, own);
	if (st == ST_OK && !out->fault[0]) {
		st = db_integrity(n->db, false, complaint, sizeof(complaint));
		if (st == ST_OK && strcmp(complaint, "ok") != 0)
			snprintf(out->fault, sizeof(out->fault),
				 "SQLite says: %s.", complaint);
	}
	return st;
}
