/* SPDX-License-Identifier: MIT */
#include "fcgi/rpc/rpc_wallet_order.h"

#include <stdio.h>
#include <strings.h>

#include "primitives/address.h"

static bool is_given(const struct json_value *v)
{
	return v && json_kind(v) != JSON_KIND_NULL;
}

/* --- rates --- */

static bool estimate_mode(struct rpc_call *c, const struct json_value *v,
			  const char **mode)
{
	size_t len;

	*mode = "unset";
	if (!is_given(v))
		return true;
	if (!rpc_value_str(c, v, mode, &len))
		return false;
	return !strcasecmp(*mode, "unset") || !strcasecmp(*mode, "economical") ||
	       !strcasecmp(*mode, "conservative") ||
	       rpc_fail(c, RPC_INVALID_PARAMETER,
			"Invalid estimate_mode parameter, must be one of: "
			"\"unset\", \"economical\", \"conservative\"");
}

/* Satoshi per vbyte with three decimals at most: Core shows what it read as
 * coins per 1,000 vbytes. */
static bool rate_vb(struct rpc_call *c, const struct json_value *v, int64_t *out)
{
	int64_t fine;

	if (!rpc_value_amount(c, v, &fine))
		return false;
	if (fine % (COIN_SAT / 1000))
		return rpc_fail(c, RPC_TYPE_ERROR, "Invalid amount");
	*out = fine / (COIN_SAT / 1000);
	if (*out < 1000)
		return rpc_fail(c, RPC_WALLET_ERROR,
				"Fee rate (%lld.%03lld sat/vB) is lower than the "
				"minimum fee rate setting (1.000 sat/vB)",
				(long long)*out / 1000, (long long)*out % 1000);
	return true;
}

bool rpc_order_rate(struct rpc_call *c, const struct json_value *target,
		    const struct json_value *mode,
		    const struct json_value *fee_rate,
		    const struct json_value *fee_rate_kvb, int64_t *sat_kvb,
		    uint32_t *blocks)
{
	const char *name;
	int64_t n;

	if (!estimate_mode(c, mode, &name))
		return false;
	if (is_given(fee_rate) && is_given(target))
		return rpc_fail(c, RPC_INVALID_PARAMETER,
				"Cannot specify both conf_target and fee_rate. Please "
				"provide either a confirmation target in blocks for "
				"automatic fee estimation, or an explicit fee rate.");
	if (is_given(fee_rate) && strcasecmp(name, "unset") != 0)
		return rpc_fail(c, RPC_INVALID_PARAMETER,
				"Cannot specify both estimate_mode and fee_rate");
	if (is_given(fee_rate) && is_given(fee_rate_kvb))
		return rpc_fail(c, RPC_INVALID_PARAMETER,
				"Cannot specify both fee_rate (sat/vB) and feeRate "
				"(BTC/kvB)");
	if (is_given(fee_rate))
		return rate_vb(c, fee_rate, sat_kvb);
	if (is_given(fee_rate_kvb)) {
		if (is_given(target))
			return rpc_fail(c, RPC_INVALID_PARAMETER,
					"Cannot specify both conf_target and "
					"feeRate. Please provide either a "
					"confirmation target in blocks for automatic "
					"fee estimation, or an explicit fee rate.");
		if (!rpc_value_amount(c, fee_rate_kvb, sat_kvb))
			return false;
		return *sat_kvb >= 1000 ||
		       rpc_fail(c, RPC_WALLET_ERROR,
				"Fee rate is lower than the minimum fee rate "
				"setting (1.000 sat/vB)");
	}
	if (!is_given(target))
		return true;
	if (!rpc_value_int(c, target, INT32_MIN, INT32_MAX, &n))
		return false;
	if (n < 1 || n > 1008)
		return rpc_fail(c, RPC_INVALID_PARAMETER,
				"Invalid conf_target, must be between 1 and 1008");
	*blocks = (uint32_t)n;
	return true;
}

/* --- inputs and outputs --- */

bool rpc_order_inputs(struct rpc_call *c, const struct json_value *list,
		      struct funds_order *o)
{
	size_t n = json_count(list);
	struct funds_input *in = arena_calloc(c->arena, o->n_in + n + 1, sizeof(*in));

