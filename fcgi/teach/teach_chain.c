/* SPDX-License-Identifier: MIT */
/* GET /chain: the chain from its beginning, in pages. */
#include <stdio.h>

#include "fcgi/http/error.h"
#include "fcgi/http/handlers.h"
#include "fcgi/teach/chain_json.h"
#include "node/finality/finality.h"

static enum status reply(struct app *app, struct response *rs,
			 const struct request *rq, uint32_t from, uint32_t limit)
{
	struct json_writer w;
	struct node_tip tip;
	char tag[HASH_TEXT_SIZE + 12], hash[HASH_TEXT_SIZE];
	struct finality_info f;
	bool votes = node_has_finality(app->node);
	uint32_t next;
	enum status st = node_tip(app->node, &tip);

	if (st == ST_OK && votes)
		st = node_finality(app->node, &f);
	if (st != ST_OK)
		return st;
	snprintf(tag, sizeof(tag), "%s-%u", hash256_text(hash, &tip.id.h),
		 votes ? f.final.height : 0);
	if (response_etag(rs, rq, votes ? tag : hash))
		return ST_OK;
	json_begin(&w, &rs->body);
	json_obj_begin(&w);
	json_key(&w, "chain");
	st = chain_json_page(app, &w, from, limit, tip.height, &next);
	if (st != ST_OK)
		return st;
	if (votes)
		json_put_uint(&w, "finalized_height", f.final.height);
	json_put_uint(&w, "length", (uint64_t)tip.height + 1);
	/* a page of none would lead to itself */
	if (limit && next <= tip.height) {
		char link[64];

		snprintf(link, sizeof(link), "/chain?from=%u&limit=%u", next, limit);
		json_put_str(&w, "next", link);
	}
	json_obj_end(&w);
	buf_text(&rs->body, "\n");
	return ST_OK;
}

void teach_chain(struct app *app, const struct request *rq, struct response *rs)
{
	uint64_t from, limit;
	enum status st;

	if (!request_query_number(rq, "from", 0, UINT32_MAX, &from) ||
	    !request_query_number(rq, "limit", CHAIN_PAGE_BLOCKS, UINT32_MAX,
				  &limit)) {
		error_reply(rs, rq, 400, "bad-page",
			    "from and limit are numbers of blocks, such as "
			    "/chain?from=0&limit=100.");
		return;
	}
	if (limit > CHAIN_PAGE_BLOCKS_MAX)
		limit = CHAIN_PAGE_BLOCKS_MAX;
	st = node_snapshot(app->node);
	if (st == ST_OK) {
		st = reply(app, rs, rq, (uint32_t)from, (uint32_t)limit);
		node_snapshot_end(app->node);
	}
	if (st != ST_OK)
		error_status(rs, rq, st);
}
