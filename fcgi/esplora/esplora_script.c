/* SPDX-License-Identifier: MIT */
/*
 * Esplora's paths about an address or a scripthash: the SHA-256 of an output
 * script in plain order. Handlers come in pairs that differ in how the script is
 * named.
 */
#include "base/hex.h"
#include "fcgi/esplora/esplora_json.h"
#include "fcgi/esplora/esplora_script.h"
#include "fcgi/http/api.h"
#include "fcgi/http/handlers.h"
#include "primitives/address.h"

#define CHAIN_TXS_A_PAGE 25
#define POOL_TXS_A_PAGE 50
/* What ?max_txs= may ask for. */
#define TXS_A_PAGE_MAX 1000
#define ADDRESSES_A_PAGE 10

bool esplora_find_address(struct app *app, struct bytes text, int64_t *id,
			  enum status *st, const char **why)
{
	struct buf script;
	bool ok = false;

	*st = ST_OK;
	*why = "Invalid Bitcoin address";
	buf_init(&script, 256);
	switch (address_to_script(&script, node_params(app->node),
				  (const char *)text.p, text.len)) {
	case ADDRESS_OK:
		*st = query_script_id(app->node, buf_view(&script), id);
		ok = *st == ST_OK;
		break;
	case ADDRESS_OTHER_NETWORK:
		*why = "Address on invalid network";
		break;
	case ADDRESS_INVALID:
		break;
	}
	buf_free(&script);
	return ok;
}

bool esplora_find_scripthash(struct app *app, struct bytes text, int64_t *id,
			     enum status *st, const char **why)
{
	uint8_t hash[32];

	*st = ST_OK;
	*why = "Invalid scripthash";
	if (!hex_parse(hash, sizeof(hash), (const char *)text.p, text.len))
		return false;
	*st = query_script_id_by_hash(app->node, hash, id);
	return *st == ST_OK;
}

typedef bool finder(struct app *app, struct bytes text, int64_t *id,
		    enum status *st, const char **why);

static bool find(finder *f, struct app *app, const struct request *rq,
		 struct response *rs, int64_t *id)
{
	const char *why;
	enum status st;

	if (f(app, rq->arg[0], id, &st, &why))
		return true;
	if (st == ST_OK)
		api_error(rs, 400, why);
	else
		api_status(rs, rq, st, "");
	return false;
}

/* --- totals --- */

static void stats(finder *f, const char *key, struct app *app,
		  const struct request *rq, struct response *rs)
{
	struct buf *b = &rs->body;
	struct script_info s = {0};
	int64_t id;
	enum status st;

	if (!find(f, app, rq, rs, &id))
		return;
	st = query_script_totals(app->node, id, &s);
	if (st != ST_OK && st != ST_NOT_FOUND) {
		api_status(rs, rq, st, "");
		return;
	}
	/* an address or digits: nothing in them needs escaping */
	PUT(b, "{\"");
	buf_text(b, key);
	PUT(b, "\":\"");
	buf_bytes(b, rq->arg[0]);
	PUT(b, "\",");
	esplora_put_totals(b, &s);
	PUT(b, "}");
}

void esplora_address(struct app *app, const struct request *rq,
		     struct response *rs)
{
	stats(esplora_find_address, "address", app, rq, rs);
}

void esplora_scripthash(struct app *app, const struct request *rq,
			struct response *rs)
{
	stats(esplora_find_scripthash, "scripthash", app, rq, rs);
}

/* --- history --- */

static bool read_after(struct response *rs, const char *text, struct txid *after)
{
	if (hash256_parse(&after->h, text, strlen(text)))
		return true;
	api_error(rs, 400, "Invalid hex string");
	return false;
}

/* The pool's and then the chain's, or those that come after a txid given
 * (?after_txid=, as mempool's clients page). */
static void txs(finder *f, struct app *app, const struct request *rq,
		struct response *rs)
{
	const char *text = request_query(rq, "after_txid");
	struct esplora_txs l = {rs, node_params(app->node), 0};
	struct txid after;
	bool in_pool, in_chain = true;
	uint64_t max;
	int64_t id;
	enum status st;

	if (!request_query_number(rq, "max_txs", 0, TXS_A_PAGE_MAX, &max)) {
		api_error(rs, 400, "Invalid number");
		return;
	}
	if ((text && !read_after(rs, text, &after)) || !find(f, app, rq, rs, &id))
		return;
	PUT(&rs->body, "[");
	st = query_pool_history(app->node, id, text ? &after : NULL,
				max ? (uint32_t)max : POOL_TXS_A_PAGE, &in_pool,
				esplora_txs_add, &l);
	if (st == ST_OK && (!max || l.count < max))
		st = query_history(app->node, id,
				   text && !in_pool ? &after : NULL,
				   max ? (uint32_t)max - l.count
				       : CHAIN_TXS_A_PAGE,
				   &in_chain, esplora_txs_add, &l);
	PUT(&rs->body, "]");
	if (st != ST_OK)
		api_status(rs, rq, st, "");
	else if (text && !in_pool && !in_chain)
		api_error(rs, 422, "after_txid not found");
}

