/* SPDX-License-Identifier: MIT */
/*
 * The rows of a batch, in an order that keeps writes sequential: transactions
 * and inputs as they come, then everything that goes by hash or script, sorted.
 */
#include "node/chain/apply.h"

#include <stdlib.h>

#include "base/bug.h"
#include "base/clock.h"
#include "node/chain/filter_index.h"
#include "node/chain/finality_state.h"
#include "node/core/events.h"
#include "node/core/scripts.h"
#include "node/pool/pool.h"
#include "store/store.h"
#include "store/store_tx.h"

static enum status write_inputs(struct db *db, const struct tx *tx, int64_t id,
				const struct plan_spend *spend)
{
	bool coinbase = tx_is_coinbase(tx);
	enum status st = ST_OK;

	for (uint32_t k = 0; st == ST_OK && k < tx->n_in; k++) {
		const struct txin *in = &tx->in[k];
		struct txin_row row = {
			.tx = id,
			.n = k,
			.prev_tx = coinbase ? 0 : spend[k].from->id,
			.prev_n = coinbase ? 0 : spend[k].n,
			.sequence = in->sequence,
			.sig_at = (uint32_t)(in->script_sig.p - tx->raw.p),
			.sig_len = (uint32_t)in->script_sig.len,
		};

		st = store_txin_insert(db, &row);
	}
	return st;
}

static enum status write_txs(struct db *db, const struct plan *p)
{
	const struct plan_spend *spend = p->spend;
	enum status st = ST_OK;

	for (uint32_t i = 0; st == ST_OK && i < p->block.n_tx; i++) {
		const struct tx *tx = &p->block.tx[i];
		struct tx_row row = {
			.id = p->first_tx + i,
			.txid = tx->txid,
			.height = p->row.height,
			.fee = p->fee[i],
			.weight = tx_weight(tx),
			.n_in = tx->n_in,
			.n_out = tx->n_out,
			.raw = tx->raw,
		};

		st = store_tx_insert(db, &row);
		if (st == ST_OK)
			st = write_inputs(db, tx, row.id, spend);
		if (i)
			spend += tx->n_in;
	}
	return st;
}

struct index_use {
	uint8_t key[32];	/* the txid as the table orders it */
	const struct txid *txid;
	int64_t id;
};

static int by_txid(const void *a, const void *b)
{
	return memcmp(((const struct index_use *)a)->key,
		      ((const struct index_use *)b)->key, 32);
}

static enum status write_txid_index(struct batch *b)
{
	size_t n = (size_t)(b->next_tx - b->first_tx), at = 0;
	struct index_use *v = malloc(n * sizeof(*v) + 1);
	enum status st = ST_OK;

	if (!v)
		return ST_NOMEM;
	for (uint32_t i = 0; i < b->n_plan; i++) {
		const struct plan *p = b->plan[i];

		for (uint32_t k = 0; k < p->block.n_tx; k++, at++) {
			v[at].txid = &p->block.tx[k].txid;
			v[at].id = p->first_tx + k;
			hash256_to_display(v[at].key, &v[at].txid->h);
		}
	}
	if (at > 1)
		qsort(v, at, sizeof(*v), by_txid);
	for (size_t i = 0; st == ST_OK && i < at; i++)
		st = store_tx_index(b->n->db, v[i].txid, v[i].id);
	free(v);
	return st;
}

/* The outputs that this transaction overwrites (see write_overwrite). */
static enum status collect_overwritten(const struct coin_tx *t,
				       struct scripts *s)
{
	const struct coin_tx *old = t->under;
	enum status st = ST_OK;

	for (uint32_t k = 0; st == ST_OK && old && k < old->n_out; k++) {
		const struct coin_out *o = &old->out[k];
		struct script_use *u;

		if (o->spent_tx)
			continue;
		u = scripts_use(s, o->spk, o->script);
		st = u ? scripts_spend(s, u, t->id, o->value) : ST_NOMEM;
	}
	return st;
}

/* What the batch does to scripts: totals and history. */
static enum status collect_scripts(const struct plan *p, struct scripts *s)
{
	const struct plan_spend *spend = p->spend;
	enum status st = ST_OK;

