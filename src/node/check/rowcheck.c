/* SPDX-License-Identifier: MIT */
/* See rowcheck.h. */
#include "node/check/rowcheck.h"

#include <stdio.h>
#include <string.h>

#include "primitives/address.h"
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

/* The index must lead to this transaction, or to a later one of its txid. */
static enum status check_index(struct rowcheck *r, const struct tx_row *row,
			       uint32_t height, char fault[200])
{
	struct tx_row at;
	int64_t id;
	enum status st = store_tx_id(r->n->db, &row->txid, &id);

	if (st == ST_OK && id != row->id)
		st = store_tx_head(r->n->db, id, &at);
	else
		at = *row;
	if (st == ST_NOT_FOUND ||
	    (st == ST_OK && (id < row->id ||
			     !hash256_equal(&at.txid.h, &row->txid.h)))) {
		differs(fault, height, &row->txid, "the txid index");
		return ST_OK;
	}
	return st;
}

static enum status check_tx(struct rowcheck *r, const struct plan *p,
			    uint32_t i, char fault[200])
{
	const struct tx *tx = &p->block.tx[i];
	struct tx_row row;
	enum status st = store_tx_head(r->n->db, p->first_tx + i, &row);

	if (st == ST_OK && (!hash256_equal(&row.txid.h, &tx->txid.h) ||
			    row.height != p->row.height ||
			    row.fee != p->fee[i] ||
			    row.weight != tx_weight(tx) ||
			    row.n_in != tx->n_in || row.n_out != tx->n_out))
		differs(fault, p->row.height, &tx->txid, "a field");
	return st == ST_OK && !fault[0]
		       ? check_index(r, &row, p->row.height, fault)
		       : st;
}

static enum status check_history(struct rowcheck *r, uint32_t height,
				 const struct txid *txid, int64_t script,
				 int64_t tx, char fault[200])
{
	enum status st = store_history_has(r->n->db, script, tx);

	if (st == ST_NOT_FOUND) {
		differs(fault, height, txid, "the history of a script");
		st = ST_OK;
	}
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
		if (st == ST_OK &&
		    (in.sequence != tx->in[k].sequence ||
		     in.sig_at != (uint32_t)(tx->in[k].script_sig.p - tx->raw.p) ||
		     in.sig_len != tx->in[k].script_sig.len ||
		     (i == 0 && in.prev_tx)))
			differs(fault, p->row.height, &tx->txid, "an input");
		if (st != ST_OK || i == 0)
			continue;
		if (in.prev_tx != spend[k].from->id || in.prev_n != spend[k].n)
			differs(fault, p->row.height, &tx->txid, "an input");
		st = store_txout_get(r->n->db, in.prev_tx, in.prev_n, &out);
		if (st == ST_OK && (out.spent_tx != id || out.spent_n != k))
			differs(fault, p->row.height, &tx->txid,
				"the spender of an input's output");
		if (st == ST_OK)
			st = check_history(r, p->row.height, &tx->txid,
					   out.script, id, fault);
		o = &spend[k].from->out[spend[k].n];
		u = scripts_use(&r->scripts, o->spk, 0);
		if (st == ST_OK)
			st = u ? scripts_spend(&r->scripts, u, id, o->value)
			       : ST_NOMEM;
		r->n_spent++;
	}
	return st;
}

/* What is said of a script for readers. */
static bool script_row_good(const struct rowcheck *r,
			    const struct script_row *row)
{
	char address[ADDRESS_TEXT_SIZE];

	address_from_script(address, &r->n->params, row->spk);
	return row->k == script_key(row->spk) &&
	       row->kind == (int)script_classify(row->spk).kind &&
	       strcmp(row->address, address) == 0;
}

/* BIP30's exceptions: the outputs that this transaction made unspendable. */
static enum status check_overwritten(struct rowcheck *r, const struct plan *p,
				     uint32_t i, char fault[200])
{
	const struct coin_tx *t = p->made[i], *old = t->under;
	enum status st = ST_OK;

	for (uint32_t k = 0; st == ST_OK && old && k < old->n_out; k++) {
		const struct coin_out *o = &old->out[k];
		struct txout_row out;
		struct script_use *u;

		if (o->spent_tx)
			continue;
		st = store_txout_get(r->n->db, old->id, k, &out);
		if (st == ST_OK && out.spent_tx != t->id)
			differs(fault, p->row.height, &t->txid,
				"an output that it overwrites");
		u = scripts_use(&r->scripts, o->spk, 0);
		if (st == ST_OK)
			st = u ? scripts_spend(&r->scripts, u, t->id, o->value)
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
		if (st == ST_OK && !script_row_good(r, &script))
			differs(fault, p->row.height, &tx->txid,
				"the address or kind of an output");
		if (st == ST_OK)
			st = check_history(r, p->row.height, &tx->txid,
					   out.script, id, fault);
		u = scripts_use(&r->scripts, o->spk, out.script);
		if (st == ST_OK)
			st = u ? scripts_fund(&r->scripts, u, id, o->value)
			       : ST_NOMEM;
		r->n_out++;
	}
	if (st == ST_OK && p->bip30_overwrite)
		st = check_overwritten(r, p, i, fault);
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

enum status rowcheck_end(struct rowcheck *r, char fault[200])
{
	struct store_counts c;
	uint64_t n_scripts = 0;
	enum status st = store_counts(r->n->db, &c);

	if (st != ST_OK)
		return st;
	if (c.n_out != r->n_out || c.n_spent != r->n_spent) {
		snprintf(fault, 200,
			 "The blocks have %llu outputs, %llu of them spent; the "
			 "rows say %llu and %llu.",
			 (unsigned long long)r->n_out,
			 (unsigned long long)r->n_spent,
			 (unsigned long long)c.n_out,
			 (unsigned long long)c.n_spent);
		return ST_OK;
	}
	if (c.n_lost) {
		snprintf(fault, 200, "%llu addresses lie in a segment of their "
				     "index that is not in script_segment.",
			 (unsigned long long)c.n_lost);
		return ST_OK;
	}
	for (size_t i = 0; i < r->scripts.n_bucket; i++) {
		for (const struct script_use *u = r->scripts.bucket[i]; u;
		     u = u->next, n_scripts++) {
			struct script_total_row t;

			st = store_script_total_get(r->n->db, u->id, &t);
			if (st != ST_OK && st != ST_NOT_FOUND)
				return st;
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
	if (c.n_history != r->scripts.n_history ||
	    c.n_totals != n_scripts)
		snprintf(fault, 200,
			 "The blocks make %llu history rows for %llu scripts; "
			 "there are %llu for %llu.",
			 (unsigned long long)r->scripts.n_history,
			 (unsigned long long)n_scripts,
			 (unsigned long long)c.n_history,
			 (unsigned long long)c.n_totals);
	return ST_OK;
}
