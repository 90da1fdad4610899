/* SPDX-License-Identifier: MIT */
#include "fcgi/page_txrow.h"

#include "fcgi/page_script.h"

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
