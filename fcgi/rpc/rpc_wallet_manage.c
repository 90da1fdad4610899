/* SPDX-License-Identifier: MIT */
/* Wallets made, loaded, locked: keys are quarry-signer's, which is asked. */
#include <stdio.h>

#include "fcgi/rpc/rpc_funds.h"
#include "funds/setup.h"
#include "wallet/sign.h"

#define UNLOCK_MAX_S 100000000

static void put_name(struct rpc_call *c, const char *name)
{
	json_obj_begin(c->w);
	json_put_str(c->w, "name", name);
	json_obj_end(c->w);
}

static struct bytes secret(struct rpc_call *c, unsigned i)
{
	const char *text;
	size_t len;

	if (!json_as_str(c->arg[i], &text, &len))
		return (struct bytes){0};
	return bytes_of(text, len);
}

static void forget(struct bytes v)
{
	if (v.len)
		wallet_text_wipe((void *)(uintptr_t)v.p, v.len);
}

/* --- createwallet --- */

static bool make_without_keys(struct rpc_call *c, const struct funds_at *at,
			      struct purse_wallet *w)
{
	enum status st = funds_create(at, w);

	if (st == ST_DENIED)
		return rpc_fail(c, RPC_WALLET_ERROR,
				"Wallet file verification failed. Failed to create "
				"database path '%.100s'. Database already exists.",
				w->name);
	return st == ST_OK || rpc_fail_status(c, st);
}

bool rpc_createwallet(struct rpc_call *c)
{
	struct funds_new how = {.passphrase = secret(c, 3)};
	struct signer_client signer = rpc_signer(c);
	const char *name = rpc_arg_str(c, 0);
	struct purse_wallet w = {0};
	struct funds_fault fault;
	struct funds_at at;
	bool no_keys = rpc_arg_bool(c, 1, false), blank = rpc_arg_bool(c, 2, false);
	bool good;

	if (!rpc_arg_bool(c, 5, true))
		return rpc_fail(c, RPC_WALLET_ERROR,
				"Compiled without bdb support (required for legacy "
				"wallets)");
	if (rpc_arg_bool(c, 7, false))
		return rpc_fail(c, RPC_WALLET_ERROR,
				"Compiled without external signing support "
				"(required for external signing)");
	if (!funds_name_ok(name, strlen(name)))
		return rpc_fail(c, RPC_WALLET_ERROR, "A wallet's name has at most "
				"100 characters and no slash");
	if (no_keys && how.passphrase.len)
		return rpc_fail(c, RPC_WALLET_ERROR,
				"Passphrase provided but private keys are disabled. "
				"A passphrase is only used to encrypt private keys, "
				"so cannot be used for wallets with private keys "
				"disabled.");
	if (!rpc_funds_at(c, true, &at))
		return false;
	snprintf(w.name, sizeof(w.name), "%s", name);
	w.flags = (no_keys ? PURSE_WATCH_ONLY : 0) | (blank ? PURSE_BLANK : 0) |
		  (rpc_arg_bool(c, 4, false) ? PURSE_AVOID_REUSE : 0);
	if (no_keys || blank) {
		good = make_without_keys(c, &at, &w);
	} else {
		good = funds_new_wallet(&at, &w, &signer, &how, NULL, c->arena,
					&fault);
		if (!good && fault.kind == FUNDS_EXISTS)
			rpc_fail(c, RPC_WALLET_ERROR,
				 "Wallet file verification failed. Failed to create "
				 "database path '%.100s'. Database already exists.",
				 name);
		else if (!good)
			rpc_fail_fault(c, &fault, RPC_WALLET_ERROR);
	}
	forget(how.passphrase);
	if (good)
		put_name(c, w.name);
	return good;
}

/* --- loadwallet, unloadwallet --- */

