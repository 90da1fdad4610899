/* SPDX-License-Identifier: MIT */
#include "fcgi/rpc/rpc_txjson.h"

#include <stdio.h>

#include "node/finality/finality.h"
#include "primitives/address.h"
#include "primitives/block.h"
#include "primitives/target.h"
#include "wallet/descriptor.h"

#define TEXT_MAX ((size_t)64 << 20)

bool rpc_tip(struct rpc_call *c, struct node_tip *out)
{
	enum status st = node_tip(c->node, out);

	return st == ST_OK || rpc_fail_status(c, st);
}

bool rpc_arg_block(struct rpc_call *c, unsigned i, struct block_info *out)
{
	struct blkid id;
	enum status st;

	if (!rpc_arg_hash(c, i, "blockhash", &id.h))
		return false;
	st = query_block(c->node, &id, out);
	if (st == ST_NOT_FOUND)
		return rpc_fail(c, RPC_INVALID_ADDRESS_OR_KEY, "Block not found");
	return st == ST_OK || rpc_fail_status(c, st);
}

void rpc_put_asm(struct rpc_call *c, struct bytes script, bool sighash)
{
	struct buf b;

	buf_init(&b, TEXT_MAX);
	script_asm_core(&b, script, sighash);
	json_key(c->w, "asm");
	json_strn(c->w, buf_str(&b), b.len);
	buf_free(&b);
}

void rpc_script_members(struct rpc_call *c, struct bytes script, bool hex,
			const char *desc)
{
	const struct params *p = node_params(c->node);
	enum script_kind kind = script_classify(script).kind;
	char address[ADDRESS_TEXT_SIZE];
	struct buf b;

	rpc_put_asm(c, script, false);
	buf_init(&b, TEXT_MAX);
	if (!desc) {
		desc_infer(&b, p, script);
		desc = buf_str(&b);
	}
	json_put_str(c->w, "desc", desc);
	buf_free(&b);
	if (hex)
		json_put_hex(c->w, "hex", script.p, script.len);
	if (kind != SCRIPT_PUBKEY && address_from_script(address, p, script))
		json_put_str(c->w, "address", address);
	json_put_str(c->w, "type", script_kind_name(kind));
}

void rpc_put_script(struct rpc_call *c, const char *key, struct bytes script,
		    bool hex, const char *desc)
{
	json_key(c->w, key);
	json_obj_begin(c->w);
	rpc_script_members(c, script, hex, desc);
	json_obj_end(c->w);
}

/* --- transactions --- */

static void put_witness(struct json_writer *w, const struct txin *in)
{
	struct bytes left = in->witness, item;

	if (!in->n_witness)
		return;
	json_key(w, "txinwitness");
	json_arr_begin(w);
	while (witness_next(&left, &item))
		json_hex(w, item.p, item.len);
	json_arr_end(w);
}

/* ST_NOT_FOUND: it is nowhere known. */
static enum status find_output(struct rpc_call *c, const struct outpoint *o,
			       const struct block *with,
			       struct output_info *out)
{
	for (uint32_t i = 0; with && i < with->n_tx; i++) {
		const struct tx *tx = &with->tx[i];

		if (!hash256_equal(&tx->txid.h, &o->txid.h) || o->n >= tx->n_out)
			continue;
		*out = (struct output_info){
			.value = tx->out[o->n].value,
			.script = tx->out[o->n].script,
			.coinbase = i == 0,
			.confirmed = false,
		};
		return ST_OK;
	}
	return query_output(c->node, o, c->arena, out);
}

static void put_prevout(struct rpc_call *c, const struct output_info *o,
			uint32_t height)
{
	json_key(c->w, "prevout");
	json_obj_begin(c->w);
	json_put_bool(c->w, "generated", o->coinbase);
	json_put_uint(c->w, "height", o->confirmed ? o->height : height);
	json_put_amount(c->w, "value", o->value);
	rpc_put_script(c, "scriptPubKey", o->script, true, NULL);
	json_obj_end(c->w);
}

static bool put_inputs(struct rpc_call *c, const struct tx *tx,
		       enum rpc_detail detail, const struct block *with,
		       int64_t *in_sat, bool *all)
{
	struct json_writer *w = c->w;

	json_key(w, "vin");
	json_arr_begin(w);
	for (uint32_t i = 0; i < tx->n_in; i++) {
		const struct txin *in = &tx->in[i];
		struct output_info o;
		enum status st = ST_NOT_FOUND;

		json_obj_begin(w);
		if (tx_is_coinbase(tx)) {
			*all = false;
			json_put_hex(w, "coinbase", in->script_sig.p,
				     in->script_sig.len);
		} else {
			json_put_hash(w, "txid", &in->prevout.txid.h);
			json_put_uint(w, "vout", in->prevout.n);
			json_key(w, "scriptSig");
			json_obj_begin(w);
			rpc_put_asm(c, in->script_sig, true);
			json_put_hex(w, "hex", in->script_sig.p,
				     in->script_sig.len);
			json_obj_end(w);
		}
		put_witness(w, in);
		if (detail != RPC_DETAIL_TX && !tx_is_coinbase(tx)) {
			st = find_output(c, &in->prevout, with, &o);
			if (st != ST_OK && st != ST_NOT_FOUND)
				return rpc_fail_status(c, st);
			*all = *all && st == ST_OK;
			if (st == ST_OK)
				*in_sat += o.value;
		}
		if (st == ST_OK && detail == RPC_DETAIL_PREVOUT)
			put_prevout(c, &o, 0);
		json_put_uint(w, "sequence", in->sequence);
		json_obj_end(w);
	}
	json_arr_end(w);
	return true;
}

