/* SPDX-License-Identifier: MIT */
/* Collecting a batch; writing it is apply.c. */
#include "node/chain/batch.h"

#include <stdlib.h>

#include "base/bug.h"
#include "node/chain/apply.h"
#include "node/chain/filter_index.h"
#include "node/chain/finality_state.h"
#include "store/store.h"
#include "store/store_mempool.h"
#include "store/store_tx.h"

enum status batch_begin(struct batch *b, struct node *n)
{
	enum status st;

	*b = (struct batch){.n = n};
	st = store_block_tip(n->db, &b->base);
	if (st == ST_OK)
		st = store_setting_int(n->db, "next_tx_id", &b->next_tx);
	b->first_tx = b->next_tx;
	if (st == ST_OK && !n->pool)
		st = checks_open(&n->pool, n->threads - 1);
	return st;
}

static void drop_plans(struct batch *b, uint32_t from)
{
	while (b->n_plan > from) {
		struct plan *p = b->plan[--b->n_plan];

		plan_undo(p, &b->n->coins);
		b->next_tx = p->first_tx;
		b->bytes -= p->block.raw.len;
		plan_free(p);
	}
}

void batch_end(struct batch *b)
{
	struct check_failure f;

	if (b->n && b->n->pool)
		checks_wait(b->n->pool, &f);
	if (b->n)
		drop_plans(b, 0);
	if (b->n_leave)
		coins_clear(&b->n->coins);
	free(b->plan);
	free(b->leave);
	*b = (struct batch){0};
}

const struct block_row *batch_tip(const struct batch *b)
{
	if (b->n_plan)
		return &b->plan[b->n_plan - 1]->row;
	if (b->n_leave)
		return &b->leave[b->n_leave];
	return &b->base;
}

struct disconnect_walk {
	struct coins *coins;
	struct arena arena;
	enum status st;
};

/* Spends are taken back; then the transactions are forgotten. */
static bool disconnect_spends(void *arg, int64_t id, const struct txid *txid,
			      struct bytes raw)
{
	struct disconnect_walk *w = arg;
	struct tx tx;

	(void)id;
	(void)txid;
	arena_reset(&w->arena);
	w->st = tx_parse(&tx, raw.p, raw.len, &w->arena);
	if (w->st != ST_OK) {
		w->st = w->st == ST_PARSE ? ST_CORRUPT : w->st;
		return false;
	}
	for (uint32_t i = 0; i < tx.n_in && !tx_is_coinbase(&tx); i++) {
		struct coin_tx *t;
		struct coin_out *o;

		w->st = coins_find(w->coins, &tx.in[i].prevout.txid, &t);
		if (w->st == ST_OK)
			w->st = coins_output(w->coins, t, tx.in[i].prevout.n,
					     &o);
		if (w->st != ST_OK) {
			w->st = w->st == ST_NOT_FOUND ? ST_CORRUPT : w->st;
			return false;
		}
		o->spent_tx = 0;
	}
	return true;
}

static bool disconnect_outputs(void *arg, int64_t id, const struct txid *txid,
			       struct bytes raw)
{
	struct disconnect_walk *w = arg;

	(void)raw;
	w->st = coins_forget(w->coins, txid, id);
	return w->st == ST_OK;
}

enum status batch_disconnect(struct batch *b)
{
	const struct block_row tip = *batch_tip(b);
	struct disconnect_walk w = {.coins = &b->n->coins};
	struct db *db = b->n->db;
	struct block_row *rows;
	int64_t last = tip.first_tx + tip.n_tx - 1;
	enum status st;

	BUG_ON(b->n_plan);
	rows = realloc(b->leave, (b->n_leave + 2) * sizeof(*rows));
	if (!rows)
		return ST_NOMEM;
	b->leave = rows;
	rows[b->n_leave] = tip;
	/* one row past the end: the tip after it */
	st = store_block_by_id(db, tip.prev_id, &rows[b->n_leave + 1]);
	if (st != ST_OK)
		return st == ST_NOT_FOUND ? ST_CORRUPT : st;
	arena_init(&w.arena, (size_t)512 << 20);
	st = store_tx_each_raw(db, tip.first_tx, last, disconnect_spends, &w);
	if (st == ST_OK)
		st = store_tx_each_raw(db, tip.first_tx, last,
				       disconnect_outputs, &w);
	if (st == ST_CANCELLED)
		st = w.st;
	arena_free(&w.arena);
	b->n_leave++;
	return st;
}

/* Room for one more plan: taken before the plan is judged, since a judged one is
 * in the coins and in the pool's hands and cannot be given up. */