static bool set_loaded(struct rpc_call *c, const char *name, bool loaded)
{
	struct purse_wallet w;
	struct funds_at at;
	enum status st = ST_NOT_FOUND;

	if (!rpc_funds_at(c, false, &at))
		return false;
	if (at.purse)
		st = purse_wallet_find(at.purse, "", name, &w);
	if (st == ST_NOT_FOUND)
		return rpc_fail(c, RPC_WALLET_NOT_FOUND, loaded
				? "Wallet file verification failed. Failed to load "
				  "database path '%.100s'. Path does not exist."
				: "Requested wallet does not exist or is not loaded",
				name);
	if (st == ST_OK && w.loaded == loaded)
		return loaded ? rpc_fail(c, RPC_WALLET_ALREADY_LOADED,
					 "Wallet \"%.100s\" is already loaded.", name)
			      : rpc_fail(c, RPC_WALLET_NOT_FOUND, "Requested wallet "
					 "does not exist or is not loaded");
	w.loaded = loaded;
	if (st == ST_OK)
		st = purse_wallet_update(at.purse, &w);
	return st == ST_OK || rpc_fail_status(c, st);
}

bool rpc_loadwallet(struct rpc_call *c)
{
	const char *name = rpc_arg_str(c, 0);

	if (!set_loaded(c, name, true))
		return false;
	put_name(c, name);
	return true;
}

bool rpc_unloadwallet(struct rpc_call *c)
{
	char name[PURSE_NAME_SIZE];
	struct signer_client signer = rpc_signer(c);
	struct purse_wallet row;
	struct funds_at at;

	if (c->wallet.p) {
		snprintf(name, sizeof(name), "%.*s", (int)c->wallet.len,
			 (const char *)c->wallet.p);
		if (rpc_has(c, 0) && strcmp(name, rpc_arg_str(c, 0)) != 0)
			return rpc_fail(c, RPC_INVALID_PARAMETER,
					"RPC endpoint wallet and wallet_name "
					"parameter specify different wallets");
	} else if (rpc_has(c, 0)) {
		snprintf(name, sizeof(name), "%s", rpc_arg_str(c, 0));
	} else {
		return rpc_fail(c, RPC_INVALID_PARAMETER,
				"Either the RPC endpoint wallet or the wallet name "
				"parameter must be provided");
	}
	if (!set_loaded(c, name, false))
		return false;
	/* as when Core lets go of its keys */
	if (rpc_funds_at(c, false, &at) &&
	    purse_wallet_find(at.purse, "", name, &row) == ST_OK && row.keystore[0])
		(void)signer_lock(&signer, row.keystore);
	json_obj_begin(c->w);
	json_obj_end(c->w);
	return true;
}

static bool each_wallet(struct rpc_call *c, struct purse_wallet **all, size_t *n)
{
	struct funds_at at;
	enum status st = ST_OK;

	*n = 0;
	if (!rpc_funds_at(c, false, &at))
		return false;
	if (at.purse)
		st = funds_list(&at, "", c->arena, all, n);
	return st == ST_OK || rpc_fail_status(c, st);
}

bool rpc_listwallets(struct rpc_call *c)
{
	struct purse_wallet *all;
	size_t n;

	if (!each_wallet(c, &all, &n))
		return false;
	json_arr_begin(c->w);
	for (size_t i = 0; i < n; i++)
		if (all[i].loaded)
			json_str(c->w, all[i].name);
	json_arr_end(c->w);
	return true;
}

bool rpc_listwalletdir(struct rpc_call *c)
{
	struct purse_wallet *all;
	size_t n;

	if (!each_wallet(c, &all, &n))
		return false;
	json_obj_begin(c->w);
	json_key(c->w, "wallets");
	json_arr_begin(c->w);
	for (size_t i = 0; i < n; i++)
		put_name(c, all[i].name);
	json_arr_end(c->w);
	json_obj_end(c->w);
	return true;
}

/* --- getwalletinfo --- */

static int64_t pool_size(const struct funds *f, bool internal)
{
	int64_t n = 0;

	for (size_t i = 0; i < f->n_desc; i++) {
		const struct purse_desc *d = &f->desc[i].row;

		if (d->active && d->internal == internal)
			n += d->past - d->next;
	}
	return n;
}

