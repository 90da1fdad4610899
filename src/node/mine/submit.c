/* SPDX-License-Identifier: MIT */
/* See submit.h. */
#include "node/mine/submit.h"

#include <stdio.h>

#include "consensus/block_check.h"
#include "node/query/query.h"
#include "primitives/compactsize.h"

#define ARENA_MAX ((size_t)512 << 20)
#define RAW_MAX ((size_t)64 << 20)

static enum status no_block(struct submit_result *out, const char *message)
{
	out->kind = SUBMIT_NO_BLOCK;
	snprintf(out->answer, sizeof(out->answer), "%s", message);
	return ST_OK;
}

static void answer(struct submit_result *out, const char *text)
{
	out->kind = SUBMIT_ANSWERED;
	snprintf(out->answer, sizeof(out->answer), "%s", text);
}

/* Whether the coinbase's witness was left out where there must be one. */
static enum status lacks_witness(struct node *n, const struct block *b,
				 bool *lacks)
{
	struct block_info parent;
	enum status st;

	*lacks = false;
	if (b->tx[0].has_witness || block_commitment_output(&b->tx[0]) < 0)
		return ST_OK;
	st = query_block(n, &b->header.prev, &parent);
	*lacks = st == ST_OK &&
		 parent.height + 1 >= node_params(n)->segwit_height;
	return st == ST_NOT_FOUND ? ST_OK : st;
}

static enum status add_witness(const struct block *b, struct buf *raw)
{
	uint8_t item[33] = {32};
	struct tx coinbase = b->tx[0];
	struct txin in = coinbase.in[0];
	uint8_t head[HEADER_SIZE];

	in.n_witness = 1;
	in.witness = bytes_of(item, sizeof(item));
	coinbase.in = &in;
	coinbase.has_witness = true;
	header_write(head, &b->header);
	buf_add(raw, head, sizeof(head));
	compactsize_add(raw, b->n_tx);
	tx_write(raw, &coinbase, true);
	for (uint32_t i = 1; i < b->n_tx; i++)
		buf_bytes(raw, b->tx[i].raw);
	return buf_status(raw);
}

static void translate(struct submit_result *out)
{
	const struct block_result *r = &out->block;
	char reject[SUBMIT_ANSWER_SIZE];

	if (r->verdict.code == V_DUPLICATE_INVALID)
		answer(out, "duplicate-invalid");
	else if (r->verdict.code == VALID && r->known)
		answer(out, "duplicate");
	else if (r->verdict.code == VALID && r->active)
		out->kind = SUBMIT_ACCEPTED;
	/* beside the chain; or a block below it failed, and it was not judged */
	else if (r->verdict.code == VALID ||
		 (r->verdict.code == V_BAD_PREV && r->stored))
		answer(out, "inconclusive");
	else
		answer(out, verdict_reject(reject, sizeof(reject), &r->verdict));
}

enum status node_submit_block(struct node *n, const void *raw, size_t len,
			      const char *source, struct submit_result *out)
{
	struct arena a;
	struct block b;
	struct buf whole;
	bool lacks = false;
	enum status st;

	*out = (struct submit_result){.kind = SUBMIT_ACCEPTED};
	arena_init(&a, ARENA_MAX);
	buf_init(&whole, RAW_MAX);
	st = block_parse(&b, raw, len, &a);
	if (st == ST_PARSE) {
		st = no_block(out, "Block decode failed");
	} else if (st == ST_OK && (!b.n_tx || !tx_is_coinbase(&b.tx[0]))) {
		st = no_block(out, "Block does not start with a coinbase");
	} else if (st == ST_OK) {
		st = lacks_witness(n, &b, &lacks);
		if (st == ST_OK && lacks) {
			st = add_witness(&b, &whole);
			raw = whole.p;
			len = whole.len;
		}
		if (st == ST_OK)
			st = node_accept_block(n, raw, len, source, &out->block);
		if (st == ST_OK)
			translate(out);
	}
	buf_free(&whole);
	arena_free(&a);
	return st;
}
