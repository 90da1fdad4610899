/* SPDX-License-Identifier: MIT */
/* Raw transactions: found, decoded, made, sent. */
#include "fcgi/rpc/rpc_rawtx.h"

#include <stdio.h>
#include <stdlib.h>

#include "fcgi/rpc/rpc_txjson.h"
#include "node/core/announce.h"
#include "node/net/p2pquery.h"
#include "node/pool/mempool.h"
#include "primitives/address.h"
#include "primitives/block.h"

#define BURN_MAX_DEFAULT 0

/* --- getrawtransaction --- */

struct found {
	struct tx tx;
	bool in_block;		/* `info` is its block */
	struct block_info info;
	struct block block;
};

static bool in_named_block(struct rpc_call *c, const struct txid *id,
			   struct found *f)
{
	struct bytes raw;
	enum status st;

	if (!rpc_arg_hash(c, 2, "parameter 3", &f->info.id.h))
		return false;
	st = query_block(c->node, &f->info.id, &f->info);
	if (st == ST_NOT_FOUND)
		return rpc_fail(c, RPC_INVALID_ADDRESS_OR_KEY,
				"Block hash not found");
	if (st == ST_OK && !f->info.has_data)
		return rpc_fail(c, RPC_MISC_ERROR, "Block not available");
	if (st == ST_OK)
		st = query_block_raw(c->node, &f->info.id, c->arena, &raw);
	if (st == ST_OK)
		st = block_parse(&f->block, raw.p, raw.len, c->arena);
	if (st != ST_OK)
		return rpc_fail_status(c, st);
	f->in_block = true;
	for (uint32_t i = 0; i < f->block.n_tx; i++) {
		if (!hash256_equal(&f->block.tx[i].txid.h, &id->h))
			continue;
		f->tx = f->block.tx[i];
		return true;
	}
	return rpc_fail(c, RPC_INVALID_ADDRESS_OR_KEY,
			"No such transaction found in the provided block. Use "
			"gettransaction for wallet transactions.");
}

static bool anywhere(struct rpc_call *c, const struct txid *id, struct found *f)
{
	struct tx_info t;
	enum status st = query_tx(c->node, id, c->arena, &t);

	if (st == ST_NOT_FOUND)
		return rpc_fail(c, RPC_INVALID_ADDRESS_OR_KEY,
				"No such mempool or blockchain transaction. Use "
				"gettransaction for wallet transactions.");
	if (st == ST_OK)
		st = tx_parse(&f->tx, t.raw.p, t.raw.len, c->arena);
	if (st == ST_OK && t.confirmed) {
		st = query_block(c->node, &t.block, &f->info);
		f->in_block = true;
	}
	return st == ST_OK || rpc_fail_status(c, st);
}

bool rpc_getrawtransaction(struct rpc_call *c)
{
	struct json_writer *w = c->w;
	struct found f = {0};
	struct block_info genesis;
	struct node_tip tip;
	struct txid id;
	int verbose = 0;
	bool b, named = rpc_has(c, 2);
	enum status st;

	if (!rpc_arg_hash(c, 0, "parameter 1", &id.h))
		return false;
	st = query_block_at(c->node, 0, &genesis);
	if (st != ST_OK)
		return rpc_fail_status(c, st);
	/* a block of one transaction: its root is the txid */
	if (hash256_equal(&genesis.header.merkle_root, &id.h))
		return rpc_fail(c, RPC_INVALID_ADDRESS_OR_KEY,
				"The genesis block coinbase is not considered an "
				"ordinary transaction and cannot be retrieved");
	if (json_as_bool(c->arg[1], &b))
		verbose = b;
	else if (!rpc_arg_int32(c, 1, 0, &verbose))
		return false;
	if (named ? !in_named_block(c, &id, &f) : !anywhere(c, &id, &f))
		return false;
	if (verbose <= 0) {
		json_hex(w, f.tx.raw.p, f.tx.raw.len);
		return true;
	}
	if (!rpc_tip(c, &tip))
		return false;
	json_obj_begin(w);
	if (named)
		json_put_bool(w, "in_active_chain", f.info.active);
	if (!rpc_tx_members(c, &f.tx, true,
			    verbose == 1 || !f.in_block ? RPC_DETAIL_TX
							: RPC_DETAIL_PREVOUT,
			    named && !f.info.active ? &f.block : NULL))
		return false;
	if (f.in_block) {
		json_put_hash(w, "blockhash", &f.info.id.h);
		json_put_int(w, "confirmations",
			     f.info.active ? (int64_t)tip.height -
						     f.info.height + 1
					   : 0);
		if (f.info.active) {
			json_put_uint(w, "time", f.info.header.time);
			json_put_uint(w, "blocktime", f.info.header.time);
		}
	}
	json_obj_end(w);
	return true;
}