	if (!in)
		return rpc_fail_status(c, ST_NOMEM);
	if (o->n_in)
		memcpy(in, o->in, o->n_in * sizeof(*in));
	for (size_t i = 0; i < n; i++) {
		const struct json_value *v = json_at(list, i);
		struct funds_input *k = &in[o->n_in + i];
		int64_t x;

		if (!rpc_value_hash(c, json_get(v, "txid"), "txid",
				    &k->at.txid.h))
			return false;
		if (json_kind(json_get(v, "vout")) != JSON_KIND_INT)
			return rpc_fail(c, RPC_INVALID_PARAMETER,
					"Invalid parameter, missing vout key");
		if (!rpc_value_int(c, json_get(v, "vout"), INT32_MIN, INT32_MAX, &x))
			return false;
		if (x < 0)
			return rpc_fail(c, RPC_INVALID_PARAMETER,
					"Invalid parameter, vout cannot be negative");
		k->at.n = (uint32_t)x;
		if (is_given(json_get(v, "sequence"))) {
			if (!rpc_value_int(c, json_get(v, "sequence"),
					   INT64_MIN + 1, INT64_MAX, &x))
				return false;
			if (x < 0 || x > UINT32_MAX)
				return rpc_fail(c, RPC_INVALID_PARAMETER,
						"Invalid parameter, sequence number "
						"is out of range");
			k->has_sequence = true;
			k->sequence = (uint32_t)x;
		}
		if (is_given(json_get(v, "weight"))) {
			if (!rpc_value_int(c, json_get(v, "weight"), INT32_MIN,
					   INT32_MAX, &x))
				return false;
			if (x < 165)
				return rpc_fail(c, RPC_INVALID_PARAMETER,
						"Invalid parameter, weight cannot be "
						"less than 165 (41 bytes (size of "
						"outpoint + sequence + empty "
						"scriptSig) * 4 (witness scaling "
						"factor)) + 1 (empty witness)");
			if (x > 400000)
				return rpc_fail(c, RPC_INVALID_PARAMETER,
						"Invalid parameter, weight cannot be "
						"greater than the maximum standard tx "
						"weight of 400000");
			k->weight = (uint32_t)x;
		}
	}
	o->in = in;
	o->n_in += n;
	return true;
}

bool rpc_order_payees(struct rpc_call *c, const struct tx *tx,
		      struct funds_order *o)
{
	struct funds_payee *p = arena_calloc(c->arena, tx->n_out + 1, sizeof(*p));

	if (!p)
		return rpc_fail_status(c, ST_NOMEM);
	for (uint32_t i = 0; i < tx->n_out; i++)
		p[i] = (struct funds_payee){.script = tx->out[i].script,
					    .amount_sat = tx->out[i].value};
	o->to = p;
	o->n_to = tx->n_out;
	return true;
}

bool rpc_order_subtract(struct rpc_call *c, const struct json_value *list,
			struct funds_order *o)
{
	struct funds_payee *p = arena_copy(c->arena, o->to, o->n_to * sizeof(*p));

	if (!p)
		return rpc_fail_status(c, ST_NOMEM);
	for (size_t i = 0; i < json_count(list); i++) {
		const struct json_value *v = json_at(list, i);
		int64_t pos = -1;
		const char *text;
		size_t len;

		if (json_as_str(v, &text, &len)) {
			struct bytes script;

			for (size_t k = 0; rpc_script_of(c, text, "", &script) &&
					   k < o->n_to; k++)
				if (bytes_equal(p[k].script, script))
					pos = (int64_t)k;
			c->code = 0;
			if (pos < 0)
				return rpc_fail(c, RPC_INVALID_PARAMETER,
						"Invalid parameter 'subtract fee "
						"from output', destination %s not "
						"found in tx outputs", text);
		} else if (!rpc_value_int(c, v, INT32_MIN, INT32_MAX, &pos)) {
			return false;
		}
		if (pos < 0)
			return rpc_fail(c, RPC_INVALID_PARAMETER,
					"Invalid parameter, negative position: %lld",
					(long long)pos);
		if ((size_t)pos >= o->n_to)
			return rpc_fail(c, RPC_INVALID_PARAMETER,
					"Invalid parameter, position too large: "
					"%lld", (long long)pos);
		if (p[pos].subtract)
			return rpc_fail(c, RPC_INVALID_PARAMETER,
					"Invalid parameter, duplicated position: "
					"%lld", (long long)pos);
		p[pos].subtract = true;
	}
	o->to = p;
	return true;
}

/* --- options --- */

static const struct json_value *either(const struct json_value *o, const char *a,
				       const char *b)
{
	return is_given(json_get(o, a)) ? json_get(o, a) : json_get(o, b);
}