bool rpc_getwalletinfo(struct rpc_call *c)
{
	struct signer_client signer = rpc_signer(c);
	struct json_writer *w = c->w;
	struct funds_balance b;
	struct funds_tx *v;
	enum funds_lock lock;
	struct funds f;
	uint32_t left;
	size_t n;
	enum status st;

	if (!rpc_funds(c, &f))
		return false;
	st = funds_balance(&f, &b);
	if (st == ST_OK)
		st = funds_history(&f, 0, 0, &v, &n);
	if (st != ST_OK)
		return rpc_fail_status(c, st);
	lock = funds_lock_state(&f, &signer, &left);
	json_obj_begin(w);
	json_put_str(w, "walletname", f.wallet.name);
	json_put_int(w, "walletversion", 169900);
	json_put_str(w, "format", "sqlite");
	json_put_amount(w, "balance", b.confirmed);
	json_put_amount(w, "unconfirmed_balance", b.unconfirmed);
	json_put_amount(w, "immature_balance", b.immature);
	json_put_uint(w, "txcount", n);
	json_put_int(w, "keypoolsize", pool_size(&f, false));
	json_put_int(w, "keypoolsize_hd_internal", pool_size(&f, true));
	if (lock == FUNDS_UNLOCKED)
		json_put_int(w, "unlocked_until",
			     left ? node_now_s(c->node) + left : INT32_MAX);
	else if (lock == FUNDS_LOCKED)
		json_put_int(w, "unlocked_until", 0);
	json_put_amount(w, "paytxfee", f.wallet.fee_rate_sat_kvb);
	json_put_bool(w, "private_keys_enabled",
		      !(f.wallet.flags & PURSE_WATCH_ONLY));
	json_put_bool(w, "avoid_reuse", f.wallet.flags & PURSE_AVOID_REUSE);
	json_put_bool(w, "scanning", false);
	json_put_bool(w, "descriptors", true);
	json_put_bool(w, "external_signer", false);
	json_put_bool(w, "blank", (f.wallet.flags & PURSE_BLANK) && !f.n_desc);
	json_put_int(w, "birthtime", f.wallet.created);
	json_key(w, "lastprocessedblock");
	json_obj_begin(w);
	json_put_hash(w, "hash", &f.tip.id.h);
	json_put_uint(w, "height", f.tip.height);
	json_obj_end(w);
	json_obj_end(w);
	return true;
}

/* --- locks --- */

static bool keyed(struct rpc_call *c, struct funds *f, enum funds_lock *lock)
{
	struct signer_client signer = rpc_signer(c);
	uint32_t left;

	if (!rpc_funds(c, f))
		return false;
	*lock = funds_lock_state(f, &signer, &left);
	if (*lock == FUNDS_NO_SIGNER)
		return rpc_fail(c, RPC_WALLET_ERROR, "%s", signer.error);
	return true;
}

static bool fail_open(struct rpc_call *c, const char *method)
{
	return rpc_fail(c, RPC_WALLET_WRONG_ENC_STATE,
			"Error: running with an unencrypted wallet, but %s was "
			"called.", method);
}

static bool signer_said(struct rpc_call *c, enum signer_result r,
			const struct signer_client *signer)
{
	struct funds_fault fault;

	if (r == SIGNER_OK)
		return true;
	funds_signer_bad(&fault, r, signer);
	return rpc_fail_fault(c, &fault, RPC_WALLET_ERROR);
}

bool rpc_walletpassphrase(struct rpc_call *c)
{
	struct signer_client signer = rpc_signer(c);
	struct bytes pass = secret(c, 0);
	enum funds_lock lock;
	struct funds f;
	int64_t seconds;
	bool good;

	if (!keyed(c, &f, &lock) ||
	    !rpc_arg_int(c, 1, 0, INT64_MIN + 1, INT64_MAX, &seconds))
		return false;
	if (lock == FUNDS_OPEN || lock == FUNDS_NO_KEYS)
		return fail_open(c, "walletpassphrase");
	if (seconds < 0)
		return rpc_fail(c, RPC_INVALID_PARAMETER,
				"Timeout cannot be negative.");
	if (seconds > UNLOCK_MAX_S)
		seconds = UNLOCK_MAX_S;
	if (!pass.len)
		return rpc_fail(c, RPC_INVALID_PARAMETER,
				"passphrase cannot be empty");
	good = signer_said(c, signer_unlock(&signer, f.wallet.keystore, pass,
					    seconds ? (uint32_t)seconds : 1),
			   &signer);
	forget(pass);
	if (good)
		json_nil(c->w);
	return good;
}