bool rpc_decoderawtransaction(struct rpc_call *c)
{
	const char *hex = rpc_arg_str(c, 0);
	struct bytes raw;
	struct tx tx;
	bool witness = rpc_arg_bool(c, 1, true), good;

	good = *hex && rpc_hex(c, hex, strlen(hex), &raw);
	/* either form, unless one is named */
	if (!good || ((!witness ||
		       tx_parse(&tx, raw.p, raw.len, c->arena) != ST_OK) &&
		      ((rpc_has(c, 1) && witness) ||
		       tx_parse_base(&tx, raw.p, raw.len, c->arena) != ST_OK)))
		return rpc_fail(c, RPC_DESERIALIZATION_ERROR, "TX decode failed");
	json_obj_begin(c->w);
	if (!rpc_tx_members(c, &tx, false, RPC_DETAIL_TX, NULL))
		return false;
	json_obj_end(c->w);
	return true;
}

/* --- createrawtransaction --- */

static bool add_input(struct rpc_call *c, const struct json_value *v,
		      bool replaceable, uint32_t locktime, struct txin *in)
{
	const struct json_value *n = json_get(v, "vout"),
				*sequence = json_get(v, "sequence");
	int64_t value;

	if (json_kind(v) != JSON_KIND_OBJECT)
		return rpc_fail_type(c, v, "object");
	if (!rpc_value_hash(c, json_get(v, "txid"), "txid", &in->prevout.txid.h))
		return false;
	if (json_kind(n) != JSON_KIND_INT && json_kind(n) != JSON_KIND_REAL)
		return rpc_fail(c, RPC_INVALID_PARAMETER,
				"Invalid parameter, missing vout key");
	if (!rpc_value_int(c, n, INT32_MIN, INT32_MAX, &value))
		return false;
	if (value < 0)
		return rpc_fail(c, RPC_INVALID_PARAMETER,
				"Invalid parameter, vout cannot be negative");
	in->prevout.n = (uint32_t)value;
	in->sequence = replaceable ? SEQUENCE_FINAL - 2
		       : locktime  ? SEQUENCE_FINAL - 1
				   : SEQUENCE_FINAL;
	if (json_kind(sequence) != JSON_KIND_INT)
		return true;
	if (!rpc_value_int(c, sequence, INT64_MIN + 1, INT64_MAX, &value))
		return false;
	if (value < 0 || value > SEQUENCE_FINAL)
		return rpc_fail(c, RPC_INVALID_PARAMETER,
				"Invalid parameter, sequence number is out of range");
	in->sequence = (uint32_t)value;
	return true;
}

/* Core shows a number as it was written. */
static bool rpc_data_fault(struct rpc_call *c, const struct json_value *v)
{
	struct json_writer w;
	struct buf b;

	if (json_kind(v) != JSON_KIND_INT && json_kind(v) != JSON_KIND_REAL)
		return false;
	buf_init(&b, 1024);
	json_begin(&w, &b);
	json_echo(&w, v);
	rpc_fail(c, RPC_INVALID_PARAMETER,
		 "Data must be hexadecimal string (not '%s')", buf_str(&b));
	buf_free(&b);
	return false;
}

