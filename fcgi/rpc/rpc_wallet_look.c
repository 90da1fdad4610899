/* SPDX-License-Identifier: MIT */
/* Which wallet a call is about, and what its answers have in common. */
#include "base/base64.h"
#include "fcgi/rpc/rpc_funds.h"
#include "fcgi/rpc/rpc_wallet.h"
#include "primitives/address.h"

#define PSBT_MAX ((size_t)8 << 20)

struct signer_client rpc_signer(const struct rpc_call *c)
{
	return (struct signer_client){
		.socket = conf_text(c->app->conf, CONF_SIGNER_SOCKET)};
}

bool rpc_funds_at(struct rpc_call *c, bool create, struct funds_at *at)
{
	enum status st;

	*at = (struct funds_at){.node = c->node, .ec = rpc_ec(c)};
	if (!at->ec)
		return rpc_fail_status(c, ST_NOMEM);
	st = app_purse(c->app, create, &at->purse);
	if (st == ST_NOT_FOUND && !create)
		return true;
	return st == ST_OK ||
	       rpc_fail(c, RPC_DATABASE_ERROR, "The wallets' database cannot be "
			"opened: %s", status_text(st));
}

static bool named_row(struct rpc_call *c, const struct funds_at *at,
		      struct purse_wallet *row)
{
	struct purse_wallet *all;
	size_t n = 0;
	enum status st = ST_OK;

	if (at->purse)
		st = funds_list(at, "", c->arena, &all, &n);
	if (st != ST_OK)
		return rpc_fail_status(c, st);
	for (size_t i = 0; i < n; i++) {
		if (!all[i].loaded ||
		    !bytes_equal(bytes_of_text(all[i].name), c->wallet))
			continue;
		*row = all[i];
		return true;
	}
	return rpc_fail(c, RPC_WALLET_NOT_FOUND,
			"Requested wallet does not exist or is not loaded");
}

bool rpc_funds_row(struct rpc_call *c, struct funds_at *at,
		   struct purse_wallet *row)
{
	struct purse_wallet *all;
	size_t n = 0, loaded = 0;
	enum status st = ST_OK;

	if (!rpc_funds_at(c, false, at))
		return false;
	if (c->wallet.p)
		return named_row(c, at, row);
	if (at->purse)
		st = funds_list(at, "", c->arena, &all, &n);
	if (st != ST_OK)
		return rpc_fail_status(c, st);
	for (size_t i = 0; i < n; i++) {
		if (all[i].loaded && loaded++ == 0)
			*row = all[i];
	}
	if (!loaded)
		return rpc_fail(c, RPC_WALLET_NOT_FOUND,
				"No wallet is loaded. Load a wallet using loadwallet "
				"or create a new one with createwallet. (Note: A "
				"default wallet is no longer automatically created)");
	return loaded == 1 ||
	       rpc_fail(c, RPC_WALLET_NOT_SPECIFIED,
			"Wallet file not specified (must request wallet RPC "
			"through /wallet/<filename> uri-path).");
}

bool rpc_funds(struct rpc_call *c, struct funds *f)
{
	struct purse_wallet row;
	struct funds_at at;
	enum status st;

	if (!rpc_funds_row(c, &at, &row))
		return false;
	st = funds_open_row(f, &at, &row, c->arena);
	return st == ST_OK || rpc_fail_status(c, st);
}

static bool fail_signer(struct rpc_call *c, const struct funds_fault *f)
{
	switch ((enum signer_result)f->signer) {
	case SIGNER_LOCKED:
		return rpc_fail(c, RPC_WALLET_UNLOCK_NEEDED,
				"Error: Please enter the wallet passphrase with "
				"walletpassphrase first.");
	case SIGNER_DENIED:
		return rpc_fail(c, RPC_WALLET_PASSPHRASE_INCORRECT,
				"Error: The wallet passphrase entered was "
				"incorrect.");
	case SIGNER_OK:
	case SIGNER_ABSENT:
	case SIGNER_NOT_FOUND:
	case SIGNER_EXISTS:
	case SIGNER_WAIT:
	case SIGNER_REFUSED:
	case SIGNER_BAD:
	case SIGNER_FAILED:
		break;
	}
	return rpc_fail(c, RPC_WALLET_ERROR, "%s", f->message);
}

