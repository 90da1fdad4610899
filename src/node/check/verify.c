/* SPDX-License-Identifier: MIT */
/*
 * Everything again, from the bytes up.
 *
 * The active chain is read block by block and judged by the same rules as when
 * it came, against coins that are kept in memory by this walk alone: nothing is
 * taken from the index tables. What the blocks say is compared with each row as
 * it goes: spenders, fees, and at the end the totals of every script and the
 * set of unspent outputs.
 *
 * The newest blocks alone are judged from the coins of the tables, once the blocks
 * are taken back in memory.
 */
#include "node/check/verify.h"

#include <stdio.h>
#include <stdlib.h>

#include "consensus/block_check.h"
#include "consensus/header_check.h"
#include "consensus/maker_turn.h"
#include "node/chain/batch.h"
#include "node/chain/filter_index.h"
#include "node/check/rowcheck.h"
#include "node/core/playground.h"
#include "node/query/query.h"
#include "primitives/target.h"
#include "store/store.h"
#include "store/store_check.h"
#include "store/store_tx.h"

#define WALK_CACHE_BYTES ((size_t)1 << 40)
#define RECENT_CACHE_BYTES ((size_t)256 << 20)
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

static enum status check_rules(struct verifier *v, struct plan *p,
			       struct verdict *why)
{
	enum status st = check_header(v, &p->row, p, why);

	if (st == ST_OK && !v->out->fault[0] && why->code == VALID &&
	    p->row.height)
		st = check_form(v, p, why);
	return st;
}

/* All rules, and then the rows. */
static enum status check_plan(struct verifier *v, struct plan *p)
{
	const char *wrong = NULL;
	int64_t fees = p->row.fees;
	struct verdict why;
	enum status st = ST_OK;

	verdict_init(&why);
	st = check_rules(v, p, &why);
	if (v->out->fault[0])
		return st;
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

static enum status read_plan(struct verifier *v, const struct block_row *row,
			     struct plan **out)
{
	struct arena a;
	struct bytes raw;
	enum status st;

	arena_init(&a, BLOCK_ARENA_MAX);
	st = query_block_raw(v->n, &row->hash, &a, &raw);
	if (st == ST_OK)
		st = plan_new(out, raw.p, raw.len, "verify");
	arena_free(&a);
	if (st == ST_OK)
		(*out)->row = *row;
	return st;
}

/* Bad data is what this is here to find; a bad disk is not. */
static enum status damaged(struct verifier *v, uint32_t height, enum status st)
{
	if (st != ST_PARSE && st != ST_NOT_FOUND && st != ST_CORRUPT)
		return st;
	fault(v, height, "its bytes are not a block, or a row of it is missing or "
			 "damaged");
	return ST_OK;
}

static enum status check_block(struct verifier *v, uint32_t height)
{
	struct block_row row;
	struct plan *p = NULL;
	enum status st = store_block_by_height(v->n->db, height, &row);

	if (st == ST_OK)
		st = check_place(v, height, &row);
	if (st == ST_OK && !v->out->fault[0])
		st = read_plan(v, &row, &p);
	if (st == ST_OK && p) {
		st = check_plan(v, p);
		v->out->n_tx += p->block.n_tx;
		v->out->n_in += p->n_spent;
	}
	st = damaged(v, height, st);
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

/* --- the newest blocks --- */

struct taking_back {
	struct verifier *v;
	struct coins *coins;
	struct arena arena;
	uint32_t height;
	bool for_good;		/* also in memory */
	enum status st;
};

static enum status take_back_input(struct taking_back *t, int64_t id, uint32_t k,
				   const struct outpoint *at)
{
	struct coin_tx *from;
	struct coin_out *o;
	enum status st = coins_find(t->coins, &at->txid, &from);

	if (st == ST_OK)
		st = coins_output(t->coins, from, at->n, &o);
	if (st != ST_OK)
		return st;
	if (o->spent_tx != id || o->spent_n != k)
		fault(t->v, t->height, "an output that it spends does not say so");
	else if (t->for_good)
		o->spent_tx = 0;
	return ST_OK;
}

static bool take_back_inputs(void *arg, int64_t id, const struct txid *txid,
			     struct bytes raw)
{
	struct taking_back *t = arg;
	struct tx tx;

	(void)txid;
	arena_reset(&t->arena);
	t->st = tx_parse(&tx, raw.p, raw.len, &t->arena);
	for (uint32_t k = 0; t->st == ST_OK && k < tx.n_in && !tx_is_coinbase(&tx);
	     k++)
		t->st = take_back_input(t, id, k, &tx.in[k].prevout);
	return t->st == ST_OK && !t->v->out->fault[0];
}

static bool take_back_outputs(void *arg, int64_t id, const struct txid *txid,
			      struct bytes raw)
{
	struct taking_back *t = arg;
	struct coin_out *o;
	struct coin_tx *c;

