/* SPDX-License-Identifier: MIT */
/* See rowcheck.h. */
#include "node/rowcheck.h"

#include <stdio.h>

#include "store/store_check.h"
#include "store/store_script.h"
#include "store/store_tx.h"

enum status rowcheck_begin(struct rowcheck *r, struct node *n,
			   const struct coins *coins)
{
	*r = (struct rowcheck){.n = n, .coins = coins};
	return scripts_init(&r->scripts, &coins->key);
}

void rowcheck_free(struct rowcheck *r)
{
	scripts_free(&r->scripts);
}

static void differs(char fault[200], uint32_t height, const struct txid *txid,
		    const char *what)
{
	char text[HASH_TEXT_SIZE];

	if (!fault[0])
		snprintf(fault, 200, "Block %u: %s of transaction %s differs "
				     "from its row.",
			 height, what, hash256_text(text, &txid->h));
}

static enum status check_tx(struct rowcheck *r, const struct plan *p,
			    uint32_t i, char fault[200])
{
	const struct tx *tx = &p->block.tx[i];
	struct tx_row row;
	int64_t id;
	enum status st = store_tx_head(r->n->db, p->first_tx + i, &row);

	if (st == ST_OK && (!hash256_equal(&row.txid.h, &tx->txid.h) ||
			    row.height != p->row.height ||
			    row.fee != p->fee[i] ||
			    row.weight != tx_weight(tx) ||
			    row.n_in != tx->n_in || row.n_out != tx->n_out))
		differs(fault, p->row.height, &tx->txid, "a field");
	if (st == ST_OK)
		st = store_tx_id(r->n->db, &tx->txid, &id);
	if (st == ST_OK && id < row.id)
		differs(fault, p->row.height, &tx->txid, "the txid index");
	return st;
}

static enum status check_inputs(struct rowcheck *r, const struct plan *p,
				uint32_t i, const struct plan_spend *spend,
				char fault[200])
{
	const struct tx *tx = &p->block.tx[i];
	int64_t id = p->first_tx + i;
	enum status st = ST_OK;

	for (uint32_t k = 0; st == ST_OK && k < tx->n_in; k++) {
		struct txin_row in;
		struct txout_row out;
		const struct coin_out *o;
		struct script_use *u;

		st = store_txin_get(r->n->db, id, k, &in);
		if (st == ST_OK && in.sequence != tx->in[k].sequence)
			differs(fault, p->row.height, &tx->txid, "an input");
		if (st != ST_OK || i == 0)
			continue;
		if (in.prev_tx != spend[k].from->id || in.prev_n != spend[k].n)
			differs(fault, p->row.height, &tx->txid, "an input");
		st = store_txout_get(r->n->db, in.prev_tx, in.prev_n, &out);
		if (st == ST_OK && (out.spent_tx != id || out.spent_n != k))
			differs(fault, p->row.height, &tx->txid,
				"the spender of an input's output");
		o = &spend[k].from->out[spend[k].n];
		u = scripts_use(&r->scripts, o->spk, 0);
		if (st == ST_OK)
			st = u ? scripts_spend(&r->scripts, u, id, o->value)
			       : ST_NOMEM;
		r->n_spent++;
	}
	return st;
}

static enum status check_outputs(struct rowcheck *r, const struct plan *p,
				 uint32_t i, char fault[200])
{
	const struct tx *tx = &p->block.tx[i];
	int64_t id = p->first_tx + i;
	enum status st = ST_OK;

	for (uint32_t k = 0; st == ST_OK && k < tx->n_out; k++) {
		const struct coin_out *o = &p->made[i]->out[k];
		struct txout_row out;
		struct script_row script;
		struct script_use *u;

		st = store_txout_get(r->n->db, id, k, &out);
		if (st == ST_OK)
			st = store_script_get(r->n->db, out.script, &script);
		if (st == ST_OK && (out.value != o->value ||
				    !bytes_equal(script.spk, o->spk)))
			differs(fault, p->row.height, &tx->txid, "an output");
		u = scripts_use(&r->scripts, o->spk, out.script);
		if (st == ST_OK)
			st = u ? scripts_fund(&r->scripts, u, id, o->value)
			       : ST_NOMEM;
		r->n_out++;
	}
	return st;
}

enum status rowcheck_block(struct rowcheck *r, const struct plan *p,
			   char fault[200])
{
	const struct plan_spend *spend = p->spend;
	enum status st = ST_OK;

	for (uint32_t i = 0; st == ST_OK && i < p->block.n_tx; i++) {
		st = check_tx(r, p, i, fault);
		if (st == ST_OK)
			st = check_inputs(r, p, i, spend, fault);
		if (st == ST_OK)
			st = check_outputs(r, p, i, fault);
		if (i)
			spend += p->block.tx[i].n_in;
	}
	if (st == ST_NOT_FOUND) {
		snprintf(fault, 200, "Block %u: a row of one of its "
				     "transactions is missing.",
			 p->row.height);
		st = ST_OK;
	}
	return st;
}

/* BIP30's two lost coinbases count as spent, by no input. */
static uint64_t lost_outputs(const struct rowcheck *r, uint64_t spent_rows)
{
	const struct params *p = &r->n->params;
	bool has = p->bip30_exception[0].height != 0;

	return has && spent_rows > r->n_spent ? spent_rows - r->n_spent : 0;
}

enum status rowcheck_end(struct rowcheck *r, char fault[200])
{
	struct store_counts c;
	uint64_t n_scripts = 0, lost;
	enum status st = store_counts(r->n->db, &c);

	if (st != ST_OK)
		return st;
	lost = lost_outputs(r, c.n_spent);
	if (c.n_out != r->n_out || c.n_spent != r->n_spent + lost || lost > 2) {
		snprintf(fault, 200,
			 "The blocks have %llu outputs, %llu of them spent; the "
			 "rows say %llu and %llu.",
			 (unsigned long long)r->n_out,
			 (unsigned long long)r->n_spent,
			 (unsigned long long)c.n_out,
			 (unsigned long long)c.n_spent);
		return ST_OK;
	}
	for (size_t i = 0; i < r->scripts.n_bucket; i++) {
		for (const struct script_use *u = r->scripts.bucket[i]; u;
		     u = u->next, n_scripts++) {
			struct script_total_row t;

			st = store_script_total_get(r->n->db, u->id, &t);
			if (st != ST_OK && st != ST_NOT_FOUND)
				return st;
			if (lost)
				continue;
			if (st == ST_OK && t.n_tx == u->total.n_tx &&
			    t.n_funded == u->total.n_funded &&
			    t.funded == u->total.funded &&
			    t.n_spent == u->total.n_spent &&
			    t.spent == u->total.spent)
				continue;
			snprintf(fault, 200, "The totals of script %lld are "
					     "not what the blocks say.",
				 (long long)u->id);
			return ST_OK;
		}
	}
	if (!lost && (c.n_history != r->scripts.n_history ||
		      c.n_totals != n_scripts))
		snprintf(fault, 200,
			 "The blocks make %llu history rows for %llu scripts; "
			 "there are %llu for %llu.",
			 (unsigned long long)r->scripts.n_history,
			 (unsigned long long)n_scripts,
			 (unsigned long long)c.n_history,
			 (unsigned long long)c.n_totals);
	return ST_OK;
}
