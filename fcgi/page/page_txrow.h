/* SPDX-License-Identifier: MIT */
/* A transaction in a list of them. */
#ifndef QUARRY_FCGI_PAGE_PAGE_TXROW_H
#define QUARRY_FCGI_PAGE_PAGE_TXROW_H

#include "fcgi/page/page.h"

/* txid, moved, fee, rate, vsize, n_in, n_out, to (the first payees), ... */
void page_put_tx_row(struct page *pg, struct page_value *in,
		     const struct full_tx *t);

/* The newest of the mempool, at most max: the list `recent`. */
enum status page_put_recent(struct page *pg, uint32_t max);

#endif
