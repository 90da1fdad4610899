/* SPDX-License-Identifier: MIT */
/* Transactions made of the wallet's coins for somebody to sign, and signed. */
#include "fcgi/rpc/rpc_rawtx.h"
#include "fcgi/rpc/rpc_wallet_order.h"
#include "node/query/spend.h"
#include "wallet/psbt.h"

/* --- funded --- */

/* A given transaction as an order: its inputs first, its outputs in order. */
static bool order_of(struct rpc_call *c, const struct tx *tx,
		     const struct json_value *weights, struct funds_order *o)
{
	struct funds_input *in = arena_calloc(c->arena, tx->n_in + 1, sizeof(*in));

	if (!in)
		return rpc_fail_status(c, ST_NOMEM);
	for (uint32_t i = 0; i < tx->n_in; i++) {
		in[i].at = tx->in[i].prevout;
		in[i].has_sequence = true;
		in[i].sequence = tx->in[i].sequence;
		for (size_t k = 0; k < json_count(weights); k++) {
			const struct json_value *v = json_at(weights, k);
			struct hash256 h;
			int64_t n, w;

			if (json_get_hash(v, "txid", &h) &&
			    json_get_int(v, "vout", &n) &&
			    json_get_int(v, "weight", &w) && w >= 165 &&
			    w <= 400000 && n == tx->in[i].prevout.n &&
			    hash256_equal(&h, &tx->in[i].prevout.txid.h))
				in[i].weight = (uint32_t)w;
		}
	}
	o->in = in;
	o->n_in = tx->n_in;
	o->version = tx->version;
	o->has_locktime = true;
	o->locktime = tx->locktime;
	return rpc_order_payees(c, tx, o);
}

static bool fund(struct rpc_call *c, const struct tx *tx,
		 const struct json_value *options, bool add_by_default,
		 struct funds *f, struct funds_draft *d)
{
	struct funds_order o = {.change_pos = -1};
	struct funds_fault fault;
	bool lock, add = add_by_default;

	if (!rpc_funds(c, f) ||
	    !order_of(c, tx, json_get(options, "input_weights"), &o) ||
	    !rpc_order_options(c, options, &o, &lock))
		return false;
	(void)json_get_bool(options, "add_inputs", &add);
	o.only_in = !add;
	if (!o.n_to)
		return rpc_fail(c, RPC_INVALID_PARAMETER,
				"TX must have at least one output");
	if (!funds_draft(f, &o, d, &fault))
		return rpc_fail_fault(c, &fault, RPC_WALLET_ERROR);
	return !lock || rpc_order_lock(c, f, &d->tx);
}

bool rpc_fundrawtransaction(struct rpc_call *c)
{
	const char *hex = rpc_arg_str(c, 0);
	bool named = rpc_has(c, 2), witness = rpc_arg_bool(c, 2, false), good;
	struct funds_draft d;
	struct bytes raw;
	struct funds f;
	struct tx tx;

	good = *hex && rpc_hex(c, hex, strlen(hex), &raw) &&
	       (((!named || witness) &&
		 tx_parse(&tx, raw.p, raw.len, c->arena) == ST_OK) ||
		((!named || !witness) &&
		 tx_parse_base(&tx, raw.p, raw.len, c->arena) == ST_OK));
	if (!good)
		return rpc_fail(c, RPC_DESERIALIZATION_ERROR, "TX decode failed");
	if (!fund(c, &tx, c->arg[1], true, &f, &d))
		return false;
	json_obj_begin(c->w);
	if (!rpc_put_tx_hex(c, "hex", &d.tx))
		return false;
	json_put_amount(c->w, "fee", d.fee_sat);
	json_put_int(c->w, "changepos", d.change_pos);
	json_obj_end(c->w);
	return true;
}

bool rpc_walletcreatefundedpsbt(struct rpc_call *c)
{
	const struct json_value *options = c->arg[3];
	struct rpc_call inner = *c;
	struct funds_draft d;
	struct funds f;
	struct tx tx;
	bool replaceable = true, good;

	/* rpc_construct looks for replaceable behind locktime */
	inner.arg[3] = json_get(options, "replaceable");
	(void)json_get_bool(options, "replaceable", &replaceable);
	good = rpc_construct(&inner, &tx);
	c->code = inner.code;
	c->message = inner.message;
	if (!good || !fund(c, &tx, options, tx.n_in == 0, &f, &d))
		return false;
	json_obj_begin(c->w);
	json_put_str(c->w, "psbt", rpc_psbt_text(c, d.psbt));
	json_put_amount(c->w, "fee", d.fee_sat);
	json_put_int(c->w, "changepos", d.change_pos);
	json_obj_end(c->w);
	return true;
}

/* --- signed --- */

bool rpc_walletprocesspsbt(struct rpc_call *c)
{
	bool sign = rpc_arg_bool(c, 1, true), finalize = rpc_arg_bool(c, 4, true);
	struct signer_client signer = rpc_signer(c);
	struct json_writer *w = c->w;
	struct funds_finished done;
	struct funds_fault fault;
	struct bytes psbt;
	const char *error;
	struct psbt p;
	struct funds f;

	if (!rpc_funds(c, &f) || !rpc_psbt_bytes(c, c->arg[0], &psbt))
		return false;
	if (!psbt_parse(&p, psbt.p, psbt.len, c->arena, &error))
		return rpc_fail(c, RPC_DESERIALIZATION_ERROR, "TX decode failed %s",
				error);
	if (!funds_psbt_fill(&f, psbt, true, &psbt, &fault))
		return rpc_fail_fault(c, &fault, RPC_WALLET_ERROR);
	if (sign && !funds_sign(&f, &signer, (struct bytes){0}, psbt, 0, &psbt,
				&fault))
		return rpc_fail_fault(c, &fault, RPC_WALLET_ERROR);
	if (!funds_finish(&f, psbt, &done, &fault))
		return rpc_fail_fault(c, &fault, RPC_WALLET_ERROR);
	json_obj_begin(w);
	json_put_str(w, "psbt", rpc_psbt_text(c, finalize ? done.psbt : psbt));
	json_put_bool(w, "complete", done.complete);
	if (done.complete && finalize)
		json_put_hex(w, "hex", done.raw.p, done.raw.len);
	json_obj_end(w);
	return true;
}

