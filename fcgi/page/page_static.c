/* SPDX-License-Identifier: MIT */
/*
 * Pages without values of their own: what they show is asked for by their
 * modules, or is text. To add one, name its template here and its path in
 * routes.def.
 */
#include "fcgi/http/handlers.h"
#include "fcgi/page/page.h"

static void put(struct page *pg, const char *title, const char *module)
{
	page_text(pg->tree, pg->root, "title", title);
	if (module)
		page_text(pg->tree, pg->root, "module", module);
}

static enum status fill_api(struct page *pg)
{
	put(pg, "API", NULL);
	return ST_OK;
}

static enum status fill_me(struct page *pg)
{
	put(pg, "Account", "me.js");
	return ST_OK;
}

static enum status fill_wallets(struct page *pg)
{
	put(pg, "Wallets", "wallets.js");
	return ST_OK;
}

static enum status fill_miner(struct page *pg)
{
	put(pg, "Mining", "miner.js");
	return ST_OK;
}

static enum status fill_admin(struct page *pg)
{
	put(pg, "Administration", "admin.js");
	return ST_OK;
}

void page_api(struct app *app, const struct request *rq, struct response *rs)
{
	page_serve(app, rq, rs, "api", "api", fill_api);
}

void page_me(struct app *app, const struct request *rq, struct response *rs)
{
	page_serve(app, rq, rs, "me", "me", fill_me);
}

void page_wallets(struct app *app, const struct request *rq,
		  struct response *rs)
{
	page_serve(app, rq, rs, "wallets", "wallets", fill_wallets);
}

void page_miner(struct app *app, const struct request *rq, struct response *rs)
{
	page_serve(app, rq, rs, "miner", "miner", fill_miner);
}

void page_admin(struct app *app, const struct request *rq, struct response *rs)
{
	page_serve(app, rq, rs, "admin", "admin", fill_admin);
}