static void txs_chain(finder *f, struct app *app, const struct request *rq,
		      struct response *rs)
{
	struct esplora_txs l = {rs, node_params(app->node), 0};
	struct txid after;
	bool found;
	int64_t id;
	enum status st;

	if ((rq->arg[1].p && !api_hash(rq, rs, 1, &after.h)) ||
	    !find(f, app, rq, rs, &id))
		return;
	PUT(&rs->body, "[");
	st = query_history(app->node, id, rq->arg[1].p ? &after : NULL,
			   CHAIN_TXS_A_PAGE, &found, esplora_txs_add, &l);
	PUT(&rs->body, "]");
	if (st != ST_OK)
		api_status(rs, rq, st, "");
}

static void txs_pool(finder *f, struct app *app, const struct request *rq,
		     struct response *rs)
{
	struct esplora_txs l = {rs, node_params(app->node), 0};
	bool found;
	int64_t id;
	enum status st;

	if (!find(f, app, rq, rs, &id))
		return;
	PUT(&rs->body, "[");
	st = query_pool_history(app->node, id, NULL, POOL_TXS_A_PAGE, &found,
				esplora_txs_add, &l);
	PUT(&rs->body, "]");
	if (st != ST_OK)
		api_status(rs, rq, st, "");
}

void esplora_address_txs(struct app *app, const struct request *rq,
			 struct response *rs)
{
	txs(esplora_find_address, app, rq, rs);
}

void esplora_scripthash_txs(struct app *app, const struct request *rq,
			    struct response *rs)
{
	txs(esplora_find_scripthash, app, rq, rs);
}

void esplora_address_txs_chain(struct app *app, const struct request *rq,
			       struct response *rs)
{
	txs_chain(esplora_find_address, app, rq, rs);
}

void esplora_scripthash_txs_chain(struct app *app, const struct request *rq,
				  struct response *rs)
{
	txs_chain(esplora_find_scripthash, app, rq, rs);
}

void esplora_address_txs_mempool(struct app *app, const struct request *rq,
				 struct response *rs)
{
	txs_pool(esplora_find_address, app, rq, rs);
}

void esplora_scripthash_txs_mempool(struct app *app, const struct request *rq,
				    struct response *rs)
{
	txs_pool(esplora_find_scripthash, app, rq, rs);
}

/* --- coins --- */

struct utxo_list {
	struct response *rs;
	uint32_t count;
};

static enum status add_utxo(void *arg, const struct full_utxo *u)
{
	struct utxo_list *l = arg;

	if (l->count++)
		PUT(&l->rs->body, ",");
	esplora_put_utxo(&l->rs->body, u);
	response_drain(l->rs);
	return l->rs->broken ? ST_CANCELLED : buf_status(&l->rs->body);
}

enum status esplora_put_utxos(struct app *app, struct response *rs, int64_t id)
{
	struct utxo_list l = {rs, 0};
	enum status st;

	PUT(&rs->body, "[");
	st = query_full_utxos(app->node, id, ESPLORA_UTXOS_MAX, add_utxo, &l);
	PUT(&rs->body, "]");
	return st;
}

static void utxo(finder *f, struct app *app, const struct request *rq,
		 struct response *rs)
{
	int64_t id;
	enum status st;

	if (!find(f, app, rq, rs, &id))
		return;
	st = esplora_put_utxos(app, rs, id);
	if (st == ST_TOO_BIG)
		api_error(rs, 400, "Too many unspent outputs");
	else if (st != ST_OK)
		api_status(rs, rq, st, "");
}

void esplora_address_utxo(struct app *app, const struct request *rq,
			  struct response *rs)
{
	utxo(esplora_find_address, app, rq, rs);
}

void esplora_scripthash_utxo(struct app *app, const struct request *rq,
			     struct response *rs)
{
	utxo(esplora_find_scripthash, app, rq, rs);
}

/* --- for who types an address --- */

void esplora_address_prefix(struct app *app, const struct request *rq,
			    struct response *rs)
{
	struct buf *b = &rs->body;
	const char **text;
	uint32_t n;
	enum status st = query_addresses(app->node,
					 (const char *)rq->arg[0].p,
					 ADDRESSES_A_PAGE, rq->arena, &text, &n);

	if (st != ST_OK) {
		api_status(rs, rq, st, "");
		return;
	}
	PUT(b, "[");
	for (uint32_t i = 0; i < n; i++) {
		if (i)
			PUT(b, ",\"");
		else
			PUT(b, "\"");
		buf_text(b, text[i]);
		PUT(b, "\"");
	}
	PUT(b, "]");
}