static enum status reserve_plan(struct batch *b)
{
	uint32_t room = b->room ? 2 * b->room : 16;
	struct plan **q;

	if (b->n_plan < b->room)
		return ST_OK;
	q = realloc(b->plan, room * sizeof(*q));
	if (!q)
		return ST_NOMEM;
	b->plan = q;
	b->room = room;
	return ST_OK;
}

static void add_plan(struct batch *b, struct plan *p)
{
	b->plan[b->n_plan++] = p;
	b->next_tx += p->block.n_tx;
	b->bytes += p->block.raw.len;
}

/* Transactions that wait in the pool were judged by every script rule there is;
 * what they spend is named in their ids. The key is the wtxid: a copy with another
 * witness is not the one that was judged. */
static enum status note_verified(struct batch *b, struct plan *p)
{
	struct db *db = b->n->db;
	int64_t count, vsize, bytes, fees;
	enum status st = store_mempool_sums(db, &count, &vsize, &bytes, &fees);

	if (st != ST_OK || count == 0)
		return st;
	p->verified = arena_calloc(&p->arena, p->block.n_tx,
				   sizeof(*p->verified));
	if (!p->verified)
		return ST_NOMEM;
	for (uint32_t i = 1; st == ST_OK && i < p->block.n_tx; i++)
		st = store_mempool_has(db, &p->block.tx[i].wtxid,
				       &p->verified[i]);
	return st;
}

enum status batch_connect(struct batch *b, struct plan *p, struct verdict *v)
{
	struct node *n = b->n;
	enum status st = reserve_plan(b);

	if (st == ST_OK && !b->no_scripts)
		st = note_verified(b, p);
	if (st == ST_OK)
		st = plan_judge(p, &n->params, &n->coins, &n->branch,
				b->no_scripts ? NULL : n->pool, &b->seq,
				b->next_tx, v);
	if (st == ST_OK && v->code == VALID)
		add_plan(b, p);
	else
		plan_free(p);
	return st;
}

enum status batch_check(struct batch *b, struct verdict *v,
			struct block_row *row, char source[64])
{
	struct check_failure f;
	uint32_t bad = 0;

	if (!b->n->pool || checks_wait(b->n->pool, &f))
		return ST_OK;
	while (bad + 1 < b->n_plan && b->plan[bad + 1]->first_seq <= f.seq)
		bad++;
	*row = b->plan[bad]->row;
	memcpy(source, b->plan[bad]->source, 64);
	if (f.st == ST_OK)
		f.st = plan_refuse_script(b->plan[bad], &f, v);
	drop_plans(b, bad);
	return f.st;
}

/* The last guard, whoever collected the batch: no block leaves that is final. */
static enum status check_final(const struct batch *b)
{
	struct point_row last;
	enum status st;

	if (!b->n_leave || !b->n->params.finality_interval)
		return ST_OK;
	st = store_point_last_final(b->n->db, &last);
	if (st == ST_OK && b->leave[b->n_leave].height < last.height)
		return ST_DENIED;
	return st == ST_NOT_FOUND ? ST_OK : st;
}

enum status batch_write(struct batch *b)
{
	struct node *n = b->n;
	enum status st = filter_index_prepare(b);
	struct block_row tip;
	int64_t next_tx;

	if (st == ST_OK)
		st = db_begin_write(n->db);
	if (st != ST_OK)
		return st;
	st = store_block_tip(n->db, &tip);
	if (st == ST_OK)
		st = store_setting_int(n->db, "next_tx_id", &next_tx);
	/* ids are never used twice, so a tip that went and came back shows too */
	if (st == ST_OK && (tip.id != b->base.id || next_tx != b->first_tx))
		st = ST_STALE;
	if (st == ST_OK)
		st = node_caches_good(n);
	if (st == ST_OK)
		st = check_final(b);
	if (st == ST_OK)
		st = apply_batch(b);
	if (st == ST_OK && b->also)
		st = b->also(n, b->also_arg);
	st = node_write_end(n, st);
	if (st != ST_OK) {
		/* it may have been set to a chain that is not */
		branch_clear(&n->branch);
		return st;
	}
	if (b->n_plan)
		b->base = b->plan[b->n_plan - 1]->row;
	else if (b->n_leave)
		b->base = b->leave[b->n_leave];
	if (b->n_leave)
		coins_clear(&n->coins);
	else
		coins_settle(&n->coins);
	for (uint32_t i = 0; i < b->n_plan; i++)
		plan_free(b->plan[i]);
	b->n_plan = b->n_leave = 0;
	b->bytes = 0;
	b->first_tx = b->next_tx;
	return ST_OK;
}