	for (uint32_t i = 0; st == ST_OK && i < p->block.n_tx; i++) {
		const struct tx *tx = &p->block.tx[i];
		int64_t id = p->first_tx + i;

		for (uint32_t k = 0; st == ST_OK && i && k < tx->n_in; k++) {
			const struct coin_out *o =
				&spend[k].from->out[spend[k].n];
			struct script_use *u =
				scripts_use(s, o->spk, o->script);

			st = u ? scripts_spend(s, u, id, o->value) : ST_NOMEM;
		}
		for (uint32_t k = 0; st == ST_OK && k < tx->n_out; k++) {
			struct coin_out *o = &p->made[i]->out[k];
			struct script_use *u = scripts_use(s, o->spk, 0);

			st = u ? scripts_fund(s, u, id, o->value) : ST_NOMEM;
		}
		if (st == ST_OK && p->bip30_overwrite)
			st = collect_overwritten(p->made[i], s);
		if (i)
			spend += tx->n_in;
	}
	return st;
}

/* The outputs made, those spent within the batch included. */
static enum status write_outputs(struct db *db, const struct plan *p,
				 struct scripts *s)
{
	enum status st = ST_OK;

	for (uint32_t i = 0; st == ST_OK && i < p->n_made; i++) {
		struct coin_tx *t = p->made[i];

		for (uint32_t k = 0; st == ST_OK && k < t->n_out; k++) {
			struct coin_out *o = &t->out[k];
			struct script_use *u = scripts_use(s, o->spk, 0);
			struct txout_row row = {
				.tx = t->id,
				.n = k,
				.value = o->value,
				.spent_tx = o->spent_tx,
				.spent_n = o->spent_n,
			};

			if (!u)
				return ST_NOMEM;
			row.script = o->script = u->id;
			st = store_txout_insert(db, &row);
		}
	}
	return st;
}

struct spend_use {
	int64_t tx, spent_tx;
	uint32_t n, spent_n;
};

static int by_output(const void *a, const void *b)
{
	const struct spend_use *x = a, *y = b;

	if (x->tx != y->tx)
		return x->tx < y->tx ? -1 : 1;
	return x->n < y->n ? -1 : x->n > y->n;
}

/* Spends of outputs that were rows before the batch. */
static enum status write_spends(struct batch *b)
{
	struct spend_use *v;
	size_t n = 0, at = 0;
	enum status st = ST_OK;

	for (uint32_t i = 0; i < b->n_plan; i++)
		n += b->plan[i]->n_spent;
	v = malloc(n * sizeof(*v) + 1);
	if (!v)
		return ST_NOMEM;
	for (uint32_t i = 0; i < b->n_plan; i++) {
		const struct plan *p = b->plan[i];

		for (uint32_t k = 0; k < p->n_spent; k++) {
			const struct plan_spend *s = &p->spend[k];
			const struct coin_out *o = &s->from->out[s->n];

			if (s->from->fresh)
				continue;
			v[at++] = (struct spend_use){
				.tx = s->from->id,
				.n = s->n,
				.spent_tx = o->spent_tx,
				.spent_n = o->spent_n,
			};
		}
	}
	if (at > 1)
		qsort(v, at, sizeof(*v), by_output);
	for (size_t i = 0; st == ST_OK && i < at; i++)
		st = store_txout_spend(b->n->db, v[i].tx, v[i].n, v[i].spent_tx,
				       v[i].spent_n);
	free(v);
	return st;
}

/* BIP30's two exceptions: the outputs of the earlier transaction are lost. They
 * are marked as spent by the one that replaces it, without an input. */
static enum status write_overwrite(struct db *db, const struct plan *p)
{
	enum status st = ST_OK;

	for (uint32_t i = 0; st == ST_OK && i < p->block.n_tx; i++) {
		const struct coin_tx *old = p->made[i]->under;

		for (uint32_t k = 0; st == ST_OK && old && k < old->n_out; k++) {
			if (!old->out[k].spent_tx)
				st = store_txout_overwrite(db, old->id, k,
							   p->first_tx + i);
		}
	}
	return st;
}

/* Its header may have come after the snapshot that the block was judged in. */
static enum status find_header(struct db *db, struct plan *p)
{
	struct block_row row;
	enum status st = store_block_by_hash(db, &p->row.hash, &row);

	if (st == ST_OK && row.status != BLOCK_HEADER)
		return ST_STALE;
	if (st == ST_OK)
		p->row.id = row.id;
	return st == ST_NOT_FOUND ? ST_OK : st;
}