bool rpc_fail_fault(struct rpc_call *c, const struct funds_fault *f, int poor)
{
	switch (f->kind) {
	case FUNDS_USAGE:
		return rpc_fail(c, RPC_INVALID_PARAMETER, "%s", f->message);
	case FUNDS_POOR:
	case FUNDS_REFUSED:
		return rpc_fail(c, poor, "%s", f->message);
	case FUNDS_EXISTS:
		return rpc_fail(c, RPC_WALLET_ERROR, "%s", f->message);
	case FUNDS_SIGNER:
		return fail_signer(c, f);
	case FUNDS_REJECTED:
		return rpc_fail(c, RPC_WALLET_ERROR, "The transaction was rejected: "
				"%s", f->message);
	case FUNDS_FAILED:
		break;
	}
	return rpc_fail_status(c, f->st);
}

bool rpc_script_of(struct rpc_call *c, const char *address, const char *message,
		   struct bytes *script)
{
	struct buf b;
	bool good;

	buf_init(&b, 256);
	good = address_to_script(&b, node_params(c->node), address,
				 strlen(address)) == ADDRESS_OK;
	*script = bytes_of(good ? arena_copy(c->arena, b.p, b.len) : NULL, b.len);
	buf_free(&b);
	if (script->p)
		return true;
	good = *message && message[strlen(message) - 1] == ' ';
	return rpc_fail(c, RPC_INVALID_ADDRESS_OR_KEY, "%s%s", message,
			good ? address : "");
}

void rpc_put_address(struct rpc_call *c, const char *key, struct bytes script)
{
	char address[ADDRESS_TEXT_SIZE];

	if (address_from_script(address, node_params(c->node), script))
		json_put_str(c->w, key, address);
}

static void put_desc(struct rpc_call *c, const struct funds *f,
		     const struct funds_script *s, bool whole)
{
	const struct funds_desc *d = &f->desc[s->desc];
	struct desc_scripts out;
	unsigned which = 0;
	struct buf b;

	buf_init(&b, 1 << 16);
	if (desc_expand(d->d, f->at.ec, s->n, f->arena, &out))
		for (unsigned i = 0; i < out.n; i++)
			if (bytes_equal(out.script[i], s->script))
				which = i;
	if (whole)
		buf_text(&b, d->row.text);
	else if (!desc_text_at(&b, d->d, node_params(c->node), f->at.ec, s->n, which))
		buf_reset(&b);
	json_str(c->w, buf_str(&b));
	buf_free(&b);
}

void rpc_put_desc(struct rpc_call *c, const struct funds *f,
		  const struct funds_script *s)
{
	json_key(c->w, "desc");
	put_desc(c, f, s, false);
}

void rpc_put_parent_descs(struct rpc_call *c, const struct funds *f,
			  const struct funds_script *s)
{
	json_key(c->w, "parent_descs");
	json_arr_begin(c->w);
	put_desc(c, f, s, true);
	json_arr_end(c->w);
}

bool rpc_label(struct rpc_call *c, unsigned i, const char **label)
{
	*label = rpc_arg_str(c, i);
	return strcmp(*label, "*") != 0 ||
	       rpc_fail(c, -11, "Invalid label name");
}

bool rpc_address_type(struct rpc_call *c, const struct json_value *v,
		      const char **kind)
{
	static const char *const known[] = {"legacy", "p2sh-segwit", "bech32",
					    "bech32m"};
	const char *text;
	size_t len;

	*kind = NULL;
	if (!v || json_kind(v) == JSON_KIND_NULL)
		return true;
	if (!rpc_value_str(c, v, &text, &len))
		return false;
	for (size_t i = 0; i < 4; i++)
		if (strcmp(text, known[i]) == 0)
			*kind = known[i];
	return *kind || rpc_fail(c, RPC_INVALID_ADDRESS_OR_KEY,
				 "Unknown address type '%.100s'", text);
}

const char *rpc_psbt_text(struct rpc_call *c, struct bytes psbt)
{
	char *text = arena_alloc(c->arena, BASE64_TEXT_SIZE(psbt.len), 1);

	return text ? base64_text(text, psbt.p, psbt.len) : "";
}

bool rpc_psbt_bytes(struct rpc_call *c, const struct json_value *v,
		    struct bytes *out)
{
	const char *text;
	struct buf b;
	size_t len;
	bool good;

	if (!rpc_value_str(c, v, &text, &len))
		return false;
	buf_init(&b, PSBT_MAX);
	good = base64_parse(&b, text, len);
	*out = bytes_of(good ? arena_copy(c->arena, b.p, b.len) : NULL, b.len);
	buf_free(&b);
	return out->p || rpc_fail(c, RPC_DESERIALIZATION_ERROR,
				  "TX decode failed invalid base64");
}
