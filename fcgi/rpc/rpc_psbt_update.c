/* SPDX-License-Identifier: MIT */
/* Partially signed transactions: completed by what the chain and descriptors know,
 * signed, analysed. */
#include <stdio.h>

#include "fcgi/rpc/rpc_psbt.h"
#include "fcgi/rpc/rpc_txjson.h"
#include "fcgi/rpc/rpc_wallet.h"
#include "node/core/node.h"
#include "wallet/psbt_analyze.h"
#include "wallet/psbt_final.h"
#include "wallet/psbt_sign.h"
#include "wallet/psbt_update.h"

/* --- descriptors --- */

/* A descriptor, or {"desc", "range"}: all its indexes go to the provider. */
static bool add_descriptor(struct rpc_call *c, struct provider *p,
			   const struct json_value *v, bool secrets)
{
	const struct json_value *range = json_get(v, "range");
	char error[DESC_ERROR_SIZE];
	int64_t low = 0, high = 1000;
	struct descriptor *d;
	const char *text;
	size_t len;

	if (json_kind(v) == JSON_KIND_OBJECT) {
		v = json_get(v, "desc");
		if (!v)
			return rpc_fail(c, RPC_INVALID_PARAMETER,
					"Descriptor needs to be provided in scan "
					"object");
		if (range && !rpc_range(c, range, &low, &high))
			return false;
	}
	if (!json_as_str(v, &text, &len))
		return rpc_fail(c, RPC_INVALID_PARAMETER,
				"Scan object needs to be either a string or an "
				"object");
	d = rpc_descriptor(c, text, len, false, error);
	if (!d)
		return rpc_fail(c, RPC_INVALID_ADDRESS_OR_KEY, "%s", error);
	if (!desc_is_range(d))
		low = high = 0;
	for (int64_t i = low; i <= high; i++)
		if (!provider_add(p, d, (uint32_t)i, secrets))
			return rpc_fail(c, RPC_INVALID_ADDRESS_OR_KEY,
					"Cannot derive script without private keys: "
					"'%.500s'", text);
	return true;
}

static bool add_descriptors(struct rpc_call *c, struct provider *p,
			    const struct json_value *list, bool secrets)
{
	provider_init(p, c->arena, rpc_ec(c));
	if (!p->ec)
		return rpc_fail_status(c, ST_NOMEM);
	for (size_t i = 0; i < json_count(list); i++)
		if (!add_descriptor(c, p, json_at(list, i), secrets))
			return false;
	return true;
}

/* --- updating --- */

/* The transactions that made the coins, as far as the node has them. */
static bool add_coins(struct rpc_call *c, struct psbt *psbt)
{
	for (uint32_t i = 0; i < psbt->tx.n_in; i++) {
		struct tx_info t;
		enum status st;

		if (psbt_find(&psbt->in[i], PSBT_IN_NON_WITNESS_UTXO))
			continue;
		st = query_tx(c->node, &psbt->tx.in[i].prevout.txid, c->arena, &t);
		if (st == ST_NOT_FOUND)
			continue;
		if (st != ST_OK)
			return rpc_fail_status(c, st);
		/* an output that is not there stays unknown */
		if (!psbt_set_made(psbt, i, t.raw, c->arena))
			continue;
	}
	return true;
}

/* Witness programs' coins are told by themselves, too. */
static bool add_witness_coins(struct rpc_call *c, struct psbt *psbt)
{
	struct psbt_final f;

	if (!psbt_final_init(&f, psbt, c->arena))
		return rpc_fail_status(c, ST_NOMEM);
	for (uint32_t i = 0; i < psbt->tx.n_in; i++) {
		struct txout coin;
		struct txin in;
		bool witness;

		(void)psbt_final_solve(&f, i, true, &in, NULL, &witness);
		if (witness && psbt_spent(psbt, i, c->arena, &coin) ==
				       PSBT_COIN_KNOWN &&
		    !psbt_set_coin(psbt, i, &coin, c->arena))
			return rpc_fail_status(c, ST_NOMEM);
	}
	return true;
}

static bool update(struct rpc_call *c, struct psbt *psbt,
		   const struct provider *p, bool origins)
{
	if (!add_coins(c, psbt))
		return false;
	for (uint32_t i = 0; i < psbt->tx.n_in; i++)
		if (!psbt_in_is_final(&psbt->in[i]) &&
		    !psbt_update_input(psbt, i, p, origins, c->arena))
			return rpc_fail_status(c, ST_NOMEM);
	for (uint32_t i = 0; i < psbt->tx.n_out; i++)
		if (!psbt_update_output(psbt, i, p, origins, c->arena))
			return rpc_fail_status(c, ST_NOMEM);
	return add_witness_coins(c, psbt);
}

