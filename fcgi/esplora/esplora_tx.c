/* SPDX-License-Identifier: MIT */
/* Esplora's paths about one transaction. */
#include "fcgi/esplora/esplora_json.h"
#include "fcgi/http/api.h"
#include "fcgi/http/handlers.h"
#include "primitives/merkle_proof.h"

#define NOT_FOUND "Transaction not found"
#define NOT_CONFIRMED "Transaction not found or is unconfirmed"

void esplora_tx(struct app *app, const struct request *rq, struct response *rs)
{
	struct full_tx t;
	struct txid id;
	enum status st;

	if (!api_hash(rq, rs, 0, &id.h))
		return;
	st = query_full_tx(app->node, &id, rq->arena, &t);
	if (st != ST_OK) {
		api_status(rs, rq, st, NOT_FOUND);
		return;
	}
	if (t.confirmed)
		api_settle(app, rs, t.height);
	esplora_put_tx(rs, node_params(app->node), &t);
}

void esplora_tx_status(struct app *app, const struct request *rq,
		       struct response *rs)
{
	struct tx_info tx;
	struct txid id;
	enum status st;

	if (!api_hash(rq, rs, 0, &id.h))
		return;
	st = query_tx_status(app->node, &id, &tx);
	if (st != ST_OK && st != ST_NOT_FOUND) {
		api_status(rs, rq, st, NOT_FOUND);
		return;
	}
	esplora_put_status(&rs->body, st == ST_OK && tx.confirmed, tx.height,
			   &tx.block, tx.block_time);
	if (st == ST_OK && tx.confirmed) {
		api_settle(app, rs, tx.height);
		rs->proxy_s = 0;
	}
}

/* The transaction's bytes; false: done. */
static bool find_raw(struct app *app, const struct request *rq,
		     struct response *rs, struct tx_info *tx)
{
	struct txid id;
	enum status st;

	if (!api_hash(rq, rs, 0, &id.h))
		return false;
	st = query_tx(app->node, &id, rq->arena, tx);
	if (st != ST_OK) {
		api_status(rs, rq, st, NOT_FOUND);
		return false;
	}
	if (tx->confirmed)
		api_settle(app, rs, tx->height);
	return true;
}

void esplora_tx_hex(struct app *app, const struct request *rq,
		    struct response *rs)
{
	struct tx_info tx;

	if (!find_raw(app, rq, rs, &tx))
		return;
	rs->type = TYPE_TEXT;
	buf_hex(&rs->body, tx.raw.p, tx.raw.len);
}

void esplora_tx_raw(struct app *app, const struct request *rq,
		    struct response *rs)
{
	struct tx_info tx;

	if (!find_raw(app, rq, rs, &tx))
		return;
	rs->type = TYPE_BYTES;
	buf_bytes(&rs->body, tx.raw);
}

/* --- proofs --- */

/* The block of a confirmed transaction: its txids and which of them it is. */
struct place {
	struct txid id;
	struct block_info block;
	struct txid *ids;
	uint32_t n, at;
};

static enum status find_place(struct app *app, const struct request *rq,
			      struct place *p)
{
	struct tx_info tx;
	enum status st = query_tx_status(app->node, &p->id, &tx);

	if (st == ST_OK && !tx.confirmed)
		st = ST_NOT_FOUND;
	if (st == ST_OK)
		st = query_block(app->node, &tx.block, &p->block);
	if (st == ST_OK)
		st = query_block_txids(app->node, &tx.block, rq->arena, &p->ids,
				       &p->n);
	if (st != ST_OK)
		return st;
	for (p->at = 0; p->at < p->n; p->at++)
		if (hash256_equal(&p->ids[p->at].h, &p->id.h))
			return ST_OK;
	return ST_CORRUPT;
}

static bool place_of(struct app *app, const struct request *rq,
		     struct response *rs, struct place *p)
{
	enum status st;

	if (!api_hash(rq, rs, 0, &p->id.h))
		return false;
	st = find_place(app, rq, p);
	if (st != ST_OK) {
		api_status(rs, rq, st, NOT_CONFIRMED);
		return false;
	}
	api_settle(app, rs, p->block.height);
	return true;
}

void esplora_merkle_proof(struct app *app, const struct request *rq,
			  struct response *rs)
{
	struct buf *b = &rs->body;
	struct hash256 branch[32];
	struct place p;
	unsigned n;

	if (!place_of(app, rq, rs, &p))
		return;
	/* a txid is nothing but its hash */
	n = merkle_branch(branch, &p.ids->h, p.n, p.at);
	PUT(b, "{\"block_height\":");
	put_uint(b, p.block.height);
	PUT(b, ",\"merkle\":[");
	for (unsigned i = 0; i < n; i++) {
		if (i)
			PUT(b, ",\"");
		else
			PUT(b, "\"");
		put_hash(b, &branch[i]);
		PUT(b, "\"");
	}
	PUT(b, "],\"pos\":");
	put_uint(b, p.at);
	PUT(b, "}");
}

void esplora_merkleblock_proof(struct app *app, const struct request *rq,
			       struct response *rs)
{
	struct place p;
	struct buf raw;
	bool *marked;
	enum status st;

	if (!place_of(app, rq, rs, &p))
		return;
	buf_init(&raw, 1 << 16);
	marked = arena_calloc(rq->arena, p.n, sizeof(*marked));
	st = marked ? ST_OK : ST_NOMEM;
	if (st == ST_OK) {
		marked[p.at] = true;
		st = merkle_block_write(&raw, &p.block.header, &p.ids->h, p.n,
					marked, rq->arena);
	}
	if (st == ST_OK) {
		rs->type = TYPE_TEXT;
		buf_hex(&rs->body, raw.p, raw.len);
	} else {
		api_status(rs, rq, st, NOT_CONFIRMED);
	}
	buf_free(&raw);
}

/* --- who spends it --- */

void esplora_outspend(struct app *app, const struct request *rq,
		      struct response *rs)
{
	struct full_spend s;
	struct outpoint o;
	enum status st;

	if (!api_hash(rq, rs, 0, &o.txid.h) || !api_number(rq, rs, 1, &o.n))
		return;
	st = query_spend(app->node, &o, &s);
	if (st != ST_OK) {
		api_status(rs, rq, st, NOT_FOUND);
		return;
	}
	esplora_put_spend(&rs->body, &s);
	if (s.confirmed) {
		api_settle(app, rs, s.height);
		rs->proxy_s = 0;
	}
}

static enum status add_spend(void *arg, const struct full_spend *s)
{
	struct response *rs = arg;

	/* a '[' stands before the first */
	if (rs->body.len != 1 || rs->streamed)
		PUT(&rs->body, ",");
	esplora_put_spend(&rs->body, s);
	response_drain(rs);
	return rs->broken ? ST_CANCELLED : buf_status(&rs->body);
}

void esplora_outspends(struct app *app, const struct request *rq,
		       struct response *rs)
{
	struct txid id;
	enum status st;

	if (!api_hash(rq, rs, 0, &id.h))
		return;
	PUT(&rs->body, "[");
	st = query_spends(app->node, &id, add_spend, rs);
	PUT(&rs->body, "]");
	if (st != ST_OK)
		api_status(rs, rq, st, NOT_FOUND);
}
