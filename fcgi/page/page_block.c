/* SPDX-License-Identifier: MIT */
/*
 * /block/HASH: a block of any branch, its header field by field, its transactions
 * page by page. /block/HEIGHT leads to the one of the active chain.
 */
#include <stdlib.h>

#include "fcgi/http/handlers.h"
#include "fcgi/page/page.h"
#include "fcgi/page/page_script.h"
#include "fcgi/page/page_txrow.h"
#include "node/finality/finality.h"
#include "primitives/target.h"

#define TXS_A_PAGE 25
/* Points of the curve of fee rates. */
#define CURVE_POINTS 200

static void put_header(struct page *pg, const struct block_info *b)
{
	static const struct {
		const char *name;
		unsigned at, len;
	} part[] = {
		{"raw_version", 0, 4}, {"raw_prev", 4, 32}, {"raw_merkle", 36, 32},
		{"raw_time", 68, 4}, {"raw_bits", 72, 4}, {"raw_nonce", 76, 4},
	};
	struct page_tree *t = pg->tree;
	uint8_t raw[HEADER_SIZE], be[32];
	struct u256 target;

	header_write(raw, &b->header);
	for (unsigned i = 0; i < sizeof(part) / sizeof(part[0]); i++)
		page_hex(t, pg->root, part[i].name, raw + part[i].at, part[i].len);
	page_format(t, pg->root, "block_version", "%08x",
		    (unsigned)b->header.version);
	page_flag(t, pg->root, "bip9",
		  ((uint32_t)b->header.version & 0xe0000000) == 0x20000000);
	page_hash(t, pg->root, "merkle_root", &b->header.merkle_root);
	page_int(t, pg->root, "nonce", b->header.nonce);
	page_int(t, pg->root, "mtp", b->mtp);
	if (!hash256_is_zero(&b->header.prev.h))
		page_hash(t, pg->root, "prev", &b->header.prev.h);
	if (!hash256_is_zero(&b->next.h))
		page_hash(t, pg->root, "next", &b->next.h);
	if (target_from_bits(&target, b->header.bits)) {
		u256_to_be(be, &target);
		page_hex(t, pg->root, "target", be, sizeof(be));
	}
	page_put_si(pg, pg->root, "work", u256_double(&b->chainwork));
	page_put_si(pg, pg->root, "difficulty_si", target_difficulty(b->header.bits));
}

/* --- fee rates --- */

/* Satoshi per virtual byte. */
static double
rate_of(const struct block_fee *f)
{
	return f->weight ? 4.0 * (double)f->fee_sat / f->weight : 0;
}

static int by_rate(const void *a, const void *b)
{
	double x = rate_of(a), y = rate_of(b);

	return (x < y) - (x > y);
}

/* The rate (upwards) over the share of the block's weight that pays at least so
 * much, in a drawing 1000 wide and 200 high. */
static void put_curve(struct page *pg, const struct block_fee *f, uint32_t n,
		      double weight)
{
	double top = 0, before = 0, drawn = 0;
	struct buf path;

	buf_init(&path, 64u << 10);
	buf_text(&path, "M0 200");
	for (uint32_t i = 0; i < n; i++) {
		double to = 1000 * (before + f[i].weight) / weight;

		before += f[i].weight;
		/* what is narrower than a point of the drawing is left out */
		if (to - drawn < 1000.0 / CURVE_POINTS && i + 1 < n)
			continue;
		if (top == 0)
			top = rate_of(&f[i]) > 0 ? rate_of(&f[i]) : 1;
		buf_printf(&path, "L%.1f %.1fL%.1f %.1f", drawn,
			   200 - 190 * rate_of(&f[i]) / top, to,
			   200 - 190 * rate_of(&f[i]) / top);
		drawn = to;
	}
	buf_text(&path, "L1000 200Z");
	page_text(pg->tree, pg->root, "curve", buf_str(&path));
	buf_free(&path);
}

static enum status put_fees(struct page *pg, const struct block_info *b)
{
	struct block_fee *f;
	double weight = 0, half = 0;
	uint32_t n, middle = 0;
	enum status st = query_block_fees(pg->app->node, &b->id, pg->arena, &f, &n);

	if (st != ST_OK || n == 0)
		return st == ST_NOT_FOUND ? ST_OK : st;
	qsort(f, n, sizeof(*f), by_rate);
	for (uint32_t i = 0; i < n; i++)
		weight += f[i].weight;
	while (middle + 1 < n && (half += f[middle].weight) < weight / 2)
		middle++;
	page_flag(pg->tree, pg->root, "has_rates", true);
	page_put_rate(pg, pg->root, "rate_most", rate_of(&f[0]));
	page_put_rate(pg, pg->root, "rate_middle", rate_of(&f[middle]));
	page_put_rate(pg, pg->root, "rate_least", rate_of(&f[n - 1]));
	if (n > 1 && weight > 0)
		put_curve(pg, f, n, weight);
	return ST_OK;
}

/* --- transactions --- */

struct rows {
	struct page *pg;
	struct page_value *list;
};

static enum status add_row(void *arg, const struct full_tx *t)
{
	struct rows *r = arg;

	page_put_tx_row(r->pg, page_item(r->pg->tree, r->list), t);
	return ST_OK;
}