bool rpc_utxoupdatepsbt(struct rpc_call *c)
{
	struct provider p;
	struct psbt psbt;

	if (!add_descriptors(c, &p, c->arg[1], false) ||
	    !rpc_psbt_decode(c, c->arg[0], &psbt) || !update(c, &psbt, &p, true))
		return false;
	psbt_drop_made(&psbt);
	return rpc_psbt_put(c, NULL, &psbt);
}

/* --- signing --- */

static bool sign(struct rpc_call *c, struct psbt *psbt, struct provider *p,
		 uint8_t type)
{
	const struct psbt_signing s = {.ec = p->ec, .keys = provider_source(p),
				       .type = type, .any_type = true,
				       .arena = c->arena};
	enum psbt_sign_result r;
	char why[200];
	uint32_t at;
	unsigned n;

	r = psbt_sign(psbt, &s, &n, &at);
	if (r == PSBT_SIGN_OK)
		return true;
	psbt_sign_explain(why, sizeof(why), r, at);
	return rpc_fail(c, RPC_INVALID_PARAMETER, "%s", why);
}

static bool process(struct rpc_call *c, struct provider *p)
{
	bool origins = rpc_arg_bool(c, 3, true), final = rpc_arg_bool(c, 4, true);
	bool complete;
	struct psbt psbt;
	uint8_t type;

	if (!rpc_arg_sighash(c, 2, &type) ||
	    !rpc_psbt_decode(c, c->arg[0], &psbt) ||
	    !update(c, &psbt, p, origins) || !sign(c, &psbt, p, type))
		return false;
	if (final && !psbt_finalize(&psbt, c->arena, &complete))
		return rpc_fail_status(c, ST_NOMEM);
	psbt_drop_made(&psbt);
	complete = true;
	for (uint32_t i = 0; i < psbt.tx.n_in; i++)
		complete &= psbt_in_is_final(&psbt.in[i]);
	json_obj_begin(c->w);
	if (!rpc_psbt_put(c, "psbt", &psbt))
		return false;
	json_put_bool(c->w, "complete", complete);
	if (complete && !rpc_psbt_put_extracted(c, &psbt))
		return false;
	json_obj_end(c->w);
	return true;
}

bool rpc_descriptorprocesspsbt(struct rpc_call *c)
{
	struct provider p;
	bool good = add_descriptors(c, &p, c->arg[1], true) && process(c, &p);

	provider_wipe(&p);
	return good;
}

/* --- analyzepsbt --- */

static void put_lack(struct json_writer *w, const struct psbt_lack *l)
{
	if (!l->has_pub && !l->redeem && !l->witness && !l->n_sig)
		return;
	json_key(w, "missing");
	json_obj_begin(w);
	if (l->has_pub) {
		json_key(w, "pubkeys");
		json_arr_begin(w);
		json_hex(w, l->pub, 20);
		json_arr_end(w);
	}
	if (l->redeem)
		json_put_hex(w, "redeemscript", l->redeem_hash, 20);
	if (l->witness)
		json_put_hex(w, "witnessscript", l->witness_hash, 32);
	if (l->n_sig) {
		json_key(w, "signatures");
		json_arr_begin(w);
		for (unsigned i = 0; i < l->n_sig; i++)
			json_hex(w, l->sig[i], 20);
		json_arr_end(w);
	}
	json_obj_end(w);
}

bool rpc_analyzepsbt(struct rpc_call *c)
{
	struct json_writer *w = c->w;
	struct psbt_analysis a;
	struct psbt psbt;

	if (!rpc_psbt_decode(c, c->arg[0], &psbt))
		return false;
	if (!psbt_analyze(&a, &psbt, c->arena))
		return rpc_fail_status(c, ST_NOMEM);
	json_obj_begin(w);
	if (a.n_in) {
		json_key(w, "inputs");
		json_arr_begin(w);
		for (uint32_t i = 0; i < a.n_in; i++) {
			json_obj_begin(w);
			json_put_bool(w, "has_utxo", a.in[i].has_coin);
			json_put_bool(w, "is_final", a.in[i].is_final);
			json_put_str(w, "next", psbt_role_name(a.in[i].next));
			put_lack(w, &a.in[i].lack);
			json_obj_end(w);
		}
		json_arr_end(w);
	}
	if (a.vsize) {
		json_put_uint(w, "estimated_vsize", a.vsize);
		json_put_amount(w, "estimated_feerate",
				a.fee_sat * 1000 / a.vsize);
	}
	if (a.has_fee)
		json_put_amount(w, "fee", a.fee_sat);
	json_put_str(w, "next", psbt_role_name(a.next));
	if (a.error[0])
		json_put_str(w, "error", a.error);
	json_obj_end(w);
	return true;
}