static bool add_output(struct rpc_call *c, const char *key,
		       const struct json_value *v, struct tx *tx, bool *has_data)
{
	const struct params *p = node_params(c->node);
	struct txout *out = &tx->out[tx->n_out];
	struct bytes data;
	struct buf b;
	bool good = true;

	buf_init(&b, (size_t)16 << 20);
	if (strcmp(key, "data") == 0) {
		if (*has_data)
			return rpc_fail(c, RPC_INVALID_PARAMETER,
					"Invalid parameter, duplicate key: data");
		*has_data = true;
		if (!rpc_value_hex(c, v, "Data", &data))
			return rpc_data_fault(c, v);
		buf_u8(&b, OP_RETURN);
		script_push(&b, data.p, data.len);
		out->value = 0;
	} else {
		if (address_to_script(&b, p, key, strlen(key)) != ADDRESS_OK) {
			buf_free(&b);
			return rpc_fail(c, RPC_INVALID_ADDRESS_OR_KEY,
					"Invalid Bitcoin address: %.200s", key);
		}
		for (uint32_t i = 0; good && i < tx->n_out; i++)
			good = tx->out[i].value == 0 ||
			       !bytes_equal(tx->out[i].script, buf_view(&b));
		if (!good)
			rpc_fail(c, RPC_INVALID_PARAMETER,
				 "Invalid parameter, duplicated address: %.200s",
				 key);
		good = good && rpc_value_amount(c, v, &out->value);
	}
	if (good && buf_status(&b) == ST_OK) {
		out->script = bytes_of(arena_copy(c->arena, b.p, b.len), b.len);
		tx->n_out++;
	}
	buf_free(&b);
	return good;
}

bool rpc_outputs(struct rpc_call *c, const struct json_value *v, struct tx *tx)
{
	const struct json_value *item;
	bool has_data = false;
	void *pos = NULL;
	const char *key;

	if (json_kind(v) == JSON_KIND_OBJECT) {
		while (json_next(v, &pos, &key, &item))
			if (!add_output(c, key, item, tx, &has_data))
				return false;
		return true;
	}
	for (size_t i = 0; i < json_count(v); i++) {
		const struct json_value *o = json_at(v, i);

		pos = NULL;
		if (json_kind(o) != JSON_KIND_OBJECT)
			return rpc_fail(c, RPC_INVALID_PARAMETER,
					"Invalid parameter, key-value pair not an "
					"object as expected");
		if (json_count(o) != 1)
			return rpc_fail(c, RPC_INVALID_PARAMETER,
					"Invalid parameter, key-value pair must "
					"contain exactly one key");
		if (!json_next(o, &pos, &key, &item) ||
		    !add_output(c, key, item, tx, &has_data))
			return false;
	}
	return true;
}

bool rpc_construct(struct rpc_call *c, struct tx *tx)
{
	const struct json_value *in = c->arg[0], *out = c->arg[1];
	bool replaceable = rpc_arg_bool(c, 3, true), signals = false;
	int64_t locktime = 0;

	if (json_kind(out) != JSON_KIND_ARRAY && json_kind(out) != JSON_KIND_OBJECT)
		return rpc_fail(c, RPC_INVALID_PARAMETER,
				"Invalid parameter, output argument must be "
				"non-null");
	if (!rpc_arg_int(c, 2, 0, INT64_MIN + 1, INT64_MAX, &locktime))
		return false;
	if (locktime < 0 || locktime > UINT32_MAX)
		return rpc_fail(c, RPC_INVALID_PARAMETER,
				"Invalid parameter, locktime out of range");
	*tx = (struct tx){.version = 2, .locktime = (uint32_t)locktime};
	tx->in = arena_calloc(c->arena, json_count(in) + 1, sizeof(*tx->in));
	tx->out = arena_calloc(c->arena, json_count(out) + 1, sizeof(*tx->out));
	if (!tx->in || !tx->out)
		return rpc_fail_status(c, ST_NOMEM);
	for (; tx->n_in < json_count(in); tx->n_in++) {
		if (!add_input(c, json_at(in, tx->n_in), replaceable,
			       tx->locktime, &tx->in[tx->n_in]))
			return false;
		signals |= tx->in[tx->n_in].sequence < SEQUENCE_FINAL - 1;
	}
	if (!rpc_outputs(c, out, tx))
		return false;
	if (rpc_has(c, 3) && replaceable && tx->n_in > 0 && !signals)
		return rpc_fail(c, RPC_INVALID_PARAMETER,
				"Invalid parameter combination: Sequence number(s) "
				"contradict replaceable option");
	return true;
}

