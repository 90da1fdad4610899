/* SPDX-License-Identifier: MIT */
/*
 * Esplora's paths about blocks. A block is found by its hash on any branch; its
 * transactions as JSON only while it is on the active chain, since what they
 * spend is known only there.
 */
#include "fcgi/esplora/esplora_json.h"
#include "fcgi/http/api.h"
#include "fcgi/http/handlers.h"
#include "node/finality/finality.h"

#define BLOCKS_A_PAGE 10
#define TXS_A_PAGE 25
/* What ?max_txs= may ask for. */
#define TXS_A_PAGE_MAX 1000

void esplora_tip_height(struct app *app, const struct request *rq,
			struct response *rs)
{
	(void)app;
	(void)rq;
	rs->type = TYPE_TEXT;
	put_uint(&rs->body, rs->tip_height);
}

void esplora_tip_hash(struct app *app, const struct request *rq,
		      struct response *rs)
{
	(void)app;
	(void)rq;
	rs->type = TYPE_TEXT;
	buf_text(&rs->body, rs->tip);
}

void esplora_blocks(struct app *app, const struct request *rq,
		    struct response *rs)
{
	struct block_info *v;
	uint64_t from;
	int n;
	enum status st;

	/* clients leave it empty or say "undefined" */
	if (!request_number(rq->arg[0], UINT32_MAX, &from))
		from = rs->tip_height;
	if (from > rs->tip_height) {
		api_error(rs, 404, "Block not found");
		return;
	}
	st = query_blocks_below(app->node, (uint32_t)from, BLOCKS_A_PAGE,
				rq->arena, &v, &n);
	if (st != ST_OK) {
		api_status(rs, rq, st, "Block not found");
		return;
	}
	PUT(&rs->body, "[");
	for (int i = 0; i < n; i++) {
		if (i)
			PUT(&rs->body, ",");
		esplora_put_block(&rs->body, &v[i]);
	}
	PUT(&rs->body, "]");
	api_settle(app, rs, (uint32_t)from);
}

/* The block named in the path, which must be here with its data; false: done. */
static bool find_block(struct app *app, const struct request *rq,
		       struct response *rs, struct block_info *info)
{
	struct blkid id;
	enum status st;

	if (!api_hash(rq, rs, 0, &id.h))
		return false;
	st = query_block(app->node, &id, info);
	if (st == ST_OK && !info->has_data)
		st = ST_NOT_FOUND;
	if (st == ST_OK)
		return true;
	api_status(rs, rq, st, "Block not found");
	return false;
}

/* What the hash itself commits to; the web server keeps it, too. */
static void keep(struct response *rs)
{
	rs->cache = CACHE_IMMUTABLE;
	rs->proxy_s = 86400;
}

void esplora_block(struct app *app, const struct request *rq,
		   struct response *rs)
{
	struct block_info info;

	if (!find_block(app, rq, rs, &info))
		return;
	esplora_put_block(&rs->body, &info);
	keep(rs);
}

void esplora_block_status(struct app *app, const struct request *rq,
			  struct response *rs)
{
	struct buf *b = &rs->body;
	struct block_info info;
	struct blkid id;
	bool final;
	enum status st;

	if (!api_hash(rq, rs, 0, &id.h))
		return;
	st = query_block(app->node, &id, &info);
	if (st != ST_OK && st != ST_NOT_FOUND) {
		api_status(rs, rq, st, "");
		return;
	}
	if (st == ST_NOT_FOUND || !info.active) {
		PUT(b, "{\"in_best_chain\":false,\"height\":null,"
		       "\"next_best\":null}");
		return;
	}
	st = node_is_final(app->node, info.height, &final);
	if (st != ST_OK) {
		api_status(rs, rq, st, "");
		return;
	}
	PUT(b, "{\"in_best_chain\":true,\"height\":");
	put_uint(b, info.height);
	/* Bitcoin's networks have Esplora's members and no others */
	if (node_has_finality(app->node))
		buf_text(b, final ? ",\"finalized\":true" :
				    ",\"finalized\":false");
	if (hash256_is_zero(&info.next.h)) {
		PUT(b, ",\"next_best\":null}");
		return;
	}
	PUT(b, ",\"next_best\":\"");
	put_hash(b, &info.next.h);
	PUT(b, "\"}");
	if (final || !node_has_finality(app->node))
		api_settle(app, rs, info.height);
}