bool rpc_tx_members(struct rpc_call *c, const struct tx *tx, bool hex,
		    enum rpc_detail detail, const struct block *with)
{
	struct json_writer *w = c->w;
	int64_t in_sat = 0, out_sat = 0;
	bool all = true;

	json_put_hash(w, "txid", &tx->txid.h);
	json_put_hash(w, "hash", &tx->wtxid.h);
	json_put_uint(w, "version", tx->version);
	json_put_uint(w, "size", tx_total_size(tx));
	json_put_uint(w, "vsize", tx_vsize(tx));
	json_put_uint(w, "weight", tx_weight(tx));
	json_put_uint(w, "locktime", tx->locktime);
	if (!put_inputs(c, tx, detail, with, &in_sat, &all))
		return false;
	json_key(w, "vout");
	json_arr_begin(w);
	for (uint32_t i = 0; i < tx->n_out; i++) {
		out_sat += tx->out[i].value;
		json_obj_begin(w);
		json_put_amount(w, "value", tx->out[i].value);
		json_put_uint(w, "n", i);
		rpc_put_script(c, "scriptPubKey", tx->out[i].script, true, NULL);
		json_obj_end(w);
	}
	json_arr_end(w);
	if (detail != RPC_DETAIL_TX && all)
		json_put_amount(w, "fee", in_sat - out_sat);
	if (hex)
		json_put_hex(w, "hex", tx->raw.p, tx->raw.len);
	return true;
}

/* --- headers --- */

int64_t rpc_confirmations(const struct block_info *info, uint32_t tip_height)
{
	return info->active ? (int64_t)tip_height - info->height + 1 : -1;
}

bool rpc_header_members(struct rpc_call *c, const struct block_info *info)
{
	struct json_writer *w = c->w;
	struct node_tip tip;
	char text[16];
	uint8_t work[32];
	bool final;
	enum status st;

	if (!rpc_tip(c, &tip))
		return false;
	st = node_is_final(c->node, info->height, &final);
	if (st != ST_OK)
		return rpc_fail_status(c, st);
	json_put_hash(w, "hash", &info->id.h);
	json_put_int(w, "confirmations", rpc_confirmations(info, tip.height));
	json_put_uint(w, "height", info->height);
	json_put_int(w, "version", info->header.version);
	snprintf(text, sizeof(text), "%08x", (unsigned)info->header.version);
	json_put_str(w, "versionHex", text);
	json_put_hash(w, "merkleroot", &info->header.merkle_root);
	json_put_uint(w, "time", info->header.time);
	json_put_int(w, "mediantime", info->mtp);
	json_put_uint(w, "nonce", info->header.nonce);
	snprintf(text, sizeof(text), "%08x", info->header.bits);
	json_put_str(w, "bits", text);
	json_put_double(w, "difficulty", target_difficulty(info->header.bits));
	u256_to_be(work, &info->chainwork);
	json_put_hex(w, "chainwork", work, sizeof(work));
	json_put_uint(w, "nTx", info->n_tx);
	/* Bitcoin's networks have Core's members and no others */
	if (node_has_finality(c->node))
		json_put_bool(w, "finalized", final && info->active);
	if (info->height)
		json_put_hash(w, "previousblockhash", &info->header.prev.h);
	if (!hash256_is_zero(&info->next.h))
		json_put_hash(w, "nextblockhash", &info->next.h);
	return true;
}

bool rpc_arg_hash_or_height(struct rpc_call *c, unsigned i, struct block_info *out)
{
	struct node_tip tip;
	int64_t height;
	enum status st;

	if (json_kind(c->arg[i]) != JSON_KIND_INT &&
	    json_kind(c->arg[i]) != JSON_KIND_REAL)
		return rpc_arg_hash(c, i, "hash_or_height", &out->id.h) &&
		       rpc_arg_block(c, i, out);
	if (!rpc_arg_int(c, i, 0, INT32_MIN, INT32_MAX, &height) ||
	    !rpc_tip(c, &tip))
		return false;
	if (height < 0)
		return rpc_fail(c, RPC_INVALID_PARAMETER,
				"Target block height %lld is negative",
				(long long)height);
	if (height > (int64_t)tip.height)
		return rpc_fail(c, RPC_INVALID_PARAMETER,
				"Target block height %lld after current tip %u",
				(long long)height, tip.height);
	st = query_block_at(c->node, (uint32_t)height, out);
	return st == ST_OK || rpc_fail_status(c, st);
}
