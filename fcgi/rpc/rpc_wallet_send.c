/* SPDX-License-Identifier: MIT */
/* Payments: sendtoaddress, sendmany, send, sendall, and higher fees. */
#include <stdio.h>

#include "fcgi/rpc/rpc_rawtx.h"
#include "fcgi/rpc/rpc_wallet_order.h"

/* Core's -maxfeerate for what is sent. */
#define RATE_MAX_SAT_KVB 100000000

static bool has_keys(struct rpc_call *c, const struct funds *f)
{
	return !(f->wallet.flags & PURSE_WATCH_ONLY) ||
	       rpc_fail(c, RPC_WALLET_ERROR,
			"Error: Private keys are disabled for this wallet");
}

/* Made, signed and sent. */
static bool pay(struct rpc_call *c, struct funds *f, const struct funds_order *o,
		const struct funds_note *note, struct txid *id)
{
	struct funds_finished done;
	struct funds_fault fault;
	struct funds_draft d;

	if (!funds_draft(f, o, &d, &fault))
		return rpc_fail_fault(c, &fault, RPC_WALLET_INSUFFICIENT_FUNDS);
	if (!rpc_order_sign(c, f, d.psbt, &done))
		return false;
	if (!done.complete)
		return rpc_fail(c, RPC_WALLET_ERROR,
				"Signing transaction failed: keys for an input are "
				"missing");
	return funds_send(f, done.raw, note, id, &fault) ||
	       rpc_fail_fault(c, &fault, RPC_WALLET_ERROR);
}

static void put_txid(struct rpc_call *c, const struct txid *id, bool verbose)
{
	if (!verbose) {
		json_hash(c->w, &id->h);
		return;
	}
	json_obj_begin(c->w);
	json_put_hash(c->w, "txid", &id->h);
	json_put_str(c->w, "fee_reason", "Fallback fee");
	json_obj_end(c->w);
}

static const char *text_or_null(struct rpc_call *c, unsigned i)
{
	return rpc_has(c, i) && *rpc_arg_str(c, i) ? rpc_arg_str(c, i) : NULL;
}

bool rpc_sendtoaddress(struct rpc_call *c)
{
	struct funds_payee to = {.subtract = rpc_arg_bool(c, 4, false)};
	struct funds_order o = {.to = &to, .n_to = 1, .change_pos = -1,
				.final = !rpc_arg_bool(c, 5, true)};
	struct funds_note note = {.comment = text_or_null(c, 2),
				  .comment_to = text_or_null(c, 3),
				  .max_rate_sat_kvb = RATE_MAX_SAT_KVB};
	struct funds f;
	struct txid id;

	if (!rpc_funds(c, &f) || !has_keys(c, &f) ||
	    !rpc_order_rate(c, c->arg[6], c->arg[7], c->arg[9], NULL,
			    &o.rate_sat_kvb, &o.target) ||
	    !rpc_script_of(c, rpc_arg_str(c, 0), "Invalid Bitcoin address: ",
			   &to.script) ||
	    !rpc_value_amount(c, c->arg[1], &to.amount_sat))
		return false;
	if (to.amount_sat <= 0)
		return rpc_fail(c, RPC_TYPE_ERROR, "Invalid amount for send");
	if (!pay(c, &f, &o, &note, &id))
		return false;
	put_txid(c, &id, rpc_arg_bool(c, 10, false));
	return true;
}

static bool outputs(struct rpc_call *c, const struct json_value *v, struct tx *tx)
{
	*tx = (struct tx){.version = 2};
	tx->out = arena_calloc(c->arena, json_count(v) + 1, sizeof(*tx->out));
	return tx->out ? rpc_outputs(c, v, tx) : rpc_fail_status(c, ST_NOMEM);
}

bool rpc_sendmany(struct rpc_call *c)
{
	struct funds_order o = {.change_pos = -1, .final = !rpc_arg_bool(c, 5, true)};
	struct funds_note note = {.comment = text_or_null(c, 3),
				  .max_rate_sat_kvb = RATE_MAX_SAT_KVB};
	struct funds f;
	struct txid id;
	struct tx tx;

	if (*rpc_arg_str(c, 0))
		return rpc_fail(c, RPC_INVALID_PARAMETER,
				"Dummy value must be set to \"\"");
	if (!rpc_funds(c, &f) || !has_keys(c, &f) || !outputs(c, c->arg[1], &tx) ||
	    !rpc_order_payees(c, &tx, &o) || !rpc_order_subtract(c, c->arg[4], &o) ||
	    !rpc_order_rate(c, c->arg[6], c->arg[7], c->arg[8], NULL,
			    &o.rate_sat_kvb, &o.target) ||
	    !pay(c, &f, &o, &note, &id))
		return false;
	put_txid(c, &id, rpc_arg_bool(c, 9, false));
	return true;
}