void esplora_block_header(struct app *app, const struct request *rq,
			  struct response *rs)
{
	uint8_t raw[HEADER_SIZE];
	struct block_info info;

	if (!find_block(app, rq, rs, &info))
		return;
	header_write(raw, &info.header);
	rs->type = TYPE_TEXT;
	buf_hex(&rs->body, raw, sizeof(raw));
	keep(rs);
}

void esplora_block_raw(struct app *app, const struct request *rq,
		       struct response *rs)
{
	struct blkid id;
	struct bytes raw;
	enum status st;

	if (!api_hash(rq, rs, 0, &id.h))
		return;
	st = query_block_raw(app->node, &id, rq->arena, &raw);
	if (st != ST_OK) {
		api_status(rs, rq, st, "Block not found");
		return;
	}
	rs->type = TYPE_BYTES;
	buf_bytes(&rs->body, raw);
	keep(rs);
}

void esplora_block_txids(struct app *app, const struct request *rq,
			 struct response *rs)
{
	struct block_info info;
	struct txid *ids;
	uint32_t n;
	enum status st;

	if (!find_block(app, rq, rs, &info))
		return;
	st = query_block_txids(app->node, &info.id, rq->arena, &ids, &n);
	if (st != ST_OK) {
		api_status(rs, rq, st, "Block not found");
		return;
	}
	PUT(&rs->body, "[");
	for (uint32_t i = 0; i < n; i++) {
		if (i)
			PUT(&rs->body, ",\"");
		else
			PUT(&rs->body, "\"");
		put_hash(&rs->body, &ids[i].h);
		PUT(&rs->body, "\"");
	}
	PUT(&rs->body, "]");
	keep(rs);
}

void esplora_block_txid(struct app *app, const struct request *rq,
			struct response *rs)
{
	struct block_info info;
	struct txid *ids, one;
	uint32_t index, n;
	enum status st;

	if (!api_number(rq, rs, 1, &index) || !find_block(app, rq, rs, &info))
		return;
	if (info.active) {
		st = query_block_txid(app->node, &info.id, index, &one);
	} else {
		st = query_block_txids(app->node, &info.id, rq->arena, &ids, &n);
		if (st == ST_OK && index >= n)
			st = ST_NOT_FOUND;
		if (st == ST_OK)
			one = ids[index];
	}
	if (st != ST_OK) {
		api_status(rs, rq, st, "tx index out of range");
		return;
	}
	rs->type = TYPE_TEXT;
	put_hash(&rs->body, &one.h);
	keep(rs);
}

void esplora_block_txs(struct app *app, const struct request *rq,
		       struct response *rs)
{
	struct esplora_txs l = {rs, node_params(app->node), 0};
	struct block_info info;
	uint64_t start = 0, max;
	enum status st;

	if (!request_number(rq->arg[1], UINT32_MAX, &start))
		start = 0;
	if (!request_query_number(rq, "max_txs", TXS_A_PAGE, TXS_A_PAGE_MAX,
				  &max) || max == 0) {
		api_error(rs, 400, "Invalid number");
		return;
	}
	if (!find_block(app, rq, rs, &info))
		return;
	if (!info.active) {
		api_error(rs, 404, "Block not found");
		return;
	}
	if (start >= info.n_tx) {
		api_error(rs, 404, "start index out of range");
		return;
	}
	if (start % TXS_A_PAGE != 0) {
		api_error(rs, 400, "start index must be a multipication of 25");
		return;
	}
	api_settle(app, rs, info.height);
	PUT(&rs->body, "[");
	st = query_full_block(app->node, &info.id, (uint32_t)start,
			      (uint32_t)max, esplora_txs_add, &l);
	PUT(&rs->body, "]");
	if (st != ST_OK)
		api_status(rs, rq, st, "Block not found");
}

void esplora_block_height(struct app *app, const struct request *rq,
			  struct response *rs)
{
	struct block_info info;
	uint32_t height;
	enum status st;

	if (!api_number(rq, rs, 0, &height))
		return;
	st = query_block_at(app->node, height, &info);
	if (st != ST_OK) {
		api_status(rs, rq, st, "Block not found");
		return;
	}
	rs->type = TYPE_TEXT;
	put_hash(&rs->body, &info.id.h);
	/* never kept by the web server: what a height names can change */
	api_settle(app, rs, height);
	rs->proxy_s = 0;
}
