/* SPDX-License-Identifier: MIT */
#include "fcgi/http/app.h"

#include "accounts/accounts.h"
#include "base/clock.h"
#include "base/log.h"
#include "fcgi/http/pool_view.h"
#include "node/mine/mine_taken.h"
#include "node/pool/mempool.h"
#include "primitives/address.h"
#include "primitives/script.h"
#include "purse/purse.h"
#include "wallet/sign.h"

/* Between two tries to open accounts.db. */
#define ACCOUNTS_RETRY_MS 2000

bool app_is_playground(const struct app *app)
{
	const struct params *p = node_params(app->node);

	return p->own || strcmp(p->name, "regtest") == 0;
}

bool app_may_mine(const struct app *app)
{
	return conf_bool(app->conf, CONF_ALLOW_MINE) || app_is_playground(app);
}

bool app_may_use_keys(const struct app *app)
{
	return conf_bool(app->conf, CONF_ALLOW_KEYS) || app_is_playground(app);
}

void app_mine_submitted(struct app *app, uint64_t before)
{
	if (conf_bool(app->conf, CONF_MINE_ON_SUBMIT))
		node_mine_taken(app->node, before,
				conf_text(app->conf, CONF_MINE_ADDRESS));
}

struct wallet_signer *app_signer(struct app *app)
{
	if (!app->signer)
		app->signer = wallet_signer_open();
	return app->signer;
}

enum status app_purse(struct app *app, bool create, struct purse **out)
{
	char path[PURSE_PATH_SIZE], error[PURSE_ERROR_SIZE];
	enum status st = ST_OK;

	if (!app->purse &&
	    !purse_path(path, sizeof(path), conf_text(app->conf, CONF_WALLETS_DB),
			conf_text(app->conf, CONF_DB)))
		st = ST_TOO_BIG;
	else if (!app->purse)
		st = purse_open(&app->purse, path, create, error);
	if (st != ST_OK && st != ST_NOT_FOUND)
		log_error("wallets: %s", st == ST_TOO_BIG ? status_text(st) : error);
	*out = app->purse;
	return st;
}

struct accounts *app_accounts(struct app *app)
{
	char path[ACCOUNTS_PATH_SIZE], error[ACCOUNTS_ERROR_SIZE];
	int64_t now = clock_mono_ms();

	if (app->accounts || (app->accounts_failed_ms &&
			      now - app->accounts_failed_ms < ACCOUNTS_RETRY_MS))
		return app->accounts;
	app->accounts_failed_ms = 0;
	if (accounts_path(path, app->conf) &&
	    accounts_open(&app->accounts, path, false, error) != ST_OK) {
		app->accounts_failed_ms = now;
		log_error("%s", error);
	}
	return app->accounts;
}

void app_clear(struct app *app)
{
	accounts_close(app->accounts);
	app->accounts = NULL;
	wallet_signer_close(app->signer);
	app->signer = NULL;
	purse_close(app->purse);
	app->purse = NULL;
	pool_view_free(app->pool_view);
	app->pool_view = NULL;
}

void app_payee(struct buf *out, const struct app *app, struct bytes script)
{
	struct script_form form = script_classify(script);
	char address[ADDRESS_TEXT_SIZE];

	if (address_from_script(address, node_params(app->node), script))
		buf_text(out, address);
	else if (form.kind == SCRIPT_PUBKEY)
		buf_hex(out, form.data.p, form.data.len);
	else
		buf_hex(out, script.p, script.len);
}
