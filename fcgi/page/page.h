/* SPDX-License-Identifier: MIT */
/*
 * The pages for people: /, /blocks, /block/HASH, /tx/TXID, ... A page is a
 * function that fills a tree of values (page_value.h) and a template that shows
 * it (fcgi/pages, page_template.h). Everything a page says is there without
 * JavaScript; nginx/www/live.js makes it live by asking for the same page again.
 *
 * A page is computed in one read transaction. Its ETag is of the state, the
 * address and the templates, so that asking again costs nothing while nothing has
 * happened.
 */
#ifndef QUARRY_FCGI_PAGE_PAGE_H
#define QUARRY_FCGI_PAGE_PAGE_H

#include "fcgi/html/page_value.h"
#include "fcgi/http/route.h"
#include "node/query/query_full.h"

struct page {
	struct app *app;
	const struct request *rq;
	struct response *rs;
	struct arena *arena;
	struct page_tree *tree;
	struct page_value *root;	/* the page's values */
	uint32_t tip_height;
	const char *template;		/* of fcgi/pages */
};

/* Answers with a page. `fill` fills its values: any status but ST_OK becomes the
 * page of that error, ST_NOT_FOUND the one that says there is no such thing; with
 * template set to NULL it has answered by itself. `section` is the part of the
 * site it belongs to: the value at_SECTION is true. */
void page_serve(struct app *app, const struct request *rq, struct response *rs,
		const char *template, const char *section,
		enum status (*fill)(struct page *pg));

/* /finality for browsers (finality.c answers programs). */
route_handler page_finality;

/* --- values that many pages have --- */

/* height, hash, time, n_tx, size, weight, fees, active, ... of a block. */
void page_put_block(struct page *pg, struct page_value *in,
		    const struct block_info *b);
/* Two decimals, fewer for what is large: 0.25, 3.5, 120. */
void page_put_rate(struct page *pg, struct page_value *in, const char *name,
		   double rate);
/* A number with its SI letter, such as 1.25 T. */
void page_put_si(struct page *pg, struct page_value *in, const char *name,
		 double v);
/* Sends the reader to another address of this site. The page is complete. */
enum status page_redirect(struct page *pg, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* Why a block or transaction was refused, as the group `refusal`; nothing when it
 * was not. */
enum status page_put_refusal(struct page *pg, const struct hash256 *hash);

#endif