/* --- send, sendall --- */

/* What send and sendall give back; sends it unless told not to. */
static bool deliver(struct rpc_call *c, struct funds *f, const struct funds_draft *d,
		    const struct json_value *options)
{
	struct funds_note note = {.max_rate_sat_kvb = RATE_MAX_SAT_KVB};
	bool add = true, psbt = false;
	struct funds_finished done;
	struct funds_fault fault;
	struct json_writer *w = c->w;
	struct txid id;

	(void)json_get_bool(options, "add_to_wallet", &add);
	(void)json_get_bool(options, "psbt", &psbt);
	if (!rpc_order_sign(c, f, d->psbt, &done))
		return false;
	add = add && done.complete && !psbt;
	if (add && !funds_send(f, done.raw, &note, &id, &fault))
		return rpc_fail_fault(c, &fault, RPC_WALLET_ERROR);
	json_obj_begin(w);
	if (psbt || !done.complete)
		json_put_str(w, "psbt", rpc_psbt_text(c, done.psbt));
	if (done.complete) {
		if (add)
			json_put_hash(w, "txid", &id.h);
		else if (!psbt)
			json_put_hex(w, "hex", done.raw.p, done.raw.len);
	}
	json_put_bool(w, "complete", done.complete);
	json_obj_end(w);
	return true;
}

/* conf_target, estimate_mode and fee_rate may stand outside of the options. */
static bool outer_rate(struct rpc_call *c, struct funds_order *o)
{
	if (!rpc_has(c, 1) && !rpc_has(c, 2) && !rpc_has(c, 3))
		return true;
	return rpc_order_rate(c, c->arg[1], c->arg[2], c->arg[3], NULL,
			      &o->rate_sat_kvb, &o->target);
}

static bool read_locktime(struct rpc_call *c, const struct json_value *v,
			  struct funds_order *o)
{
	int64_t n;

	if (!v || json_kind(v) == JSON_KIND_NULL)
		return true;
	if (!rpc_value_int(c, v, INT64_MIN + 1, INT64_MAX, &n))
		return false;
	if (n < 0 || n > UINT32_MAX)
		return rpc_fail(c, RPC_INVALID_PARAMETER,
				"Invalid parameter, locktime out of range");
	o->has_locktime = true;
	o->locktime = (uint32_t)n;
	return true;
}

bool rpc_send(struct rpc_call *c)
{
	const struct json_value *options = c->arg[4];
	struct funds_order o = {.change_pos = -1};
	struct funds_fault fault;
	struct funds_draft d;
	struct funds f;
	struct tx tx;
	bool lock;

	if (!rpc_funds(c, &f) || !outputs(c, c->arg[0], &tx) ||
	    !rpc_order_payees(c, &tx, &o) ||
	    !rpc_order_inputs(c, json_get(options, "inputs"), &o) ||
	    !rpc_order_options(c, options, &o, &lock) || !outer_rate(c, &o) ||
	    !read_locktime(c, json_get(options, "locktime"), &o))
		return false;
	if (!funds_draft(&f, &o, &d, &fault))
		return rpc_fail_fault(c, &fault, RPC_WALLET_ERROR);
	return (!lock || rpc_order_lock(c, &f, &d.tx)) &&
	       deliver(c, &f, &d, options);
}

/* An address alone gets a share of what is left; a pair gets its amount. */
static bool read_recipients(struct rpc_call *c, struct funds_order *o)
{
	size_t n = json_count(c->arg[0]), rest = 0;
	struct funds_payee *p = arena_calloc(c->arena, n + 1, sizeof(*p));

	if (!p)
		return rpc_fail_status(c, ST_NOMEM);
	for (size_t i = 0; i < n; i++) {
		const struct json_value *v = json_at(c->arg[0], i), *amount;
		const char *address;
		void *pos = NULL;
		size_t len;

		if (json_as_str(v, &address, &len)) {
			p[i].rest = true;
			rest++;
		} else if (!json_next(v, &pos, &address, &amount) ||
			   !rpc_value_amount(c, amount, &p[i].amount_sat)) {
			return c->code || rpc_fail(c, RPC_INVALID_PARAMETER,
						   "Invalid recipient");
		}
		if (!rpc_script_of(c, address, "Invalid Bitcoin address: ",
				   &p[i].script))
			return false;
		for (size_t k = 0; k < i; k++)
			if (bytes_equal(p[k].script, p[i].script))
				return rpc_fail(c, RPC_INVALID_PARAMETER,
						"Invalid parameter, duplicated "
						"address: %s", address);
	}
	if (!rest)
		return rpc_fail(c, RPC_INVALID_PARAMETER,
				"Must provide at least one address without a "
				"specified amount");
	o->to = p;
	o->n_to = n;
	return true;
}

