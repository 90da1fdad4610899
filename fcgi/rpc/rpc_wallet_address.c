/* SPDX-License-Identifier: MIT */
/* Addresses of a wallet, their labels, and messages signed for them. */
#include <stdlib.h>

#include "fcgi/rpc/rpc_funds.h"
#include "fcgi/rpc/rpc_txjson.h"
#include "primitives/address.h"

#define SIGNATURE_MAX 4096

/* --- new ones --- */

static bool new_address(struct rpc_call *c, struct funds *f, const char *kind,
			bool internal, const char *label)
{
	char address[ADDRESS_TEXT_SIZE];
	struct bytes script;
	enum status st = funds_address(f, kind ? kind : "", internal, label,
				       &script);

	if (st == ST_NOT_FOUND && !f->n_desc)
		return rpc_fail(c, RPC_WALLET_ERROR,
				"Error: This wallet has no available keys");
	if (st == ST_NOT_FOUND)
		return rpc_fail(c, -12, "Error: No %s addresses available.",
				kind ? kind : "bech32");
	if (st != ST_OK)
		return rpc_fail_status(c, st);
	if (!address_from_script(address, node_params(c->node), script))
		return rpc_fail(c, RPC_WALLET_ERROR, "Its scripts have no address");
	json_str(c->w, address);
	return true;
}

bool rpc_getnewaddress(struct rpc_call *c)
{
	const char *label, *kind;
	struct funds f;

	if (!rpc_funds(c, &f) || !rpc_label(c, 0, &label) ||
	    !rpc_address_type(c, c->arg[1], &kind))
		return false;
	return new_address(c, &f, kind, false, label);
}

bool rpc_getrawchangeaddress(struct rpc_call *c)
{
	const char *kind;
	struct funds f;

	if (!rpc_funds(c, &f) || !rpc_address_type(c, c->arg[0], &kind))
		return false;
	return new_address(c, &f, kind, true, NULL);
}

/* --- getaddressinfo --- */

/* Where the key comes from: of scripts with one key. */
static void put_key(struct rpc_call *c, const struct funds *f,
		    const struct funds_script *s)
{
	const struct provider_key *k;
	struct provider p;
	struct buf path;

	if (!funds_provider(f, s, &p) || p.n_key != 1)
		return;
	k = p.key;
	if (script_classify(s->script).kind != SCRIPT_WITNESS_V1_TAPROOT)
		json_put_hex(c->w, "pubkey", k->pub, k->pub_len);
	buf_init(&path, 1024);
	buf_text(&path, "m");
	for (unsigned i = 0; i < k->n_path; i++)
		buf_printf(&path, "/%u%s", k->path[i] & 0x7fffffff,
			   k->path[i] >> 31 ? "h" : "");
	json_put_str(c->w, "hdkeypath", buf_str(&path));
	json_put_str(c->w, "hdseedid",
		     "0000000000000000000000000000000000000000");
	json_put_hex(c->w, "hdmasterfingerprint", k->fingerprint, 4);
	buf_free(&path);
}

bool rpc_getaddressinfo(struct rpc_call *c)
{
	const char *address = rpc_arg_str(c, 0);
	const struct funds_script *s;
	struct json_writer *w = c->w;
	struct bytes script, program;
	uint8_t version;
	struct funds f;
	bool solvable;

	if (!rpc_funds(c, &f) ||
	    !rpc_script_of(c, address, "Invalid or unsupported Segwit (Bech32) or "
			   "Base58 encoding.", &script))
		return false;
	s = funds_find(&f, script);
	solvable = s && f.desc[s->desc].solvable;
	json_obj_begin(w);
	json_put_str(w, "address", address);
	json_put_hex(w, "scriptPubKey", script.p, script.len);
	json_put_bool(w, "ismine", s != NULL);
	json_put_bool(w, "solvable", solvable);
	if (solvable)
		rpc_put_desc(c, &f, s);
	if (s)
		json_put_str(w, "parent_desc", f.desc[s->desc].row.text);
	json_put_bool(w, "iswatchonly", false);
	if (script_is_witness_program(script, &version, &program)) {
		if (version == 0)
			json_put_bool(w, "isscript", program.len == 32);
		else
			json_put_bool(w, "isscript", true);
		json_put_bool(w, "iswitness", true);
		json_put_int(w, "witness_version", version);
		json_put_hex(w, "witness_program", program.p, program.len);
	} else {
		json_put_bool(w, "isscript", script_is_p2sh(script));
		json_put_bool(w, "iswitness", false);
	}
	if (solvable)
		put_key(c, &f, s);
	json_put_bool(w, "ischange", s && !s->label);
	if (s)
		json_put_int(w, "timestamp", f.desc[s->desc].row.created);
	json_key(w, "labels");
	json_arr_begin(w);
	if (funds_label(&f, script))
		json_str(w, funds_label(&f, script));
	json_arr_end(w);
	json_obj_end(w);
	return true;
}

