/* SPDX-License-Identifier: MIT */
/* Errors as pages; apart from page.c, which needs a node. */
#include "fcgi/http/page_error.h"

#include "fcgi/html/page_template.h"

void page_error(struct response *rs, const struct request *rq,
		const char *sentence)
{
	struct page_tree t;

	page_tree_init(&t, rq->arena);
	page_text(&t, &t.root, "version", page_version);
	page_text(&t, &t.root, "title", response_reason(rs->status));
	page_int(&t, &t.root, "status", rs->status);
	page_text(&t, &t.root, "reason", response_reason(rs->status));
	page_text(&t, &t.root, "sentence", sentence);
	page_flag(&t, &t.root, "again", rs->status == 503 || rs->status == 429);
	rs->type = TYPE_HTML;
	page_render(&rs->body, &t, "error");
}
