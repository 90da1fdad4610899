/* SPDX-License-Identifier: MIT */
/* decodescript: a script, and the addresses of what wraps it. */
#include "fcgi/rpc/rpc_txjson.h"
#include "primitives/address.h"
#include "wallet/descriptor.h"

/* Whether the opcode makes a tapscript valid whatever else it holds (BIP342). */
static bool is_op_success(uint8_t op)
{
	return op == 80 || op == 98 || (op >= 126 && op <= 129) ||
	       (op >= 131 && op <= 134) || op == 137 || op == 138 || op == 141 ||
	       op == 142 || (op >= 149 && op <= 153) || (op >= 187 && op <= 254);
}

static bool may_be_wrapped(struct bytes script, enum script_kind kind)
{
	struct bytes data;
	uint8_t op;

	if (kind != SCRIPT_MULTISIG && kind != SCRIPT_NONSTANDARD &&
	    kind != SCRIPT_EMPTY && kind != SCRIPT_PUBKEY &&
	    kind != SCRIPT_PUBKEYHASH && kind != SCRIPT_WITNESS_V0_KEYHASH &&
	    kind != SCRIPT_WITNESS_V0_SCRIPTHASH)
		return false;
	if (script_is_unspendable(script))
		return false;
	while (script_next(&script, &op, &data))
		if (op > OP_NOP10 || data.len > SCRIPT_ELEMENT_MAX ||
		    is_op_success(op))
			return false;
	return script.len == 0;
}

/* Keys of witness scripts are compressed. */
static bool may_be_witness(struct bytes script, enum script_kind kind)
{
	struct bytes data;
	uint8_t op;

	if (kind == SCRIPT_NONSTANDARD || kind == SCRIPT_EMPTY ||
	    kind == SCRIPT_PUBKEYHASH)
		return true;
	if (kind != SCRIPT_MULTISIG && kind != SCRIPT_PUBKEY)
		return false;
	while (script_next(&script, &op, &data))
		if (data.len && data.len != 33)
			return false;
	return true;
}

static void put_address(struct rpc_call *c, const char *key, struct bytes spk)
{
	char text[ADDRESS_TEXT_SIZE];

	if (address_from_script(text, node_params(c->node), spk))
		json_put_str(c->w, key, text);
}

static void put_sh(struct rpc_call *c, const char *key, struct bytes script)
{
	struct buf b;

	buf_init(&b, 64);
	desc_wrap_sh(&b, script);
	put_address(c, key, buf_view(&b));
	buf_free(&b);
}

static void put_segwit(struct rpc_call *c, struct bytes script,
		       const struct script_form *f)
{
	struct buf spk, desc;

	buf_init(&spk, 64);
	buf_init(&desc, 65536);
	if (f->kind == SCRIPT_PUBKEY || f->kind == SCRIPT_PUBKEYHASH) {
		desc_wrap_wpkh(&spk, f->data);
		desc_infer(&desc, node_params(c->node), buf_view(&spk));
	} else {
		desc_wrap_wsh(&spk, script);
		desc_infer_wsh(&desc, node_params(c->node), script);
	}
	json_key(c->w, "segwit");
	json_obj_begin(c->w);
	rpc_script_members(c, buf_view(&spk), true, buf_str(&desc));
	put_sh(c, "p2sh-segwit", buf_view(&spk));
	json_obj_end(c->w);
	buf_free(&spk);
	buf_free(&desc);
}

bool rpc_decodescript(struct rpc_call *c)
{
	const char *hex = rpc_arg_str(c, 0);
	struct bytes script = bytes_of("", 0);
	struct script_form f;

	if (*hex && !rpc_value_hex(c, c->arg[0], "argument", &script))
		return false;
	f = script_classify(script);
	json_obj_begin(c->w);
	rpc_script_members(c, script, false, NULL);
	if (may_be_wrapped(script, f.kind)) {
		put_sh(c, "p2sh", script);
		if (may_be_witness(script, f.kind))
			put_segwit(c, script, &f);
	}
	json_obj_end(c->w);
	return true;
}