bool rpc_put_tx_hex(struct rpc_call *c, const char *key, const struct tx *tx)
{
	struct buf b;

	buf_init(&b, (size_t)32 << 20);
	tx_write(&b, tx, tx->has_witness);
	if (key)
		json_key(c->w, key);
	json_hex(c->w, b.p, b.len);
	buf_free(&b);
	return true;
}

bool rpc_createrawtransaction(struct rpc_call *c)
{
	struct tx tx;

	return rpc_construct(c, &tx) && rpc_put_tx_hex(c, NULL, &tx);
}

/* --- sendrawtransaction --- */

/* Coins with at least two decimals and no zeros behind them. */
static void money_text(char out[AMOUNT_TEXT_SIZE], int64_t sat)
{
	size_t n;

	amount_text(out, sat);
	n = strlen(out);
	while (out[n - 1] == '0' && out[n - 3] != '.')
		out[--n] = '\0';
}

/* The detail's two amounts, in whatever words stand around them. */
static bool two_amounts(const char *detail, int64_t v[2])
{
	int found = 0;

	for (const char *p = detail; *p && found < 2;) {
		char *end;

		if (*p < '0' || *p > '9') {
			p++;
			continue;
		}
		v[found++] = strtoll(p, &end, 10);
		p = end;
	}
	return found == 2;
}

static bool is_too_many(enum verdict_code code)
{
	return code == V_RBF_TOO_MANY || code == V_RBF_TOO_MANY_SIBLING ||
	       code == V_PACKAGE_RBF_TOO_MANY;
}

static bool names_replacement(enum verdict_code code)
{
	return code == V_RBF_FEE || code == V_RBF_FEE_SIBLING ||
	       code == V_PACKAGE_RBF_FEES || is_too_many(code);
}

char *rpc_reject_text(char *out, size_t size, const struct verdict *v)
{
	char one[AMOUNT_TEXT_SIZE], two[AMOUNT_TEXT_SIZE];
	int64_t sat[2];
	size_t n;

	/* testmempoolaccept alone has a shorter name for it */
	if (v->code == V_MISSING_INPUTS) {
		snprintf(out, size, "bad-txns-inputs-missingorspent");
		return out;
	}
	verdict_reject(out, size, v);
	n = strlen(out);
	/* only these have a debug message in Core */
	if (v->code == V_IN_BELOW_OUT && two_amounts(v->detail, sat)) {
		money_text(one, sat[0]);
		money_text(two, sat[1]);
		snprintf(out + n, size - n, ", value in (%s) < value out (%s)",
			 one, two);
	} else if (v->detail[0] &&
		   (v->code == V_MIN_RELAY_FEE || v->code == V_MEMPOOL_MIN_FEE ||
		    v->code == V_CHAIN_TOO_LONG || v->code == V_TRUC ||
		    v->code == V_PACKAGE_LIMITS || names_replacement(v->code) ||
		    v->code == V_PACKAGE_RBF_PARENT)) {
		/* Core ends the one about a limit of 100 with a new line */
		snprintf(out + n, size - n, ", %s%s", v->detail,
			 is_too_many(v->code) ? "\n" : "");
	}
	return out;
}

