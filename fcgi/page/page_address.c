/* SPDX-License-Identifier: MIT */
/* /address/ADDRESS: what it has, its QR code, its history page by page. */
#include <stdio.h>

#include "fcgi/http/handlers.h"
#include "fcgi/page/page.h"
#include "fcgi/page/page_script.h"
#include "fcgi/page/page_txrow.h"
#include "fcgi/page/qr.h"
#include "primitives/address.h"

#define TXS_A_PAGE 25

struct view {
	struct page *pg;
	struct bytes script;
	struct page_value *list;
	struct txid last;
	uint32_t n;
};

/* What the transaction changes for the script. */
static int64_t net_of(const struct full_tx *t, struct bytes script)
{
	int64_t net = 0;

	for (uint32_t i = 0; i < t->tx.n_out; i++)
		if (bytes_equal(t->tx.out[i].script, script))
			net += t->tx.out[i].value;
	for (uint32_t i = 0; t->coin && i < t->tx.n_in; i++)
		if (bytes_equal(t->coin[i].script, script))
			net -= t->coin[i].value;
	return net;
}

static enum status add_row(void *arg, const struct full_tx *t)
{
	struct view *v = arg;
	int64_t net = net_of(t, v->script);
	struct page_value *row;

	/* one more than is shown says that there are more */
	if (v->n++ == TXS_A_PAGE)
		return ST_OK;
	row = page_item(v->pg->tree, v->list);
	page_put_tx_row(v->pg, row, t);
	page_int(v->pg->tree, row, "net", net);
	page_flag(v->pg->tree, row, "gain", net > 0);
	v->last = t->tx.txid;
	return ST_OK;
}

static enum status put_history(struct view *v, int64_t script)
{
	struct page *pg = v->pg;
	const char *after = request_query(pg->rq, "after");
	struct txid id;
	bool found = true, paged;
	enum status st = ST_OK;

	v->list = page_list(pg->tree, pg->root, "txs");
	paged = after && hash256_parse(&id.h, after, strlen(after));
	if (!paged)
		st = query_pool_history(pg->app->node, script, NULL, TXS_A_PAGE,
					&found, add_row, v);
	if (st == ST_OK && v->n <= TXS_A_PAGE)
		st = query_history(pg->app->node, script, paged ? &id : NULL,
				   TXS_A_PAGE + 1 - v->n, &found, add_row, v);
	if (st != ST_OK)
		return st;
	if (paged && !found)
		return ST_NOT_FOUND;
	if (v->n > TXS_A_PAGE)
		page_hash(pg->tree, pg->root, "older", &v->last.h);
	page_flag(pg->tree, pg->root, "paged", paged);
	return ST_OK;
}

static void put_totals(struct page *pg, const struct script_info *s)
{
	struct page_tree *t = pg->tree;
	int64_t waits = s->pool_funded_sat - s->pool_spent_sat;

	page_int(t, pg->root, "balance", s->funded_sat - s->spent_sat);
	page_int(t, pg->root, "received", s->funded_sat);
	page_int(t, pg->root, "sent", s->spent_sat);
	page_int(t, pg->root, "n_tx", s->n_tx);
	page_int(t, pg->root, "n_unspent",
		 s->n_funded - s->n_spent + s->pool_n_funded - s->pool_n_spent);
	if (s->pool_n_tx) {
		page_int(t, pg->root, "waiting_n", s->pool_n_tx);
		page_int(t, pg->root, "waiting", waits);
		page_flag(t, pg->root, "waiting_gain", waits > 0);
	}
	page_flag(t, pg->root, "seen", s->n_tx + s->pool_n_tx > 0);
}

static void put_qr(struct page *pg, const char *address)
{
	const struct params *p = node_params(pg->app->node);
	char text[ADDRESS_TEXT_SIZE + 16];
	struct buf path;
	int side;

	snprintf(text, sizeof(text), "%s%s", p->own ? "" : "bitcoin:", address);
	buf_init(&path, 64u << 10);
	if (qr_path(&path, text, &side)) {
		page_bytes(pg->tree, pg->root, "qr", buf_view(&path));
		page_int(pg->tree, pg->root, "qr_side", side + 8);
	}
	buf_free(&path);
}

static enum status fill(struct page *pg)
{
	struct view v = {.pg = pg};
	struct bytes text = pg->rq->arg[0];
	char address[ADDRESS_TEXT_SIZE];
	struct script_info totals = {0};
	struct page_value *g;
	struct buf script;
	int64_t id = 0;
	enum status st;

	buf_init(&script, 1 << 10);
	if (address_to_script(&script, node_params(pg->app->node),
			      (const char *)text.p, text.len) != ADDRESS_OK ||
	    !address_from_script(address, node_params(pg->app->node),
				 buf_view(&script))) {
		buf_free(&script);
		return ST_NOT_FOUND;
	}
	v.script = buf_view(&script);
	page_text(pg->tree, pg->root, "title", "Address");
	page_text(pg->tree, pg->root, "address", address);
	page_format(pg->tree, pg->root, "follow",
		    "blocks=1&disconnects=1&address=%s", address);
	page_flag(pg->tree, pg->root, "with_net", true);
	page_flag(pg->tree, pg->root, "with_time", true);
	g = page_group(pg->tree, pg->root, "output");
	page_put_output(pg, g, v.script, 0);
	put_qr(pg, address);
	st = query_script_id(pg->app->node, v.script, &id);
	if (st == ST_NOT_FOUND)
		st = ST_OK;
	if (st == ST_OK && id)
		st = query_script_totals(pg->app->node, id, &totals);
	put_totals(pg, &totals);
	if (st == ST_OK && id)
		st = put_history(&v, id);
	buf_free(&script);
	return st;
}

void page_address(struct app *app, const struct request *rq, struct response *rs)
{
	page_serve(app, rq, rs, "address", "address", fill);
}