static bool change_options(struct rpc_call *c, const struct json_value *options,
			   struct funds_order *o)
{
	const struct json_value *v = either(options, "change_address",
					    "changeAddress");
	const char *text;
	int64_t pos;
	size_t len;

	if (is_given(v)) {
		if (!rpc_value_str(c, v, &text, &len) ||
		    !rpc_script_of(c, text, "Change address must be a valid bitcoin "
				   "address", &o->change))
			return false;
	}
	if (is_given(json_get(options, "change_type"))) {
		if (o->change.p)
			return rpc_fail(c, RPC_INVALID_PARAMETER,
					"Cannot specify both change address and "
					"address type options");
		if (!rpc_address_type(c, json_get(options, "change_type"),
				      &o->change_kind))
			return false;
	}
	v = either(options, "change_position", "changePosition");
	if (!is_given(v))
		return true;
	if (!rpc_value_int(c, v, INT32_MIN, INT32_MAX, &pos))
		return false;
	if (pos < 0 || (size_t)pos > o->n_to)
		return rpc_fail(c, RPC_INVALID_PARAMETER,
				"changePosition out of bounds");
	o->change_pos = (int)pos;
	return true;
}

static bool depth_options(struct rpc_call *c, const struct json_value *options,
			  struct funds_order *o)
{
	const struct json_value *v = json_get(options, "minconf");

	if (is_given(v) &&
	    !rpc_value_int(c, v, INT32_MIN, INT32_MAX, &o->min_conf))
		return false;
	if (o->min_conf < 0)
		return rpc_fail(c, RPC_INVALID_PARAMETER, "Negative minconf");
	v = json_get(options, "maxconf");
	if (!is_given(v))
		return true;
	if (!rpc_value_int(c, v, INT32_MIN, INT32_MAX, &o->max_conf))
		return false;
	return o->max_conf >= o->min_conf ||
	       rpc_fail(c, RPC_INVALID_PARAMETER,
			"maxconf can't be lower than minconf: %lld < %lld",
			(long long)o->max_conf, (long long)o->min_conf);
}

bool rpc_order_options(struct rpc_call *c, const struct json_value *options,
		       struct funds_order *o, bool *lock)
{
	const struct json_value *v;
	bool add = o->n_in == 0, replaceable = true;
	int64_t n;

	*lock = false;
	if (is_given(json_get(options, "add_inputs")) &&
	    !json_get_bool(options, "add_inputs", &add))
		return rpc_fail_type(c, json_get(options, "add_inputs"), "bool");
	o->only_in = !add;
	(void)json_get_bool(options, "include_unsafe", &o->unsafe);
	(void)json_get_bool(options, "lockUnspents", lock);
	(void)json_get_bool(options, "lock_unspents", lock);
	if (json_get_bool(options, "replaceable", &replaceable))
		o->final = !replaceable;
	v = either(options, "subtract_fee_from_outputs", "subtractFeeFromOutputs");
	if (is_given(v) && !rpc_order_subtract(c, v, o))
		return false;
	v = json_get(options, "max_tx_weight");
	if (is_given(v)) {
		if (!rpc_value_int(c, v, INT32_MIN, INT32_MAX, &n))
			return false;
		if (n < 240 || n > 400000)
			return rpc_fail(c, RPC_INVALID_PARAMETER,
					"Maximum transaction weight must be between "
					"240 and 400000");
		o->max_weight = (uint32_t)n;
	}
	return change_options(c, options, o) && depth_options(c, options, o) &&
	       rpc_order_rate(c, json_get(options, "conf_target"),
			      json_get(options, "estimate_mode"),
			      json_get(options, "fee_rate"),
			      json_get(options, "feeRate"), &o->rate_sat_kvb,
			      &o->target);
}

bool rpc_order_lock(struct rpc_call *c, struct funds *f, const struct tx *tx)
{
	enum status st = ST_OK;

	for (uint32_t i = 0; st == ST_OK && i < tx->n_in; i++)
		st = purse_lock(f->at.purse, f->wallet.id, &tx->in[i].prevout);
	return st == ST_OK || rpc_fail_status(c, st);
}

bool rpc_order_sign(struct rpc_call *c, struct funds *f, struct bytes psbt,
		    struct funds_finished *done)
{
	struct signer_client signer = rpc_signer(c);
	struct funds_fault fault;

	if (funds_sign(f, &signer, (struct bytes){0}, psbt, 0, &psbt, &fault) &&
	    funds_finish(f, psbt, done, &fault))
		return true;
	return rpc_fail_fault(c, &fault, RPC_WALLET_ERROR);
}