bool rpc_walletlock(struct rpc_call *c)
{
	struct signer_client signer = rpc_signer(c);
	enum funds_lock lock;
	struct funds f;

	if (!keyed(c, &f, &lock))
		return false;
	if (lock == FUNDS_OPEN || lock == FUNDS_NO_KEYS)
		return fail_open(c, "walletlock");
	if (!signer_said(c, signer_lock(&signer, f.wallet.keystore), &signer))
		return false;
	json_nil(c->w);
	return true;
}

bool rpc_walletpassphrasechange(struct rpc_call *c)
{
	struct signer_client signer = rpc_signer(c);
	struct bytes old = secret(c, 0), new = secret(c, 1);
	enum signer_result r;
	enum funds_lock lock;
	struct funds f;

	if (!keyed(c, &f, &lock))
		return false;
	if (lock == FUNDS_OPEN || lock == FUNDS_NO_KEYS)
		return fail_open(c, "walletpassphrasechange");
	if (!old.len || !new.len)
		return rpc_fail(c, RPC_INVALID_PARAMETER,
				"passphrase cannot be empty");
	r = signer_change_passphrase(&signer, f.wallet.keystore, old, new);
	forget(old);
	forget(new);
	if (!signer_said(c, r, &signer))
		return false;
	json_nil(c->w);
	return true;
}

bool rpc_encryptwallet(struct rpc_call *c)
{
	struct signer_client signer = rpc_signer(c);
	struct bytes pass = secret(c, 0);
	enum signer_result r;
	enum funds_lock lock;
	struct funds f;

	if (!keyed(c, &f, &lock))
		return false;
	if (lock == FUNDS_NO_KEYS)
		return rpc_fail(c, -16, "Error: wallet does not contain private "
				"keys, nothing to encrypt.");
	if (lock != FUNDS_OPEN)
		return rpc_fail(c, RPC_WALLET_WRONG_ENC_STATE,
				"Error: running with an encrypted wallet, but "
				"encryptwallet was called.");
	if (!pass.len)
		return rpc_fail(c, RPC_INVALID_PARAMETER,
				"passphrase cannot be empty");
	r = signer_change_passphrase(&signer, f.wallet.keystore, bytes_of("", 0),
				     pass);
	forget(pass);
	if (!signer_said(c, r, &signer))
		return false;
	(void)signer_lock(&signer, f.wallet.keystore);
	json_str(c->w, "wallet encrypted; the words that its keys come from are still "
		       "the same, so that earlier backups remain good.");
	return true;
}

/* --- settings --- */

bool rpc_settxfee(struct rpc_call *c)
{
	struct purse_wallet row;
	struct funds_at at;
	int64_t rate;
	enum status st;

	if (!rpc_funds_row(c, &at, &row) || !rpc_value_amount(c, c->arg[0], &rate))
		return false;
	if (rate && rate < 1000)
		return rpc_fail(c, RPC_INVALID_PARAMETER,
				"txfee cannot be less than min relay tx fee "
				"(0.00001000 BTC/kvB)");
	if (rate > FUNDS_FEE_MAX_SAT)
		return rpc_fail(c, RPC_INVALID_PARAMETER,
				"txfee cannot be more than wallet max tx fee "
				"(0.10000000 BTC/kvB)");
	row.fee_rate_sat_kvb = rate;
	st = purse_wallet_update(at.purse, &row);
	if (st != ST_OK)
		return rpc_fail_status(c, st);
	json_bool(c->w, true);
	return true;
}

bool rpc_keypoolrefill(struct rpc_call *c)
{
	struct funds f;
	int64_t n;
	enum status st;

	if (!rpc_arg_int(c, 0, FUNDS_GAP, INT64_MIN + 1, INT64_MAX, &n))
		return false;
	if (n < 0)
		return rpc_fail(c, RPC_INVALID_PARAMETER,
				"Invalid parameter, expected valid size.");
	if (!rpc_funds(c, &f))
		return false;
	st = funds_refill(&f, n > FUNDS_GAP_MAX ? FUNDS_GAP_MAX : (uint32_t)n);
	if (st != ST_OK)
		return rpc_fail_status(c, st);
	json_nil(c->w);
	return true;
}
