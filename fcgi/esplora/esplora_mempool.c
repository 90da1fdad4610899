/* SPDX-License-Identifier: MIT */
/* Esplora's paths about the pool and fees. */
#include "fcgi/esplora/esplora_json.h"
#include "fcgi/http/api.h"
#include "fcgi/http/handlers.h"
#include "fcgi/http/pool_view.h"

#define RECENT 10
/* Virtual bytes a bar of the histogram has at least. */
#define BAR_VB 50000

static void bar(struct buf *b, bool *first, double rate, uint64_t vsize)
{
	if (*first)
		PUT(b, "[");
	else
		PUT(b, ",[");
	*first = false;
	put_double(b, rate);
	PUT(b, ",");
	put_uint(b, vsize);
	PUT(b, "]");
}

/* From the dearest down: what pays at least that rate and less than the bar
 * before. Equal rates are in one bar. */
static void histogram(struct buf *b, const struct pool_view *v)
{
	uint64_t vsize = 0;
	double rate = 0;
	bool first = true;

	PUT(b, "[");
	for (uint32_t i = 0; i < v->n; i++) {
		if (vsize > BAR_VB && v->rate[i].rate != rate) {
			bar(b, &first, rate, vsize);
			vsize = 0;
		}
		rate = v->rate[i].rate;
		vsize += v->rate[i].vsize;
	}
	if (vsize)
		bar(b, &first, rate, vsize);
	PUT(b, "]");
}

void esplora_mempool(struct app *app, const struct request *rq,
		     struct response *rs)
{
	const struct pool_view *v;
	struct buf *b = &rs->body;
	enum status st = pool_view_get(app, &v);

	if (st != ST_OK) {
		api_status(rs, rq, st, "");
		return;
	}
	PUT(b, "{\"count\":");
	put_int(b, v->info.count);
	PUT(b, ",\"vsize\":");
	put_int(b, v->info.vsize);
	PUT(b, ",\"total_fee\":");
	put_int(b, v->info.fees_sat);
	PUT(b, ",\"fee_histogram\":");
	histogram(b, v);
	PUT(b, "}");
}

static enum status add_txid(void *arg, const struct txid *t)
{
	struct response *rs = arg;

	if (rs->body.len == 1 && !rs->streamed)
		PUT(&rs->body, "\"");
	else
		PUT(&rs->body, ",\"");
	put_hash(&rs->body, &t->h);
	PUT(&rs->body, "\"");
	response_drain(rs);
	return rs->broken ? ST_CANCELLED : buf_status(&rs->body);
}

void esplora_mempool_txids(struct app *app, const struct request *rq,
			   struct response *rs)
{
	enum status st;

	PUT(&rs->body, "[");
	st = query_pool_txids(app->node, add_txid, rs);
	PUT(&rs->body, "]");
	if (st != ST_OK)
		api_status(rs, rq, st, "");
}

void esplora_mempool_recent(struct app *app, const struct request *rq,
			    struct response *rs)
{
	struct buf *b = &rs->body;
	struct pool_recent *v;
	uint32_t n;
	enum status st = query_pool_recent(app->node, RECENT, rq->arena, &v, &n);

	if (st != ST_OK) {
		api_status(rs, rq, st, "");
		return;
	}
	PUT(b, "[");
	for (uint32_t i = 0; i < n; i++) {
		if (i)
			PUT(b, ",");
		PUT(b, "{\"txid\":\"");
		put_hash(b, &v[i].txid.h);
		PUT(b, "\",\"fee\":");
		put_int(b, v[i].fee_sat);
		PUT(b, ",\"vsize\":");
		put_uint(b, v[i].vsize);
		PUT(b, ",\"value\":");
		put_int(b, v[i].value);
		PUT(b, "}");
	}
	PUT(b, "]");
}

void esplora_fee_estimates(struct app *app, const struct request *rq,
			   struct response *rs)
{
	enum { TARGETS = 28 };
	const struct pool_view *v;
	uint32_t target[TARGETS] = {[25] = 144, [26] = 504, [27] = 1008};
	double rate[TARGETS];
	struct buf *b = &rs->body;
	enum status st = pool_view_get(app, &v);

	for (uint32_t i = 0; i < 25; i++)
		target[i] = i + 1;
	if (st == ST_OK)
		st = pool_view_fees(app, v, target, TARGETS, rate);
	if (st != ST_OK) {
		api_status(rs, rq, st, "");
		return;
	}
	PUT(b, "{");
	for (uint32_t i = 0; i < TARGETS; i++) {
		if (i)
			PUT(b, ",\"");
		else
			PUT(b, "\"");
		put_uint(b, target[i]);
		PUT(b, "\":");
		put_double(b, rate[i]);
	}
	PUT(b, "}");
}
