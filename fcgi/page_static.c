/* SPDX-License-Identifier: MIT */
/*
 * Pages without values of their own: what they show is asked for by their
 * modules, or is text. To add one, name its template here and its path in
 * routes.def.
 */
#include "fcgi/handlers.h"
#include "fcgi/page.h"

static enum status nothing(struct page *pg)
{
	(void)pg;
	return ST_OK;
}

void page_api(struct app *app, const struct request *rq, struct response *rs)
{
	page_serve(app, rq, rs, "api", "api", nothing);
}
