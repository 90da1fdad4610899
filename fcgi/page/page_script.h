/* SPDX-License-Identifier: MIT */
/* Scripts, outputs and the drawing of a transaction, for pages. */
#ifndef QUARRY_FCGI_PAGE_PAGE_SCRIPT_H
#define QUARRY_FCGI_PAGE_PAGE_SCRIPT_H

#include "fcgi/page/page.h"

/* A script in operations; of a very long one the beginning in digits, and
 * NAME_cut is its length. */
void page_put_script(struct page *pg, struct page_value *in, const char *name,
		     struct bytes script);
/* value, form ("P2WPKH"), address, and what an OP_RETURN says (text or data). */
void page_put_output(struct page *pg, struct page_value *in, struct bytes script,
		     int64_t value);
/* What a coinbase's script says behind the height that it begins with (BIP34). */
struct bytes page_coinbase_words(struct bytes script);
/* Whether it reads as text: UTF-8 mostly of printable characters. */
bool page_reads_as_text(struct bytes data);

/* A transaction drawn: what comes in on the left, goes out on the right; the fee
 * lowest. Bands are as thick as their share. */
struct flow_side {
	const int64_t *value;	/* satoshi */
	uint32_t n;
};
/* Lists flow_in and flow_out, each with path, kind, value; flow_height. */
void page_put_flow(struct page *pg, struct flow_side in, struct flow_side out,
		   int64_t fee);

#endif