static void put_errors(struct rpc_call *c, const struct tx *tx,
		       const struct txout *spent, const char **error)
{
	struct json_writer *w = c->w;

	json_key(w, "errors");
	json_arr_begin(w);
	for (uint32_t i = 0; i < tx->n_in; i++) {
		struct bytes left = tx->in[i].witness, item;

		if (spent[i].script.p && !error[i])
			continue;
		json_obj_begin(w);
		json_put_hash(w, "txid", &tx->in[i].prevout.txid.h);
		json_put_uint(w, "vout", tx->in[i].prevout.n);
		json_key(w, "witness");
		json_arr_begin(w);
		while (witness_next(&left, &item))
			json_hex(w, item.p, item.len);
		json_arr_end(w);
		json_put_hex(w, "scriptSig", tx->in[i].script_sig.p,
			     tx->in[i].script_sig.len);
		json_put_uint(w, "sequence", tx->in[i].sequence);
		json_put_str(w, "error", !spent[i].script.p
				     ? "Input not found or already spent"
				     : error[i]);
		json_obj_end(w);
	}
	json_arr_end(w);
}

/* The coins that the node knows; those given go first. */
static bool find_spent(struct rpc_call *c, const struct tx *tx, struct txout **out)
{
	const struct json_value *list = c->arg[1];
	struct txout *spent = arena_calloc(c->arena, tx->n_in + 1, sizeof(*spent));

	*out = spent;
	if (!spent)
		return rpc_fail_status(c, ST_NOMEM);
	for (uint32_t i = 0; i < tx->n_in; i++) {
		struct output_info o;
		enum status st = query_output(c->node, &tx->in[i].prevout, c->arena,
					      &o);

		if (st == ST_OK)
			spent[i] = (struct txout){o.value, o.script};
		else if (st != ST_NOT_FOUND)
			return rpc_fail_status(c, st);
		for (size_t k = 0; k < json_count(list); k++) {
			const struct json_value *v = json_at(list, k);
			struct hash256 h;
			int64_t n;

			if (!json_get_hash(v, "txid", &h) ||
			    !json_get_int(v, "vout", &n) ||
			    n != tx->in[i].prevout.n ||
			    !hash256_equal(&h, &tx->in[i].prevout.txid.h))
				continue;
			if (!rpc_value_hex(c, json_get(v, "scriptPubKey"),
					   "scriptPubKey", &spent[i].script) ||
			    (json_get(v, "amount") &&
			     !rpc_value_amount(c, json_get(v, "amount"),
					       &spent[i].value)))
				return false;
		}
	}
	return true;
}

bool rpc_signrawtransactionwithwallet(struct rpc_call *c)
{
	const char *hex = rpc_arg_str(c, 0), **error;
	struct funds_finished done;
	struct funds_fault fault;
	struct txout *spent;
	struct bytes psbt;
	struct tx tx, bare;
	struct funds f;
	bool complete = true;
	enum status st;

	if (!rpc_funds(c, &f))
		return false;
	if (!rpc_tx_decode(c, hex, strlen(hex), &tx))
		return rpc_fail(c, RPC_DESERIALIZATION_ERROR,
				"TX decode failed. Make sure the tx has at least "
				"one input.");
	bare = tx;
	bare.in = arena_calloc(c->arena, tx.n_in + 1, sizeof(*bare.in));
	error = arena_calloc(c->arena, tx.n_in + 1, sizeof(*error));
	if (!bare.in || !error)
		return rpc_fail_status(c, ST_NOMEM);
	for (uint32_t i = 0; i < tx.n_in; i++) {
		bare.in[i].prevout = tx.in[i].prevout;
		bare.in[i].sequence = tx.in[i].sequence;
	}
	bare.has_witness = false;
	if (!find_spent(c, &tx, &spent))
		return false;
	if (!funds_psbt(&f, &bare, &psbt, &fault))
		return rpc_fail_fault(c, &fault, RPC_WALLET_ERROR);
	if (!rpc_order_sign(c, &f, psbt, &done))
		return false;
	/* what others had signed stays */
	for (uint32_t i = 0; i < tx.n_in; i++) {
		if (done.tx.in[i].script_sig.len || done.tx.in[i].n_witness)
			tx.in[i] = done.tx.in[i];
		tx.has_witness |= tx.in[i].n_witness > 0;
	}
	st = node_check_spends(&tx, spent, error);
	if (st != ST_OK)
		return rpc_fail_status(c, st);
	for (uint32_t i = 0; i < tx.n_in; i++)
		complete &= spent[i].script.p && !error[i];
	json_obj_begin(c->w);
	if (!rpc_put_tx_hex(c, "hex", &tx))
		return false;
	json_put_bool(c->w, "complete", complete);
	if (!complete)
		put_errors(c, &tx, spent, error);
	json_obj_end(c->w);
	return true;
}