static enum status write_block_row(struct db *db, struct plan *p)
{
	enum status st = p->row.id ? ST_OK : find_header(db, p);
	bool known = p->row.id != 0;

	if (st != ST_OK)
		return st;
	p->row.status = BLOCK_CONNECTED;
	p->row.first_tx = p->first_tx;
	p->row.n_tx = p->block.n_tx;
	p->row.size = (uint32_t)p->block.raw.len;
	p->row.weight = block_weight(&p->block);
	if (!known) {
		struct block_row parent;

		st = store_block_by_hash(db, &p->row.header.prev, &parent);
		if (st == ST_OK) {
			p->row.prev_id = parent.id;
			st = store_block_insert(db, &p->row, p->source);
		}
		/* another process has stored it meanwhile */
		if (st == ST_DENIED)
			return ST_STALE;
	} else {
		st = store_block_set_data(db, &p->row);
		if (st == ST_OK)
			st = store_block_data_del(db, p->row.id);
	}
	if (st == ST_OK)
		st = store_block_set_chain(db, &p->row);
	if (st == ST_OK)
		st = store_chain_push(db, p->row.height, p->row.id);
	return st;
}

static enum status write_leaving(struct batch *b, struct pool_return *back)
{
	enum status st = ST_OK;

	for (uint32_t i = 0; st == ST_OK && i < b->n_leave; i++) {
		st = pool_collect(back, b->n, &b->leave[i]);
		if (st == ST_OK)
			st = apply_disconnect(b->n, &b->leave[i]);
		if (st == ST_OK)
			st = event_block(b->n, "disconnect", &b->leave[i]);
	}
	if (st == ST_OK && b->n_leave)
		st = store_reorg_add(b->n->db, node_now_s(b->n),
				     b->leave[b->n_leave].height, b->n_leave,
				     &b->base.hash, &batch_tip(b)->hash);
	return st;
}

static enum status write_joining(struct batch *b, struct scripts *s)
{
	struct db *db = b->n->db;
	enum status st = ST_OK;

	for (uint32_t i = 0; st == ST_OK && i < b->n_plan; i++)
		st = collect_scripts(b->plan[i], s);
	for (uint32_t i = 0; st == ST_OK && i < b->n_plan; i++)
		st = write_txs(db, b->plan[i]);
	if (st == ST_OK)
		st = write_txid_index(b);
	if (st == ST_OK)
		st = scripts_resolve(s, db, &b->n->params);
	for (uint32_t i = 0; st == ST_OK && i < b->n_plan; i++)
		st = write_outputs(db, b->plan[i], s);
	for (uint32_t i = 0; st == ST_OK && i < b->n_plan; i++) {
		if (b->plan[i]->bip30_overwrite)
			st = write_overwrite(db, b->plan[i]);
	}
	if (st == ST_OK)
		st = write_spends(b);
	if (st == ST_OK)
		st = scripts_write(s, db);
	for (uint32_t i = 0; st == ST_OK && i < b->n_plan; i++) {
		st = write_block_row(db, b->plan[i]);
		if (st == ST_OK)
			st = filter_index_write(db, b->plan[i]);
		if (st == ST_OK)
			st = finality_index(b->n, b->plan[i]);
		if (st == ST_OK)
			st = pool_block_connected(b->n, &b->plan[i]->block);
		if (st == ST_OK)
			st = event_block(b->n, "block", &b->plan[i]->row);
	}
	return st;
}

enum status apply_batch(struct batch *b)
{
	struct pool_return back;
	struct scripts s;
	enum status st = scripts_init(&s, &b->n->coins.key);

	if (st != ST_OK)
		return st;
	pool_return_init(&back);
	st = write_leaving(b, &back);
	if (st == ST_OK)
		st = write_joining(b, &s);
	if (st == ST_OK)
		st = store_setting_put_int(b->n->db, "next_tx_id", b->next_tx);
	if (st == ST_OK && b->n_leave)
		st = pool_reinstate(b->n, &back);
	/* votes that waited for these blocks */
	if (st == ST_OK)
		st = finality_update(b->n);
	if (st == ST_OK)
		st = events_trim(b->n);
	pool_return_free(&back);
	scripts_free(&s);
	return st;
}
