/* SPDX-License-Identifier: MIT */
#include "fcgi/app.h"

#include "fcgi/pool_view.h"
#include "primitives/address.h"
#include "primitives/script.h"
#include "wallet/sign.h"

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

struct wallet_signer *app_signer(struct app *app)
{
	if (!app->signer)
		app->signer = wallet_signer_open();
	return app->signer;
}

void app_clear(struct app *app)
{
	wallet_signer_close(app->signer);
	app->signer = NULL;
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