/* --- labels --- */

bool rpc_setlabel(struct rpc_call *c)
{
	struct purse_label l;
	struct funds f;
	enum status st;

	if (!rpc_funds(c, &f) || !rpc_label(c, 1, &l.label) ||
	    !rpc_script_of(c, rpc_arg_str(c, 0), "Invalid Bitcoin address", &l.script))
		return false;
	l.send = !funds_find(&f, l.script);
	st = purse_label_put(f.at.purse, f.wallet.id, &l);
	if (st != ST_OK)
		return rpc_fail_status(c, st);
	json_nil(c->w);
	return true;
}

bool rpc_getaddressesbylabel(struct rpc_call *c)
{
	char address[ADDRESS_TEXT_SIZE];
	const char *label;
	bool any = false;
	struct funds f;

	if (!rpc_funds(c, &f) || !rpc_label(c, 0, &label))
		return false;
	json_obj_begin(c->w);
	for (size_t i = 0; i < f.n_label; i++) {
		const struct purse_label *l = &f.label[i];

		if (strcmp(l->label, label) != 0 ||
		    !address_from_script(address, node_params(c->node), l->script))
			continue;
		any = true;
		json_key(c->w, address);
		json_obj_begin(c->w);
		json_put_str(c->w, "purpose", l->send ? "send" : "receive");
		json_obj_end(c->w);
	}
	json_obj_end(c->w);
	return any || rpc_fail(c, -11, "No addresses with label %.200s", label);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

bool rpc_listlabels(struct rpc_call *c)
{
	const char *purpose = rpc_arg_str(c, 0), **v;
	struct funds f;
	size_t n = 0;

	if (!rpc_funds(c, &f))
		return false;
	if (*purpose && strcmp(purpose, "send") && strcmp(purpose, "receive"))
		return rpc_fail(c, RPC_INVALID_PARAMETER,
				"Invalid 'purpose' argument, must be a known "
				"purpose string, typically 'send', or 'receive'.");
	v = arena_calloc(c->arena, f.n_label + 1, sizeof(*v));
	if (!v)
		return rpc_fail_status(c, ST_NOMEM);
	for (size_t i = 0; i < f.n_label; i++)
		if (!*purpose || (*purpose == 's') == f.label[i].send)
			v[n++] = f.label[i].label;
	if (n)
		qsort(v, n, sizeof(*v), by_text);
	json_arr_begin(c->w);
	for (size_t i = 0; i < n; i++)
		if (i == 0 || strcmp(v[i], v[i - 1]) != 0)
			json_str(c->w, v[i]);
	json_arr_end(c->w);
	return true;
}

/* --- messages --- */

bool rpc_signmessage(struct rpc_call *c)
{
	const char *address = rpc_arg_str(c, 0), *text = rpc_arg_str(c, 1);
	struct signer_client signer = rpc_signer(c);
	struct funds_fault fault;
	enum signer_result r;
	struct bytes script;
	struct funds f;
	struct buf b;

	if (!rpc_funds(c, &f) ||
	    !rpc_script_of(c, address, "Invalid address", &script))
		return false;
	if (script_classify(script).kind != SCRIPT_PUBKEYHASH)
		return rpc_fail(c, RPC_TYPE_ERROR, "Address does not refer to key");
	if (!funds_find(&f, script) || !funds_has_keys(&f))
		return rpc_fail(c, RPC_WALLET_ERROR, "Private key not available");
	buf_init(&b, SIGNATURE_MAX);
	r = signer_sign_message(&signer, f.wallet.keystore, (struct bytes){0},
				SIGNER_MESSAGE_LEGACY, address, NULL, 0,
				bytes_of_text(text), &b);
	if (r == SIGNER_OK)
		json_str(c->w, buf_str(&b));
	buf_free(&b);
	if (r == SIGNER_OK)
		return true;
	funds_signer_bad(&fault, r, &signer);
	return rpc_fail_fault(c, &fault, RPC_WALLET_ERROR);
}