	(void)raw;
	t->st = coins_find(t->coins, txid, &c);
	for (uint32_t k = 0; t->st == ST_OK && k < c->n_out; k++) {
		t->st = coins_output(t->coins, c, k, &o);
		if (t->st == ST_OK && o->spent_tx)
			fault(t->v, t->height, "an output of it is spent by what "
					       "is not on the chain");
	}
	if (t->st == ST_OK)
		t->st = coins_forget(t->coins, txid, id);
	return t->st == ST_OK && !t->v->out->fault[0];
}

/* Looks at what the block did to the coins; takes it back for_good. */
static enum status take_back(struct verifier *v, const struct block_row *row,
			     bool for_good)
{
	struct taking_back t = {.v = v, .coins = &v->coins, .for_good = for_good,
				.height = row->height};
	int64_t last = row->first_tx + row->n_tx - 1;
	struct db *db = v->n->db;
	enum status st;

	arena_init(&t.arena, BLOCK_ARENA_MAX);
	st = store_tx_each_raw(db, row->first_tx, last, take_back_inputs, &t);
	if (st == ST_OK && for_good)
		st = store_tx_each_raw(db, row->first_tx, last,
				       take_back_outputs, &t);
	arena_free(&t.arena);
	return st == ST_CANCELLED ? t.st : st;
}

/* One block's bytes, place and own rules. */
static enum status look_at(struct verifier *v, const struct block_row *row,
			   bool rules)
{
	struct plan *p = NULL;
	struct verdict why;
	enum status st;

	verdict_init(&why);
	st = read_plan(v, row, &p);
	if (st == ST_OK && row->height)
		st = store_block_by_height(v->n->db, row->height - 1, &v->last);
	if (st == ST_OK && row->height)
		st = branch_set(&v->branch, &v->last);
	if (st == ST_OK && row->height)
		v->work = v->last.chainwork;
	if (st == ST_OK)
		st = check_place(v, row->height, row);
	if (st == ST_OK && !v->out->fault[0] &&
	    !hash256_equal(&p->block.id.h, &row->hash.h))
		fault(v, row->height, "its bytes have another hash");
	if (st == ST_OK && !v->out->fault[0] && rules)
		st = check_rules(v, p, &why);
	if (st == ST_OK && why.code != VALID)
		refused(v, row->height, &why);
	if (p)
		v->out->n_tx += p->block.n_tx;
	plan_free(p);
	return st;
}

static enum status judge_again(struct verifier *v, uint32_t height)
{
	struct block_row row;
	struct plan *p = NULL;
	struct verdict why;
	enum status st = store_block_by_height(v->n->db, height - 1, &row);

	verdict_init(&why);
	if (st == ST_OK)
		st = branch_set(&v->branch, &row);
	if (st == ST_OK)
		st = store_block_by_height(v->n->db, height, &row);
	if (st == ST_OK)
		st = read_plan(v, &row, &p);
	if (st == ST_OK)
		st = check_coins(v, p, &why);
	if (st == ST_OK && why.code != VALID)
		refused(v, height, &why);
	else if (st == ST_OK && p->row.fees != row.fees)
		fault(v, height, "the sum of its fees is wrong");
	plan_free(p);
	return damaged(v, height, st);
}

static enum status walk_recent(struct verifier *v, unsigned level,
			       uint32_t n_blocks)
{
	bool room = true;
	uint32_t low, stop;
	struct block_row row;
	enum status st = store_block_tip(v->n->db, &row);

	if (st != ST_OK)
		return st;
	v->out->height = row.height;
	low = row.height + 1;
	stop = n_blocks && n_blocks < row.height ? row.height - n_blocks : 0;
	for (uint32_t h = row.height; st == ST_OK && h > stop &&
				      !v->out->fault[0]; h--) {
		st = store_block_by_height(v->n->db, h, &row);
		if (st == ST_OK)
			st = look_at(v, &row, level >= 1);
		room = room && v->coins.bytes < RECENT_CACHE_BYTES;
		if (st == ST_OK && !v->out->fault[0] && level >= 2 && room)
			st = take_back(v, &row, level >= 3);
		low = room ? h : low;
		st = damaged(v, h, st);
	}
	for (; st == ST_OK && level >= 4 && low <= v->out->height &&
	       !v->out->fault[0]; low++)
		st = judge_again(v, low);
	return st;
}

enum status node_verify_recent(struct node *n, unsigned level, uint32_t n_blocks,
			       struct verify_report *out)
{
	struct verifier v = {.n = n, .out = out};
	bool own;
	enum status st = node_read_begin(n, &own);

	*out = (struct verify_report){0};
	if (st != ST_OK)
		return st;
	branch_init(&v.branch, n->db);
	st = coins_init(&v.coins, n->db, WALK_CACHE_BYTES);
	if (st == ST_OK)
		st = checks_open(&v.pool, n->threads - 1);
	if (st == ST_OK)
		st = walk_recent(&v, level, n_blocks);
	checks_close(v.pool);
	coins_free(&v.coins);
	branch_free(&v.branch);
	node_read_end(n, own);
	return st;
}
