/* SPDX-License-Identifier: MIT */
/*
 * /search?q=: leads to what the words name: a height, a block, a transaction
 * (waiting, gone or refused, too), an address; or lists what begins like that.
 */
#include <ctype.h>

#include "fcgi/http/handlers.h"
#include "fcgi/page/page.h"
#include "node/query/query_search.h"
#include "primitives/address.h"

#define FOUND_MAX 12

/* Without the blanks around it, and without "bitcoin:" before and what follows a
 * '?' or ':'. */
static const char *cleaned(struct page *pg, const char *q)
{
	char *text;
	size_t n;

	while (isspace((unsigned char)*q))
		q++;
	if (strncasecmp(q, "bitcoin:", 8) == 0)
		q += 8;
	n = strcspn(q, "?: \t");
	text = arena_alloc(pg->arena, n + 1, 1);
	if (!text)
		return "";
	memcpy(text, q, n);
	text[n] = '\0';
	return text;
}

static enum status by_hash(struct page *pg, const struct hash256 *h, bool *done)
{
	const struct blkid block = {*h};
	const struct txid tx = {*h};
	char text[HASH_TEXT_SIZE];
	struct block_info b;
	struct refusal r;
	struct gone_info g;
	struct tx_info t;
	const char *to = NULL;
	enum status st = query_block(pg->app->node, &block, &b);

	if (st == ST_OK)
		to = "block";
	if (st == ST_NOT_FOUND &&
	    (st = query_tx_status(pg->app->node, &tx, &t)) == ST_OK)
		to = "tx";
	if (st == ST_NOT_FOUND && (st = query_gone(pg->app->node, &tx, &g)) == ST_OK)
		to = "tx";
	if (st == ST_NOT_FOUND && (st = query_refusal(pg->app->node, h, &r)) == ST_OK)
		to = strcmp(r.kind, "tx") == 0 ? "tx" : "block";
	*done = to != NULL;
	if (!to)
		return st == ST_NOT_FOUND ? ST_OK : st;
	return page_redirect(pg, "/%s/%s", to, hash256_text(text, h));
}

/* An address of this network; one of another is told apart. */
static enum status by_address(struct page *pg, const char *q, bool *done)
{
	char address[ADDRESS_TEXT_SIZE];
	enum address_result r;
	struct buf script;
	enum status st = ST_OK;

	buf_init(&script, 1 << 10);
	r = address_to_script(&script, node_params(pg->app->node), q, strlen(q));
	if (r == ADDRESS_OK &&
	    address_from_script(address, node_params(pg->app->node),
				buf_view(&script))) {
		*done = true;
		st = page_redirect(pg, "/address/%s", address);
	} else if (r == ADDRESS_OTHER_NETWORK) {
		page_flag(pg->tree, pg->root, "other_network", true);
	}
	buf_free(&script);
	return st;
}

/* How it begins. */
static enum status list_found(struct page *pg, const char *q)
{
	struct search_found found[3 * FOUND_MAX];
	struct page_value *list = page_list(pg->tree, pg->root, "hashes"), *v;
	const char **address;
	uint32_t n_address;
	int n;
	enum status st = query_hash_prefix(pg->app->node, q, strlen(q), FOUND_MAX,
					   found, &n);

	for (int i = 0; st == ST_OK && i < n; i++) {
		v = page_item(pg->tree, list);
		page_hash(pg->tree, v, "hash", &found[i].hash);
		page_flag(pg->tree, v, "block", found[i].block);
	}
	if (st == ST_OK)
		st = query_addresses(pg->app->node, q, FOUND_MAX, pg->arena,
				     &address, &n_address);
	list = page_list(pg->tree, pg->root, "addresses");
	for (uint32_t i = 0; st == ST_OK && i < n_address; i++)
		page_text(pg->tree, page_item(pg->tree, list), "address",
			  address[i]);
	page_flag(pg->tree, pg->root, "any", st == ST_OK && n + n_address > 0);
	return st;
}

static enum status fill(struct page *pg)
{
	const char *raw = request_query(pg->rq, "q"), *q;
	struct hash256 h;
	uint64_t height;
	bool done = false;
	enum status st = ST_OK;

	page_text(pg->tree, pg->root, "title", "Search");
	q = cleaned(pg, raw ? raw : "");
	if (!*q)
		return ST_OK;
	page_flag(pg->tree, pg->root, "asked", true);
	if (request_number(bytes_of_text(q), pg->tip_height, &height))
		return page_redirect(pg, "/block/%llu", (unsigned long long)height);
	if (hash256_parse(&h, q, strlen(q)))
		st = by_hash(pg, &h, &done);
	if (st == ST_OK && !done)
		st = by_address(pg, q, &done);
	if (st != ST_OK || done)
		return st;
	page_flag(pg->tree, pg->root, "height_to_come",
		  request_number(bytes_of_text(q), UINT32_MAX, &height));
	st = list_found(pg, q);
	/* nothing of that name: the page says so, and so does the answer */
	if (st == ST_OK &&
	    !page_is_true(page_member(pg->root, "any", 3)))
		pg->rs->status = 404;
	return st;
}

void page_search(struct app *app, const struct request *rq, struct response *rs)
{
	page_serve(app, rq, rs, "search", "search", fill);
}