bool rpc_fee_rate(struct rpc_call *c, const struct json_value *v,
		  int64_t *sat_kvb)
{
	*sat_kvb = RPC_MAX_FEE_RATE_SAT_KVB;
	if (!v)
		return true;
	if (!rpc_value_amount(c, v, sat_kvb))
		return false;
	if (*sat_kvb >= COIN_SAT)
		return rpc_fail(c, RPC_INVALID_PARAMETER,
				"Fee rates larger than or equal to 1BTC/kvB are not "
				"accepted");
	return true;
}

/* Core's HasValidOps. */
static bool has_valid_ops(struct bytes script)
{
	struct bytes data;
	uint8_t op;

	while (script_next(&script, &op, &data))
		if (op > OP_NOP10 || data.len > SCRIPT_ELEMENT_MAX)
			return false;
	return script.len == 0;
}

bool rpc_burns(const struct tx *tx, int64_t max_sat)
{
	for (uint32_t i = 0; i < tx->n_out; i++)
		if (tx->out[i].value > max_sat &&
		    (script_is_unspendable(tx->out[i].script) ||
		     !has_valid_ops(tx->out[i].script)))
			return true;
	return false;
}

/* Whether the chain has an unspent output of it. */
static bool in_utxo_set(struct rpc_call *c, const struct tx *tx, bool *is)
{
	*is = false;
	for (uint32_t i = 0; i < tx->n_out && !*is; i++) {
		const struct outpoint at = {tx->txid, i};
		struct output_info o;
		enum status st = query_output(c->node, &at, c->arena, &o);

		if (st == ST_NOT_FOUND)
			return true;
		if (st != ST_OK)
			return rpc_fail_status(c, st);
		*is = o.confirmed && !o.spent;
	}
	return true;
}

bool rpc_sendrawtransaction(struct rpc_call *c)
{
	const char *hex = rpc_arg_str(c, 0);
	int64_t rate, burn = BURN_MAX_DEFAULT;
	struct tx_options o = {.source = "rpc", .own = true};
	char text[VERDICT_DETAIL_SIZE + 128];
	struct tx_result r;
	struct tx tx;
	enum status st;
	bool confirmed;

	if (rpc_has(c, 2) && !rpc_value_amount(c, c->arg[2], &burn))
		return false;
	if (!rpc_tx_decode(c, hex, strlen(hex), &tx))
		return rpc_fail(c, RPC_DESERIALIZATION_ERROR,
				"TX decode failed. Make sure the tx has at least "
				"one input.");
	if (rpc_burns(&tx, burn))
		return rpc_fail(c, RPC_VERIFY_ERROR,
				"Unspendable output exceeds maximum configured by "
				"user (maxburnamount)");
	if (!rpc_fee_rate(c, c->arg[1], &rate))
		return false;
	o.max_fee_sat = rate * tx_vsize(&tx) / 1000;
	if (rate && !o.max_fee_sat)
		o.max_fee_sat = 1;
	if (!in_utxo_set(c, &tx, &confirmed))
		return false;
	if (!confirmed) {
		st = node_accept_tx(c->node, tx.raw.p, tx.raw.len, &o, &r);
		if (st != ST_OK)
			return rpc_fail_status(c, st);
	}
	if (confirmed || r.verdict.code == V_ALREADY_KNOWN)
		return rpc_fail(c, RPC_VERIFY_ALREADY_IN_UTXO_SET,
				"Transaction outputs already in utxo set");
	if (r.verdict.code == V_MAX_FEE)
		return rpc_fail(c, RPC_VERIFY_ERROR,
				"Fee exceeds maximum configured by user (e.g. "
				"-maxtxfee, maxfeerate)");
	if (r.verdict.code != VALID && !r.known)
		return rpc_fail(c, r.verdict.code == V_MISSING_INPUTS
					   ? RPC_VERIFY_ERROR
					   : RPC_VERIFY_REJECTED,
				"%s", rpc_reject_text(text, sizeof(text),
						      &r.verdict));
	if (r.known)
		node_net_tell_again(c->node, &tx.txid);
	announce_nudge(c->node);
	json_hash(c->w, &tx.txid.h);
	return true;
}
