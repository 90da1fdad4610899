/* SPDX-License-Identifier: MIT */
#include "fcgi/page/page_txrow.h"

#include "fcgi/page/page_script.h"

void page_put_tx_row(struct page *pg, struct page_value *in,
		     const struct full_tx *t)
{
	struct page_tree *tree = pg->tree;
	int64_t moved = 0;

	for (uint32_t i = 0; i < t->tx.n_out; i++)
		moved += t->tx.out[i].value;
	page_hash(tree, in, "txid", &t->tx.txid.h);
	page_int(tree, in, "moved", moved);
	page_int(tree, in, "n_in", t->tx.n_in);
	page_int(tree, in, "n_out", t->tx.n_out);
	page_int(tree, in, "vsize", (t->weight + 3) / 4);
	page_flag(tree, in, "is_coinbase", t->coinbase);
	if (!t->coinbase && t->weight) {
		page_int(tree, in, "fee", t->fee_sat);
		page_put_rate(pg, in, "rate",
			      (double)t->fee_sat / ((t->weight + 3) / 4));
	}
	page_flag(tree, in, "confirmed", t->confirmed);
	if (t->confirmed) {
		page_int(tree, in, "height", t->height);
		page_int(tree, in, "time", t->block_time);
	} else {
		page_int(tree, in, "time", t->seen_at);
	}
}

enum status page_put_recent(struct page *pg, uint32_t max)
{
	struct page_value *list = page_list(pg->tree, pg->root, "recent");
	struct pool_recent *r;
	uint32_t n;
	enum status st = query_pool_recent(pg->app->node, max, pg->arena, &r, &n);

	for (uint32_t i = 0; st == ST_OK && i < n; i++) {
		struct page_value *v = page_item(pg->tree, list);

		page_hash(pg->tree, v, "txid", &r[i].txid.h);
		page_int(pg->tree, v, "value", r[i].value);
		page_int(pg->tree, v, "vsize", r[i].vsize);
		page_put_rate(pg, v, "rate", (double)r[i].fee_sat / r[i].vsize);
	}
	return st;
}