/* Of a block beside the chain only what it says itself is known. */
static enum status put_ids(struct rows *r, const struct block_info *b,
			   uint32_t start)
{
	struct txid *id;
	uint32_t n;
	enum status st = query_block_txids(r->pg->app->node, &b->id, r->pg->arena,
					   &id, &n);

	for (uint32_t i = start; st == ST_OK && i < n && i - start < TXS_A_PAGE; i++)
		page_hash(r->pg->tree, page_item(r->pg->tree, r->list), "txid",
			  &id[i].h);
	return st;
}

static enum status put_txs(struct page *pg, const struct block_info *b)
{
	struct rows r = {pg, page_list(pg->tree, pg->root, "txs")};
	uint64_t start;
	enum status st;

	if (!b->has_data)
		return ST_OK;
	if (!request_query_number(pg->rq, "from", 0, UINT32_MAX, &start) ||
	    start >= b->n_tx)
		start = 0;
	page_int(pg->tree, pg->root, "first", (int64_t)start + 1);
	page_int(pg->tree, pg->root, "last",
		 start + TXS_A_PAGE < b->n_tx ? (int64_t)start + TXS_A_PAGE : b->n_tx);
	if (start > 0)
		page_int(pg->tree, pg->root, "newer",
			 start > TXS_A_PAGE ? (int64_t)start - TXS_A_PAGE : 0);
	if (start + TXS_A_PAGE < b->n_tx)
		page_int(pg->tree, pg->root, "older", (int64_t)start + TXS_A_PAGE);
	page_flag(pg->tree, pg->root, "many", b->n_tx > TXS_A_PAGE);
	st = b->active ? query_full_block(pg->app->node, &b->id, (uint32_t)start,
					  TXS_A_PAGE, add_row, &r)
		       : put_ids(&r, b, (uint32_t)start);
	return st == ST_NOT_FOUND ? ST_OK : st;
}

/* Who found it, and what the coinbase says. */
static enum status put_miner(struct page *pg, const struct block_info *b)
{
	struct page_value *v = page_group(pg->tree, pg->root, "miner");
	struct full_tx t;
	struct txid id;
	enum status st = query_block_txid(pg->app->node, &b->id, 0, &id);

	if (st == ST_OK)
		st = query_full_tx(pg->app->node, &id, pg->arena, &t);
	if (st != ST_OK)
		return st == ST_NOT_FOUND ? ST_OK : st;
	page_bytes(pg->tree, v, "message",
		   page_coinbase_words(t.tx.in[0].script_sig));
	for (uint32_t i = 0; i < t.tx.n_out; i++)
		if (t.tx.out[i].value > 0) {
			page_put_output(pg, v, t.tx.out[i].script,
					t.tx.out[i].value);
			break;
		}
	return ST_OK;
}

static enum status put_final(struct page *pg, uint32_t height)
{
	bool final;
	enum status st = node_is_final(pg->app->node, height, &final);

	if (st == ST_OK) {
		page_flag(pg->tree, pg->root, "finalized", final);
		page_flag(pg->tree, pg->root, "not_final",
			  !final && node_has_finality(pg->app->node));
	}
	return st;
}

static enum status fill(struct page *pg)
{
	struct bytes arg = pg->rq->arg[0];
	struct block_info b;
	struct blkid id;
	uint64_t height;
	enum status st;

	if (request_number(arg, UINT32_MAX, &height)) {
		char text[HASH_TEXT_SIZE];

		st = query_block_at(pg->app->node, (uint32_t)height, &b);
		return st == ST_OK ? page_redirect(pg, "/block/%s",
						   hash256_text(text, &b.id.h))
				   : st;
	}
	if (!hash256_parse(&id.h, (const char *)arg.p, arg.len))
		return ST_NOT_FOUND;
	page_text(pg->tree, pg->root, "follow", "blocks=1&disconnects=1&finality=1");
	st = query_block(pg->app->node, &id, &b);
	if (st == ST_NOT_FOUND) {
		/* refused before it became a row */
		st = page_put_refusal(pg, &id.h);
		if (st == ST_OK &&
		    !page_is_true(page_member(pg->root, "refusal", 7)))
			return ST_NOT_FOUND;
		page_text(pg->tree, pg->root, "title", "Refused block");
		page_hash(pg->tree, pg->root, "hash", &id.h);
		return st;
	}
	if (st != ST_OK)
		return st;
	page_format(pg->tree, pg->root, "title", "Block %u", b.height);
	page_flag(pg->tree, pg->root, "here", true);
	page_put_block(pg, pg->root, &b);
	put_header(pg, &b);
	if (b.active) {
		page_int(pg->tree, pg->root, "confirmations",
			 (int64_t)pg->tip_height + 1 - b.height);
		page_flag(pg->tree, pg->root, "one_confirmation",
			  pg->tip_height == b.height);
		st = put_final(pg, b.height);
		if (st == ST_OK)
			st = put_fees(pg, &b);
		if (st == ST_OK)
			st = put_miner(pg, &b);
	} else {
		st = page_put_refusal(pg, &id.h);
	}
	return st == ST_OK ? put_txs(pg, &b) : st;
}

void page_block(struct app *app, const struct request *rq, struct response *rs)
{
	page_serve(app, rq, rs, "block", "blocks", fill);
}
