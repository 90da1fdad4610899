/* SPDX-License-Identifier: MIT */
/*
 * The part of Esplora's REST interface that the first steps need: tip, address
 * totals, a transaction's and a block's bytes. Single values are bare text, and
 * so are errors, whatever the client prefers: clients look for these texts.
 */
#include "fcgi/error.h"
#include "fcgi/handlers.h"
#include "json/write.h"
#include "node/query.h"
#include "primitives/address.h"

/* From so many confirmations on an answer is taken to stay. */
#define SETTLED_CONFIRMATIONS 10

static void plain_error(struct response *rs, int status, const char *text)
{
	rs->status = status;
	rs->type = TYPE_TEXT;
	buf_reset(&rs->body);
	buf_text(&rs->body, text);
}

static void plain_status(struct response *rs, const struct request *rq,
			 enum status st, const char *not_found)
{
	struct request plain = *rq;

	plain.wants_json = false;
	if (st == ST_NOT_FOUND)
		plain_error(rs, 404, not_found);
	else
		error_status(rs, &plain, st);
}

/* A hash from the path; 400 with Esplora's text when it is none. */
static bool read_hash(const struct request *rq, struct response *rs,
		      struct hash256 *h)
{
	if (hash256_parse(h, (const char *)rq->arg[0].p, rq->arg[0].len))
		return true;
	plain_error(rs, 400, "Invalid hex string");
	return false;
}

void esplora_tip_height(struct app *app, const struct request *rq,
			struct response *rs)
{
	struct node_tip tip;
	enum status st = node_tip(app->node, &tip);

	if (st != ST_OK) {
		plain_status(rs, rq, st, "");
		return;
	}
	rs->type = TYPE_TEXT;
	buf_printf(&rs->body, "%u", tip.height);
}

void esplora_tip_hash(struct app *app, const struct request *rq,
		      struct response *rs)
{
	char text[HASH_TEXT_SIZE];
	struct node_tip tip;
	enum status st = node_tip(app->node, &tip);

	if (st != ST_OK) {
		plain_status(rs, rq, st, "");
		return;
	}
	rs->type = TYPE_TEXT;
	buf_text(&rs->body, hash256_text(text, &tip.id.h));
}

void esplora_block_raw(struct app *app, const struct request *rq,
		       struct response *rs)
{
	struct blkid id;
	struct bytes raw;
	enum status st;

	if (!read_hash(rq, rs, &id.h))
		return;
	st = query_block_raw(app->node, &id, rq->arena, &raw);
	if (st != ST_OK) {
		plain_status(rs, rq, st, "Block not found");
		return;
	}
	rs->type = TYPE_BYTES;
	buf_bytes(&rs->body, raw);
}

void esplora_tx_hex(struct app *app, const struct request *rq,
		    struct response *rs)
{
	struct txid id;
	struct tx_info tx;
	struct node_tip tip;
	enum status st;

	if (!read_hash(rq, rs, &id.h))
		return;
	st = query_tx(app->node, &id, rq->arena, &tx);
	if (st == ST_OK)
		st = node_tip(app->node, &tip);
	if (st != ST_OK) {
		plain_status(rs, rq, st, "Transaction not found");
		return;
	}
	if (tx.confirmed && tip.height + 1 >= tx.height + SETTLED_CONFIRMATIONS)
		rs->cache = CACHE_IMMUTABLE;
	rs->type = TYPE_TEXT;
	buf_hex(&rs->body, tx.raw.p, tx.raw.len);
}

static void put_stats(struct json_writer *w, const char *key, int64_t n_tx,
		      int64_t n_funded, int64_t funded, int64_t n_spent,
		      int64_t spent)
{
	json_key(w, key);
	json_obj_begin(w);
	json_put_int(w, "funded_txo_count", n_funded);
	json_put_int(w, "funded_txo_sum", funded);
	json_put_int(w, "spent_txo_count", n_spent);
	json_put_int(w, "spent_txo_sum", spent);
	json_put_int(w, "tx_count", n_tx);
	json_obj_end(w);
}

void esplora_address(struct app *app, const struct request *rq,
		     struct response *rs)
{
	struct script_info s;
	struct json_writer w;
	struct buf script;
	enum status st;

	buf_init(&script, 256);
	switch (address_to_script(&script, node_params(app->node),
				  (const char *)rq->arg[0].p, rq->arg[0].len)) {
	case ADDRESS_OK:
		break;
	case ADDRESS_OTHER_NETWORK:
		plain_error(rs, 400, "Address on invalid network");
		goto out;
	case ADDRESS_INVALID:
		plain_error(rs, 400, "Invalid Bitcoin address");
		goto out;
	}
	st = query_script(app->node, buf_view(&script), &s);
	if (st != ST_OK) {
		plain_status(rs, rq, st, "");
		goto out;
	}
	json_begin(&w, &rs->body);
	json_obj_begin(&w);
	json_put_str(&w, "address", (const char *)rq->arg[0].p);
	put_stats(&w, "chain_stats", s.n_tx, s.n_funded, s.funded_sat, s.n_spent,
		  s.spent_sat);
	put_stats(&w, "mempool_stats", s.pool_n_tx, s.pool_n_funded,
		  s.pool_funded_sat, s.pool_n_spent, s.pool_spent_sat);
	json_obj_end(&w);
out:
	buf_free(&script);
}
