/* SPDX-License-Identifier: MIT */
/* /console: SQL for people. The statement goes to /sql, with or without
 * JavaScript; the cookbook is what to begin with. */
#include "fcgi/http/handlers.h"
#include "fcgi/page/cookbook.h"
#include "fcgi/page/page.h"

static enum status fill(struct page *pg)
{
	struct page_value *list = page_list(pg->tree, pg->root, "recipes");

	page_text(pg->tree, pg->root, "title", "SQL console");
	page_text(pg->tree, pg->root, "module", "console.js");
	for (unsigned i = 0; i < cookbook_n; i++) {
		struct page_value *item = page_item(pg->tree, list);

		page_text(pg->tree, item, "name", cookbook[i].name);
		page_text(pg->tree, item, "question", cookbook[i].question);
		page_text(pg->tree, item, "sql", cookbook[i].sql);
	}
	return ST_OK;
}

void page_console(struct app *app, const struct request *rq,
		  struct response *rs)
{
	page_serve(app, rq, rs, "console", "console", fill);
}