bool rpc_sendall(struct rpc_call *c)
{
	const struct json_value *options = c->arg[4];
	struct funds_order o = {.change_pos = -1};
	struct funds_fault fault;
	struct funds_draft d;
	struct funds f;
	bool lock;

	if (!rpc_funds(c, &f) || !read_recipients(c, &o) ||
	    !rpc_order_inputs(c, json_get(options, "inputs"), &o) ||
	    !rpc_order_options(c, options, &o, &lock) || !outer_rate(c, &o) ||
	    !read_locktime(c, json_get(options, "locktime"), &o))
		return false;
	o.only_in = o.n_in > 0;
	if (!funds_draft(&f, &o, &d, &fault))
		return rpc_fail_fault(c, &fault, RPC_WALLET_INSUFFICIENT_FUNDS);
	return (!lock || rpc_order_lock(c, &f, &d.tx)) &&
	       deliver(c, &f, &d, options);
}

/* --- bumpfee, psbtbumpfee --- */

static bool bump(struct rpc_call *c, bool psbt_only)
{
	const struct json_value *options = c->arg[1];
	struct funds_bump b = {.no_child = true, .foreign_ok = psbt_only};
	struct funds_note note = {.max_rate_sat_kvb = RATE_MAX_SAT_KVB};
	struct funds_order to = {0};
	struct funds_finished done;
	struct funds_fault fault;
	struct funds_bumped out;
	bool replaceable = true;
	struct json_writer *w = c->w;
	struct funds_tx x;
	struct funds f;
	struct txid id;
	struct tx tx;

	if (!rpc_funds(c, &f) || (!psbt_only && !has_keys(c, &f)) ||
	    !rpc_arg_hash(c, 0, "txid", &b.txid.h) ||
	    !rpc_order_rate(c, json_get(options, "conf_target"),
			    json_get(options, "estimate_mode"),
			    json_get(options, "fee_rate"), NULL, &b.rate_sat_kvb,
			    &b.target))
		return false;
	if (json_get_bool(options, "replaceable", &replaceable))
		b.final = !replaceable;
	if (json_count(json_get(options, "outputs"))) {
		if (!outputs(c, json_get(options, "outputs"), &tx) ||
		    !rpc_order_payees(c, &tx, &to))
			return false;
		b.to = to.to;
		b.n_to = to.n_to;
	}
	if (funds_tx(&f, &b.txid, &x) == ST_NOT_FOUND)
		return rpc_fail(c, RPC_INVALID_ADDRESS_OR_KEY,
				"Invalid or non-wallet transaction id");
	if (!funds_bump(&f, &b, &out, &fault))
		return rpc_fail_fault(c, &fault, RPC_WALLET_ERROR);
	if (!psbt_only) {
		if (!rpc_order_sign(c, &f, out.draft.psbt, &done))
			return false;
		if (!done.complete)
			return rpc_fail(c, RPC_WALLET_ERROR,
					"Transaction incomplete. Try psbtbumpfee "
					"instead.");
		note.replaces = &b.txid;
		if (!funds_send(&f, done.raw, &note, &id, &fault))
			return rpc_fail_fault(c, &fault, RPC_WALLET_ERROR);
	}
	json_obj_begin(w);
	if (psbt_only)
		json_put_str(w, "psbt", rpc_psbt_text(c, out.draft.psbt));
	else
		json_put_hash(w, "txid", &id.h);
	json_put_amount(w, "origfee", out.old_fee_sat);
	json_put_amount(w, "fee", out.draft.fee_sat);
	json_key(w, "errors");
	json_arr_begin(w);
	json_arr_end(w);
	json_obj_end(w);
	return true;
}

bool rpc_bumpfee(struct rpc_call *c)
{
	return bump(c, false);
}

bool rpc_psbtbumpfee(struct rpc_call *c)
{
	return bump(c, true);
}
